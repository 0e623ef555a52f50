using Npgsql;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Staff;

/// <summary>Staff time of one hour of a business date, summed over stores, in minutes; null where nobody said.</summary>
internal sealed record StaffTotal(DateOnly Date, int Hour, long? Planned, long? Worked);

/// <summary>Reads of staff hours.</summary>
internal static class StaffHoursReads
{
    /// <summary>The staff time of stores over a span, by date and hour.</summary>
    public static Task<List<StaffTotal>> StaffTotalsAsync(this TenantRead read, IReadOnlyCollection<string> stores, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT business_date, hour, sum(planned_minutes), sum(minutes) FROM mart.staff_hours
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to GROUP BY business_date, hour ORDER BY business_date, hour
            """,
            row => new StaffTotal(row.GetFieldValue<DateOnly>(0), row.GetInt16(1), row.IsDBNull(2) ? null : row.GetInt64(2), row.IsDBNull(3) ? null : row.GetInt64(3)),
            cancellationToken,
            new("stores", stores.ToArray()), new("from", from), new NpgsqlParameter("to", to));
}
