using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;

namespace RetailInsight.Gateway.Ingest;

/// <summary>
/// The header <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header-06): a key belongs to the payload it was first
/// sent with. The same payload gets the same answer with or without it, so all the key adds is that another payload under it is
/// noticed. It counts per tenant, feed and kind of API key. A request without the header costs nothing.
/// </summary>
internal sealed class IdempotencyKeys(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, IOptions<GatewayOptions> options)
{
    /// <summary>Binds the key to a payload unless it is bound; one that has expired is free.</summary>
    /// <returns>Whether it is bound to this payload.</returns>
    public async Task<bool> ClaimAsync(Caller caller, string feed, string key, Guid payload, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var batch = database.CreateBatch();

        // Each new key clears away a few that have expired: the table holds what is alive and needs nobody else to clean it.
        batch.BatchCommands.Add(new(
            """
            DELETE FROM gateway.idempotency WHERE tenant = $1 AND ctid = ANY(ARRAY(
              SELECT ctid FROM gateway.idempotency WHERE tenant = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED))
            """)
        {
            Parameters = { new() { Value = caller.Tenant }, new() { Value = now } },
        });
        batch.BatchCommands.Add(new(
            """
            INSERT INTO gateway.idempotency AS known (tenant, feed, sandbox, key, payload, expires_at) VALUES ($1, $2, $3, $4, $5, $7)
            ON CONFLICT (tenant, feed, sandbox, key) DO UPDATE SET
              payload = CASE WHEN known.expires_at <= $6 THEN excluded.payload ELSE known.payload END,
              expires_at = CASE WHEN known.expires_at <= $6 THEN excluded.expires_at ELSE known.expires_at END
            RETURNING payload
            """)
        {
            Parameters =
            {
                new() { Value = caller.Tenant }, new() { Value = feed }, new() { Value = caller.Sandbox }, new() { Value = key }, new() { Value = payload },
                new() { Value = now }, new() { Value = now.AddHours(options.Value.IdempotencyHours) },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && reader.GetGuid(0) == payload;
    }
}
