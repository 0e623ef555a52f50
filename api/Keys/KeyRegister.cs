using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Keys;

/// <summary>
/// The API keys of a tenant. The pages' role cannot reach them, so this class alone works as retail_job, like
/// <see cref="UserDirectory"/>; every statement names the tenant of the session. A change and its audit entry are one transaction.
/// </summary>
internal sealed class KeyRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock)
{
    private const string Columns = "key_id, label, vendor, feeds, stores, live, created_at, last_used_at, expires_at, revoked_at, replaces, operator";

    /// <summary>Every key, newest first.</summary>
    public Task<List<KeyView>> ListAsync(SessionUser user, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM tenancy.api_key WHERE tenant = $1 ORDER BY created_at DESC, key_id");
        command.Parameters.Add(new() { Value = user.Tenant });
        return await ReadAsync(command, token);
    }, cancellationToken);

    /// <summary>What happened to keys, newest first.</summary>
    public Task<List<KeyAuditEntry>> AuditAsync(SessionUser user, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.CreateCommand("SELECT at, actor, action, key_id, detail FROM tenancy.key_audit WHERE tenant = $1 ORDER BY id DESC LIMIT 1000");
        command.Parameters.Add(new() { Value = user.Tenant });
        await using var reader = await command.ExecuteReaderAsync(token);
        var entries = new List<KeyAuditEntry>();
        while (await reader.ReadAsync(token))
        {
            entries.Add(new(reader.GetFieldValue<DateTimeOffset>(0), reader.GetString(1), reader.GetString(2), reader.GetGuid(3).ToString("N"), reader.GetString(4)));
        }

        return entries;
    }, cancellationToken);

    /// <summary>Feeds and stores of a request that the tenant does not have: feeds of another vendor are none of the key's either.</summary>
    public async Task<(List<string> Feeds, List<string> Stores)> UnknownAsync(SessionUser user, KeyRequest request, CancellationToken cancellationToken)
    {
        async Task<List<string>> MissingAsync(string sql, List<string> names)
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.Add(new() { Value = user.Tenant });
            command.Parameters.Add(new() { Value = names.ToArray() });
            if (sql.Contains("$3", StringComparison.Ordinal))
            {
                command.Parameters.Add(new() { Value = request.Vendor });
            }

            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var missing = new List<string>();
            while (await reader.ReadAsync(cancellationToken))
            {
                missing.Add(reader.GetString(0));
            }

            return missing;
        }

        return (
            await MissingAsync("SELECT n FROM unnest($2::text[]) n WHERE NOT EXISTS (SELECT FROM gateway.feed WHERE tenant = $1 AND vendor = $3 AND feed = n)", request.Feeds),
            await MissingAsync("SELECT n FROM unnest($2::text[]) n WHERE NOT EXISTS (SELECT FROM tenancy.store WHERE tenant = $1 AND store = n)", request.Stores ?? []));
    }

    /// <summary>Makes a key.</summary>
    public async Task<NewKey> CreateAsync(HttpContext context, SessionUser user, KeyRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);
        var made = await InsertAsync(connection, user, request, null, cancellationToken);
        await NoteAsync(connection, user, "create", made.Key.KeyId, new { request.Vendor, request.Feeds, request.Stores, request.Live, request.Operator, request.Label }, cancellationToken);
        await context.KeepWithoutSecretAsync(connection, made.Key.KeyId, $"/v1/keys/{made.Key.KeyId}/rotate", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return made;
    }

    /// <summary>
    /// Makes a key that opens the same and lets the old one expire after the overlap, unless it does so earlier. The new key has
    /// no end of its own.
    /// </summary>
    /// <returns>The new key; or why there is none: <c>unknown</c>, <c>dead</c> (revoked or expired) or <c>rotating</c> (its successor lives already).</returns>
    public async Task<(NewKey? Made, string? Refusal)> RotateAsync(HttpContext context, SessionUser user, Guid id, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);
        if (await FindAsync(connection, user, id, cancellationToken) is not { } old)
        {
            return (null, "unknown");
        }

        if (old.State != "live")
        {
            return (null, "dead");
        }

        await using (var successor = new NpgsqlCommand(
            "SELECT count(*) FROM tenancy.api_key WHERE tenant = $1 AND replaces = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)", connection)
        { Parameters = { new() { Value = user.Tenant }, new() { Value = id }, new() { Value = now } } })
        {
            if ((long)(await successor.ExecuteScalarAsync(cancellationToken))! > 0)
            {
                return (null, "rotating");
            }
        }

        var request = new KeyRequest(old.Vendor, [.. old.Feeds], old.Label, old.Stores is null ? null : [.. old.Stores], old.Live, Operator: old.Operator);
        var made = await InsertAsync(connection, user, request, id, cancellationToken);
        await SetAsync(connection, user, id, "expires_at = least(expires_at, $3)", now + overlap, cancellationToken);
        await NoteAsync(connection, user, "rotate", old.KeyId, new { NewKeyId = made.Key.KeyId, OverlapHours = (int)overlap.TotalHours }, cancellationToken);
        await context.KeepWithoutSecretAsync(connection, made.Key.KeyId, $"/v1/keys/{made.Key.KeyId}/rotate", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (made, null);
    }

    /// <summary>Revokes a key. One that is revoked stays so, and nothing is noted twice.</summary>
    /// <returns>The key; null when the tenant has none of that id.</returns>
    public async Task<KeyView?> RevokeAsync(SessionUser user, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(connection, user, id, cancellationToken) is { RevokedAt: null } key)
        {
            await SetAsync(connection, user, id, "revoked_at = $3", clock.GetUtcNow(), cancellationToken);
            await NoteAsync(connection, user, "revoke", key.KeyId, new { key.Label }, cancellationToken);
        }

        var now = await FindAsync(connection, user, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return now;
    }

    private async Task<NewKey> InsertAsync(NpgsqlConnection connection, SessionUser user, KeyRequest request, Guid? replaces, CancellationToken cancellationToken)
    {
        var secret = ApiKey.Create(RandomNumberGenerator.GetBytes(20), request.Live);
        await using var command = new NpgsqlCommand(
            $"""
            INSERT INTO tenancy.api_key (key_hash, tenant, vendor, label, feeds, stores, live, created_at, expires_at, replaces, operator)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING {Columns}
            """,
            connection);
        command.Parameters.Add(new() { Value = ApiKey.Hash(secret) });
        command.Parameters.Add(new() { Value = user.Tenant });
        command.Parameters.Add(new() { Value = request.Vendor });
        command.Parameters.Add(new() { Value = request.Label });
        command.Parameters.Add(new() { Value = request.Feeds.ToArray() });
        command.Parameters.Add(new() { Value = (object?)request.Stores?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = request.Live });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = (object?)request.ExpiresAt?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)replaces ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = request.Operator });
        return new NewKey(secret, (await ReadAsync(command, cancellationToken)).Single());
    }

    private static async Task SetAsync(NpgsqlConnection connection, SessionUser user, Guid id, string change, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"UPDATE tenancy.api_key SET {change} WHERE tenant = $1 AND key_id = $2", connection);
        command.Parameters.Add(new() { Value = user.Tenant });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = at });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Locked: of two changes at once the second sees what the first did.
    private async Task<KeyView?> FindAsync(NpgsqlConnection connection, SessionUser user, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns} FROM tenancy.api_key WHERE tenant = $1 AND key_id = $2 FOR UPDATE", connection);
        command.Parameters.Add(new() { Value = user.Tenant });
        command.Parameters.Add(new() { Value = id });
        return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
    }

    private async Task NoteAsync(NpgsqlConnection connection, SessionUser user, string action, string keyId, object detail, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO tenancy.key_audit (tenant, at, actor, action, key_id, detail) VALUES ($1, $2, $3, $4, $5, $6)", connection);
        command.Parameters.Add(new() { Value = user.Tenant });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = user.Login });
        command.Parameters.Add(new() { Value = action });
        command.Parameters.Add(new() { Value = Guid.ParseExact(keyId, "N") });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(detail, JsonSerializerOptions.Web), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<KeyView>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        DateTimeOffset? Time(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
        var keys = new List<KeyView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (expires, revoked) = (Time(8), Time(9));
            keys.Add(new KeyView(
                reader.GetGuid(0).ToString("N"),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetFieldValue<string[]>(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<string[]>(4),
                reader.GetBoolean(5),
                revoked is not null ? "revoked" : expires <= now ? "expired" : "live",
                reader.GetFieldValue<DateTimeOffset>(6),
                Time(7),
                expires,
                revoked,
                reader.IsDBNull(10) ? null : reader.GetGuid(10).ToString("N"),
                reader.GetBoolean(11)));
        }

        return keys;
    }
}
