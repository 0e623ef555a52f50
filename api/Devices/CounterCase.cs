using Npgsql;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Devices;

/// <summary>Something about the counters of a store-day that somebody should look at. It changes no number.</summary>
/// <param name="Store">Code.</param>
/// <param name="Date">Business date.</param>
/// <param name="Device">The device; null where it is about the store.</param>
/// <param name="Code">One of <see cref="LineDay.FindingCodes"/>, or <see cref="ConversionOver"/>.</param>
internal sealed record CounterCase(string Store, DateOnly Date, string? Device, string Code)
{
    /// <summary>More receipts than visitors.</summary>
    public const string ConversionOver = "conversion_over_100";
}

/// <summary>Reads what is odd about counters.</summary>
internal static class CounterCaseReads
{
    /// <summary>Reads the cases of a day.</summary>
    /// <param name="read">The tenant.</param>
    /// <param name="stores">Codes.</param>
    /// <param name="date">Business date.</param>
    /// <param name="running">The day that still runs; null for none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<List<CounterCase>> CounterCasesAsync(this TenantRead read, IReadOnlyCollection<string> stores, DateOnly date, DateOnly? running, CancellationToken cancellationToken)
    {
        NpgsqlParameter[] Parameters() => [new("stores", stores.ToArray()), new("date", date)];
        var lines = await read.ListAsync(
            """
            SELECT l.store, l.device, coalesce(d.interval_seconds, 3600), l.line, l.observed_minutes, l.entered, l.exited, l.staff, l.entered_outside_hours, l.missing_packages, l.longest_silence_minutes,
              l.longest_flat_minutes, l.flat_entered
            FROM mart.device_line_day AS l LEFT JOIN tenancy.device AS d ON d.tenant = l.tenant AND d.device = l.device
            WHERE l.tenant = @tenant AND l.store = ANY(@stores) AND l.business_date = @date AND l.measure = 'raw' AND l.role = 'entrance'
            ORDER BY l.store, l.device, l.line
            """,
            row => (
                Store: row.GetString(0), Device: row.GetString(1), Interval: row.GetInt32(2),
                Line: new LineDay(row.GetString(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), row.GetInt32(10), row.GetInt32(11), row.GetInt32(12))),
            cancellationToken, Parameters());
        var over = await read.ListAsync(
            "SELECT store FROM mart.kpi_store_day WHERE tenant = @tenant AND store = ANY(@stores) AND business_date = @date AND sales_reported AND visitors IS NOT NULL AND receipts > visitors ORDER BY store",
            row => row.GetString(0), cancellationToken, Parameters());
        return
        [
            .. over.Select(store => new CounterCase(store, date, null, CounterCase.ConversionOver)),
            .. lines.GroupBy(line => (line.Store, line.Device)).SelectMany(device => LineDay.Findings(device.First().Interval, [.. device.Select(line => line.Line)], over: running != date)
                .Select(code => new CounterCase(device.Key.Store, date, device.Key.Device, code))),
        ];
    }
}
