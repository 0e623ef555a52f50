using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Feeds;

/// <summary>
/// Finds the caller of a key by its SHA-256. Keys that were found are remembered for a few seconds; keys that were not
/// are looked up each time, so that a new key works at once and guesses fill no memory. How long goes by the monotonic clock: a
/// revoked key does not live on because the time of day was set back.
/// </summary>
internal sealed class KeyDirectory(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, IOptions<GatewayOptions> options)
{
    private readonly ConcurrentDictionary<Id128, Known> _known = new();

    /// <summary>The caller, or null when the key is malformed, unknown, revoked or expired.</summary>
    public async ValueTask<Caller?> FindAsync(string? key, CancellationToken cancellationToken)
    {
        // The checksum in the key tells typing errors and guesses without a database.
        if (!ApiKey.IsWellFormed(key))
        {
            return null;
        }

        var hash = ApiKey.Hash(key);
        var name = Id128.FromDigest(hash);
        var now = clock.GetUtcNow();
        if (!_known.TryGetValue(name, out var known) || clock.GetElapsedTime(known.ReadAt).TotalSeconds >= options.Value.CacheSeconds)
        {
            known = await LoadAsync(hash, !ApiKey.IsLive(key), now, cancellationToken);
            if (known is null)
            {
                _known.TryRemove(name, out _);
                return null;
            }

            _known[name] = known;
        }

        return CryptographicOperations.FixedTimeEquals(known.Hash, hash) && (known.ExpiresAt is null || known.ExpiresAt > now)
            ? known.Caller
            : null;
    }

    // Its use is noted with the look-up, once a minute at most: a key in use costs no statement of its own.
    private async Task<Known?> LoadAsync(byte[] hash, bool sandbox, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var asked = clock.GetTimestamp();
        await using var command = database.CreateCommand(
            """
            WITH used AS (
              UPDATE tenancy.api_key SET last_used_at = $2
              WHERE key_hash = $1 AND revoked_at IS NULL AND (last_used_at IS NULL OR last_used_at < $2 - interval '1 minute'))
            SELECT key_hash, tenant, CASE WHEN device IS NULL THEN feeds ELSE '{}' END, stores, expires_at, label, operator, device FROM tenancy.api_key WHERE key_hash = $1 AND revoked_at IS NULL
            """);
        command.Parameters.Add(new() { Value = hash });
        command.Parameters.Add(new() { Value = now });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        return new Known(
            reader.GetFieldValue<byte[]>(0),
            new Caller(
                reader.GetString(1),
                reader.GetFieldValue<string[]>(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<string[]>(3),
                reader.GetString(5),
                reader.GetBoolean(6) && !sandbox,
                sandbox,
                reader.IsDBNull(7) ? null : reader.GetString(7)),
            reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
            asked);
    }

    private sealed record Known(byte[] Hash, Caller Caller, DateTimeOffset? ExpiresAt, long ReadAt);
}
