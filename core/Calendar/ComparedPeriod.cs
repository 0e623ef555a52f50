namespace RetailInsight.Core.Calendar;

/// <summary>How a period is laid over an earlier one.</summary>
public enum ComparisonBasis
{
    /// <summary>The same weekdays as few whole weeks before as keep the two periods apart: a day or a week seven days, a month 28 or 35.</summary>
    SameWeekday,

    /// <summary>The days directly before, as many.</summary>
    PreviousPeriod,

    /// <summary>The same weekdays of last year, holidays with the same holidays.</summary>
    LastYearWeekday,

    /// <summary>The same dates of last year.</summary>
    LastYearDate,
}

/// <summary>A day and the one it is compared with.</summary>
/// <param name="Day">Business date.</param>
/// <param name="Other">Business date before it.</param>
/// <param name="Rule">Why this one.</param>
public readonly record struct DayPair(DateOnly Day, DateOnly Other, ComparisonRule Rule);

/// <summary>A period and the days it is compared with, day by day.</summary>
/// <param name="Basis">How the days were found.</param>
/// <param name="Pairs">
/// In the order of days. A 29 February that stands beside its 28th has no pair on the same dates, for the year before has one day less. A
/// day of last year may stand in two pairs where holidays moved.
/// </param>
public sealed record ComparedPeriod(ComparisonBasis Basis, IReadOnlyList<DayPair> Pairs)
{
    private const int DaysOfWeek = 7;

    /// <summary>First day compared with; null where there is none.</summary>
    public DateOnly? First => Pairs.Count == 0 ? null : Pairs.Min(pair => pair.Other);

    /// <summary>Last day compared with; null where there is none.</summary>
    public DateOnly? Last => Pairs.Count == 0 ? null : Pairs.Max(pair => pair.Other);

    /// <summary>How many days lie between each day and its other one; null where they differ or there is none.</summary>
    public int? Shift =>
        Pairs.Select(pair => pair.Day.DayNumber - pair.Other.DayNumber).Distinct().Take(2).ToList() is [var only] ? only : null;

    /// <summary>The part of it up to a day: a period that still runs is compared with the same elapsed part.</summary>
    public ComparedPeriod Through(DateOnly last) => this with { Pairs = [.. Pairs.TakeWhile(pair => pair.Day <= last)] };

    /// <summary>Finds the days a period is compared with.</summary>
    /// <param name="calendar">Knows holidays.</param>
    /// <param name="period">The whole period, also where it still runs.</param>
    /// <param name="basis">How they are found.</param>
    /// <exception cref="ArgumentOutOfRangeException">A day to compare with lies outside the calendar of dates.</exception>
    public static ComparedPeriod Of(RetailCalendar calendar, DateSpan period, ComparisonBasis basis)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        var weeks = (period.Length + DaysOfWeek - 1) / DaysOfWeek;
        return new ComparedPeriod(basis, [.. basis switch
        {
            ComparisonBasis.SameWeekday => period.Days.Select(day => new DayPair(day, day.AddDays(-DaysOfWeek * weeks), ComparisonRule.WeeksBefore)),
            ComparisonBasis.PreviousPeriod => period.Days.Select(day => new DayPair(day, day.AddDays(-period.Length), ComparisonRule.DaysBefore)),
            ComparisonBasis.LastYearWeekday => period.Days.Select(day => (Day: day, Other: calendar.ComparableLastYear(day)))
                .Select(pair => new DayPair(pair.Day, pair.Other.Day, pair.Other.Rule)),
            _ => period.Days.Where(day => !IsLeapDay(day) || !period.Contains(day.AddDays(-1))).Select(day => new DayPair(
                day, RetailCalendar.SameDateLastYear(day), IsLeapDay(day) ? ComparisonRule.NearestDate : ComparisonRule.SameDate)),
        }]);
    }

    private static bool IsLeapDay(DateOnly day) => day is { Month: 2, Day: 29 };
}
