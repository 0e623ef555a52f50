using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>
/// Closes held items whose receipt a payload received later has brought in. It looks at what has landed, not at landings: a landing
/// does nothing for it, and whatever order things happened in comes to the same.
/// </summary>
internal sealed class LaterPayloads([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock)
{
    private const int Most = 10_000;

    // After a look that took long the next one waits this many times as long.
    private const int Rest = 20;

    // Probes of two primary keys an item. The version is locked, so that an undo that takes it back waits and then finds the item
    // closed; an item a replay is at is left to the next look.
    private const string Closed = """
        SELECT q.id, q.feed, q.ingestion_id, q.store, q.business_date, q.currency, q.rows, q.money_at_risk, later.id AS later
        FROM gateway.quarantine q
        CROSS JOIN LATERAL (
          SELECT l.id FROM gateway.ingestion p, gateway.identity i, gateway.ingestion l
          WHERE p.id = q.ingestion_id AND p.tenant = q.tenant AND i.tenant = q.tenant AND i.event_id = q.event_id AND NOT i.withdrawn AND i.source_revision >= q.source_revision
            AND i.batch_id <> '00000000-0000-0000-0000-000000000000' AND l.id = i.ingestion_id AND l.tenant = q.tenant AND l.received_at > p.received_at
          ORDER BY l.received_at, l.id LIMIT 1 FOR SHARE OF i) AS later
        WHERE q.tenant = $1 AND q.state = 'open' AND q.event_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM gateway.replay r JOIN gateway.replay_item t ON t.replay_id = r.id WHERE r.tenant = q.tenant AND r.state = 'running' AND r.kind <> 'preview' AND t.ingestion_id = q.ingestion_id AND t.item_id = q.id)
        ORDER BY q.id LIMIT $2 FOR UPDATE OF q SKIP LOCKED
        """;

    private DateTimeOffset _notBefore;

    /// <summary>Closes what later payloads brought, and writes it into the audit as a resolution.</summary>
    /// <returns>How many items of which tenants.</returns>
    public async Task<List<(string Tenant, int Items)>> ResolveAsync(CancellationToken cancellationToken)
    {
        var began = clock.GetUtcNow();
        var resolved = new List<(string Tenant, int Items)>();
        if (began < _notBefore)
        {
            return resolved;
        }

        foreach (var tenant in await TenantsAsync(cancellationToken))
        {
            int items;
            do
            {
                items = await ResolveAsync(tenant, began, cancellationToken);
                if (items > 0)
                {
                    resolved.Add((tenant, items));
                }
            }
            while (items == Most);
        }

        var took = clock.GetUtcNow() - began;
        _notBefore = took > TimeSpan.FromMilliseconds(100) ? began + (took * Rest) : default;
        return resolved;
    }

    /// <summary>Opens what was closed because of receipts that an undo takes back. What came by yet another payload is closed by the next look.</summary>
    public static void AddReopened(NpgsqlBatch batch, ReplayTask task, IReadOnlyList<ReplayEvent> events)
    {
        if (events.Count > 0)
        {
            batch.BatchCommands.Add(new(
                """
                UPDATE gateway.quarantine SET state = 'open', replay_id = NULL, resolved_by = NULL, resolved_at = NULL
                WHERE tenant = $1 AND resolved_by = $2 AND state = 'resolved' AND event_id = ANY($3)
                """)
            {
                Parameters =
                {
                    new() { Value = task.Ingestion.Tenant },
                    new() { Value = task.Ingestion.Id },
                    new() { Value = events.Select(one => one.Candidate.EventId.ToGuid()).ToArray() },
                },
            });
        }
    }

    private async Task<List<string>> TenantsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT t.tenant FROM tenancy.tenant t WHERE EXISTS (SELECT 1 FROM gateway.quarantine q WHERE q.tenant = t.tenant AND q.state = 'open' AND q.event_id IS NOT NULL)");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tenants = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            tenants.Add(reader.GetString(0));
        }

        return tenants;
    }

    private async Task<int> ResolveAsync(string tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            WITH closed AS MATERIALIZED ({Closed}),
            resolution AS (
              INSERT INTO gateway.replay (tenant, kind, feeds, scope, requested_by, requested_at, state, items, payloads, payloads_done, finished_at)
              SELECT $1, 'resolution', array_agg(DISTINCT c.feed), '{"{}"}', 'later payloads', $3, 'done', count(*), count(DISTINCT c.ingestion_id), count(DISTINCT c.ingestion_id), $3
              FROM closed c HAVING count(*) > 0 RETURNING id),
            items AS (
              INSERT INTO gateway.replay_item (replay_id, item_id, tenant, ingestion_id, outcome) SELECT r.id, c.id, $1, c.ingestion_id, 'resolved' FROM closed c, resolution r),
            effects AS (
              INSERT INTO gateway.replay_effect (tenant, replay_id, ingestion_id, effect, store, business_date, currency, receipts, rows, net, tax, gross)
              SELECT $1, r.id, c.ingestion_id, 'resolved', c.store, c.business_date, c.currency, count(*), sum(c.rows), 0, 0, coalesce(sum(c.money_at_risk), 0)
              FROM closed c, resolution r GROUP BY r.id, c.ingestion_id, c.store, c.business_date, c.currency)
            UPDATE gateway.quarantine q SET state = 'resolved', resolved_by = c.later, resolved_at = $3, replay_id = r.id
            FROM closed c, resolution r WHERE q.tenant = $1 AND q.id = c.id
            """);
        command.CommandTimeout = 300;
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = Most });
        command.Parameters.Add(new() { Value = now });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
