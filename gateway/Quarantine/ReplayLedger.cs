using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>The rows of <c>gateway.replay</c>: what was asked for, by whom, and how far it is. Nothing in it is ever deleted.</summary>
internal sealed class ReplayLedger([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock)
{
    // Payloads in the order they were received, so that revisions come in the order they would have come in.
    private const string Payloads = """
        INSERT INTO gateway.replay_payload (replay_id, tenant, ingestion_id, place)
        SELECT $1, $2, p.id, row_number() OVER (ORDER BY p.received_at, p.id)
        FROM gateway.ingestion p WHERE p.tenant = $2 AND p.id IN (SELECT s.ingestion_id FROM gateway.replay_item s WHERE s.replay_id = $1)
        """;

    private const string Count = """
        UPDATE gateway.replay r SET items = n.items, payloads = n.payloads, state = CASE WHEN n.payloads = 0 THEN 'done' ELSE state END, finished_at = CASE WHEN n.payloads = 0 THEN requested_at END
        FROM (SELECT (SELECT count(*) FROM gateway.replay_item WHERE replay_id = $1) AS items, (SELECT count(*) FROM gateway.replay_payload WHERE replay_id = $1) AS payloads) n
        WHERE r.id = $1 AND r.tenant = $2
        """;

    /// <summary>Opens a preview or replay over the open items of a scope. Which items those are is settled now.</summary>
    /// <param name="tenant">Whose items.</param>
    /// <param name="kind"><c>preview</c> or <c>replay</c>.</param>
    /// <param name="feeds">The feeds the caller sees.</param>
    /// <param name="scope">Which items.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Opens nothing.</param>
    /// <returns>Its number.</returns>
    public Task<long> OpenAsync(string tenant, string kind, string[] feeds, ReplayScope scope, string by, CancellationToken cancellationToken) => OpenAsync(
        tenant,
        kind,
        null,
        feeds,
        JsonSerializer.Serialize(scope, GatewayJson.Plain.ReplayScope),
        by,
        parameters =>
        {
            parameters.Add(new() { Value = feeds });
            return "q.feed = ANY($3) AND q.state = 'open'" + scope.Where(parameters);
        },
        Payloads,
        cancellationToken);

    /// <summary>Opens the undoing of a replay, once only.</summary>
    /// <returns>Its number, or that of the one that was opened before.</returns>
    public async Task<long> OpenUndoAsync(string tenant, long replay, string[] feeds, string by, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(
                tenant,
                "undo",
                replay,
                feeds,
                "{}",
                by,
                parameters =>
                {
                    parameters.Add(new() { Value = replay });
                    return "q.id IN (SELECT s.item_id FROM gateway.replay_item s WHERE s.tenant = $2 AND s.replay_id = $3 AND s.outcome IN ('recovered', 'duplicate', 'overtaken'))";
                },

                // What came last is taken back first.
                Payloads.Replace("ORDER BY p.received_at, p.id", "ORDER BY p.received_at DESC, p.id DESC", StringComparison.Ordinal),
                cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            await using var command = database.CreateCommand("SELECT id FROM gateway.replay WHERE tenant = $1 AND undoes = $2");
            command.Parameters.Add(new() { Value = tenant });
            command.Parameters.Add(new() { Value = replay });
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
    }

    /// <summary>
    /// Opens a release for every tenant whose masters now know what open items name: a register on their business date,
    /// a store, a line of a device, or the hardware of its SIM. Items that an undo opened, or that were tried within the hour and of which the master says the same as then, are left to a person.
    /// </summary>
    /// <returns>What was opened.</returns>
    public async Task<List<(string Tenant, int Items)>> OpenReleasesAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var found = new List<(string Tenant, long[] Items, string Reason)>();
        await using (var command = database.CreateCommand(
            """
            SELECT q.tenant, array_agg(q.id), q.reason FROM (
              SELECT q.tenant, q.id, q.reason FROM gateway.quarantine q JOIN gateway.ingestion i ON i.id = q.ingestion_id AND i.tenant = q.tenant
              WHERE q.state = 'open' AND q.reason IN ('store_unknown', 'device_unknown', 'line_unmapped', 'subscriber_swapped') AND NOT q.awaits_operator AND (q.tried_at IS NULL OR q.tried_at < $1 OR q.tried_master IS DISTINCT FROM gateway.master_facts(q.tenant, i.vendor, q.store_as_sent))
                AND (EXISTS (
                    SELECT 1 FROM gateway.pos_assignment a
                    WHERE a.tenant = q.tenant AND a.vendor = i.vendor AND a.terminal = q.store_as_sent AND (i.stores IS NULL OR a.store = ANY(i.stores))
                      AND (q.business_date IS NULL OR (a.valid_from <= q.business_date AND (a.valid_to IS NULL OR a.valid_to >= q.business_date))))
                  OR EXISTS (
                    SELECT 1 FROM tenancy.store s WHERE s.tenant = q.tenant AND s.store = q.store_as_sent AND (i.stores IS NULL OR s.store = ANY(i.stores)))
                  OR EXISTS (
                    SELECT 1 FROM tenancy.device_line l WHERE q.reason IN ('device_unknown', 'line_unmapped') AND l.tenant = q.tenant AND l.device = q.store_as_sent AND (i.stores IS NULL OR l.store = ANY(i.stores)))
                  OR EXISTS (
                    SELECT 1 FROM tenancy.device d WHERE q.reason = 'subscriber_swapped' AND d.tenant = q.tenant AND d.device = i.device AND d.equipment = i.equipment))
                AND NOT EXISTS (SELECT 1 FROM gateway.replay r JOIN gateway.replay_item t ON t.replay_id = r.id WHERE r.tenant = q.tenant AND r.state = 'running' AND r.kind <> 'preview' AND t.ingestion_id = q.ingestion_id AND t.item_id = q.id)
              ORDER BY q.id LIMIT 10000) q
            GROUP BY q.tenant, q.reason
            """))
        {
            command.Parameters.Add(new() { Value = now.AddHours(-1) });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add((reader.GetString(0), reader.GetFieldValue<long[]>(1), reader.GetString(2)));
            }
        }

        foreach (var (tenant, items, reason) in found)
        {
            await OpenAsync(
                tenant,
                "release",
                null,
                [],
                $$"""{"reason":"{{reason}}"}""",
                "store master",
                parameters =>
                {
                    parameters.Add(new() { Value = items });
                    return "q.id = ANY($3) AND q.state = 'open'";
                },
                Payloads,
                cancellationToken);
        }

        return found.ConvertAll(one => (one.Tenant, one.Items.Length));
    }

    private async Task<long> OpenAsync(
        string tenant, string kind, long? undoes, string[] feeds, string scope, string by, Func<NpgsqlParameterCollection, string> where, string payloads, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var open = new NpgsqlCommand(
            """
            INSERT INTO gateway.replay (tenant, kind, undoes, feeds, scope, requested_by, requested_at, items, payloads)
            VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, 0, 0) RETURNING id
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = tenant },
                new() { Value = kind },
                new() { Value = (object?)undoes ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                new() { Value = feeds },
                new() { Value = scope },
                new() { Value = by },
                new() { Value = clock.GetUtcNow() },
            },
        };
        var replay = (long)(await open.ExecuteScalarAsync(cancellationToken))!;
        await using var batch = new NpgsqlBatch(connection) { Timeout = 300 };
        var items = new NpgsqlBatchCommand { Parameters = { new() { Value = replay }, new() { Value = tenant } } };
        items.CommandText = $"""
            INSERT INTO gateway.replay_item (replay_id, tenant, item_id, ingestion_id)
            SELECT $1, q.tenant, q.id, q.ingestion_id FROM gateway.quarantine q WHERE q.tenant = $2 AND {where(items.Parameters)}
            """;
        batch.BatchCommands.Add(items);
        foreach (var sql in (string[])[payloads, Count])
        {
            batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = replay }, new() { Value = tenant } } });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return replay;
    }
}
