using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Access;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Mail;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.Alerts;

/// <summary>What rules found, first what nobody has looked at, and the rules themselves. Every form works without a script.</summary>
internal static class AlertsPage
{
    private const int MostShown = 200;
    private const int MostSaved = 5_000;

    /// <summary>Everything rules found of the stores shown, as a file.</summary>
    public static FigurePage Files { get; } = new(PageLink.Alerts, [], async (request, _, token) =>
    {
        var incidents = await request.Source.Incidents.ListAsync(request.User, new IncidentFilter(Stores: request.Codes, Limit: MostSaved), token);
        return new PageContent(AlertsWording.Of(request.Words.Language).Title, request.Date ?? incidents.FirstOrDefault()?.Date ?? default, Markup.Empty) { Tables = [IncidentSheet.Of(request, incidents)] };
    });

    public static void MapAlertsPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Navigation.PathOf(PageLink.Alerts), (HttpContext context, SessionUser user, CancellationToken cancellationToken) => ShowAsync(context, user, null, cancellationToken))
            .RequireAuthorization().ExcludeFromDescription();
        routes.MapPost(Navigation.PathOf(PageLink.Alerts), PostAsync).RequireAuthorization().WithMetadata(new CountedCall()).ExcludeFromDescription();
    }

    private static Task<IResult> ShowAsync(HttpContext context, SessionUser user, AlertForm? written, CancellationToken cancellationToken)
    {
        var services = context.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        return PageFrame.ShowAsync(context, user, services.GetRequiredService<PageSource>(), PageLink.Alerts, ["rule", "tested"], async (request, token) =>
        {
            var rules = await services.GetRequiredService<AlertRuleRegister>().ListAsync(user, null, token);
            var edited = request.Query.Text("rule") is { } text ? AlertEndpoints.RuleId(text) is { } id ? rules.Find(rule => rule.Id == id && rule.MayChange(user)) : null : null;
            var tested = request.Query.Whole("tested");
            if ((edited is null && request.Query.Text("rule") is not null) || request.Query.Problem is not null)
            {
                return null;
            }

            var incidents = services.GetRequiredService<IncidentRegister>();
            var unfinished = await incidents.ListAsync(user, new IncidentFilter(IncidentFilter.Unfinished, request.Codes, Limit: MostShown), token);
            var closed = await incidents.ListAsync(user, new IncidentFilter([Incident.Closed], request.Codes, today.AddDays(-35), Limit: 20), token);
            var form = written ?? (edited is null ? AlertForm.Empty(user) : AlertForm.Of(edited));
            var view = new AlertsView(context, request, user, [.. unfinished, .. closed], rules, form, services.GetRequiredService<MailOutbox>().IsOn, tested, now);
            return new PageContent(AlertsWording.Of(request.Words.Language).Title, request.Date ?? today.AddDays(-1), view.Render())
            { Status = written is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest };
        }, cancellationToken);
    }

    private static async Task<IResult> PostAsync(HttpContext context, SessionUser user, IAntiforgery antiforgery, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        var back = Navigation.Address(PageLink.Alerts, form["store"].ToString() is { Length: > 0 } store ? store : PageFrame.Chain, null);
        var register = context.RequestServices.GetRequiredService<AlertRuleRegister>();
        var chosen = AlertEndpoints.RuleId(form["rule"].ToString()) is { } id ? (await register.ListAsync(user, id, cancellationToken)).SingleOrDefault(rule => rule.MayChange(user)) : null;
        switch (form["do"].ToString())
        {
            case "acknowledge":
                var note = form["note"].ToString();
                return AlertEndpoints.AlertId(form["alert"].ToString()) is { } alert && note.Length <= AlertEndpoints.LongestNote && AlertRuleReader.IsText(note)
                    && await context.RequestServices.GetRequiredService<IncidentRegister>().AcknowledgeAsync(context, user, alert, note.Trim(), cancellationToken)
                    ? Results.LocalRedirect(back)
                    : ErrorPage.Show(context, StatusCodes.Status404NotFound);
            case "remove" when chosen is not null:
                await register.RemoveAsync(context, user, chosen, cancellationToken);
                return Results.LocalRedirect(back);
            case "test" when chosen is not null:
                var trial = await context.RequestServices.GetRequiredService<AlertTrial>().SendAsync(context, user, chosen, cancellationToken);
                return Results.LocalRedirect(string.Create(CultureInfo.InvariantCulture, $"{back}&tested={trial.Mails}"));
            case "mute" when chosen is not null:
                var asked = new AlertMuteRequest(form["until"].ToString(), form["reason"].ToString());
                if (AlertMute.Read(asked, user.Login, clock.GetUtcNow(), await AlertEndpoints.ZoneAsync(context, user, cancellationToken), []) is not { } mute)
                {
                    return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
                }

                await register.MuteAsync(context, user, chosen, mute, cancellationToken);
                return Results.LocalRedirect(back);
            case "unmute" when chosen is not null:
                await register.MuteAsync(context, user, chosen, null, cancellationToken);
                return Results.LocalRedirect(back);
            case "save" when chosen is not null || form["rule"].ToString().Length == 0:
                return await SaveAsync(context, user, register, AlertForm.Read(form, chosen), chosen, back, cancellationToken);
            default:
                return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }
    }

    private static async Task<IResult> SaveAsync(
        HttpContext context, SessionUser user, AlertRuleRegister register, AlertForm form, AlertRule? before, string back, CancellationToken cancellationToken)
    {
        var services = context.RequestServices;
        var visible = await services.GetRequiredService<TenantScope>().ReadAsync(
            user.Tenant, async (read, token) => (await Stores.StoreReads.StoresAsync(read, user, token)).Select(store => store.Code).ToHashSet(), cancellationToken);
        var faults = new List<ParameterFault>();
        var draft = AlertRuleReader.Read(form.Request, user, visible, services.GetRequiredService<MailOutbox>(), faults);
        if (draft is null || (draft.ForChain && !AlertRule.MayMakeForChain(user)))
        {
            return await ShowAsync(context, user, form with { Faults = [.. faults.Select(fault => fault.Parameter), .. faults.Count == 0 ? ["scope"] : Array.Empty<string>()] }, cancellationToken);
        }

        var saved = before is null
            ? await register.CreateAsync(context, user, draft, AlertEndpoints.Since(services.GetRequiredService<TimeProvider>()), cancellationToken)
            : await register.UpdateAsync(context, user, before.Id, draft, cancellationToken);
        return saved is null ? await ShowAsync(context, user, form with { Faults = ["limit"] }, cancellationToken) : Results.LocalRedirect(back);
    }
}

/// <summary>The form of a rule as it is shown: the rule as somebody wrote it, and what is wrong with it.</summary>
/// <param name="Request">As written; the threshold as people write it, ratios in percent.</param>
/// <param name="Rule">Id of the rule that is edited; empty for a new one.</param>
/// <param name="Threshold">As the field shows it.</param>
/// <param name="Faults">Names of the members at fault.</param>
internal sealed record AlertForm(AlertRuleRequest Request, string Rule, string Threshold, IReadOnlyList<string> Faults)
{
    /// <summary>A rule to begin with: net sales 20 % under the same weekday.</summary>
    public static AlertForm Empty(SessionUser user) => new(
        new AlertRuleRequest("", "net_sales", AlertTest.Below, AlertTest.Weekday, "20", Scope: AlertRule.MayMakeForChain(user) ? "chain" : "personal", Language: user.Language), "", "20", []);

    /// <summary>A rule as it is.</summary>
    public static AlertForm Of(AlertRule rule)
    {
        string Plain(decimal value) => value.ToString("0.######", CultureInfo.InvariantCulture);
        var threshold = Plain(rule.Test.Threshold * (InPercent(rule.Test.Metric, rule.Test.Against) ? 100 : 1));
        return new AlertForm(
            new AlertRuleRequest(
                rule.Name, rule.Test.Metric, rule.Test.Direction, rule.Test.Against, threshold, rule.Test.UntilHour, rule.Owner is null ? "chain" : "personal", rule.Stores?.ToList(),
                rule.Test.RegistersComplete, rule.Test.MinimumCoverage is { } least ? Plain(least) : null, [.. rule.Recipients], rule.Language, rule.Active),
            $"{rule.Id:N}", threshold, []);
    }

    /// <summary>What somebody filled in.</summary>
    public static AlertForm Read(IFormCollection form, AlertRule? before)
    {
        string Field(string name) => form[name].ToString().Trim();
        var (metric, against, threshold) = (Field("metric"), Field("against"), Field("threshold"));
        var exact = InPercent(metric, against) && decimal.TryParse(threshold, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && Math.Abs(percent) < 1_000_000 ? (percent / 100).ToString("0.########", CultureInfo.InvariantCulture) : threshold;
        return new AlertForm(
            new AlertRuleRequest(
                Field("name"), metric, Field("direction"), against, exact, int.TryParse(Field("until_hour"), NumberStyles.None, CultureInfo.InvariantCulture, out var hour) ? hour : null,
                before is not null ? before.Owner is null ? "chain" : "personal" : Field("scope") == "chain" ? "chain" : "personal",
                [.. form["stores"].OfType<string>().Where(code => code.Length > 0)], form.ContainsKey("registers_complete"), Field("minimum_coverage") is { Length: > 0 } coverage ? coverage : null,
                [.. form["recipients"].ToString().Split(['\n', '\r', ',', ' '], StringSplitOptions.RemoveEmptyEntries)], Field("language"), form.ContainsKey("active")),
            before is null ? "" : $"{before.Id:N}", threshold, []);
    }

    private static bool InPercent(string metric, string against) => against == AlertTest.Value && AlertTest.Metrics.FirstOrDefault(one => one.Id == metric)?.Unit == "ratio";
}
