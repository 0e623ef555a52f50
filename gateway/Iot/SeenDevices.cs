using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Gateway.Landing;

namespace RetailInsight.Gateway.Iot;

/// <summary>
/// Notes when a device was last heard of and what firmware it named: with the landing of what it sent, and not more often than people
/// look, so that a device which reports every second costs no statement of its own.
/// </summary>
internal sealed class SeenDevices(TimeProvider clock)
{
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<(string Tenant, string Device), long> _noted = new();

    /// <summary>Adds the statement for the devices that are due; none where none is.</summary>
    public void AddSeen(NpgsqlBatch batch, IReadOnlyList<LandedPayload> landed)
    {
        // In one order, so that two landings never wait for each other.
        var due = landed.SelectMany(payload => payload.Devices.Select(device => (payload.Ingestion.Tenant, Device: device.Key, At: payload.Ingestion.ReceivedAt, Firmware: device.Value)))
            .GroupBy(seen => (seen.Tenant, seen.Device)).Where(seen => IsDue(seen.Key)).Select(seen => seen.MaxBy(one => one.At))
            .OrderBy(seen => seen.Tenant, StringComparer.Ordinal).ThenBy(seen => seen.Device, StringComparer.Ordinal).ToArray();
        if (due.Length == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new(
            """
            INSERT INTO tenancy.device_seen AS known (tenant, device, last_seen_at, firmware)
            SELECT s.tenant, s.device, s.at, s.firmware FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) WITH ORDINALITY AS s(tenant, device, at, firmware, place) ORDER BY s.place
            ON CONFLICT (tenant, device) DO UPDATE SET last_seen_at = excluded.last_seen_at, firmware = CASE WHEN excluded.firmware = '' THEN known.firmware ELSE excluded.firmware END
            WHERE known.last_seen_at < excluded.last_seen_at
            """)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(due, one => one.Tenant) },
                LandingStatements.Texts(due.Select(one => one.Device)),
                new() { Value = Array.ConvertAll(due, one => one.At), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                LandingStatements.Texts(due.Select(one => one.Firmware)),
            },
        });
    }

    private bool IsDue((string Tenant, string Device) device)
    {
        var now = clock.GetTimestamp();
        var due = !_noted.TryGetValue(device, out var noted) || clock.GetElapsedTime(noted, now) >= AtMostEvery;
        if (due)
        {
            _noted[device] = now;
        }

        return due;
    }
}
