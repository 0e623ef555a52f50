using System.ComponentModel;
using RetailInsight.Api.Problems;

namespace RetailInsight.Api.Metrics;

/// <summary>A question as it is written in JSON; the address form has the same members.</summary>
internal sealed record MetricQueryBody(
    [property: Description("Ids of the catalogue, 1 to 20.")] List<string> Metrics,
    [property: Description("First business date, YYYY-MM-DD.")] string From,
    [property: Description("Last business date, YYYY-MM-DD.")] string To,
    [property: Description("What the rows are split by, in this order; none gives one row a currency.")] List<string>? Dimensions = null,
    [property: Description("day, week, month, quarter or year: how business_date is grouped. Default day.")] string? Grain = null,
    [property: Description("monday or sunday: where a week begins. Default monday.")] string? WeekStart = null,
    [property: Description("Only rows of these values; several filters hold together.")] List<MetricFilter>? Filters = null,
    [property: Description("none, previous_period, previous_week, last_year_weekday (364 days back) or last_year_date. Default none.")] string? Compare = null,
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

    /// <summary>The days directly before, as many.</summary>
    PreviousPeriod,

    /// <summary>Seven days before.</summary>
    PreviousWeek,

    /// <summary>364 days before: the same weekday.</summary>
    LastYearWeekday,

    /// <summary>The same dates of the year before; 29 February counts as the 28th.</summary>
    LastYearDate,
}

/// <summary>A question that was checked.</summary>
internal sealed record MetricQuery(
    IReadOnlyList<Metric> Metrics, IReadOnlyList<string> Dimensions, string Grain, bool WeekStartsOnSunday, DateOnly From, DateOnly To,
    IReadOnlyList<MetricFilter> Filters, Comparison Compare, IReadOnlyList<(string Name, bool Descending)> Order, int Limit, string? Cursor)
{
    /// <summary>Days asked for.</summary>
    public int Days => To.DayNumber - From.DayNumber + 1;

    /// <summary>Days the comparison lies back; null for the same dates of the year before.</summary>
    public int? ShiftDays => Compare switch
    {
        Comparison.PreviousPeriod => Days,
        Comparison.PreviousWeek => 7,
        Comparison.LastYearWeekday => 364,
        _ => null,
    };

    /// <summary>First and last day compared with.</summary>
    public (DateOnly From, DateOnly To) ComparedPeriod => ShiftDays is { } days ? (From.AddDays(-days), To.AddDays(-days)) : (From.AddYears(-1), To.AddYears(-1));

    /// <summary>Whether rows of different currencies must be kept apart.</summary>
    public bool ByCurrency => Metrics.Any(metric => metric.IsMoney);

    /// <summary>Everything but the page, as one text.</summary>
    public string Canonical => string.Join(
        '\u001e', string.Join(',', Metrics.Select(metric => $"{metric.Id}:{metric.Version}")), string.Join(',', Dimensions), Grain, WeekStartsOnSunday, From.DayNumber, To.DayNumber,
        string.Join('\u001d', Filters.Select(filter => $"{filter.Dimension}{filter.Exclude}\u001f{string.Join('\u001f', filter.Values)}")), Compare, string.Join(',', Order));
}
