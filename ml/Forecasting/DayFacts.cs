using System.Globalization;

namespace RetailInsight.Ml.Forecasting;

/// <summary>What the effects of a model look at: a day, and the open days of its store around it.</summary>
/// <param name="Day">The day.</param>
/// <param name="ClosedBefore">Whether the store was closed the day before, other than on the weekday it always is.</param>
/// <param name="ClosedAfter">The same of the day after.</param>
internal readonly record struct DayFacts(OpenDay Day, bool ClosedBefore, bool ClosedAfter)
{
    /// <summary>0 for Sunday to 6 for Saturday.</summary>
    public int Weekday => (int)Day.Date.DayOfWeek;

    /// <summary>1 on a Sunday, else 0.</summary>
    public int Sunday => Day.Date.DayOfWeek == DayOfWeek.Sunday ? 1 : 0;

    /// <summary>1 to 12.</summary>
    public int Month => Day.Date.Month;

    /// <summary>1 to 31.</summary>
    public int DayOfMonth => Day.Date.Day;

    /// <summary>The week of ISO 8601, 1 to 53.</summary>
    public int Week => ISOWeek.GetWeekOfYear(Day.Date.ToDateTime(TimeOnly.MinValue));

    /// <summary>1 where the store has a promotion, else 0.</summary>
    public int Promotion => Has(DayTraits.Promotion);

    /// <summary>1 on a public holiday, else 0.</summary>
    public int PublicHoliday => Has(DayTraits.PublicHoliday);

    /// <summary>1 where schools are closed, else 0.</summary>
    public int SchoolHoliday => Has(DayTraits.SchoolHoliday);

    /// <summary>The facts of days, in their order.</summary>
    /// <param name="days">Days to look at.</param>
    /// <param name="all">All open days that are known, those of the past and those to come.</param>
    public static DayFacts[] Of(IReadOnlyList<OpenDay> days, IEnumerable<OpenDay> all)
    {
        var open = new HashSet<(string Store, DateOnly Date)>();
        var weekdays = new Dictionary<(string Store, int Weekday), int>();
        var span = new Dictionary<string, (DateOnly First, DateOnly Last)>(StringComparer.Ordinal);
        foreach (var day in all)
        {
            if (open.Add((day.Store, day.Date)))
            {
                var key = (day.Store, (int)day.Date.DayOfWeek);
                weekdays[key] = weekdays.GetValueOrDefault(key) + 1;
                var (first, last) = span.GetValueOrDefault(day.Store, (day.Date, day.Date));
                span[day.Store] = (day.Date < first ? day.Date : first, day.Date > last ? day.Date : last);
            }
        }

        return [.. days.Select(day => new DayFacts(day, IsClosed(day.Store, day.Date.AddDays(-1)), IsClosed(day.Store, day.Date.AddDays(1))))];

        // Beyond what is known nothing is closed, and a weekday the store hardly ever opens on is no exception.
        bool IsClosed(string store, DateOnly date)
        {
            var (first, last) = span.GetValueOrDefault(store);
            return date >= first && date <= last && !open.Contains((store, date))
                && weekdays.GetValueOrDefault((store, (int)date.DayOfWeek)) * 14 > last.DayNumber - first.DayNumber;
        }
    }

    private int Has(DayTraits trait) => Day.Traits.HasFlag(trait) ? 1 : 0;
}
