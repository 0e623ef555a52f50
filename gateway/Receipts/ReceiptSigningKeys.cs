using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Receipts;

/// <summary>A public key of receipts.</summary>
/// <param name="KeyId">The id receipts name it by.</param>
/// <param name="Algorithm">Always <c>ecdsa-p256-sha256</c>.</param>
/// <param name="PublicKeyPem">SubjectPublicKeyInfo in PEM.</param>
/// <param name="CreatedAt">Since when it signs, UTC.</param>
/// <param name="RetiredAt">Since when it no longer signs, UTC; what it signed before stays good. Null while it is at work.</param>
internal sealed record ReceiptKeyView(string KeyId, string Algorithm, string PublicKeyPem, DateTimeOffset CreatedAt, DateTimeOffset? RetiredAt);

/// <summary>Every public key of receipts, newest first.</summary>
internal sealed record ReceiptKeyList(IReadOnlyList<ReceiptKeyView> Items);

/// <summary>
/// The keys that sign receipts. The first gateway to start makes the first one; a key older than
/// <see cref="GatewayOptions.ReceiptKeyDays"/> is retired, its private half deleted, and another takes its place. What a process
/// has in memory is at most a minute old: for that long a retired key may still sign.
/// </summary>
internal sealed class ReceiptSigningKeys(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, IOptions<GatewayOptions> options)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    private volatile Known? _known;

    /// <summary>The key at work; from memory but for once a minute.</summary>
    public ValueTask<ReceiptSigningKey> CurrentAsync(CancellationToken cancellationToken) =>
        _known is { } known && clock.GetElapsedTime(known.Since) < Remembered ? ValueTask.FromResult(known.Key) : new(LoadAsync(cancellationToken));

    /// <summary><c>GET /v1/receipt-keys</c>: public, so that whoever is handed a receipt can verify it.</summary>
    public async Task<IResult> ListAsync(CancellationToken cancellationToken)
    {
        await CurrentAsync(cancellationToken);
        await using var command = database.CreateCommand("SELECT key_id, public_key, created_at, retired_at FROM gateway.receipt_key ORDER BY created_at DESC, key_id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<ReceiptKeyView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(new ReceiptKeyView(
                reader.GetString(0),
                ReceiptSigningKey.Algorithm,
                PemEncoding.WriteString("PUBLIC KEY", reader.GetFieldValue<byte[]>(1)),
                reader.GetFieldValue<DateTimeOffset>(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3)));
        }

        return TypedResults.Json(new ReceiptKeyList(keys), GatewayJson.Plain.ReceiptKeyList);
    }

    private async Task<ReceiptSigningKey> LoadAsync(CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        var key = await AtWorkAsync(null, cancellationToken) ?? await AtWorkAsync(ReceiptSigningKey.Create(), cancellationToken)
            ?? throw new InvalidOperationException("There is no key to sign receipts with.");

        _known = new Known(key, since);
        return key;
    }

    /// <summary>Retires what is too old, offers a key for the place if there is one to offer, and reads the one at work.</summary>
    private async Task<ReceiptSigningKey?> AtWorkAsync(ReceiptSigningKey? offered, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("UPDATE gateway.receipt_key SET retired_at = $1, private_key = NULL WHERE retired_at IS NULL AND created_at <= $2")
        {
            Parameters = { new() { Value = now }, new() { Value = now.AddDays(-options.Value.ReceiptKeyDays) } },
        });
        if (offered is not null)
        {
            // Of several processes that offer one at the same time, one succeeds; the index holds the others off.
            batch.BatchCommands.Add(new(
                "INSERT INTO gateway.receipt_key (key_id, public_key, private_key, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
            {
                Parameters =
                {
                    new() { Value = offered.Id }, new() { Value = offered.PublicKey }, new() { Value = offered.ExportPrivateKey() }, new() { Value = now },
                },
            });
        }

        batch.BatchCommands.Add(new("SELECT private_key FROM gateway.receipt_key WHERE retired_at IS NULL"));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ReceiptSigningKey.Import(reader.GetFieldValue<byte[]>(0)) : null;
    }

    private sealed record Known(ReceiptSigningKey Key, long Since);
}
