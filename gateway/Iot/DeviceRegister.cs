using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Tenancy;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Iot;

/// <summary>
/// Finds devices and their lines. What was found is remembered for a few seconds by the monotonic clock: so long a group that was
/// routed otherwise is still read as before, and a revoked key still signs.
/// </summary>
internal sealed class DeviceRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, IOptions<GatewayOptions> options)
{
    private const string Select =
        """
        SELECT d.tenant, d.device, d.device_group, g.feed, g.profile_version, d.equipment, d.retired_at IS NOT NULL,
          ARRAY(SELECT k.key_hash FROM tenancy.api_key k
            WHERE k.tenant = d.tenant AND k.device = d.device AND k.live AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $3))
        FROM tenancy.device d JOIN tenancy.device_group g ON g.tenant = d.tenant AND g.device_group = d.device_group
        """;

    private readonly ConcurrentDictionary<(string Tenant, string Device), (EnrolledDevice Device, long ReadAt)> _devices = new();
    private readonly ConcurrentDictionary<(string Network, string Subscriber), (EnrolledDevice Device, long ReadAt)> _subscribers = new();
    private readonly ConcurrentDictionary<string, (DeviceDirectory Directory, DateTimeOffset LoadedAt, long ReadAt)> _directories = new(StringComparer.Ordinal);

    /// <summary>A device of a tenant, or null when it has none of that name.</summary>
    public ValueTask<EnrolledDevice?> FindAsync(string tenant, string device, CancellationToken cancellationToken) =>
        FindAsync(_devices, (tenant, device), " WHERE d.tenant = $1 AND d.device = $2", tenant, device, cancellationToken);

    /// <summary>The device of a network's subscriber, of whatever tenant; null when none is enrolled with it.</summary>
    public ValueTask<EnrolledDevice?> OfSubscriberAsync(string network, string subscriber, CancellationToken cancellationToken) =>
        FindAsync(_subscribers, (network, subscriber), " WHERE d.network = $1 AND d.subscriber = $2 AND d.retired_at IS NULL", network, subscriber, cancellationToken);

    /// <summary>The hardware a device came with first is what it is enrolled with, and that is noted.</summary>
    public async Task NoteEquipmentAsync(EnrolledDevice device, string network, string equipment, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            WITH seen AS (UPDATE tenancy.device SET equipment = $3, version = version + 1 WHERE tenant = $1 AND device = $2 AND equipment IS NULL RETURNING device_group)
            INSERT INTO tenancy.device_audit (tenant, device, device_group, at, actor, action, detail)
            SELECT $1, $2, seen.device_group, $4, $5, 'change', jsonb_build_object('equipment', jsonb_build_object('from', NULL, 'to', $3::text)) FROM seen
            """);
        foreach (var value in (object[])[device.Tenant, device.Id, equipment, clock.GetUtcNow(), network])
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
        _devices.TryRemove((device.Tenant, device.Id), out _);
        _subscribers.Clear();
    }

    /// <summary>The lines of a tenant's devices, from memory unless they are older than <paramref name="notBefore"/> or have aged out.</summary>
    /// <returns>The lines, and when they were read.</returns>
    public async ValueTask<(DeviceDirectory Directory, DateTimeOffset LoadedAt)> DirectoryAsync(string tenant, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        if (_directories.TryGetValue(tenant, out var known) && known.LoadedAt >= notBefore && IsFresh(known.ReadAt))
        {
            return (known.Directory, known.LoadedAt);
        }

        var (now, asked) = (clock.GetUtcNow(), clock.GetTimestamp());
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("SELECT device FROM tenancy.device WHERE tenant = $1 AND retired_at IS NULL") { Parameters = { new() { Value = tenant } } });
        batch.BatchCommands.Add(new("SELECT device, line, store, zone, role, reversed, valid_from, valid_to FROM tenancy.device_line WHERE tenant = $1") { Parameters = { new() { Value = tenant } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var devices = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            devices.Add(reader.GetString(0));
        }

        await reader.NextResultAsync(cancellationToken);
        var lines = new List<DeviceLine>();
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(new DeviceLine(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4) switch { "passage" => CountRole.Passage, "interior" => CountRole.Interior, _ => CountRole.Entrance },
                reader.GetBoolean(5),
                reader.GetFieldValue<DateOnly>(6),
                reader.IsDBNull(7) ? null : reader.GetFieldValue<DateOnly>(7)));
        }

        var directory = new DeviceDirectory(devices, lines);
        _directories[tenant] = (directory, now, asked);
        return (directory, now);
    }

    private async ValueTask<EnrolledDevice?> FindAsync(
        ConcurrentDictionary<(string, string), (EnrolledDevice Device, long ReadAt)> remembered, (string, string) key, string where, string first, string second, CancellationToken cancellationToken)
    {
        if (remembered.TryGetValue(key, out var known) && IsFresh(known.ReadAt))
        {
            return known.Device;
        }

        var asked = clock.GetTimestamp();
        await using var command = database.CreateCommand(Select + where);
        command.Parameters.Add(new() { Value = first });
        command.Parameters.Add(new() { Value = second });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            remembered.TryRemove(key, out _);
            return null;
        }

        var found = new EnrolledDevice(
            reader.GetString(0),
            reader.GetString(1),
            reader.GetString(2),
            reader.GetString(3),
            reader.IsDBNull(4) ? null : reader.GetInt32(4),
            reader.IsDBNull(5) ? null : reader.GetString(5),
            reader.GetBoolean(6),
            reader.GetFieldValue<byte[][]>(7));
        remembered[key] = (found, asked);
        return found;
    }

    private bool IsFresh(long readAt) => clock.GetElapsedTime(readAt).TotalSeconds < options.Value.CacheSeconds;
}
