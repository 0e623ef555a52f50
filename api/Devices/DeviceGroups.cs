using System.Text.Json;
using Npgsql;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Devices;

/// <summary>What was done to a group: how it is read, or a device that came or went.</summary>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Device">The device; empty where the group itself was changed.</param>
/// <param name="Group">The group it is in since; the group itself.</param>
/// <param name="Feed">The feed it is read by since; null for a device.</param>
/// <param name="ProfileVersion">The version since; null for the newest, and for a device.</param>
internal sealed record DeviceGroupChange(DateTimeOffset At, string Actor, string Device, string Group, string? Feed, int? ProfileVersion);

/// <summary>
/// Devices that change their group together, so that a version is tried with a few of them first. Works as retail_job, as <see cref="DeviceRegister"/> does;
/// either every device named moves, with an audit row each, or none.
/// </summary>
internal sealed class DeviceGroups([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock)
{
    private const int Kept = 30;

    /// <summary>Feeds a group may be read by, by name.</summary>
    public Task<List<string>> FeedsAsync(SessionUser user, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command("SELECT feed FROM gateway.feed WHERE tenant = $1 AND retired_at IS NULL ORDER BY feed", user.Tenant);
        await using var row = await command.ExecuteReaderAsync(token);
        var feeds = new List<string>();
        while (await row.ReadAsync(token))
        {
            feeds.Add(row.GetString(0));
        }

        return feeds;
    }, cancellationToken);

    /// <summary>What was done to a group, newest first.</summary>
    public Task<List<DeviceGroupChange>> ChangesAsync(SessionUser user, string group, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command(
            """
            SELECT at, actor, device, device_group, detail FROM tenancy.device_audit
            WHERE tenant = $1 AND action = 'route' AND (device_group = $2 OR detail ->> 'from' = $2) ORDER BY id DESC LIMIT $3
            """,
            user.Tenant, group, Kept);
        await using var row = await command.ExecuteReaderAsync(token);
        var found = new List<DeviceGroupChange>();
        while (await row.ReadAsync(token))
        {
            using var detail = JsonDocument.Parse(row.GetString(4));
            var isGroup = row.GetString(2).Length == 0;
            string? Text(string name) => isGroup && detail.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            int? Whole(string name) => isGroup && detail.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;
            found.Add(new(row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.GetString(2), row.GetString(3), Text("feed"), Whole("profile_version")));
        }

        return found;
    }, cancellationToken);

    /// <summary>Moves devices from one group into another.</summary>
    /// <param name="user">Who moves them.</param>
    /// <param name="from">The group all of them are in.</param>
    /// <param name="to">A group of the company.</param>
    /// <param name="devices">Their ids, each once.</param>
    /// <param name="cancellationToken">Moves none.</param>
    /// <returns>False, and none is moved, when one of them is in that group no more or is retired.</returns>
    public async Task<bool> MoveAsync(SessionUser user, string from, string to, IReadOnlyCollection<string> devices, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(
            """
            WITH moved AS (
              UPDATE tenancy.device SET device_group = $3, version = version + 1
              WHERE tenant = $1 AND device_group = $2 AND device = ANY($4) AND retired_at IS NULL AND EXISTS (SELECT FROM tenancy.device_group WHERE tenant = $1 AND device_group = $3)
              RETURNING device)
            INSERT INTO tenancy.device_audit (tenant, device, device_group, at, actor, action, detail)
            SELECT $1, device, $3, $5, $6, 'route', jsonb_build_object('from', $2::text, 'to', $3::text) FROM moved ORDER BY device
            """,
            user.Tenant, from, to, devices.ToArray(), clock.GetUtcNow(), user.Login);
        if (await command.ExecuteNonQueryAsync(cancellationToken) != devices.Count)
        {
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
