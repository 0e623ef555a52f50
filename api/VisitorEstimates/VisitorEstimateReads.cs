using Npgsql;
using RetailInsight.Api.Devices;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.VisitorEstimates;

/// <summary>Reads what estimates are made of.</summary>
internal static class VisitorEstimateReads
{
    /// <summary>What the entrances of stores counted, day by day, with the calibration that holds on it.</summary>
    public static Task<List<EntranceDay>> EntranceDaysAsync(this TenantRead read, IReadOnlyCollection<string> stores, DateOnly from, DateOnly to, CancellationToken cancellationToken) => read.ListAsync(
        """
        SELECT d.store, d.business_date, d.entered, d.staff, d.device, c.line, c.valid_from, c.by_hand, c.by_device, c.valid_to
        FROM mart.device_line_day AS d
        LEFT JOIN LATERAL (
          SELECT c.line, c.valid_from, c.by_hand, c.by_device, c.valid_to FROM tenancy.device_calibration AS c
          WHERE c.tenant = d.tenant AND c.device = d.device AND c.line IN (d.line, '*') AND c.valid_from <= d.business_date AND (c.valid_to IS NULL OR d.business_date <= c.valid_to)
          ORDER BY c.line = '*' LIMIT 1) AS c ON true
        WHERE d.tenant = @tenant AND d.store = ANY(@stores) AND d.business_date BETWEEN @from AND @to AND d.role = 'entrance' AND d.measure = 'raw'
        ORDER BY d.business_date, d.store
        """,
        row => new EntranceDay(
            row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetInt32(2), row.GetInt32(3), row.GetString(4),
            row.IsDBNull(5) ? null : new DeviceCalibrationView(row.GetString(5), row.GetFieldValue<DateOnly>(6), row.GetInt32(7), row.GetInt32(8), row.IsDBNull(9) ? null : row.GetFieldValue<DateOnly>(9))),
        cancellationToken,
        new("stores", stores.ToArray()), new("from", from), new NpgsqlParameter("to", to));

    /// <summary>The rules of stores, the oldest first.</summary>
    public static Task<List<StaffEntryRule>> StaffEntryRulesAsync(this TenantRead read, IReadOnlyCollection<string> stores, CancellationToken cancellationToken) => read.ListAsync(
        "SELECT store, valid_from, valid_to, per_day, at_least, at_most FROM tenancy.staff_entry WHERE tenant = @tenant AND store = ANY(@stores) ORDER BY store, valid_from",
        Rule,
        cancellationToken,
        new NpgsqlParameter("stores", stores.ToArray()));

    /// <summary>A rule as it stands in the table.</summary>
    public static StaffEntryRule Rule(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetFieldValue<DateOnly>(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateOnly>(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5));
}
