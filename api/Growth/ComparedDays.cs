using RetailInsight.Api.Calendars;
using RetailInsight.Api.Kpis;
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
/// <param name="Currency">ISO 4217 code: of one store named alone the latest it reported in, else the company's.</param>
/// <param name="Compare">The word of the comparison.</param>
/// <param name="Period">All days asked for.</param>
/// <param name="Days">The whole days of the period that have figures, and what they are compared with; null for none.</param>
internal sealed record ComparedDays(
    TenantRead Read, IReadOnlyCollection<string> Stores, CompanyCalendar Calendar, string Currency, string Compare, DateSpan Period, ComparedPeriod? Days)
{
    /// <summary>What every such question takes.</summary>
    public static readonly string[] Parameters = ["from", "to", "compare", "store"];

    private static readonly Comparison[] Known = [Comparison.SameWeekday, Comparison.PreviousPeriod, Comparison.LastYearWeekday, Comparison.LastYearDate];

    /// <summary>First day that counts; null for none.</summary>
    public DateOnly? First => Days is { Pairs.Count: > 0 } days ? days.Pairs[0].Day : null;

    /// <summary>Last day that counts; null for none.</summary>
    public DateOnly? Last => Days is { Pairs.Count: > 0 } days ? days.Pairs[^1].Day : null;

    /// <summary>The days that count; all days asked for where none of them has figures.</summary>
    public DateSpan Span => new(First ?? Period.From, Last ?? Period.To);

    /// <summary>Reads the question and answers it, or says what is wrong with it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="scope">The datamart.</param>
    /// <param name="query">The parameters, with the faults found so far.</param>
    /// <param name="usual">The comparison where none is named.</param>
    /// <param name="form">What else decides the answer: the form Accept asks for, the day; null for nothing.</param>
    /// <param name="answer">Answers, in one snapshot.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static Task<IResult> AskAsync(
        HttpContext context, SessionUser user, TenantScope scope, QueryParameters query, Comparison usual, string? form,
        Func<ComparedDays, CancellationToken, Task<IResult>> answer, CancellationToken cancellationToken)
    {
        var (first, last) = query.Period();
        var word = query.Text("compare") ?? MetricQueryReader.Name(usual);
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

        return query.Problem is { } problem ? Task.FromResult(problem) : MetricProblem.UnlessTooLongAsync(() => scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            var stores = await read.StoresAsync(user, token);
            var named = query.Many("store");
            var chosen = StoreReads.Select(stores, user, named, out var unknown) ?? [.. stores.Select(one => one.Code)];
            if (unknown is not null)
            {
                return ApiProblem.StoreUnknown(unknown);
            }

            var calendar = await read.CalendarAsync(token);
            if (EntityTag.IsCurrent(context, user, $"{read.DataVersion}/{calendar.Fingerprint}/{await read.LivesFingerprintAsync(token)}/{form}/{string.Join('\n', stores)}", form is null ? null : "Accept"))
            {
                return Results.StatusCode(StatusCodes.Status304NotModified);
            }

            var company = await read.CompanyAsync(token);
            var period = new DateSpan(first, last);
            var asked = stores.Where(one => chosen.Contains(one.Code)).ToList();
            var reported = await read.ReportedDaysAsync(chosen, period.From, period.To, token);
            var through = reported.LastOrDefault(day => RunningDay.UntilHour(asked, day.Date, day.ComputedAt, company.TimeZone) is null)?.Date;
            var days = through is { } whole ? ComparedPeriod.Of(calendar.Retail, period, BasisOf(comparison)).Through(whole) : null;
            return await answer(new ComparedDays(read, chosen, calendar, ReportedDay.CurrencyOf(reported, named?.Length == 1, company.Currency), word, period, days), token);
        }, cancellationToken), cancellationToken);
    }

    private static ComparisonBasis BasisOf(Comparison comparison) => comparison switch
    {
        Comparison.SameWeekday => ComparisonBasis.SameWeekday,
        Comparison.PreviousPeriod => ComparisonBasis.PreviousPeriod,
        Comparison.LastYearWeekday => ComparisonBasis.LastYearWeekday,
        _ => ComparisonBasis.LastYearDate,
    };
}
