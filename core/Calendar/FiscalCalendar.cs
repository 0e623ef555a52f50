namespace RetailInsight.Core.Calendar;

/// <summary>How many weeks the three periods of a quarter have.</summary>
public enum FiscalPattern
{
    /// <summary>4-4-5.</summary>
    FourFourFive,

    /// <summary>4-5-4, as the National Retail Federation's.</summary>
    FourFiveFour,

    /// <summary>5-4-4.</summary>
    FiveFourFour,
}

/// <summary>A period of a fiscal year made of whole weeks.</summary>
/// <param name="Year">The calendar year the fiscal year's first month is in.</param>
/// <param name="Quarter">1–4.</param>
/// <param name="Period">1–12.</param>
/// <param name="Weeks">4 or 5; 5 or 6 for the last period of a year of 53 weeks.</param>
/// <param name="Span">Its days.</param>
public readonly record struct FiscalPeriod(int Year, int Quarter, int Period, int Weeks, DateSpan Span);

/// <summary>
/// Fiscal years of 52 or 53 whole weeks in twelve periods. A year begins on the first weekday nearest to the first of its first month;
/// where that leaves a 53rd week, the last period has it.
/// </summary>
public sealed class FiscalCalendar
{
    private const int PeriodsOfYear = 12;
    private readonly FiscalPattern _pattern;
    private readonly int _firstMonth;
    private readonly DayOfWeek _firstDayOfWeek;

    /// <summary>Creates a calendar.</summary>
    /// <param name="pattern">Weeks of the periods.</param>
    /// <param name="firstMonth">Month 1–12 the year begins near.</param>
    /// <param name="firstDayOfWeek">Where weeks begin.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such month.</exception>
    public FiscalCalendar(FiscalPattern pattern, int firstMonth, DayOfWeek firstDayOfWeek)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstMonth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstMonth, 12);
        _pattern = pattern;
        _firstMonth = firstMonth;
        _firstDayOfWeek = firstDayOfWeek;
    }

    /// <summary>The first and last day of a fiscal year, named after the calendar year its first month is in.</summary>
    public DateSpan YearSpan(int year) => new(StartOf(year), StartOf(year + 1).AddDays(-1));

    /// <summary>How many weeks the year has: 52 or 53.</summary>
    public int WeeksOf(int year) => YearSpan(year).Length / 7;

    /// <summary>The twelve periods of a year in order.</summary>
    public IReadOnlyList<FiscalPeriod> PeriodsOf(int year)
    {
        var periods = new List<FiscalPeriod>(PeriodsOfYear);
        var from = StartOf(year);
        for (var period = 1; period <= PeriodsOfYear; period++)
        {
            var weeks = WeeksOfPeriod((period - 1) % 3) + (period == PeriodsOfYear ? WeeksOf(year) - 52 : 0);
            var to = from.AddDays((7 * weeks) - 1);
            periods.Add(new FiscalPeriod(year, ((period - 1) / 3) + 1, period, weeks, new DateSpan(from, to)));
            from = to.AddDays(1);
        }

        return periods;
    }

    /// <summary>The period a day lies in.</summary>
    public FiscalPeriod PeriodOf(DateOnly day) => PeriodsOf(YearOf(day)).First(period => period.Span.Contains(day));

    /// <summary>The week of the fiscal year a day lies in, from 1.</summary>
    public int WeekOf(DateOnly day) => ((day.DayNumber - StartOf(YearOf(day)).DayNumber) / 7) + 1;

    /// <summary>The fiscal year a day lies in.</summary>
    public int YearOf(DateOnly day) => day >= StartOf(day.Year + 1) ? day.Year + 1 : day >= StartOf(day.Year) ? day.Year : day.Year - 1;

    private DateOnly StartOf(int year)
    {
        var first = new DateOnly(year, _firstMonth, 1);
        var after = ((int)_firstDayOfWeek - (int)first.DayOfWeek + 7) % 7;
        return first.AddDays(after <= 3 ? after : after - 7);
    }

    private int WeeksOfPeriod(int place) => _pattern switch
    {
        FiscalPattern.FourFourFive => place == 2 ? 5 : 4,
        FiscalPattern.FourFiveFour => place == 1 ? 5 : 4,
        _ => place == 0 ? 5 : 4,
    };
}
