using System.Globalization;
using RetailInsight.Api.Calendars;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Stores;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.StoreComparison;

/// <summary>What the course is drawn by.</summary>
internal enum CourseGrain
{
    /// <summary>Hours of one day.</summary>
    Hour,

    /// <summary>Four weeks.</summary>
    Day,

    /// <summary>Thirteen weeks.</summary>
    Week,

    /// <summary>Thirteen months.</summary>
    Month,
}

/// <summary>What was asked of the page.</summary>
/// <param name="Picked">Codes ticked one by one.</param>
/// <param name="Group">Key of a group; null for none.</param>
/// <param name="Metric">What the course shows, an id of <see cref="StoreComparisonModel.Metrics"/>.</param>
/// <param name="Grain">What it is drawn by.</param>
/// <param name="Average">Whether the last row is the mean of a store, else the sum.</param>
internal sealed record StoreComparisonChoice(IReadOnlyList<string> Picked, string? Group, string Metric, CourseGrain Grain, bool Average);

/// <summary>What the page of stores side by side shows.</summary>
/// <param name="Choice">What was asked.</param>
/// <param name="Span">Business dates.</param>
/// <param name="Currency">ISO 4217 code; stores that report in another have no values.</param>
/// <param name="Groups">Groups to pick by.</param>
/// <param name="Chosen">The stores, by code.</param>
/// <param name="Rows">Their values of <see cref="Metrics"/>, by code.</param>
/// <param name="Whole">The values of all of them together, by each metric's own rule; null without figures.</param>
/// <param name="Places">Names of the places of the course.</param>
/// <param name="Lines">The course of the stores that are drawn.</param>
/// <param name="Coverage">Counter minutes received of those expected on whole days, by code; null where none was expected.</param>
/// <param name="Completeness">What has arrived of the stores.</param>
/// <param name="Running">The last day where it still runs: its figures are those of a part of it.</param>
internal sealed record StoreComparisonModel(
    StoreComparisonChoice Choice, DateSpan Span, string Currency, IReadOnlyList<StoreGroup> Groups, IReadOnlyList<Store> Chosen,
    IReadOnlyDictionary<string, IReadOnlyList<decimal?>> Rows, IReadOnlyList<decimal?>? Whole, IReadOnlyList<string> Places, IReadOnlyList<ChartLine> Lines,
    IReadOnlyDictionary<string, decimal?> Coverage, Completeness Completeness, DateOnly? Running)
{
    /// <summary>The fewest stores there is something to compare of.</summary>
    public const int Fewest = 2;

    /// <summary>The most stores of the table.</summary>
    public const int Most = 100;

    private const int Weeks = 13;
    private const int Months = 13;
    private const int Days = 28;

    /// <summary>The figures of the table, in order.</summary>
    public static IReadOnlyList<string> Metrics { get; } = ["net_sales", "receipts", "basket_value", "items_per_receipt", "visitors", "conversion", "sales_per_labour_hour", "sales_per_square_metre"];

    /// <summary>Reads the page.</summary>
    public static async Task<StoreComparisonModel> ReadAsync(PageRequest request, StoreComparisonChoice choice, DateOnly today, CancellationToken cancellationToken)
    {
        var (read, all) = (request.Read, request.Stores.Select(store => store.Code).ToList());
        var last = await LastDay.ReadAsync(request, [.. all], today, cancellationToken);
        var to = last.Date;
        var groups = await read.GroupsAsync(all, to, cancellationToken);
        var codes = choice.Picked.Concat(groups.FirstOrDefault(group => group.Key == choice.Group)?.Stores ?? []).ToHashSet();
        if (codes.Count == 0 && choice.Group is null)
        {
            codes = [.. all.Take(Fewest + 1)];
        }

        var calendar = await read.CalendarAsync(cancellationToken);
        var (span, grain) = SpanOf(choice.Grain, to, calendar.Periods);
        var chosen = request.Stores.Where(store => codes.Contains(store.Code)).Take(Most).ToList();
        var own = chosen.ConvertAll(store => store.Code);
        var currency = request.Company.Currency;
        var rows = own.Count < Fewest ? [] : await request.AskAsync(own, Metrics, ["store"], span, currency, cancellationToken);
        var whole = own.Count < Fewest ? [] : await request.AskAsync(own, Metrics, [], span, currency, cancellationToken);
        var drawn = own.Take(LinesChart.Most).ToList();
        var course = own.Count < Fewest ? [] : await request.AskAsync(
            drawn, [choice.Metric], ["store", choice.Grain == CourseGrain.Hour ? "hour" : "business_date"], span, currency, grain, calendar, cancellationToken);
        var keys = Keys(choice.Grain, span, grain, calendar.Periods, course);
        var completeness = await read.CompletenessAsync(own, span, last.Running, cancellationToken);
        var values = course.ToDictionary(row => (row.Keys[0], row.Keys[1]), row => row.Values[0]);
        return new StoreComparisonModel(
            choice, span, currency, groups, chosen, rows.ToDictionary(row => row.Keys[0], row => row.Values), whole.Count == 0 ? null : whole[0].Values,
            keys.ConvertAll(key => NameOf(key, choice.Grain)),
            [.. chosen.Take(LinesChart.Most).Select(store => new ChartLine(store.Name, [.. keys.Select(key => values.GetValueOrDefault((store.Code, key)))]))],
            completeness.Stores.ToDictionary(store => store.Store!, store => store.Coverage), completeness, last.Running);
    }

    private static (DateSpan Span, CalendarGrain Grain) SpanOf(CourseGrain grain, DateOnly to, PeriodCalendar calendar) => grain switch
    {
        CourseGrain.Hour => (new DateSpan(to, to), CalendarGrain.Day),
        CourseGrain.Week => (new DateSpan(calendar.SpanOf(CalendarGrain.Week, to).From.AddDays(-7 * (Weeks - 1)), to), CalendarGrain.Week),
        CourseGrain.Month => (new DateSpan(Earliest(calendar, to), to), CalendarGrain.Month),
        _ => (new DateSpan(to.AddDays(1 - Days), to), CalendarGrain.Day),
    };

    private static DateOnly Earliest(PeriodCalendar calendar, DateOnly to)
    {
        var from = calendar.SpanOf(CalendarGrain.Month, to).From;
        for (var month = 1; month < Months; month++)
        {
            from = calendar.SpanOf(CalendarGrain.Month, from.AddDays(-1)).From;
        }

        return from;
    }

    private static List<string> Keys(CourseGrain course, DateSpan span, CalendarGrain grain, PeriodCalendar calendar, IReadOnlyList<PageMetricRow> rows)
    {
        if (course == CourseGrain.Hour)
        {
            var hours = rows.Select(row => int.Parse(row.Keys[1], CultureInfo.InvariantCulture)).ToList();
            return hours.Count == 0 ? [] : [.. Enumerable.Range(hours.Min(), hours.Max() - hours.Min() + 1).Select(hour => hour.ToString(CultureInfo.InvariantCulture))];
        }

        return [.. span.Days.Select(day => calendar.SpanOf(grain, day).From).Distinct().Select(day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))];
    }

    private static string NameOf(string key, CourseGrain grain) =>
        grain == CourseGrain.Hour ? key : FigureText.ShortDate(DateOnly.ParseExact(key, "yyyy-MM-dd", CultureInfo.InvariantCulture));
}
