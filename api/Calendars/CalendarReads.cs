using Npgsql;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Calendars;

/// <summary>Reads of a company's calendar.</summary>
internal static class CalendarReads
{
    private static readonly Dictionary<string, string> CountryOfZone = new(StringComparer.Ordinal) { ["Asia/Tokyo"] = "JP", ["Japan"] = "JP" };

    /// <summary>The calendar of the company of this read: as it was set, else as its time zone suggests.</summary>
    public static async Task<CompanyCalendar> CalendarAsync(this TenantRead read, CancellationToken cancellationToken)
    {
        var (country, weekStart, firstMonth, pattern, months, closed) = (await read.ListAsync(
            """
            SELECT t.time_zone, c.country, c.week_start, c.year_start_month, c.month_pattern, c.same_store_months, c.closed_weekdays
            FROM tenancy.tenant AS t LEFT JOIN tenancy.tenant_calendar AS c ON c.tenant = t.tenant
            WHERE t.tenant = @tenant
            """,
            row => row.IsDBNull(1)
                ? (CountryOfZone.GetValueOrDefault(row.GetString(0), ""), DayOfWeek.Monday, 1, "calendar", CompanyCalendar.UsualSameStoreMonths, [])
                : (row.GetString(1), (DayOfWeek)row.GetInt16(2), row.GetInt16(3), row.GetString(4), row.GetInt16(5), row.GetFieldValue<short[]>(6)),
            cancellationToken)).FirstOrDefault(("", DayOfWeek.Monday, 1, "calendar", CompanyCalendar.UsualSameStoreMonths, []));
        var at = CompanyCalendar.Patterns.ToList().IndexOf(pattern);
        var holidays = country.Length == 0 ? [] : await read.ListAsync(
            "SELECT day, name FROM mart.holiday WHERE country = @country AND @tenant IS NOT NULL ORDER BY day",
            row => new Holiday(row.GetFieldValue<DateOnly>(0), row.GetString(1)), cancellationToken, new NpgsqlParameter("country", country));
        return new CompanyCalendar(
            country, new PeriodCalendar(weekStart, firstMonth, at < 0 ? null : (FiscalPattern)at), months, new RetailCalendar(new HolidayCalendar(holidays), weekStart))
        { ClosedWeekdays = [.. closed.Order().Select(day => (DayOfWeek)day)] };
    }
}
