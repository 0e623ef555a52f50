namespace RetailInsight.Core.Calendar;

/// <summary>How long a period is.</summary>
public enum CalendarGrain
{
    /// <summary>One business date.</summary>
    Day,

    /// <summary>Seven days.</summary>
    Week,

    /// <summary>A calendar month, or four or five whole weeks of a fiscal year.</summary>
    Month,

    /// <summary>Three months.</summary>
    Quarter,

    /// <summary>Twelve months.</summary>
    Year,
}

/// <summary>
/// The weeks, months, quarters and years of a company. Its year begins in some month; its months are those of the calendar, or whole
/// weeks in the pattern of a <see cref="FiscalCalendar"/>.
/// </summary>
public sealed class PeriodCalendar
{
    private const int MonthsOfQuarter = 3;
    private const int MonthsOfYear = 12;
    private readonly FiscalCalendar? _fiscal;

    /// <summary>Creates a calendar.</summary>
    /// <param name="firstDayOfWeek">Where weeks begin.</param>
    /// <param name="firstMonth">Month 1–12 the year begins in, or near with a pattern.</param>
    /// <param name="pattern">Weeks of the months; null for calendar months.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such month.</exception>
    public PeriodCalendar(DayOfWeek firstDayOfWeek = DayOfWeek.Monday, int firstMonth = 1, FiscalPattern? pattern = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstMonth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstMonth, MonthsOfYear);
        (FirstDayOfWeek, FirstMonth, Pattern) = (firstDayOfWeek, firstMonth, pattern);
        _fiscal = pattern is { } weeks ? new FiscalCalendar(weeks, firstMonth, firstDayOfWeek) : null;
    }

    /// <summary>Where weeks begin.</summary>
    public DayOfWeek FirstDayOfWeek { get; }

    /// <summary>Month the year begins in or near.</summary>
    public int FirstMonth { get; }

    /// <summary>Weeks of the months; null for calendar months.</summary>
    public FiscalPattern? Pattern { get; }

    /// <summary>The first and last day of the period a day lies in.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The period leaves the calendar of dates.</exception>
    public DateSpan SpanOf(CalendarGrain grain, DateOnly day) => grain switch
    {
        CalendarGrain.Day => new DateSpan(day, day),
        CalendarGrain.Week => WeekOf(day),
        _ when _fiscal is not null => FiscalSpan(_fiscal, grain, day),
        CalendarGrain.Month => RetailCalendar.MonthOf(day),
        CalendarGrain.Quarter => MonthsFrom(day, MonthsOfQuarter),
        _ => MonthsFrom(day, MonthsOfYear),
    };

    /// <summary>Quarter 1–4 of the company's year a day lies in.</summary>
    public int QuarterOf(DateOnly day) => _fiscal is null
        ? (((day.Month - FirstMonth + MonthsOfYear) % MonthsOfYear) / MonthsOfQuarter) + 1
        : _fiscal.PeriodOf(day).Quarter;

    /// <summary>The company's year a day lies in, named after the calendar year its first month is in.</summary>
    public int YearOf(DateOnly day) => _fiscal?.YearOf(day) ?? (day.Month >= FirstMonth ? day.Year : day.Year - 1);

    private DateSpan WeekOf(DateOnly day)
    {
        var from = day.AddDays(-(((int)day.DayOfWeek - (int)FirstDayOfWeek + 7) % 7));
        return new DateSpan(from, from.AddDays(6));
    }

    private DateSpan MonthsFrom(DateOnly day, int months)
    {
        var into = (day.Month - FirstMonth + MonthsOfYear) % MonthsOfYear % months;
        var from = new DateOnly(day.Year, day.Month, 1).AddMonths(-into);
        return new DateSpan(from, from.AddMonths(months).AddDays(-1));
    }

    private static DateSpan FiscalSpan(FiscalCalendar fiscal, CalendarGrain grain, DateOnly day)
    {
        var own = fiscal.PeriodOf(day);
        if (grain == CalendarGrain.Month)
        {
            return own.Span;
        }

        var periods = fiscal.PeriodsOf(own.Year).Where(period => grain == CalendarGrain.Year || period.Quarter == own.Quarter).ToList();
        return new DateSpan(periods[0].Span.From, periods[^1].Span.To);
    }
}
