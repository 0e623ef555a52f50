using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using RetailInsight.Api.Access;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Pages.Today;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Targets;

/// <summary><c>/v1/month-targets</c>: what stores are asked for in a month, why, and how likely it is to be reached; and the change of one that holds.</summary>
internal static class MonthTargetEndpoints
{
    private const string Example = """{"amount":"12500000","expected_version":2,"reason":"Road works in front of the entrance until the 20th"}""";

    public static void MapMonthTargets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/month-targets", ListAsync).WithName("listMonthTargets").WithTags("Targets")
            .WithSummary("Targets of a month by store: versions, days, reasons, how the month goes on and how probable it is to reach the target; beside it the first definition.")
            .AsVersionedRead<MonthTargetList>().WithFiles(parquet: false).WithParameterExamples(("month", "2026-11"), ("store", "S01"), ("format", "json"));
        routes.MapPost("/v1/month-targets/{store}/{month}/revisions", ReviseAsync).WithName("reviseMonthTarget").WithTags("Targets")
            .WithSummary("Change a target that holds, with a reason. What was asked of days gone by stays; the days from today on share the rest by what is expected of them.")
            .RequireAuthorization(Permissions.SetTargets).Produces<RevisedView>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409)
            .ProducesProblem(415).ProducesProblem(500).WithMetadata(new CountedCall()).WithIdempotencyKey().WithBodyExample(Example);
    }

    /// <summary>The first day of a month written YYYY-MM; null for anything else.</summary>
    public static DateOnly? Month(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) && month.Year is >= 1900 and <= 9997 ? month : null;

    /// <summary>The trading day of the company at a moment.</summary>
    public static DateOnly Today(Tenant company, DateTimeOffset now) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(company.TimeZone)).DateTime);

    /// <summary>The trading day of a store at a moment.</summary>
    public static DateOnly Today(Store store, DateTimeOffset now) =>
        TodayModel.BusinessDateOf(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(store.TimeZone)), store.ClosesMinute);

    /// <summary>A month that nobody can have meant.</summary>
    public static IResult MonthUnknown() => Results.Problem(ApiProblem.Create(404, "month-unknown", "Month not found", "The address names a month as YYYY-MM, from 1900-01 on."));

    // The parameters are read strictly by QueryParameters; they stand here as well so that OpenAPI knows them.
    private static Task<IResult> ListAsync(
        HttpContext context, SessionUser user, TenantScope scope, FigureAnswers answers, TimeProvider clock, CancellationToken cancellationToken,
        [Description("Month as YYYY-MM. There are targets of this month and the next, and of those before.")] string? month = null,
        [FromQuery, Description("Store code; repeat for several. Omitted: every store you may see.")] string[]? store = null,
        [Description("The next_cursor of the page before.")] string? cursor = null,
        [Description("Stores a page, 1 to 1000; default 100.")] string? limit = null,
        [Description("json or csv; default what Accept asks for, else json. CSV holds every day of every store.")] string? format = null,
        [Description("utf-8 or cp932: the characters of a CSV file.")] string? encoding = null)
    {
        var query = new QueryParameters(context, [nameof(month), nameof(store), .. FigureAnswers.FormAndPage]);
        var (form, size, after) = (AnswerForm.Read(context, query, parquet: false), query.Limit(), query.Cursor());
        if (Month(query.Required(nameof(month))) is not { } first)
        {
            if (query.Faults.TrueForAll(fault => fault.Parameter != nameof(month)))
            {
                query.Fault(nameof(month), "must be a month as YYYY-MM.");
            }

            return Task.FromResult(query.Problem!);
        }

        return query.Problem is { } problem ? Task.FromResult(problem) : scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            var visible = await read.StoresAsync(user, token);
            var codes = StoreReads.Select(visible, user, query.Many(nameof(store)), out var unknown);
            if (unknown is not null)
            {
                return ApiProblem.StoreUnknown(unknown);
            }

            var today = Today(await read.CompanyAsync(token), clock.GetUtcNow());
            if (EntityTag.IsCurrent(context, user, $"{read.DataVersion}/{answers.Surroundings(form)}/{today.DayNumber}", "Accept"))
            {
                return Results.StatusCode(StatusCodes.Status304NotModified);
            }

            var asked = visible.FindAll(one => (codes is null || codes.Contains(one.Code)) && (form!.IsFile || after is null || string.CompareOrdinal(one.Code, after.Store) > 0));
            var page = form!.IsFile ? asked : [.. asked.OrderBy(one => one.Code, StringComparer.Ordinal).Take(size)];
            var outlook = await MonthOutlook.ReadAsync(read, page, first, today, token);
            if (form.IsFile)
            {
                return await answers.FileAsync(
                    context, user, form, $"month-targets-{first:yyyyMM}", new { Month = $"{first:yyyy-MM}", Stores = FetchedFile.Shown([.. page.Select(one => one.Code)]) }, read.DataVersion,
                    MonthTargetRow.Of(outlook), MonthTargetRow.Columns, token);
            }

            var state = await answers.StateAsync(read, [.. page.Select(one => one.Code)], new DateSpan(first, first.AddMonths(1).AddDays(-1)), token);
            return TypedResults.Ok(MonthTargetList.Of(outlook, await read.CompanyTargetsAsync(first, token), state, read.DataVersion, asked.Count > page.Count ? new StoreDayKey(page[^1].Code, first).ToCursor() : null));
        }, cancellationToken);
    }

    private static async Task<IResult> ReviseAsync(
        string store, string month, RevisionRequest body, HttpContext context, SessionUser user, TenantScope scope, TargetRegister register, TimeProvider clock, CancellationToken cancellationToken)
    {
        if ((await scope.ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken)).Find(one => one.Code == store) is not { } shop)
        {
            return ApiProblem.StoreUnknown(store);
        }

        if (Month(month) is not { } first)
        {
            return MonthUnknown();
        }

        if (new QueryParameters(context).Problem is { } problem)
        {
            return problem;
        }

        var reason = AuditEntry.Storable(body.Reason.Trim());
        if (reason.Length == 0 || body.Reason.Trim().Length > TargetRegister.LongestReason)
        {
            return ApiProblem.Parameters([new("reason", $"says why in 1 to {TargetRegister.LongestReason} characters.")]);
        }

        var revision = new TargetRevision(store, first, body.Amount, body.ExpectedVersion, reason, Today(shop, clock.GetUtcNow()));
        var location = $"/v1/month-targets?month={first:yyyy-MM}&store={Uri.EscapeDataString(store)}";
        var outcome = await register.ReviseAsync(context, user, revision, location, cancellationToken);
        return outcome.Refusal switch
        {
            null => TypedResults.Created(location, outcome.Made),
            "unknown" => Results.Problem(ApiProblem.Create(404, "month-target-unknown", "No target", $"Store '{store}' has no target for {first:yyyy-MM}.")),
            "changed" => Results.Problem(ApiProblem.Create(409, "changed-meanwhile", "It was changed meanwhile", $"The target is at version {outcome.Version} now. Read it again, and send that version if the change is still right.")),
            "proposed" => Results.Problem(ApiProblem.Create(409, "target-proposed", "The target is a proposal", "It is frozen when its month begins. Until then it follows the target policy and the company's total, which can be set.")),
            "over" => Results.Problem(ApiProblem.Create(409, "month-over", "The month is over", "A target that was reached or missed is not changed any more.")),
            "below_past" => ApiProblem.Parameters([new("amount", $"must be {Core.Canon.Money.Format(outcome.Least)} at least: so much was asked of the days gone by, which stay as they are.")]),
            _ => ApiProblem.Parameters([new("amount", "is a decimal string of 0 to 1000000000 currency units and a multiple of the smallest one, such as 12500000.")]),
        };
    }
}

/// <summary>A change as it is sent.</summary>
internal sealed record RevisionRequest(
    [property: Description("Net sales of the month: decimal string in currency units.")] string Amount,
    [property: Description("The version you saw; another one is answered 409.")] int ExpectedVersion,
    [property: Description("Why, in 1 to 400 characters. It stays beside the target.")] string Reason);

/// <summary>A change that was made.</summary>
internal sealed record RevisedView(string Store, string Month, int Version, string State, string Amount, string Currency, string Reason)
{
    public static RevisedView Of(TargetRevision asked, long amount, string currency, int version) =>
        new(asked.Store, $"{asked.Month:yyyy-MM}", version, TargetVersion.Revised, Core.Canon.Money.Format(amount), currency, asked.Reason);
}
