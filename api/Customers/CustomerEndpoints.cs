using System.ComponentModel;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Customers;

/// <summary><c>GET /v1/customers/segments</c>: what the page of customers shows. Nobody is named, and no segment is shown that is too small.</summary>
internal static class CustomerEndpoints
{
    public static void MapCustomers(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/customers/segments", GetAsync).WithName("getCustomerSegments").WithTags("Customers")
        .WithSummary($"Known customers by recency and frequency, over 365 days; figures of segments of fewer than {CustomerSegments.Fewest} are null.")
        .AsVersionedRead<SegmentAnswer>().WithFiles(parquet: false).WithParameterExamples(("date", "2026-11-14"), ("store", "S01"), ("format", "json"));

    // The parameters are read strictly by QueryParameters; they stand here as well so that OpenAPI knows them.
    private static Task<IResult> GetAsync(
        HttpContext context, SessionUser user, TenantScope scope, FigureAnswers answers, CancellationToken cancellationToken,
        [Description("Business date, YYYY-MM-DD: customers are those of the latest night up to it.")] string? date = null,
        [Description("Store code. Omitted: every store you may see, where a customer of two stores counts in both.")] string? store = null,
        [Description("json or csv; default what Accept asks for, else json.")] string? format = null,
        [Description("utf-8 or cp932: the characters of a CSV file.")] string? encoding = null)
    {
        var query = new QueryParameters(context, [nameof(date), nameof(store), .. FigureAnswers.Form]);
        var (form, day, code) = (AnswerForm.Read(context, query, parquet: false), query.RequiredDate(nameof(date)), query.Text(nameof(store)));
        if (query.Problem is null && day.DayNumber < CustomerSegments.IdentifiedDays)
        {
            query.Fault(nameof(date), "must have four weeks before it.");
        }

        return query.Problem is { } problem ? Task.FromResult(problem) : scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            var visible = await read.StoresAsync(user, token);
            var stores = StoreReads.Select(visible, user, code is null ? null : [code], out var unknown) ?? [.. visible.Select(one => one.Code)];
            if (unknown is not null)
            {
                return ApiProblem.StoreUnknown(unknown);
            }

            if (EntityTag.IsCurrent(context, user, $"{read.DataVersion}/{answers.Surroundings(form)}/{string.Join('\n', visible)}", "Accept"))
            {
                return Results.StatusCode(StatusCodes.Status304NotModified);
            }

            var span = CustomerSegments.IdentifiedOver(day);
            var currency = ReportedDay.CurrencyOf(await read.ReportedDaysAsync(stores, span.From, span.To, token), code is not null, (await read.CompanyAsync(token)).Currency);
            var (asOf, segments) = await read.SegmentsAsync(stores, day, currency, token);
            var items = segments.Select(segment => SegmentView.Of(segment, segments)).ToList();
            if (form!.IsFile)
            {
                return await answers.FileAsync(
                    context, user, form, $"customer-segments-{day:yyyyMMdd}", new { Date = day, Store = code }, read.DataVersion, items,
                    [.. SegmentView.Columns, new("currency", _ => currency), new("business_date", _ => asOf is { } night ? $"{night:yyyy-MM-dd}" : null)], token);
            }

            var (identified, data) = await answers.TotalAsync(read, "identified_share", stores, span, token);
            return TypedResults.Ok(new SegmentAnswer(read.DataVersion, asOf, currency, CustomerSegments.Fewest, WireFigures.Ratio(identified, 4), items, data));
        }, cancellationToken);
    }
}
