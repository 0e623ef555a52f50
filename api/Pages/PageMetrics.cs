using RetailInsight.Api.Calendars;
using RetailInsight.Api.Metrics;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages;

/// <summary>One row of what a page asked the catalogue of metrics.</summary>
/// <param name="Keys">Values of the dimensions asked by, in their order.</param>
/// <param name="Values">Values of the metrics, in their order; null where nothing was measured.</param>
internal sealed record PageMetricRow(IReadOnlyList<string> Keys, IReadOnlyList<decimal?> Values);

/// <summary>
/// Questions of pages, answered by the same catalogue and statements as <c>/v1/metrics/query</c>, so that page, file and API show one number.
/// </summary>
internal static class PageMetrics
{
    /// <summary>Asks; rows in the page's currency, in the order of their keys.</summary>
    /// <param name="request">Whose page.</param>
    /// <param name="stores">Codes of the stores it is about.</param>
    /// <param name="metrics">Ids of the catalogue.</param>
    /// <param name="dimensions">What rows are split by.</param>
    /// <param name="span">Business dates.</param>
    /// <param name="currency">ISO 4217 code; rows of amounts in another are left out.</param>
    /// <param name="grain">How business dates are grouped.</param>
    /// <param name="calendar">Whose weeks and months.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="PageTooLargeException">The answer would hold more values than one may.</exception>
    public static async Task<IReadOnlyList<PageMetricRow>> AskAsync(
        this PageRequest request, IReadOnlyCollection<string> stores, IReadOnlyList<string> metrics, IReadOnlyList<string> dimensions, DateSpan span, string currency,
        CalendarGrain grain, CompanyCalendar calendar, CancellationToken cancellationToken)
    {
        var query = new MetricQuery(
            [.. metrics.Select(id => MetricCatalogue.Find(id) ?? throw new ArgumentException($"There is no metric '{id}'."))], dimensions, WordOf(grain), null,
            span.From, span.To, [], Comparison.None, [], 1, null).In(calendar, span.To);
        var plan = MetricPlan.Of(query).Plan ?? throw new ArgumentException($"{string.Join(", ", metrics)} cannot be asked by {string.Join(", ", dimensions)}.");
        if (stores.Count == 0)
        {
            return [];
        }

        var result = await request.Read.AnswerAsync(plan, [.. stores], ExpectedStoreDays.Of(query, [], span.From.AddDays(-1)), cancellationToken);
        return result is null ? throw new PageTooLargeException() : [.. result.Rows.Where(row => row.Currency is null || row.Currency == currency).Select(row => new PageMetricRow(row.Keys, row.Values))];
    }

    /// <summary>Likewise, of questions that do not group dates.</summary>
    public static Task<IReadOnlyList<PageMetricRow>> AskAsync(
        this PageRequest request, IReadOnlyCollection<string> stores, IReadOnlyList<string> metrics, IReadOnlyList<string> dimensions, DateSpan span, string currency,
        CancellationToken cancellationToken) =>
        request.AskAsync(stores, metrics, dimensions, span, currency, CalendarGrain.Day, CompanyCalendar.Plain, cancellationToken);

    private static string WordOf(CalendarGrain grain) => grain switch
    {
        CalendarGrain.Day => "day",
        CalendarGrain.Week => "week",
        CalendarGrain.Month => "month",
        CalendarGrain.Quarter => "quarter",
        _ => "year",
    };
}

/// <summary>A page asks for more values than one answer may hold. It is told so, as by the API: shown as no data it would look as if nothing was sold.</summary>
internal sealed class PageTooLargeException() : InvalidOperationException($"A page asks for more than {MetricPlan.MaxCells} values.");
