using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Access;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Mail;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Alerts;

/// <summary><c>/v1/alerts</c>: rules, and what they found.</summary>
internal static class AlertEndpoints
{
    /// <summary>Characters of a note about an alert.</summary>
    public const int LongestNote = 500;

    private const string RuleExample =
        """{"name":"Sales fell","metric":"net_sales","direction":"below","against":"weekday","threshold":"20","recipients":["manager@example.com"]}""";

    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/alerts").WithTags("Alerts").RequireAuthorization(Permissions.Figures).ProducesProblem(401).ProducesProblem(403).ProducesProblem(500);
        group.MapGet("", ListAsync).WithName("listAlerts").WithSummary("What rules found of the stores you may see, the latest first.").Produces<AlertList>().ProducesProblem(400).ProducesProblem(404);
        group.MapGet("/{alertId}", FindAsync).WithName("getAlert").WithSummary("One alert.").Produces<AlertView>().ProducesProblem(404);
        group.MapPost("/{alertId}/acknowledge", AcknowledgeAsync).WithName("acknowledgeAlert").WithSummary("Say that you have taken care of an open alert.")
            .Produces<AlertView>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).WithBodyExample("""{"note":"Register 2 was off in the afternoon."}""");
        group.MapGet("/rules", ListRulesAsync).WithName("listAlertRules").WithSummary("The chain's rules and your own.").Produces<AlertRuleList>();
        group.MapPost("/rules", CreateAsync).WithName("createAlertRule").WithSummary("Make a rule. It speaks of business dates from yesterday on.")
            .Produces<AlertRuleView>(201).ProducesProblem(400).ProducesProblem(409).WithMetadata(new CountedCall()).WithIdempotencyKey().WithBodyExample(RuleExample);
        group.MapGet("/rules/{ruleId}", FindRuleAsync).WithName("getAlertRule").WithSummary("One rule.").Produces<AlertRuleView>().ProducesProblem(404);
        group.MapPut("/rules/{ruleId}", UpdateAsync).WithName("updateAlertRule").WithSummary("Change or stop a rule.")
            .Produces<AlertRuleView>().ProducesProblem(400).ProducesProblem(404).WithMetadata(new CountedCall()).WithBodyExample(RuleExample);
        group.MapDelete("/rules/{ruleId}", RemoveAsync).WithName("removeAlertRule").WithSummary("Take a rule away and close what it opened.").Produces(204).ProducesProblem(404);
        group.MapPut("/rules/{ruleId}/mute", MuteAsync).WithName("muteAlertRule").WithSummary("Let a rule send nothing until a day is over. What it finds is listed all the same.")
            .Produces<AlertRuleView>().ProducesProblem(400).ProducesProblem(404).WithMetadata(new CountedCall()).WithBodyExample("""{"until":"2026-11-30","reason":"Refurbishment until the end of the month"}""");
        group.MapDelete("/rules/{ruleId}/mute", UnmuteAsync).WithName("unmuteAlertRule").WithSummary("Let a muted rule speak again.")
            .Produces<AlertRuleView>().ProducesProblem(404).WithMetadata(new CountedCall());
        group.MapPost("/rules/{ruleId}/test", TestAsync).WithName("testAlertRule").WithSummary("Send a test to the rule's recipients, and for a rule of the chain to the webhooks.")
            .Produces<AlertTestAnswer>(202).ProducesProblem(404).WithMetadata(new CountedCall()).WithIdempotencyKey();
    }

    /// <summary>The number of an alert as an address has it; null for anything else.</summary>
    public static long? AlertId(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The id of a rule as an address has it; null for anything else.</summary>
    public static Guid? RuleId(string text) => Guid.TryParseExact(text, "N", out var id) ? id : null;

    private static async Task<IResult> ListAsync(
        HttpContext context, SessionUser user, IncidentRegister register, CancellationToken cancellationToken,
        [Description("held, open, acknowledged or closed; several separated by commas.")] string? state = null,
        [Description("Only of this store.")] string? store = null,
        [Description("First business date, YYYY-MM-DD.")] string? from = null,
        [Description("Last business date, YYYY-MM-DD.")] string? to = null,
        [Description("The next_before of the page before.")] string? before = null,
        [Description("Items a page, 1 to 1000; default 100.")] string? limit = null)
    {
        var query = new QueryParameters(context, nameof(state), nameof(store), nameof(from), nameof(to), nameof(before), nameof(limit));
        var states = query.List(nameof(state));
        if (states.Except(Incident.States).Any())
        {
            query.Fault(nameof(state), $"must be of {string.Join(", ", Incident.States)}.");
        }

        var (size, code) = (query.Limit(), query.Text(nameof(store)));
        var filter = new IncidentFilter(states.Count == 0 ? null : states, code is null ? null : [code], query.Date(nameof(from)), query.Date(nameof(to)), query.Whole(nameof(before)), size + 1);
        if (query.Problem is { } problem)
        {
            return problem;
        }

        if (code is not null && !(await VisibleAsync(context, user, cancellationToken)).Contains(code))
        {
            return ApiProblem.StoreUnknown(code);
        }

        var found = await register.ListAsync(user, filter, cancellationToken);
        return TypedResults.Ok(new AlertList([.. found.Take(size).Select(AlertView.Of)], found.Count > size ? found[size - 1].Id.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> FindAsync(string alertId, SessionUser user, IncidentRegister register, CancellationToken cancellationToken) =>
        AlertId(alertId) is { } id && await register.FindAsync(user, id, cancellationToken) is { } found ? TypedResults.Ok(AlertView.Of(found)) : UnknownAlert();

    private static async Task<IResult> AcknowledgeAsync(
        string alertId, AlertAcknowledgement body, HttpContext context, SessionUser user, IncidentRegister register, CancellationToken cancellationToken)
    {
        if (body.Note.Length > LongestNote || !AlertRuleReader.IsText(body.Note))
        {
            return ApiProblem.Parameters([new("note", $"has at most {LongestNote} characters and no control characters.")]);
        }

        if (AlertId(alertId) is not { } id || await register.FindAsync(user, id, cancellationToken) is null)
        {
            return UnknownAlert();
        }

        return await register.AcknowledgeAsync(context, user, id, body.Note.Trim(), cancellationToken)
            ? TypedResults.Ok(AlertView.Of((await register.FindAsync(user, id, cancellationToken))!))
            : Results.Problem(ApiProblem.Create(409, "alert-not-open", "The alert is not open", "A held alert waits for data, and a closed one is over: neither can be acknowledged."));
    }

    private static async Task<IResult> ListRulesAsync(SessionUser user, AlertRuleRegister register, MailOutbox outbox, CancellationToken cancellationToken) =>
        TypedResults.Ok(new AlertRuleList([.. (await register.ListAsync(user, null, cancellationToken)).Select(rule => AlertRuleView.Of(rule, user))], outbox.IsOn));

    private static async Task<IResult> FindRuleAsync(string ruleId, SessionUser user, AlertRuleRegister register, CancellationToken cancellationToken) =>
        await RuleAsync(ruleId, user, register, cancellationToken) is { } rule ? TypedResults.Ok(AlertRuleView.Of(rule, user)) : UnknownRule();

    private static async Task<IResult> CreateAsync(
        AlertRuleRequest body, HttpContext context, SessionUser user, AlertRuleRegister register, MailOutbox outbox, TimeProvider clock, CancellationToken cancellationToken)
    {
        var faults = new List<ParameterFault>();
        if (AlertRuleReader.Read(body, user, await VisibleAsync(context, user, cancellationToken), outbox, faults) is not { } draft)
        {
            return ApiProblem.Parameters(faults);
        }

        if (draft.ForChain && !AlertRule.MayMakeForChain(user))
        {
            return NotForChain();
        }

        return await register.CreateAsync(context, user, draft, Since(clock), cancellationToken) is { } made
            ? TypedResults.Created(Location(made), AlertRuleView.Of(made, user))
            : Results.Problem(ApiProblem.Create(
                409, "alert-rule-limit", "Too many rules", $"A company has at most {AlertRuleRegister.MostOfTenant} rules, a person {AlertRuleRegister.MostOfPerson}. Remove one first."));
    }

    private static async Task<IResult> UpdateAsync(
        string ruleId, AlertRuleRequest body, HttpContext context, SessionUser user, AlertRuleRegister register, MailOutbox outbox, CancellationToken cancellationToken)
    {
        if (await RuleAsync(ruleId, user, register, cancellationToken) is not { } rule)
        {
            return UnknownRule();
        }

        if (!rule.MayChange(user))
        {
            return NotForChain();
        }

        var faults = new List<ParameterFault>();
        var draft = AlertRuleReader.Read(body with { Scope = rule.Owner is null ? "chain" : "personal" }, user, await VisibleAsync(context, user, cancellationToken), outbox, faults);
        return draft is null ? ApiProblem.Parameters(faults)
            : await register.UpdateAsync(context, user, rule.Id, draft, cancellationToken) is { } now ? TypedResults.Ok(AlertRuleView.Of(now, user)) : UnknownRule();
    }

    private static async Task<IResult> RemoveAsync(string ruleId, HttpContext context, SessionUser user, AlertRuleRegister register, CancellationToken cancellationToken) =>
        await RuleAsync(ruleId, user, register, cancellationToken) is not { } rule ? UnknownRule()
            : !rule.MayChange(user) ? NotForChain()
            : await register.RemoveAsync(context, user, rule, cancellationToken) ? TypedResults.NoContent() : UnknownRule();

    private static async Task<IResult> TestAsync(
        string ruleId, HttpContext context, SessionUser user, AlertRuleRegister register, AlertTrial trial, CancellationToken cancellationToken) =>
        await RuleAsync(ruleId, user, register, cancellationToken) is not { } rule ? UnknownRule()
            : !rule.MayChange(user) ? NotForChain()
            : TypedResults.Accepted((string?)null, await trial.SendAsync(context, user, rule, cancellationToken));

    private static async Task<IResult> MuteAsync(
        string ruleId, AlertMuteRequest body, HttpContext context, SessionUser user, AlertRuleRegister register, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await RuleAsync(ruleId, user, register, cancellationToken) is not { } rule)
        {
            return UnknownRule();
        }

        if (!rule.MayChange(user))
        {
            return NotForChain();
        }

        var faults = new List<ParameterFault>();
        return AlertMute.Read(body, user.Login, clock.GetUtcNow(), await ZoneAsync(context, user, cancellationToken), faults) is not { } mute ? ApiProblem.Parameters(faults)
            : await register.MuteAsync(context, user, rule, mute, cancellationToken) is { } now ? TypedResults.Ok(AlertRuleView.Of(now, user)) : UnknownRule();
    }

    private static async Task<IResult> UnmuteAsync(string ruleId, HttpContext context, SessionUser user, AlertRuleRegister register, CancellationToken cancellationToken) =>
        await RuleAsync(ruleId, user, register, cancellationToken) is not { } rule ? UnknownRule()
            : !rule.MayChange(user) ? NotForChain()
            : await register.MuteAsync(context, user, rule, null, cancellationToken) is { } now ? TypedResults.Ok(AlertRuleView.Of(now, user)) : UnknownRule();

    /// <summary>The company's time zone.</summary>
    public static async Task<TimeZoneInfo> ZoneAsync(HttpContext context, SessionUser user, CancellationToken cancellationToken) =>
        TimeZoneInfo.FindSystemTimeZoneById((await context.RequestServices.GetRequiredService<TenantScope>().ReadAsync(user.Tenant, (read, token) => read.CompanyAsync(token), cancellationToken)).TimeZone);

    /// <summary>The address of a rule.</summary>
    public static string Location(AlertRule rule) => $"/v1/alerts/rules/{rule.Id:N}";

    /// <summary>The first business date a rule made now speaks of: yesterday, wherever its stores are.</summary>
    public static DateOnly Since(TimeProvider clock) => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-1);

    private static async Task<AlertRule?> RuleAsync(string ruleId, SessionUser user, AlertRuleRegister register, CancellationToken cancellationToken) =>
        RuleId(ruleId) is { } id ? (await register.ListAsync(user, id, cancellationToken)).SingleOrDefault() : null;

    private static Task<HashSet<string>> VisibleAsync(HttpContext context, SessionUser user, CancellationToken cancellationToken) =>
        context.RequestServices.GetRequiredService<TenantScope>().ReadAsync(
            user.Tenant, async (read, token) => (await read.StoresAsync(user, token)).Select(store => store.Code).ToHashSet(), cancellationToken);

    private static IResult UnknownAlert() => Results.Problem(ApiProblem.Create(404, "alert-unknown", "Alert not found", "There is no alert of that number."));

    private static IResult UnknownRule() => Results.Problem(ApiProblem.Create(404, "alert-rule-unknown", "Rule not found", "There is no rule of that id."));

    private static IResult NotForChain() => Results.Problem(ApiProblem.Create(
        403, "chain-rule", "A rule of the chain", "Rules of the chain are made and changed by head office and administrators. Make a personal rule instead."));
}
