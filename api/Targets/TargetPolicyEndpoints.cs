using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Access;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Targets;

/// <summary><c>/v1/target-policy</c> and <c>/v1/company-targets</c>: how much head office asks of stores, and what months must come to.</summary>
internal static class TargetPolicyEndpoints
{
    private const int MostCurrencies = 20;

    public static void MapTargetPolicy(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/target-policy", GetPolicyAsync).WithName("getTargetPolicy").WithTags("Targets")
            .WithSummary("How much of their potential is asked of stores, and at what odds. The ETag is wanted to change it.").AsVersionedRead<TargetPolicyView>(ofStore: false);
        routes.MapPut("/v1/target-policy", SetPolicyAsync).WithName("setTargetPolicy").WithTags("Targets")
            .WithSummary("Set it whole. Wants If-Match. The next night makes the proposals of months that have not begun by it; targets that hold stay.")
            .RequireAuthorization(Permissions.SetTargets).Produces<TargetPolicyView>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403)
            .ProducesProblem(412).ProducesProblem(413).ProducesProblem(415).ProducesProblem(428).ProducesProblem(500).WithMetadata(new CountedCall())
            .WithBodyExample("""{"ambition":"0.5","start_probability":"0.6","least_probability":"0.5"}""");
        routes.MapGet("/v1/company-targets/{month}", GetCompanyAsync).WithName("getCompanyTargets").WithTags("Targets")
            .WithSummary("What the stores must come to together in a month, YYYY-MM; none where head office has not said. The ETag is wanted to change it.").AsVersionedRead<CompanyTargetList>();
        routes.MapPut("/v1/company-targets/{month}", SetCompanyAsync).WithName("setCompanyTargets").WithTags("Targets")
            .WithSummary("Set it whole, for a month that has not begun. Wants If-Match; an empty list takes it back. The next night brings the proposals to it.")
            .RequireAuthorization(Permissions.SetTargets).Produces<CompanyTargetList>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409)
            .ProducesProblem(412).ProducesProblem(413).ProducesProblem(415).ProducesProblem(428).ProducesProblem(500).WithMetadata(new CountedCall())
            .WithBodyExample("""{"targets":[{"currency":"JPY","amount":"120000000"}]}""");
    }

    /// <summary>The policy as written; null with what is wrong in <paramref name="faults"/>.</summary>
    public static TargetPolicy? Read(TargetPolicyRequest request, SessionUser user, DateTimeOffset now, List<ParameterFault> faults)
    {
        decimal Share(string text, string name)
        {
            if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share <= 1)
            {
                return share;
            }

            faults.Add(new(name, "is a decimal string from 0 to 1, such as 0.5."));
            return 0;
        }

        var policy = new TargetPolicy(
            Share(request.Ambition, "ambition"), Share(request.StartProbability, "start_probability"), Share(request.LeastProbability, "least_probability"), user.Login, now);
        if (faults.Count == 0 && policy.LeastProbability > policy.StartProbability)
        {
            faults.Add(new("least_probability", "must not be above start_probability."));
        }

        return faults.Count == 0 ? policy : null;
    }

    /// <summary>What a month must come to as written; null with what is wrong in <paramref name="faults"/>.</summary>
    public static List<Money>? Read(CompanyTargetRequest request, List<ParameterFault> faults)
    {
        var totals = new List<Money>();
        foreach (var (at, total) in request.Targets.Index())
        {
            if (total.Currency.Length != 3 || !total.Currency.All(char.IsAsciiLetterUpper) || totals.Exists(one => one.Currency == total.Currency))
            {
                faults.Add(new($"targets[{at}].currency", "is an ISO 4217 code such as JPY, each once."));
            }
            else if (AskedAmount.Micros(total.Amount, total.Currency) is { } micros)
            {
                totals.Add(new Money(micros, total.Currency));
            }
            else
            {
                faults.Add(new($"targets[{at}].amount", "is a decimal string of 0 to 1000000000 currency units and a multiple of the smallest one, such as 120000000."));
            }
        }

        if (request.Targets.Count > MostCurrencies)
        {
            faults.Add(new("targets", $"has at most {MostCurrencies} currencies."));
        }

        return faults.Count == 0 ? totals : null;
    }

    /// <summary>When the totals of a month were set, UTC; null where there are none.</summary>
    public static DateTimeOffset? SetAt(IReadOnlyList<CompanyTarget> targets) => targets.Max(target => (DateTimeOffset?)target.ChangedAt);

    /// <summary>What a person saw, by when it was set: for a form, which gives it back.</summary>
    public static string Version(DateTimeOffset? setAt) => string.Create(CultureInfo.InvariantCulture, $"{setAt?.UtcTicks ?? 0}");

    /// <summary>When what a form shows was set; <paramref name="setAt"/> null where nothing had been. False for what no form says.</summary>
    public static bool ReadVersion(string? text, out DateTimeOffset? setAt)
    {
        var isRead = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks;
        setAt = isRead && ticks > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        return isRead;
    }

    private static Task<IResult> GetPolicyAsync(HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken) =>
        new QueryParameters(context).Problem is { } problem
            ? Task.FromResult(problem)
            : scope.ReadAsync(user.Tenant, async (read, token) => await read.TargetPolicyAsync(token) is var policy && EntityTag.IsCurrent(context, user, Version(policy.ChangedAt))
                ? Results.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(TargetPolicyView.Of(policy)), cancellationToken);

    private static async Task<IResult> SetPolicyAsync(
        TargetPolicyRequest body, HttpContext context, SessionUser user, TenantScope scope, TargetRegister register, CancellationToken cancellationToken)
    {
        var faults = new List<ParameterFault>();
        if (new QueryParameters(context).Problem is { } problem)
        {
            return problem;
        }

        if (Read(body, user, register.Now(), faults) is not { } policy)
        {
            return ApiProblem.Parameters(faults);
        }

        var before = await scope.ReadAsync(user.Tenant, (read, token) => read.TargetPolicyAsync(token), cancellationToken);
        if (EntityTag.Refusal(context, user, Version(before.ChangedAt)) is { } refusal)
        {
            return refusal;
        }

        if (!await register.SetPolicyAsync(context, user, before.ChangedAt, policy, cancellationToken))
        {
            return ApiProblem.PreconditionFailed();
        }

        _ = EntityTag.IsCurrent(context, user, Version(policy.ChangedAt));
        return TypedResults.Ok(TargetPolicyView.Of(policy));
    }

    private static Task<IResult> GetCompanyAsync(string month, HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken) =>
        MonthTargetEndpoints.Month(month) is not { } first ? Task.FromResult(MonthTargetEndpoints.MonthUnknown())
            : new QueryParameters(context).Problem is { } problem ? Task.FromResult(problem)
            : scope.ReadAsync(user.Tenant, async (read, token) => await read.CompanyTargetsAsync(first, token) is var targets && EntityTag.IsCurrent(context, user, Version(SetAt(targets)))
                ? Results.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(CompanyTargetList.Of(first, targets)), cancellationToken);

    private static async Task<IResult> SetCompanyAsync(
        string month, CompanyTargetRequest body, HttpContext context, SessionUser user, TenantScope scope, TargetRegister register, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (MonthTargetEndpoints.Month(month) is not { } first)
        {
            return MonthTargetEndpoints.MonthUnknown();
        }

        var faults = new List<ParameterFault>();
        if (new QueryParameters(context).Problem is { } problem)
        {
            return problem;
        }

        if (Read(body, faults) is not { } totals)
        {
            return ApiProblem.Parameters(faults);
        }

        var today = MonthTargetEndpoints.Today(await scope.ReadAsync(user.Tenant, (read, token) => read.CompanyAsync(token), cancellationToken), clock.GetUtcNow());
        if (first <= today)
        {
            return Results.Problem(ApiProblem.Create(409, "month-begun", "The month has begun", "The targets of its stores hold and follow no total any more. Change those that should change, each with a reason."));
        }

        var before = SetAt(await scope.ReadAsync(user.Tenant, (read, token) => read.CompanyTargetsAsync(first, token), cancellationToken));
        if (EntityTag.Refusal(context, user, Version(before)) is { } refusal)
        {
            return refusal;
        }

        if (await register.SetCompanyAsync(context, user, first, before, totals, cancellationToken) is not { } now)
        {
            return ApiProblem.PreconditionFailed();
        }

        List<CompanyTarget> set = [.. totals.OrderBy(total => total.Currency, StringComparer.Ordinal).Select(total => new CompanyTarget(total.Currency, total.Micros, user.Login, now))];
        _ = EntityTag.IsCurrent(context, user, Version(SetAt(set)));
        return TypedResults.Ok(CompanyTargetList.Of(first, set));
    }
}

/// <summary>A policy as it is sent.</summary>
internal sealed record TargetPolicyRequest(
    [property: Description("Share of the potential asked for in a month, 0 to 1: decimal string.")] string Ambition,
    [property: Description("How probable it is that a store without potential reaches its target, 0 to 1.")] string StartProbability,
    [property: Description("A lift ends where the target would be less probable; not above start_probability.")] string LeastProbability);

/// <summary>The policy.</summary>
internal sealed record TargetPolicyView(
    [property: Description("Share of the potential asked for in a month, 0 to 1.")] string? Ambition,
    [property: Description("How probable it is that a store without potential reaches its target, 0 to 1.")] string? StartProbability,
    [property: Description("A lift ends where the target would be less probable.")] string? LeastProbability,
    [property: Description("Who set it; null where nobody did and the usual one holds.")] string? ChangedBy,
    DateTimeOffset? ChangedAt)
{
    public static TargetPolicyView Of(TargetPolicy policy) => new(Text(policy.Ambition), Text(policy.StartProbability), Text(policy.LeastProbability), policy.ChangedBy, policy.ChangedAt);

    private static string Text(decimal share) => share.ToString("0.################", CultureInfo.InvariantCulture);
}

/// <summary>What a month must come to, as it is sent.</summary>
internal sealed record CompanyTargetRequest([property: Description("One a currency; empty for none.")] IReadOnlyList<CompanyTargetAmount> Targets);

/// <summary>A total.</summary>
internal sealed record CompanyTargetAmount(
    [property: Description("ISO 4217 code.")] string Currency, [property: Description("Net sales of all stores that report in it: decimal string in currency units.")] string Amount);

/// <summary>What a month must come to.</summary>
internal sealed record CompanyTargetList([property: Description("YYYY-MM.")] string Month, IReadOnlyList<CompanyTargetView> Targets)
{
    public static CompanyTargetList Of(DateOnly month, IReadOnlyList<CompanyTarget> targets) => new($"{month:yyyy-MM}", [.. targets.Select(CompanyTargetView.Of)]);
}

/// <summary>A total that was set.</summary>
internal sealed record CompanyTargetView(string Currency, [property: Description(WireFigures.Net)] string Amount, string ChangedBy, DateTimeOffset ChangedAt)
{
    public static CompanyTargetView Of(CompanyTarget target) => new(target.Currency, Money.Format(target.Amount), target.ChangedBy, target.ChangedAt);
}
