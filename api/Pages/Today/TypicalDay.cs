using RetailInsight.Api.Kpis;
using RetailInsight.Core.Calendar;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Today;

/// <summary>What an hour usually brings: the median of the days it is known from. Money in micros.</summary>
/// <param name="Hour">Since local midnight of the business date, 0 to 47.</param>
/// <param name="Net">Median of net sales.</param>
/// <param name="Receipts">Median of receipts.</param>
/// <param name="Visitors">Median of visitors over the days they were counted; null where they never were.</param>
internal sealed record TypicalHour(int Hour, decimal Net, decimal Receipts, decimal? Visitors);

/// <summary>What kind of days a day is measured by.</summary>
internal enum TypicalKind
{
    /// <summary>The same weekday.</summary>
    SameWeekday,

    /// <summary>Sundays and holidays, as the day is a holiday.</summary>
    Holidays,

    /// <summary>Saturdays and Sundays.</summary>
    Weekends,

    /// <summary>Mondays to Fridays.</summary>
    WorkingDays,
}

/// <summary>
/// How a day like this one usually goes, hour by hour. Days like it are the same weekday of the last eight weeks, of a holiday Sundays and
/// holidays; where fewer than three of them have figures, working days or weekends of the last four weeks. A day that is no holiday is
/// never measured by one.
/// </summary>
/// <param name="Days">The days it is made of.</param>
/// <param name="Kind">What kind of days these are.</param>
/// <param name="Hours">In order.</param>
internal sealed record TypicalDay(IReadOnlyList<DateOnly> Days, TypicalKind Kind, IReadOnlyList<TypicalHour> Hours)
{
    /// <summary>How far back days are looked for.</summary>
    public const int LookBackDays = 56;

    private const int FewestDays = 3;
    private const int KindLookBackDays = 28;

    /// <summary>The days a date is measured by, oldest first.</summary>
    public static (IReadOnlyList<DateOnly> Days, TypicalKind Kind) Choose(DateOnly date, IEnumerable<DateOnly> reported, RetailCalendar calendar)
    {
        var before = reported.Where(day => day < date && day >= date.AddDays(-LookBackDays)).Order().ToList();
        var alike = before.FindAll(day => calendar.IsAlike(date, day));
        var holiday = calendar.Holidays.IsHoliday(date);
        if (alike.Count >= FewestDays)
        {
            return (alike, holiday ? TypicalKind.Holidays : TypicalKind.SameWeekday);
        }

        var weekend = holiday || IsWeekend(date);
        return (before.FindAll(day => day >= date.AddDays(-KindLookBackDays) && IsWeekend(day) == weekend && !calendar.Holidays.IsHoliday(day)), weekend ? TypicalKind.Weekends : TypicalKind.WorkingDays);
    }

    /// <summary>The typical hours of some days. An hour a day has no row of brought it nothing.</summary>
    public static TypicalDay Of(IReadOnlyList<DateOnly> days, TypicalKind kind, IEnumerable<HourTotal> totals)
    {
        var hours = totals.Where(total => days.Contains(total.Date)).GroupBy(total => total.Hour).OrderBy(group => group.Key).Select(group =>
        {
            var visitors = group.Where(total => total.Figures.Visitors is not null).Select(total => (decimal)total.Figures.Visitors!.Value).ToList();
            return new TypicalHour(
                group.Key,
                Median(group.Select(total => (decimal)(total.Figures.Net ?? 0)), days.Count),
                Median(group.Select(total => (decimal)(total.Figures.Receipts ?? 0)), days.Count),
                visitors.Count == 0 ? null : Median(visitors, visitors.Count));
        });
        return new TypicalDay(days, kind, [.. hours]);
    }

    /// <summary>Net sales a day like this usually has by a moment, in micros; of the hour it falls in, the share that has passed.</summary>
    /// <param name="minute">Since local midnight of the business date.</param>
    public decimal NetBy(int minute) => Hours.Sum(hour => hour.Net * Math.Clamp(minute - (hour.Hour * 60), 0, 60) / 60);

    /// <summary>Net sales such a day usually has in all, in micros.</summary>
    public decimal Net => Hours.Sum(hour => hour.Net);

    /// <summary>
    /// Where the day ends if the rest of it goes as usual, carried by today's pace as far as today already shows one: at noon of
    /// an even day half of the lead is taken to last. In micros, whole currency units; null where nothing is usual.
    /// </summary>
    public decimal? Outlook(decimal soFar, int minute)
    {
        var expected = NetBy(minute);
        if (Net <= 0 || expected <= 0)
        {
            return null;
        }

        var seen = Math.Min(1, expected / Net);
        var pace = 1 + (((soFar / expected) - 1) * seen);
        return Math.Round((soFar + ((Net - expected) * Math.Max(0, pace))) / Money.MicrosPerUnit, MidpointRounding.AwayFromZero) * Money.MicrosPerUnit;
    }

    private static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static decimal Median(IEnumerable<decimal> known, int days)
    {
        var values = known.Concat(Enumerable.Repeat(0m, days)).Take(days).Order().ToList();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }
}
