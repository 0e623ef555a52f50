using Npgsql;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Alerts;

/// <summary>
/// Holds devices to rules: whether one is overdue now, and how much of a day each counted. A silence is one incident from the day it began
/// until the device is heard again, however many days that is.
/// </summary>
internal sealed class DeviceWatch(TimeProvider clock)
{
    private const int MinutesAfterClosing = 60;

    /// <summary>What rules of devices say.</summary>
    /// <param name="connection">As retail_job.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="rules">Rules of devices; others are passed over.</param>
    /// <param name="stores">Every store of the tenant.</param>
    /// <param name="known">Incidents: one that is not finished goes on under its first date.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<IReadOnlyList<AlertFinding>> LookAsync(
        NpgsqlConnection connection, string tenant, IReadOnlyList<AlertRule> rules, IReadOnlyList<Store> stores,
        IReadOnlyDictionary<(Guid Rule, string Store, string Subject, DateOnly Date), KnownIncident> known, CancellationToken cancellationToken)
    {
        var asked = rules.Where(rule => DeviceMetrics.IsOf(rule.Test)).ToList();
        if (asked.Count == 0)
        {
            return [];
        }

        var (now, byCode) = (clock.GetUtcNow(), stores.ToDictionary(store => store.Code, StringComparer.Ordinal));
        var devices = (await DevicesAsync(connection, tenant, cancellationToken)).FindAll(device => byCode.ContainsKey(device.Store));
        var counted = await CountedAsync(connection, tenant, DateOnly.FromDateTime(now.UtcDateTime).AddDays(-MetricWatch.Days - 1), cancellationToken);
        var findings = new List<AlertFinding>();
        foreach (var rule in asked)
        {
            foreach (var device in devices.Where(device => rule.IsAbout(device.Store)))
            {
                findings.AddRange(rule.Test.Metric == DeviceMetrics.Silence
                    ? Silence(rule, device, byCode[device.Store], now, known)
                    : Coverage(rule, device, byCode[device.Store], now, counted));
            }

            // A device that was retired or taken away is overdue no more.
            var gone = known.Where(one => one.Key.Rule == rule.Id && one.Value.State != Incident.Closed && rule.Test.Metric == DeviceMetrics.Silence
                && !devices.Exists(device => device.Id == one.Key.Subject && device.Store == one.Key.Store));
            findings.AddRange(gone.Select(one => new AlertFinding(rule, one.Key.Store, one.Key.Subject, one.Key.Date, new AlertReading(0, null, null, DataGap.None), AlertVerdict.Quiet)));
        }

        return findings;
    }

    // Outside its hours nobody knows whether a device is well: an incident stays what it is.
    private static IEnumerable<AlertFinding> Silence(
        AlertRule rule, Device device, Store store, DateTimeOffset now, IReadOnlyDictionary<(Guid Rule, string Store, string Subject, DateOnly Date), KnownIncident> known)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(store.TimeZone)).DateTime);
        foreach (var date in (DateOnly[])[today.AddDays(-1), today])
        {
            var (opens, closes) = (MetricWatch.InstantOf(store, date, device.Opens), MetricWatch.InstantOf(store, date, device.Closes));
            if (now < opens || now >= closes || !device.Hangs(date))
            {
                continue;
            }

            var since = new[] { opens, device.EnrolledAt, device.SeenAt ?? default }.Max();
            var overdue = Math.Max(0, (now - since - device.Interval).TotalMinutes);
            var reading = new AlertReading((decimal)Math.Floor(overdue), null, null, DataGap.None);
            var begun = known.Where(one => one.Key.Rule == rule.Id && one.Key.Store == store.Code && one.Key.Subject == device.Id && one.Value.State != Incident.Closed).Select(one => (DateOnly?)one.Key.Date).Min();
            yield return new AlertFinding(rule, store.Code, device.Id, begun ?? date, reading, AlertDecision.Of(rule.Test, reading));
        }
    }

    private static IEnumerable<AlertFinding> Coverage(
        AlertRule rule, Device device, Store store, DateTimeOffset now, Counted counted)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(store.TimeZone)).DateTime);
        for (var back = 0; back < MetricWatch.Days; back++)
        {
            var date = today.AddDays(-back);

            // A day whose figures are not computed yet says nothing, and one the device was enrolled on is not whole.
            if (date < rule.Since || !device.Hangs(date) || !counted.Days.Contains((store.Code, date)) || MetricWatch.InstantOf(store, date, device.Closes + MinutesAfterClosing) > now
                || MetricWatch.InstantOf(store, date, device.Opens) < device.EnrolledAt)
            {
                continue;
            }

            var (minutes, lines) = counted.Minutes.GetValueOrDefault((store.Code, device.Id, date));
            var expected = (device.Closes - device.Opens) * Math.Max(1, Math.Max(device.NamedLines(date), lines));
            var reading = new AlertReading(decimal.Round(Math.Min(1m, (decimal)minutes / expected), 4, MidpointRounding.AwayFromZero), null, null, DataGap.None);
            yield return new AlertFinding(rule, store.Code, device.Id, date, reading, AlertDecision.Of(rule.Test, reading));
        }
    }

    private static async Task<List<Device>> DevicesAsync(NpgsqlConnection connection, string tenant, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            """
            SELECT d.device, l.store, d.interval_seconds, d.enrolled_at, coalesce(d.opens_minute, s.opens_minute), coalesce(d.closes_minute, s.closes_minute), seen.last_seen_at, l.line, l.valid_from, l.valid_to
            FROM tenancy.device d
            JOIN tenancy.device_line l ON l.tenant = d.tenant AND l.device = d.device
            JOIN tenancy.store s ON s.tenant = l.tenant AND s.store = l.store
            LEFT JOIN tenancy.device_seen seen ON seen.tenant = d.tenant AND seen.device = d.device
            WHERE d.tenant = $1 AND d.retired_at IS NULL ORDER BY d.device, l.store
            """,
            tenant);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var devices = new Dictionary<(string, string), Device>();
        while (await row.ReadAsync(cancellationToken))
        {
            var key = (row.GetString(0), row.GetString(1));
            if (!devices.TryGetValue(key, out var device))
            {
                devices[key] = device = new Device(
                    key.Item1, key.Item2, TimeSpan.FromSeconds(row.GetInt32(2)), row.GetFieldValue<DateTimeOffset>(3), row.GetInt32(4), row.GetInt32(5),
                    row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6), []);
            }

            device.Lines.Add((row.GetString(7), row.GetFieldValue<DateOnly>(8), row.IsDBNull(9) ? null : row.GetFieldValue<DateOnly>(9)));
        }

        return [.. devices.Values];
    }

    private static async Task<Counted> CountedAsync(NpgsqlConnection connection, string tenant, DateOnly from, CancellationToken cancellationToken)
    {
        var counted = new Counted([], []);
        await using (var command = connection.Command(
            "SELECT store, device, business_date, sum(observed_minutes)::int, count(*)::int FROM mart.device_line_day WHERE tenant = $1 AND business_date >= $2 AND measure = 'raw' GROUP BY store, device, business_date",
            tenant, from))
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                counted.Minutes[(row.GetString(0), row.GetString(1), row.GetFieldValue<DateOnly>(2))] = (row.GetInt32(3), row.GetInt32(4));
            }
        }

        await using var days = connection.Command("SELECT store, business_date FROM mart.data_health_day WHERE tenant = $1 AND business_date >= $2", tenant, from);
        await using var day = await days.ExecuteReaderAsync(cancellationToken);
        while (await day.ReadAsync(cancellationToken))
        {
            counted.Days.Add((day.GetString(0), day.GetFieldValue<DateOnly>(1)));
        }

        return counted;
    }

    /// <summary>A device in a store. Hours are minutes after local midnight.</summary>
    private sealed record Device(
        string Id, string Store, TimeSpan Interval, DateTimeOffset EnrolledAt, int Opens, int Closes, DateTimeOffset? SeenAt, List<(string Line, DateOnly From, DateOnly? To)> Lines)
    {
        public bool Hangs(DateOnly date) => Lines.Exists(line => line.From <= date && (line.To is null || date <= line.To));

        public int NamedLines(DateOnly date) => Lines.Count(line => line.Line != "*" && line.From <= date && (line.To is null || date <= line.To));
    }

    /// <summary>Minutes and lines each device counted of a day, and the store-days whose figures are computed.</summary>
    private sealed record Counted(Dictionary<(string Store, string Device, DateOnly Date), (int Minutes, int Lines)> Minutes, HashSet<(string Store, DateOnly Date)> Days);
}
