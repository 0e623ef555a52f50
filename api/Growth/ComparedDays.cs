using RetailInsight.Api.Calendars;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Growth;

/// <summary>A question about a period beside an earlier one: <c>from</c>, <c>to</c>, <c>compare</c> and <c>store</c>, held to what the person may see.</summary>
/// <param name="Read">Where to read.</param>
/// <param name="Stores">Codes of the stores it is about.</param>
/// <param name="Calendar">The company's.</param>
/// <param name="Currency">ISO 4217 code of the company.</param>
/// <param name="Compare">The word of the comparison.</param>
/// <param name="Days">The whole days of the period that have figures, and what they are compared with; null for none.</param>
internal sealed record ComparedDays(TenantRead Read, IReadOnlyCollection<string> Stores, CompanyCalendar Calendar, string Currency, string Compare, ComparedPeriod? Days)
{
    private static readonly Comparison[] Known = [Comparison.SameWeekday, Comparison.PreviousPeriod, Comparison.LastYearWeekday, Comparison.LastYearDate];

    /// <summary>Reads the question and answers it, or says what is wrong with it.</summary>
    public static Task<IResult> AskAsync(
        HttpContext context, SessionUser user, TenantScope scope, Func<ComparedDays, CancellationToken, Task<IResult>> answer, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context, "from", "to", "compare", "store");
        var (first, last) = query.Period();
        var word = query.Text("compare") ?? MetricQueryReader.Name(Comparison.LastYearDate);
        var comparison = Array.Find(Known, one => MetricQueryReader.Name(one) == word);
        if (comparison == Comparison.None)
        {
            query.Fault("compare", $"must be one of {string.Join(", ", Known.Select(MetricQueryReader.Name))}.");
        }

        // The years at both ends of the calendar have nothing to be compared with.
        if (query.Problem is null && (first.Year < 1950 || last.Year >= 2200))
        {
            query.Fault("from", "must lie in the years 1950 to 2199, and to as well.");
        }

        return query.Problem is { } problem ? Task.FromResult(problem) : scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            var stores = await read.StoresAsync(user, token);
            var chosen = StoreReads.Select(stores, user, query.Many("store"), out var unknown) ?? [.. stores.Select(one => one.Code)];
            if (unknown is not null)
            {
                return ApiProblem.StoreUnknown(unknown);
            }

            var calendar = await read.CalendarAsync(token);
            if (EntityTag.IsCurrent(context, user, $"{read.DataVersion}/{calendar.Fingerprint}/{string.Join('\n', stores)}"))
            {
                return Results.StatusCode(StatusCodes.Status304NotModified);
            }

            var company = await read.CompanyAsync(token);
            var period = new DateSpan(first, last);
            var through = await read.LastWholeDayAsync([.. stores.Where(one => chosen.Contains(one.Code))], period, company.TimeZone, token);
            var days = through is { } whole ? ComparedPeriod.Of(calendar.Retail, period, BasisOf(comparison)).Through(whole) : null;
            return await answer(new ComparedDays(read, chosen, calendar, company.Currency, word, days), token);
        }, cancellationToken);
    }

    private static ComparisonBasis BasisOf(Comparison comparison) => comparison switch
    {
        Comparison.SameWeekday => ComparisonBasis.SameWeekday,
        Comparison.PreviousPeriod => ComparisonBasis.PreviousPeriod,
        Comparison.LastYearWeekday => ComparisonBasis.LastYearWeekday,
        _ => ComparisonBasis.LastYearDate,
    };
}
