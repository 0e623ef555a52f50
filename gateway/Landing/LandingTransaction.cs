using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Landing;

/// <summary>
/// Gives a kept payload its outcome in one PostgreSQL transaction: identities, quarantine, register master, messages for
/// the bus and the answer become visible together or not at all. Landings of one tenant and vendor are serial, so that
/// revisions have an order. Three round trips however many rows.
/// </summary>
internal sealed class LandingTransaction(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, LandingLanes lanes, TimeProvider clock, ILogger<LandingTransaction> logger)
{
    private const int TimeoutSeconds = 300;

    /// <summary>Names the order in which a tenant's receipts of one vendor become revisions.</summary>
    public static long LockKey(string tenant, string vendor) => unchecked((long)Id128.FromParts("landing", tenant, vendor).Hi);

    /// <summary>Lands the conversion of a payload, unless it has its outcome already.</summary>
    /// <param name="ingestion">The payload.</param>
    /// <param name="identitySpace">Vendor of the profile, which is part of every event id.</param>
    /// <param name="conversion">What was read from it.</param>
    /// <param name="cancellationToken">Rolls everything back.</param>
    /// <returns>The payload with its outcome: this one, or the one another process has landed first.</returns>
    public async Task<Ingestion> LandAsync(Ingestion ingestion, string identitySpace, Conversion conversion, CancellationToken cancellationToken)
    {
        var work = new LandingWork(ingestion, conversion);
        var key = LockKey(ingestion.Tenant, identitySpace);
        using var turn = await lanes.EnterAsync(key, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = await LockAndLearnAsync(connection, ingestion, key, work, cancellationToken);
        if (before.State != IngestionState.Landed)
        {
            return before;
        }

        var receipt = conversion.Unreadable is { } rejection ? ReceiptDraft.Unreadable(ingestion, rejection) : work.Decide();
        var answer = ReceiptDraft.Json(receipt);
        await WriteAsync(connection, ingestion, work, conversion, receipt, answer, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Report(ingestion, receipt, conversion.Unreadable);
        return ingestion with { State = receipt.State, Answer = answer };
    }

    private static async Task<Ingestion> LockAndLearnAsync(
        NpgsqlConnection connection, Ingestion ingestion, long key, LandingWork work, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = TimeoutSeconds };
        batch.BatchCommands.Add(Command("SELECT pg_advisory_xact_lock($1)", key));
        batch.BatchCommands.Add(Command(
            "SELECT state, answer FROM gateway.ingestion WHERE tenant = $1 AND id = $2 FOR UPDATE", ingestion.Tenant, ingestion.Id));
        batch.BatchCommands.Add(Command(
            "SELECT event_id, content_hash, revision, store, business_date FROM gateway.identity WHERE tenant = $1 AND event_id = ANY($2)",
            ingestion.Tenant,
            work.EventIds));
        batch.BatchCommands.Add(Command(
            "SELECT terminal, store, valid_from, valid_to FROM gateway.pos_assignment WHERE tenant = $1 AND vendor = $2 AND terminal = ANY($3)",
            ingestion.Tenant,
            ingestion.Vendor,
            work.Assignments.Select(assignment => assignment.Record.Terminal).Distinct().ToArray()));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new InvalidOperationException("A payload is landed that the ledger does not know.");
        }

        var before = ingestion with { State = reader.GetString(0), Answer = reader.IsDBNull(1) ? null : reader.GetString(1) };
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            work.Know(
                Id128.FromGuid(reader.GetGuid(0)),
                new KnownVersion(Id128.FromGuid(reader.GetGuid(1)), reader.GetInt32(2), reader.GetString(3), reader.GetFieldValue<DateOnly>(4)));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            work.Know(new PosAssignment(
                reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3)));
        }

        return before;
    }

    private async Task WriteAsync(
        NpgsqlConnection connection,
        Ingestion ingestion,
        LandingWork work,
        Conversion conversion,
        Receipt receipt,
        string answer,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = TimeoutSeconds };
        var now = clock.GetUtcNow();
        LandingStatements.AddIdentities(batch, ingestion, work.NewIdentities, now);
        LandingStatements.AddQuarantine(batch, ingestion, conversion.Held, now);
        LandingStatements.AddAssignments(batch, ingestion, work.NewAssignments.Values);
        LandingStatements.AddMessages(batch, ingestion, work.Messages());
        LandingStatements.AddOutcome(batch, ingestion, receipt, answer);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private void Report(Ingestion ingestion, Receipt receipt, Rejection? unreadable)
    {
        if (unreadable is not null)
        {
            Log.Unreadable(logger, ingestion.Feed, ingestion.ReceiptId, unreadable.Reason.Code());
            return;
        }

        Log.Landed(logger, ingestion.Feed, ingestion.ReceiptId, receipt.Accepted, receipt.Duplicate, receipt.Superseding, receipt.Quarantined);
        var decided = receipt.Accepted + receipt.Duplicate + receipt.Superseding + receipt.Quarantined;
        if (decided != receipt.RowsRead)
        {
            Log.Unbalanced(logger, ingestion.Feed, ingestion.ReceiptId, receipt.RowsRead, decided);
        }
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}
