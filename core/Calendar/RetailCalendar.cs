namespace RetailInsight.Core.Calendar;

/// <summary>Business dates from the first to the last, both of them included.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day, not before the first.</param>
public readonly record struct DateSpan(DateOnly From, DateOnly To)
{
    /// <summary>How many days it has.</summary>
    public int Length => To.DayNumber - From.DayNumber + 1;

    /// <summary>Every day in order.</summary>
    public IEnumerable<DateOnly> Days
    {
        get
        {
            for (var day = From; day <= To; day = day.AddDays(1))
            {
                yield return day;
            }
        }
    }

    /// <summary>Whether the day lies in it.</summary>
    public bool Contains(DateOnly day) => day >= From && day <= To;
}

/// <summary>Why a day is compared with another.</summary>
public enum ComparisonRule
{
    /// <summary>The same weekday 364 days before; both days are holidays, or neither is.</summary>
    SameWeekday,

    /// <summary>The same holiday of last year.</summary>
    SameHoliday,

    /// <summary>The same weekday within two weeks of it, because that day was a holiday and this one is not.</summary>
    NearbyWeekday,

    /// <summary>The same weekday 364 days before although only one of the two is a holiday: there was nothing like it.</summary>
    NothingAlike,

    /// <summary>The same weekday some whole weeks before.</summary>
    WeeksBefore,

    /// <summary>As many days before as the period is long.</summary>
    DaysBefore,

    /// <summary>The same date a year before.</summary>
    SameDate,

    /// <summary>28 February for the 29th: the year before has no 29th.</summary>
    NearestDate,
}

/// <summary>The day another one is compared with.</summary>
/// <param name="Day">Business date of last year.</param>
/// <param name="Rule">Why this one.</param>
public readonly record struct ComparedDay(DateOnly Day, ComparisonRule Rule);

/// <summary>A week: seven days from the calendar's first weekday.</summary>
/// <param name="Year">The year that holds its fourth day.</param>
/// <param name="Number">From 1 in that year.</param>
/// <param name="Span">Its days.</param>
public readonly record struct RetailWeek(int Year, int Number, DateSpan Span);

/// <summary>Weeks, months, business days, and which day of last year a day is compared with. Works on business dates alone.</summary>
public sealed class RetailCalendar
{
    private const int WeeksOfYear = 52;
    private static readonly int[] NearbyWeeks = [WeeksOfYear + 1, WeeksOfYear - 1, WeeksOfYear + 2, WeeksOfYear - 2];

    private readonly DayOfWeek _firstDayOfWeek;

    /// <summary>Creates a calendar.</summary>
    /// <param name="holidays">The country's holidays.</param>
    /// <param name="firstDayOfWeek">Where weeks begin; Monday gives the weeks of ISO 8601.</param>
    public RetailCalendar(HolidayCalendar holidays, DayOfWeek firstDayOfWeek = DayOfWeek.Monday)
    {
        ArgumentNullException.ThrowIfNull(holidays);
        Holidays = holidays;
        _firstDayOfWeek = firstDayOfWeek;
    }

    /// <summary>The country's holidays.</summary>
    public HolidayCalendar Holidays { get; }

    /// <summary>Seven days before.</summary>
    public static DateOnly SameWeekdayLastWeek(DateOnly day) => day.AddDays(-7);

    /// <summary>364 days before: the same weekday, nearest to the same date.</summary>
    public static DateOnly SameWeekdayLastYear(DateOnly day) => day.AddDays(-7 * WeeksOfYear);

    /// <summary>The same date of the year before; for 29 February the 28th. The 28th of a year after a leap year has the 28th.</summary>
    public static DateOnly SameDateLastYear(DateOnly day) => day.AddYears(-1);

    /// <summary>
    /// What a day is compared with by weekday. A holiday is compared with the same holiday of last year, found by its name. Any other
    /// day is compared with the same weekday 364 days before; where that one was a holiday, with the nearest same weekday within two
    /// weeks of it that was none, the earlier first. Where nothing like it is found the 364 days stand, and the rule says so.
    /// </summary>
    public ComparedDay ComparableLastYear(DateOnly day)
    {
        var weekday = SameWeekdayLastYear(day);
        if (Holidays.IsHoliday(day))
        {
            return Holidays.LikeNear(day, weekday) is { } same
                ? new ComparedDay(same, ComparisonRule.SameHoliday)
                : new ComparedDay(weekday, Holidays.IsHoliday(weekday) ? ComparisonRule.SameWeekday : ComparisonRule.NothingAlike);
        }

        if (!Holidays.IsHoliday(weekday))
        {
            return new ComparedDay(weekday, ComparisonRule.SameWeekday);
        }

        foreach (var weeks in NearbyWeeks)
        {
            if (day.AddDays(-7 * weeks) is var nearby && !Holidays.IsHoliday(nearby))
            {
                return new ComparedDay(nearby, ComparisonRule.NearbyWeekday);
            }
        }

        return new ComparedDay(weekday, ComparisonRule.NothingAlike);
    }

    /// <summary>
    /// Whether another day is one a day can be measured by: a holiday by Sundays and holidays, any other day by the same weekday where that
    /// was no holiday.
    /// </summary>
    public bool IsAlike(DateOnly day, DateOnly other) => Holidays.IsHoliday(day)
        ? other.DayOfWeek == DayOfWeek.Sunday || Holidays.IsHoliday(other)
        : other.DayOfWeek == day.DayOfWeek && !Holidays.IsHoliday(other);

    /// <summary>The days before a day that it can be measured by, the latest first.</summary>
    /// <param name="day">Business date.</param>
    /// <param name="back">How many days back are looked at.</param>
    public IEnumerable<DateOnly> AlikeBefore(DateOnly day, int back) =>
        Enumerable.Range(1, back).Select(days => day.AddDays(-days)).Where(other => IsAlike(day, other));

    /// <summary>The week a day lies in. It belongs to the year that holds its fourth day, as in ISO 8601.</summary>
    public RetailWeek WeekOf(DateOnly day)
    {
        var from = day.AddDays(-(((int)day.DayOfWeek - (int)_firstDayOfWeek + 7) % 7));
        var fourth = from.AddDays(3);
        return new RetailWeek(fourth.Year, ((fourth.DayOfYear - 1) / 7) + 1, new DateSpan(from, from.AddDays(6)));
    }

    /// <summary>The calendar month a day lies in.</summary>
    public static DateSpan MonthOf(DateOnly day)
    {
        var from = new DateOnly(day.Year, day.Month, 1);
        return new DateSpan(from, from.AddMonths(1).AddDays(-1));
    }

    /// <summary>Whether offices work: neither Saturday nor Sunday nor a holiday.</summary>
    public bool IsBusinessDay(DateOnly day) =>
        day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !Holidays.IsHoliday(day);

    /// <summary>How many business days the span has.</summary>
    public int BusinessDaysIn(DateSpan span) => span.Days.Count(IsBusinessDay);
}
