using System.Collections.Concurrent;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Landing;

/// <summary>
/// Gives kept payloads their outcome in one PostgreSQL transaction: identities, quarantine, register master, messages for
/// the bus and the answers become visible together or not at all. Landings of one tenant and vendor are serial, so that
/// revisions have an order; payloads that wait for their turn share the next transaction. Three round trips however
/// many payloads and rows.
/// </summary>
internal sealed class LandingTransaction(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, ILogger<LandingTransaction> logger)
{
    private const int PayloadsPerTransaction = 64;
    private const int TimeoutSeconds = 300;

    private readonly ConcurrentDictionary<Lane, Grouping<LandingWork, Ingestion>> _lanes = new();

    /// <summary>Lands the conversion of a payload, unless it has its outcome already.</summary>
    /// <param name="ingestion">The payload.</param>
    /// <param name="identitySpace">Vendor of the profile, which is part of every event id.</param>
    /// <param name="conversion">What was read from it.</param>
    /// <returns>The payload with its outcome: this one, or the one another process has landed first.</returns>
    public Task<Ingestion> LandAsync(Ingestion ingestion, string identitySpace, Conversion conversion) =>
        _lanes.GetOrAdd(
            new Lane(ingestion.Tenant, ingestion.Vendor, identitySpace),
            lane => new Grouping<LandingWork, Ingestion>(PayloadsPerTransaction, group => LandAsync(lane, group)))
            .RunAsync(new LandingWork(ingestion, conversion));

    private async Task<IReadOnlyList<Ingestion>> LandAsync(Lane lane, IReadOnlyList<LandingWork> group)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var decision = new LandingDecision();
        var outcomes = await LockAndLearnAsync(connection, lane, group, decision);
        var landed = group.Where(work => !outcomes.ContainsKey(work.Ingestion.Id)).Select(work => work.Decide(decision)).ToList();
        await WriteAsync(connection, lane, landed);
        await transaction.CommitAsync();
        foreach (var payload in landed)
        {
            outcomes.Add(payload.Ingestion.Id, (payload.Receipt.State, payload.Answer));
            Report(payload);
        }

        return [.. group.Select(work => work.Ingestion with { State = outcomes[work.Ingestion.Id].State, Answer = outcomes[work.Ingestion.Id].Answer })];
    }

    /// <summary>Takes the turn in the database and reads what has landed.</summary>
    /// <returns>The outcome of those payloads of the group that have one already.</returns>
    private static async Task<Dictionary<Guid, (string State, string? Answer)>> LockAndLearnAsync(
        NpgsqlConnection connection, Lane lane, IReadOnlyList<LandingWork> group, LandingDecision decision)
    {
        var ids = group.Select(work => work.Ingestion.Id).ToArray();
        var terminals = group.SelectMany(work => work.Terminals).Distinct().ToArray();
        await using var batch = new NpgsqlBatch(connection) { Timeout = TimeoutSeconds };
        batch.BatchCommands.Add(Command("SELECT pg_advisory_xact_lock($1)", lane.LockKey));
        batch.BatchCommands.Add(Command(
            "SELECT id, state, answer FROM gateway.ingestion WHERE tenant = $1 AND id = ANY($2) ORDER BY id FOR UPDATE", lane.Tenant, ids));
        batch.BatchCommands.Add(Command(
            "SELECT event_id, content_hash, revision, store, business_date FROM gateway.identity WHERE tenant = $1 AND event_id = ANY($2)",
            lane.Tenant,
            group.SelectMany(work => work.EventIds).Distinct().ToArray()));
        if (terminals.Length > 0)
        {
            batch.BatchCommands.Add(Command(
                "SELECT terminal, store, valid_from, valid_to FROM gateway.pos_assignment WHERE tenant = $1 AND vendor = $2 AND terminal = ANY($3)",
                lane.Tenant,
                lane.Vendor,
                terminals));
        }

        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        var outcomes = new Dictionary<Guid, (string State, string? Answer)>();
        while (await reader.ReadAsync())
        {
            if (reader.GetString(1) != IngestionState.Landed)
            {
                outcomes.Add(reader.GetGuid(0), (reader.GetString(1), reader.GetString(2)));
            }
        }

        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            decision.Know(
                Id128.FromGuid(reader.GetGuid(0)),
                new KnownVersion(Id128.FromGuid(reader.GetGuid(1)), reader.GetInt32(2), reader.GetString(3), reader.GetFieldValue<DateOnly>(4)));
        }

        while (await reader.NextResultAsync())
        {
            while (await reader.ReadAsync())
            {
                decision.Know(new PosAssignment(
                    reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3)));
            }
        }

        return outcomes;
    }

    private async Task WriteAsync(NpgsqlConnection connection, Lane lane, List<LandedPayload> landed)
    {
        if (landed.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection) { Timeout = TimeoutSeconds };
        var now = clock.GetUtcNow();
        LandingStatements.AddIdentities(batch, lane.Tenant, [.. landed.SelectMany(payload => payload.Identities)], now);
        LandingStatements.AddMessages(
            batch, lane.Tenant, [.. landed.SelectMany(payload => payload.Messages.Select(message => (payload.Ingestion.Feed, message.Id, message.Message)))]);
        foreach (var payload in landed)
        {
            LandingStatements.AddQuarantine(batch, payload.Ingestion, payload.Held, now);
            LandingStatements.AddAssignments(batch, payload.Ingestion, payload.Assignments);
        }

        LandingStatements.AddOutcomes(batch, lane.Tenant, landed);

        await batch.ExecuteNonQueryAsync();
    }

    private void Report(LandedPayload payload)
    {
        var (ingestion, receipt) = (payload.Ingestion, payload.Receipt);
        if (receipt.Unreadable is { } reason)
        {
            Log.Unreadable(logger, ingestion.Feed, ingestion.ReceiptId, reason.Code);
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

    /// <summary>Payloads that may share a transaction, and the lock that orders the revisions of their event ids.</summary>
    private sealed record Lane(string Tenant, string Vendor, string IdentitySpace)
    {
        public long LockKey { get; } = unchecked((long)Id128.FromParts("landing", Tenant, IdentitySpace).Hi);
    }
}
