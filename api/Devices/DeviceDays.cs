using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Devices;

/// <summary>What devices counted of each day beside what was to be counted. What is odd is named, and changes no number.</summary>
internal sealed class DeviceDays([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Business dates shown.</summary>
    public const int Shown = 14;

    /// <summary>The last days of devices in stores, the latest first.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="stores">The stores the person may see.</param>
    /// <param name="calibrations">Of one device; empty where factors are not asked for.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<Dictionary<string, List<DeviceDayView>>> ReadAsync(
        SessionUser user, IReadOnlyList<DeviceRow> devices, IReadOnlyList<Store> stores, IReadOnlyList<DeviceCalibrationView> calibrations, CancellationToken cancellationToken)
    {
        var counted = await CountedAsync(user, [.. devices.Select(device => device.Id)], [.. stores.Select(store => store.Code)], cancellationToken);
        var byCode = stores.ToDictionary(store => store.Code, StringComparer.Ordinal);
        var now = clock.GetUtcNow();
        return devices.ToDictionary(device => device.Id, device => device.Lines.Select(line => line.Store).Distinct().Where(byCode.ContainsKey)
            .SelectMany(code => Days(device, byCode[code], now, counted, calibrations)).OrderByDescending(day => day.BusinessDate).ThenBy(day => day.Store, StringComparer.Ordinal).ToList());
    }

    /// <summary>The share that was counted of each day of devices together, the earliest first; null where nothing was.</summary>
    /// <param name="days">Their days.</param>
    /// <param name="today">Business date that still runs: it and later ones are left out, since what is to come would look missing.</param>
    public static IReadOnlyList<decimal?> Coverage(IEnumerable<DeviceDayView> days, DateOnly today) =>
    [
        .. days.Where(day => day.BusinessDate < today).GroupBy(day => day.BusinessDate).OrderBy(day => day.Key)
            .Select(day => day.Any(one => one.ObservedMinutes is not null) && day.Sum(one => one.ExpectedMinutes) is > 0 and var expected ? (decimal?)day.Sum(one => one.ObservedMinutes ?? 0) / expected : null),
    ];

    /// <summary>The mean of a course of coverage. A day of nothing counts as nothing received once there was anything before it; null where there was none at all.</summary>
    public static decimal? Mean(IReadOnlyList<decimal?> course) => course.SkipWhile(day => day is null).Select(day => day ?? 0).Cast<decimal?>().Average();

    private static IEnumerable<DeviceDayView> Days(
        DeviceRow device, Store store, DateTimeOffset now, ILookup<(string Device, string Store, DateOnly Date), LineDay> counted, IReadOnlyList<DeviceCalibrationView> calibrations)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(store.TimeZone)).DateTime);
        for (var back = 0; back < Shown; back++)
        {
            var date = today.AddDays(-back);
            var mapped = device.Lines.Where(line => line.Store == store.Code && line.ValidFrom <= date && (line.ValidTo is null || date <= line.ValidTo)).ToList();
            var lines = counted[(device.Id, store.Code, date)].ToList();
            if (mapped.Count == 0 && lines.Count == 0)
            {
                continue;
            }

            var expected = ((device.Closes ?? store.ClosesMinute) - (device.Opens ?? store.OpensMinute)) * Math.Max(1, Math.Max(mapped.Count(line => line.Line != "*" && line.Role == "entrance"), lines.Count));
            if (lines.Count == 0)
            {
                yield return new(store.Code, date, expected, null, null, null, null, null, back > 0 ? ["silence"] : []);
                continue;
            }

            yield return new(
                store.Code, date, expected, Math.Min(expected, lines.Sum(line => line.Observed)), lines.Sum(line => line.Entered), lines.Sum(line => line.Exited),
                Calibrated(lines, date, calibrations), lines.Sum(line => line.Staff), [.. LineDay.Findings(device.IntervalSeconds, lines, over: back > 0)]);
        }
    }

    // Where one line has a factor and another none, the other counts as it is.
    private static decimal? Calibrated(List<LineDay> lines, DateOnly date, IReadOnlyList<DeviceCalibrationView> calibrations)
    {
        decimal? Factor(string line) => calibrations.Where(one => (one.Line == line || one.Line == "*") && one.ValidFrom <= date && (one.ValidTo is null || date <= one.ValidTo))
            .OrderBy(one => one.Line == "*").Select(one => (decimal?)one.ByHand / one.ByDevice).FirstOrDefault();
        return lines.Exists(line => Factor(line.Line) is not null)
            ? decimal.Round(lines.Sum(line => line.Entered * (Factor(line.Line) ?? 1)), 1, MidpointRounding.AwayFromZero) : null;
    }

    private Task<ILookup<(string Device, string Store, DateOnly Date), LineDay>> CountedAsync(SessionUser user, string[] devices, string[] stores, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command(
            """
            SELECT device, store, business_date, line, observed_minutes, entered, exited, staff, entered_outside_hours, missing_packages, longest_silence_minutes, longest_flat_minutes, flat_entered
            FROM mart.device_line_day WHERE tenant = $1 AND device = ANY($2) AND store = ANY($3) AND business_date >= $4 AND measure = 'raw' AND role = 'entrance'
            """,
            user.Tenant, devices, stores, PositionalParameters.OrNull(NpgsqlDbType.Date, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-Shown - 1)));
        await using var row = await command.ExecuteReaderAsync(token);
        var days = new List<((string, string, DateOnly) Key, LineDay Day)>();
        while (await row.ReadAsync(token))
        {
            days.Add((
                (row.GetString(0), row.GetString(1), row.GetFieldValue<DateOnly>(2)),
                new LineDay(row.GetString(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), row.GetInt32(10), row.GetInt32(11), row.GetInt32(12))));
        }

        return days.ToLookup(day => day.Key, day => day.Day);
    }, cancellationToken);
}
