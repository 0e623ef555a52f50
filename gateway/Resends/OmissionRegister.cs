using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;

namespace RetailInsight.Gateway.Resends;

/// <summary>The rows of <c>gateway.omission</c>: reading them, and what an operator decides.</summary>
internal sealed class OmissionRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock)
{
    private const int MostReceipts = 1_000;

    private const string Columns = """
        o.id, o.feed, o.store, o.business_date, o.ingestion_id, o.found_at, o.state, o.receipts, o.rows, trim_scale(o.gross / 1000000)::text, o.currency, o.decided_by, o.decided_at, o.replay_id
        FROM gateway.omission o
        """;

    /// <summary>Omissions of the caller's feeds and stores, newest first; one more than the limit where there are more.</summary>
    public async Task<List<Omission>> ListAsync(
        Caller caller, string? feed, string? store, string? state, long before, int limit, Func<string, string> text, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"SELECT {Columns} WHERE o.tenant = $1 AND o.feed = ANY($2) AND ($3::text[] IS NULL OR o.store = ANY($3)) AND ($4::text IS NULL OR o.store = $4) AND ($5::text IS NULL OR o.state = $5) AND o.id < $6 ORDER BY o.id DESC LIMIT $7");
        command.Parameters.Add(new() { Value = caller.Tenant });
        command.Parameters.Add(new() { Value = caller.Within(feed) });
        command.Parameters.Add(new() { Value = (object?)caller.Stores ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)store ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)state ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = limit + 1 });
        return await ReadAsync(command, text, cancellationToken);
    }

    /// <summary>One omission with its receipts; null where the caller sees none of that number.</summary>
    public async Task<Omission?> FindAsync(Caller caller, long id, Func<string, string> text, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} WHERE o.tenant = $1 AND o.feed = ANY($2) AND ($3::text[] IS NULL OR o.store = ANY($3)) AND o.id = $4");
        command.Parameters.Add(new() { Value = caller.Tenant });
        command.Parameters.Add(new() { Value = caller.Within(null) });
        command.Parameters.Add(new() { Value = (object?)caller.Stores ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = id });
        if ((await ReadAsync(command, text, cancellationToken)).SingleOrDefault() is not { } found)
        {
            return null;
        }

        await using var receipts = database.CreateCommand(
            """
            SELECT e.terminal, e.receipt_number, e.occurred_at, e.gross, e.ingestion_id
            FROM gateway.omitted_receipt r
            JOIN gateway.identity e ON e.tenant = r.tenant AND e.store = $3 AND e.business_date = $4 AND e.event_id = r.event_id AND e.content_hash = r.content_hash
            WHERE r.tenant = $1 AND r.omission_id = $2 ORDER BY e.occurred_at, e.terminal, e.receipt_number LIMIT $5
            """);
        foreach (var value in (object[])[caller.Tenant, id, found.Store, found.BusinessDate, MostReceipts])
        {
            receipts.Parameters.Add(new() { Value = value });
        }

        var omitted = new List<OmittedReceipt>();
        await using var reader = await receipts.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            omitted.Add(new OmittedReceipt(
                reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), Money.Format(reader.GetInt64(3)), reader.IsDBNull(4) ? null : Id128.FromGuid(reader.GetGuid(4)).ToString()));
        }

        return found with { Omitted = omitted };
    }

    /// <summary>Confirms that receipts are gone, and opens the withdrawal.</summary>
    /// <returns>The number of the withdrawal; null when it is no longer open.</returns>
    public Task<long?> ConfirmAsync(Caller caller, long id, CancellationToken cancellationToken) => DecideAsync(
        """
        WITH decided AS (
          UPDATE gateway.omission SET state = 'confirmed', decided_by = $3, decided_at = $4 WHERE tenant = $1 AND id = $2 AND state = 'open' RETURNING tenant, id, feed, ingestion_id, receipts),
        opened AS (
          INSERT INTO gateway.replay (tenant, kind, feeds, scope, requested_by, requested_at, items, payloads)
          SELECT d.tenant, 'withdrawal', ARRAY[d.feed], jsonb_build_object('omission', d.id), $3, $4, d.receipts, 1 FROM decided d RETURNING id),
        payload AS (
          INSERT INTO gateway.replay_payload (replay_id, tenant, ingestion_id, place) SELECT o.id, d.tenant, d.ingestion_id, 1 FROM decided d, opened o)
        SELECT o.id FROM opened o
        """,
        caller,
        id,
        "UPDATE gateway.omission SET replay_id = $3 WHERE tenant = $1 AND id = $2",
        cancellationToken);

    /// <summary>Says that receipts stay although the file no longer has them.</summary>
    /// <returns>Null when it is no longer open.</returns>
    public Task<long?> DismissAsync(Caller caller, long id, CancellationToken cancellationToken) => DecideAsync(
        "UPDATE gateway.omission SET state = 'dismissed', decided_by = $3, decided_at = $4 WHERE tenant = $1 AND id = $2 AND state = 'open' RETURNING id",
        caller,
        id,
        null,
        cancellationToken);

    /// <summary>Opens the undoing of a withdrawal, once only.</summary>
    /// <returns>Its number, or that of the one that was opened before.</returns>
    public async Task<long> OpenUndoAsync(Caller caller, long withdrawal, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            WITH opened AS (
              INSERT INTO gateway.replay (tenant, kind, undoes, feeds, scope, requested_by, requested_at, items, payloads)
              SELECT r.tenant, 'undo', r.id, r.feeds, jsonb_build_object(), $3, $4, r.items, 1 FROM gateway.replay r WHERE r.tenant = $1 AND r.id = $2
              ON CONFLICT (undoes) WHERE undoes IS NOT NULL DO NOTHING RETURNING id),
            payload AS (
              INSERT INTO gateway.replay_payload (replay_id, tenant, ingestion_id, place)
              SELECT o.id, p.tenant, p.ingestion_id, 1 FROM opened o, gateway.replay_payload p WHERE p.tenant = $1 AND p.replay_id = $2)
            SELECT o.id FROM opened o UNION ALL SELECT r.id FROM gateway.replay r WHERE r.tenant = $1 AND r.undoes = $2
            """);
        foreach (var value in (object[])[caller.Tenant, withdrawal, caller.Label, clock.GetUtcNow()])
        {
            command.Parameters.Add(new() { Value = value });
        }

        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<long?> DecideAsync(string sql, Caller caller, long id, string? then, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in (object[])[caller.Tenant, id, caller.Label, clock.GetUtcNow()])
        {
            command.Parameters.Add(new() { Value = value });
        }

        if (await command.ExecuteScalarAsync(cancellationToken) is not long decided)
        {
            return null;
        }

        if (then is not null)
        {
            await using var next = new NpgsqlCommand(then, connection) { Parameters = { new() { Value = caller.Tenant }, new() { Value = id }, new() { Value = decided } } };
            await next.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return decided;
    }

    private static async Task<List<Omission>> ReadAsync(NpgsqlCommand command, Func<string, string> text, CancellationToken cancellationToken)
    {
        var omissions = new List<Omission>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            omissions.Add(new Omission(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetFieldValue<DateOnly>(3),
                Id128.FromGuid(reader.GetGuid(4)).ToString(),
                reader.GetFieldValue<DateTimeOffset>(5),
                reader.GetString(6),
                reader.GetInt32(7),
                reader.IsDBNull(8) ? null : reader.GetInt64(8),
                reader.GetString(9),
                reader.GetString(10),
                reader.IsDBNull(11) ? null : reader.GetString(11),
                reader.IsDBNull(12) ? null : reader.GetFieldValue<DateTimeOffset>(12),
                reader.IsDBNull(13) ? null : reader.GetInt64(13),
                text(reader.GetString(6))));
        }

        return omissions;
    }
}
