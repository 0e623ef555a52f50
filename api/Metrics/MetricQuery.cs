using System.ComponentModel;
using RetailInsight.Api.Calendars;
using RetailInsight.Api.Problems;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Metrics;

/// <summary>A question as it is written in JSON; the address form has the same members.</summary>
internal sealed record MetricQueryBody(
    [property: Description("Ids of the catalogue, 1 to 20.")] List<string> Metrics,
    [property: Description("First business date, YYYY-MM-DD.")] string From,
    [property: Description("Last business date, YYYY-MM-DD.")] string To,
    [property: Description("What the rows are split by, in this order; none gives one row a currency.")] List<string>? Dimensions = null,
    [property: Description("day, week, month, quarter or year: how business_date is grouped. Default day.")] string? Grain = null,
    [property: Description("monday or sunday: where a week begins. Default: as the company's calendar has it.")] string? WeekStart = null,
    [property: Description("Only rows of these values; several filters hold together.")] List<MetricFilter>? Filters = null,
    [property: Description("none, same_weekday, previous_period, previous_week, last_year_weekday (holidays with the same holidays), last_year_date or target (store-days that have one, as they were beside as they were to be; 422 where a metric has no target). Default none.")] string? Compare = null,
    [property: Description("Dimensions and metrics to order by; a leading - turns the order. Default: the dimensions.")] List<string>? Order = null,
    [property: Description("Rows a page, 1 to 1000; default 100. CSV and Parquet hold every row.")] int? Limit = null,
    [property: Description("The next_cursor of the page before.")] string? Cursor = null);

/// <summary>One restriction of a question.</summary>
internal sealed record MetricFilter(
    [property: Description("A dimension other than business_date.")] string Dimension,
    [property: Description("1 to 1000 values, as the rows show them.")] List<string> Values,
    [property: Description("true keeps the rows of all other values.")] bool Exclude = false);

/// <summary>How one period is laid over another.</summary>
internal enum Comparison
{
    /// <summary>No comparison.</summary>
    None,

    /// <summary>The same weekdays as few whole weeks before as keep the periods apart.</summary>
    SameWeekday,

    /// <summary>The days directly before, as many.</summary>
    PreviousPeriod,

    /// <summary>Seven days before.</summary>
    PreviousWeek,

    /// <summary>The same weekday 364 days before; holidays with the same holidays, and other days with days that were none.</summary>
    LastYearWeekday,

    /// <summary>The same dates of the year before; 29 February counts as the 28th where it does not stand beside it.</summary>
    LastYearDate,

    /// <summary>What the same store-days were to reach; store-days without a target stand on neither side.</summary>
    Target,
}

/// <summary>A question that was checked.</summary>
internal sealed record MetricQuery(
    IReadOnlyList<Metric> Metrics, IReadOnlyList<string> Dimensions, string Grain, DayOfWeek? WeekStart, DateOnly From, DateOnly To,
    IReadOnlyList<MetricFilter> Filters, Comparison Compare, IReadOnlyList<(string Name, bool Descending)> Order, int Limit, string? Cursor)
{
    /// <summary>Days asked for.</summary>
    public int Days => To.DayNumber - From.DayNumber + 1;

    /// <summary>How business dates are grouped.</summary>
    public PeriodCalendar Calendar { get; private init; } = CompanyCalendar.Plain.Periods;

    /// <summary>The days compared with; null without a comparison.</summary>
    public ComparedPeriod? Compared { get; private init; }

    /// <summary>A day that runs, its other one, and the hour before which both count; null where all days count whole.</summary>
    public (DateOnly Day, DateOnly Other, int Hour)? Cut { get; private init; }

    /// <summary>The question with its last day and its other one up to an hour.</summary>
    public MetricQuery CutAt(DayPair pair, int hour) => this with { Cut = (pair.Day, pair.Other, hour) };

    /// <summary>The question with nothing compared after a day.</summary>
    public MetricQuery ComparedThrough(DateOnly last) => this with { Compared = Compared?.Through(last) };

    /// <summary>Whether the database can group dates by itself: into days, weeks, and calendar months of a year from January.</summary>
    public bool GroupsPlainly => Grain is "day" or "week" || Calendar is { FirstMonth: 1, Pattern: null };

    /// <summary>The first day of what a date is grouped into.</summary>
    public DateOnly BucketOf(DateOnly date) => Calendar.SpanOf(Enum.Parse<CalendarGrain>(Grain, ignoreCase: true), date).From;

    /// <summary>The question in a company's calendar. Days after today are compared with nothing: a period that runs is compared with its elapsed part.</summary>
    public MetricQuery In(CompanyCalendar calendar, DateOnly today)
    {
        var periods = WeekStart is not { } start || start == calendar.Periods.FirstDayOfWeek
            ? calendar.Periods : new PeriodCalendar(start, calendar.Periods.FirstMonth, calendar.Periods.Pattern);
        var span = new DateSpan(From, To);
        ComparedPeriod? compared = Compare switch
        {
            Comparison.None or Comparison.Target => null,
            Comparison.PreviousWeek => new ComparedPeriod(ComparisonBasis.SameWeekday, [.. span.Days.Select(day => new DayPair(day, day.AddDays(-7), ComparisonRule.WeeksBefore))]),
            Comparison.SameWeekday => ComparedPeriod.Of(calendar.Retail, span, ComparisonBasis.SameWeekday),
            Comparison.PreviousPeriod => ComparedPeriod.Of(calendar.Retail, span, ComparisonBasis.PreviousPeriod),
            Comparison.LastYearWeekday => ComparedPeriod.Of(calendar.Retail, span, ComparisonBasis.LastYearWeekday),
            _ => ComparedPeriod.Of(calendar.Retail, span, ComparisonBasis.LastYearDate),
        };
        return this with { Calendar = periods, Compared = compared?.Through(today) };
    }

    /// <summary>Whether rows of different currencies must be kept apart.</summary>
    public bool ByCurrency => Metrics.Any(metric => metric.IsMoney);

    /// <summary>Everything but the page, as one text.</summary>
    public string Canonical => string.Join(
        '\u001e', string.Join(',', Metrics.Select(metric => $"{metric.Id}:{metric.Version}")), string.Join(',', Dimensions), Grain, WeekStart, From.DayNumber, To.DayNumber,
        string.Join('\u001d', Filters.Select(filter => $"{filter.Dimension}{filter.Exclude}\u001f{string.Join('\u001f', filter.Values)}")), Compare, string.Join(',', Order));
}
