using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Calendars;

/// <summary>How a company cuts its year and which days are holidays to it.</summary>
/// <param name="Country">Whose holidays count, ISO 3166 alpha-2; empty for none.</param>
/// <param name="Periods">Weeks, months, quarters and years.</param>
/// <param name="SameStoreMonths">Months a store must have been open to be compared with last year.</param>
/// <param name="Retail">Holidays, and which day of last year a day is compared with.</param>
internal sealed record CompanyCalendar(string Country, PeriodCalendar Periods, int SameStoreMonths, RetailCalendar Retail)
{
    /// <summary>Weekdays all its stores are closed on every week.</summary>
    public IReadOnlyList<DayOfWeek> ClosedWeekdays { get; init; } = [];

    /// <summary>Months a store must have been open where nothing else was set.</summary>
    public const int UsualSameStoreMonths = 13;

    /// <summary>Names of month patterns, by <see cref="FiscalPattern"/>.</summary>
    public static IReadOnlyList<string> Patterns { get; } = ["4-4-5", "4-5-4", "5-4-4"];

    /// <summary>Of which nothing was set and no holiday is known.</summary>
    public static CompanyCalendar Plain { get; } = new("", new PeriodCalendar(), UsualSameStoreMonths, new RetailCalendar(HolidayCalendar.None));

    /// <summary>The name of the month pattern.</summary>
    public string MonthPattern => Periods.Pattern is { } pattern ? Patterns[(int)pattern] : "calendar";

    /// <summary>Its holidays.</summary>
    public HolidayCalendar Holidays => Retail.Holidays;

    /// <summary>Changes with whatever answers depend on.</summary>
    public string Fingerprint => $"{Country}/{Periods.FirstDayOfWeek}/{Periods.FirstMonth}/{MonthPattern}/{SameStoreMonths}/{string.Join(',', ClosedWeekdays)}";
}
