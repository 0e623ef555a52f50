using System.ComponentModel;
using RetailInsight.Api.Access;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.VisitorEstimates;

/// <summary>Customers of a store on a business date, as far as can be told.</summary>
internal sealed record VisitorEstimateView(
    string Store,
    DateOnly BusinessDate,
    [property: Description("As the devices counted inside opening hours.")] long Counted,
    [property: Description("The estimate: staff taken off, and by what counting by hand found.")] long Customers,
    [property: Description("Lower end of its 95 % interval; null where neither staff nor counting by hand is known, so that nobody can tell how far the count is off.")] long? AtLeast,
    [property: Description("Upper end, likewise.")] long? AtMost,
    [property: Description("Whom devices take for staff, where no rule holds.")] long StaffByDevices,
    [property: Description("Entries of staff by the rule that holds.")] long StaffByRule,
    [property: Description("Share of the count that is of lines counted by hand, 0 to 1.")] decimal CalibratedShare);

/// <summary>Estimates by business date and store; a day nobody counted has none.</summary>
internal sealed record VisitorEstimateList(IReadOnlyList<VisitorEstimateView> Items);

/// <summary><c>/v1/visitor-estimates</c> and <c>/v1/staff-entries</c>: customers beside what was counted, and how often staff cross the doors.</summary>
internal static class VisitorEstimateEndpoints
{
    private const string Example = """{"rules":[{"valid_from":"2026-11-01","per_day":40,"at_least":30,"at_most":55}]}""";

    public static void MapVisitorEstimates(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/visitor-estimates", ListAsync).WithName("listVisitorEstimates").WithTags("Visitor estimates")
            .WithSummary("Customers of a store by day: what was counted less staff, by what counting by hand found, with a 95 % interval. Counts stay as they are everywhere else.")
            .RequireAuthorization(Permissions.Figures).Produces<VisitorEstimateList>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(500)
            .WithParameterExamples(("store", "S01"), ("from", "2026-11-01"), ("to", "2026-11-14"));
        routes.MapGet("/v1/staff-entries/{store}", GetAsync).WithName("getStaffEntries").WithTags("Visitor estimates")
            .WithSummary("How often staff of a store cross its doors inwards on a day. The ETag is wanted to change it.").AsVersionedRead<StaffEntryList>();
        routes.MapPut("/v1/staff-entries/{store}", SetAsync).WithName("setStaffEntries").WithTags("Visitor estimates")
            .WithSummary("Set it whole, with the dates it holds for. Wants If-Match. Estimates of those dates follow at once, counts never.")
            .RequireAuthorization(Permissions.Devices).Produces<StaffEntryList>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404)
            .ProducesProblem(412).ProducesProblem(413).ProducesProblem(415).ProducesProblem(428).ProducesProblem(500).WithMetadata(new CountedCall()).WithBodyExample(Example);
    }

    /// <summary>Services of estimates.</summary>
    public static void AddVisitorEstimates(this IServiceCollection services) => services.AddSingleton<StaffEntryRegister>();

    /// <summary>The rules of a store a person may see; null where there is none of that code.</summary>
    public static Task<List<StaffEntryRule>?> RulesAsync(this TenantScope scope, SessionUser user, string store, CancellationToken cancellationToken) => scope.ReadAsync(
        user.Tenant,
        async (read, token) => AlertRuleReader.IsText(store) && (await read.StoresAsync(user, token)).Any(one => one.Code == store) ? await read.StaffEntryRulesAsync([store], token) : null,
        cancellationToken);

    private static async Task<IResult> ListAsync(
        HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken,
        [Description("Store code.")] string store = "",
        [Description("First business date, YYYY-MM-DD.")] string from = "",
        [Description("Last business date, YYYY-MM-DD, at most 400 days in all.")] string to = "")
    {
        var query = new QueryParameters(context, nameof(store), nameof(from), nameof(to));
        var (first, last) = query.Period();
        var code = query.Text(nameof(store));
        if (code is null)
        {
            query.Fault(nameof(store), "is required: the code of a store.");
        }

        return query.Problem ?? await scope.ReadAsync(
            user.Tenant,
            async (read, token) =>
            {
                if (!(await read.StoresAsync(user, token)).Any(one => one.Code == code))
                {
                    return ApiProblem.StoreUnknown(code!);
                }

                var (days, rules) = (await read.EntranceDaysAsync([code!], first, last, token), await read.StaffEntryRulesAsync([code!], token));
                return TypedResults.Ok(new VisitorEstimateList([.. days.GroupBy(day => day.Date).Select(day => View(code!, day.Key, VisitorEstimate.Of([.. day], rules)!))]));
            },
            cancellationToken);
    }

    private static VisitorEstimateView View(string store, DateOnly date, VisitorEstimate one) =>
        new(store, date, one.Counted, one.Customers, one.SaysMore ? one.AtLeast : null, one.SaysMore ? one.AtMost : null, one.StaffByDevices, one.StaffByRule, one.CalibratedShare);

    private static async Task<IResult> GetAsync(string store, HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken) =>
        new QueryParameters(context).Problem is { } problem ? problem
            : await scope.RulesAsync(user, store, cancellationToken) is not { } rules ? ApiProblem.StoreUnknown(store)
            : EntityTag.IsCurrent(context, user, StaffEntryRule.Version(rules)) ? Results.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(new StaffEntryList(store, rules));

    private static async Task<IResult> SetAsync(
        string store, StaffEntriesRequest body, HttpContext context, SessionUser user, TenantScope scope, StaffEntryRegister register, CancellationToken cancellationToken)
    {
        if (new QueryParameters(context).Problem is { } problem)
        {
            return problem;
        }

        if (await scope.RulesAsync(user, store, cancellationToken) is not { } before)
        {
            return ApiProblem.StoreUnknown(store);
        }

        if (StaffEntryRule.Faults(body.Rules) is { Count: > 0 } faults)
        {
            return ApiProblem.Parameters(faults);
        }

        if (EntityTag.Refusal(context, user, StaffEntryRule.Version(before)) is { } refusal)
        {
            return refusal;
        }

        if (!await register.SetAsync(context, user, store, StaffEntryRule.Version(before), body.Rules, cancellationToken) || await scope.RulesAsync(user, store, cancellationToken) is not { } now)
        {
            return ApiProblem.PreconditionFailed();
        }

        _ = EntityTag.IsCurrent(context, user, StaffEntryRule.Version(now));
        return TypedResults.Ok(new StaffEntryList(store, now));
    }
}
