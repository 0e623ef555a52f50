using System.Buffers.Binary;
using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Audit;

/// <summary>
/// Recomputes a chain from its rows. Whoever owns the database can rewrite a chain whole; that shows against a head noted elsewhere before:
/// pass it as the anchor.
/// </summary>
internal sealed class ChainCheck([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const int TimeoutSeconds = 120;

    /// <summary>Checks one chain in one snapshot.</summary>
    /// <param name="tenant">Whose; empty is the platform's.</param>
    /// <param name="anchor">Number and hash of an entry as they were once; null for none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<ChainReport> CheckAsync(string tenant, (long Seq, string Hash)? anchor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var (headSeq, headHash) = await HeadAsync(connection, tenant, cancellationToken);
        await using var command = new NpgsqlCommand(
            "SELECT seq, at, actor, action, object, outcome, address, detail::text, previous, hash FROM audit.entry WHERE tenant = $1 ORDER BY seq", connection)
        { CommandTimeout = TimeoutSeconds };
        command.Parameters.Add(new() { Value = tenant });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (before, hash) = (0L, new byte[SHA256.HashSizeInBytes]);
        while (await reader.ReadAsync(cancellationToken))
        {
            var seq = reader.GetInt64(0);
            var stated = reader.GetFieldValue<byte[]>(9);
            var reason = seq != before + 1 ? $"entry {before + 1} is missing before it"
                : !reader.GetFieldValue<byte[]>(8).AsSpan().SequenceEqual(hash) ? "it does not follow from the entry before it"
                : !stated.AsSpan().SequenceEqual(Hash(hash, tenant, reader)) ? "its content is not what was written"
                : anchor is { } noted && noted.Seq == seq && !string.Equals(noted.Hash, Convert.ToHexStringLower(stated), StringComparison.OrdinalIgnoreCase)
                    ? "its hash is not the one that was noted: the chain was rewritten"
                    : null;
            if (reason is not null)
            {
                return Report(tenant, before, hash, new ChainFault(seq, reason));
            }

            (before, hash) = (seq, stated);
        }

        var fault = before != headSeq || !hash.AsSpan().SequenceEqual(headHash) ? new ChainFault(before + 1, $"the chain once reached entry {headSeq}: the newest are missing")
            : anchor?.Seq > before ? new ChainFault(anchor.Value.Seq, "the entry that was noted is missing")
            : null;
        return Report(tenant, before, hash, fault);
    }

    private static async Task<(long Seq, byte[] Hash)> HeadAsync(NpgsqlConnection connection, string tenant, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT seq, hash FROM audit.head WHERE tenant = $1", connection);
        command.Parameters.Add(new() { Value = tenant });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : (0, new byte[SHA256.HashSizeInBytes]);
    }

    private static ChainReport Report(string tenant, long seq, byte[] hash, ChainFault? fault) =>
        new(tenant.Length == 0 ? "platform" : "tenant", fault is null, seq, Convert.ToHexStringLower(hash), fault);

    // The same text the database hashes, put together here from the columns as they read now.
    private static byte[] Hash(byte[] previous, string tenant, NpgsqlDataReader row)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(previous);
        var micros = (row.GetFieldValue<DateTimeOffset>(1) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        string[] parts =
        [
            tenant, row.GetInt64(0).ToString(CultureInfo.InvariantCulture), micros.ToString(CultureInfo.InvariantCulture),
            row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7),
        ];
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var text = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, text.Length);
            sha.AppendData(length);
            sha.AppendData(text);
        }

        return sha.GetHashAndReset();
    }
}
