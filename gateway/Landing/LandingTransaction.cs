using System.Collections.Concurrent;
using System.Data;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Iot;
using RetailInsight.Gateway.Quarantine;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Gateway.Reconciliation;
using RetailInsight.Gateway.Resends;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Landing;

/// <summary>
/// Gives kept payloads their outcome in one PostgreSQL transaction: identities, quarantine, register master, messages for
/// the bus and the answers become visible together or not at all. Landings of one lane (tenant and vendor) are serial, so
/// that revisions have an order. Small payloads of all lanes share a transaction; what is large or finds its lane taken
/// waits for its turn in the lane. Three round trips however many payloads and rows.
/// </summary>
internal sealed class LandingTransaction
{
    /// <summary>Most payloads in a transaction.</summary>
    public const int PayloadsPerTransaction = 256;

    private const int TimeoutSeconds = 300;

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _clock;
    private readonly ReceiptSigningKeys _signingKeys;
    private readonly FeedDirectory _feeds;
    private readonly SeenDevices _seen;
    private readonly ILogger _logger;
    private readonly Grouping<(LandingLane Lane, LandingWork Work), Task<Ingestion>> _shared;
    private readonly ConcurrentDictionary<LandingLane, Grouping<(LandingLane Lane, LandingWork Work), Ingestion>> _lanes = new();

    public LandingTransaction(
        [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, ReceiptSigningKeys signingKeys, FeedDirectory feeds, SeenDevices seen, ILogger<LandingTransaction> logger)
    {
        _database = database;
        _clock = clock;
        _signingKeys = signingKeys;
        _feeds = feeds;
        _seen = seen;
        _logger = logger;
        _shared = new(PayloadsPerTransaction, LandSharedAsync, tenantOf: one => one.Lane.Tenant);
    }

    /// <summary>Lands the conversion of a payload, unless it has its outcome already.</summary>
    /// <param name="ingestion">The payload; its row in the ledger is written too if there is none yet.</param>
    /// <param name="profile">Reads it.</param>
    /// <param name="conversion">What was read from it.</param>
    /// <param name="generation">What <see cref="GenerationAsync"/> gave. It was asked for before, so that payloads queue in the order of the calls.</param>
    /// <returns>The payload with its outcome: this one, or the one another process has landed first.</returns>
    public async Task<Ingestion> LandAsync(Ingestion ingestion, Profile profile, Conversion conversion, GenerationDraft? generation)
    {
        var one = (Lane: LandingLane.Of(ingestion, profile), Work: new LandingWork(ingestion, conversion) { Generation = generation });
        return one.Work.MayShare ? await await _shared.RunAsync(one) : await QueueOf(one.Lane).RunAsync(one);
    }

    /// <summary>Lands the next part of a large file. The file has its outcome with the last.</summary>
    /// <param name="ingestion">The payload; it has its row in the ledger.</param>
    /// <param name="profile">Reads it.</param>
    /// <param name="conversion">What was read from the part.</param>
    /// <param name="part">Which part it is.</param>
    /// <returns>How far the file has landed; null when it has its outcome.</returns>
    /// <exception cref="DBConcurrencyException">Another process is converting it, and farther.</exception>
    public async Task<(Ingestion Ingestion, PartialLanding? Reached)> LandPartAsync(Ingestion ingestion, Profile profile, Conversion conversion, FilePart part)
    {
        var one = (Lane: LandingLane.Of(ingestion, profile), Work: new LandingWork(ingestion, conversion, part) { Generation = await GenerationAsync(ingestion, CancellationToken.None) });
        var row = await QueueOf(one.Lane).RunAsync(one);
        return (row, row.State == IngestionState.Landed ? one.Work.Reached : null);
    }

    /// <summary>Where what a payload contains is noted; null where its feed does not replace.</summary>
    public async ValueTask<GenerationDraft?> GenerationAsync(Ingestion ingestion, CancellationToken cancellationToken) =>
        await _feeds.FindAsync(ingestion.Tenant, ingestion.Feed, cancellationToken) is { Resend: ResendMode.Replace } ? new GenerationDraft() : null;

    private Grouping<(LandingLane Lane, LandingWork Work), Ingestion> QueueOf(LandingLane lane) =>
        _lanes.GetOrAdd(lane, mine => new(PayloadsPerTransaction, async group =>
            [.. (await LandAsync(Lock(mine), group)).Select(row => row ?? throw new InvalidOperationException("A landing that waits for its lane has it."))]));

    /// <summary>
    /// Lands what finds its lane free. The rest queues for its lane here, before the next group begins: what arrived first
    /// lands first.
    /// </summary>
    private async Task<IReadOnlyList<Task<Ingestion>>> LandSharedAsync(IReadOnlyList<(LandingLane Lane, LandingWork Work)> group)
    {
        var free = group.Select(one => one.Lane).Distinct().Where(lane => !_lanes.TryGetValue(lane, out var queue) || queue.IsIdle).ToArray();
        var rows = free.Length == 0 ? new Ingestion?[group.Count] : await LandAsync(TryLock(free), group);
        return [.. group.Select((one, i) => rows[i] is { } row ? Task.FromResult(row) : QueueOf(one.Lane).RunAsync(one))];
    }

    /// <summary>Lands the payloads whose lanes the first command locks.</summary>
    /// <returns>The rows with their outcomes; null where the lane is taken.</returns>
    private async Task<IReadOnlyList<Ingestion?>> LandAsync(NpgsqlBatchCommand locking, IReadOnlyList<(LandingLane Lane, LandingWork Work)> group)
    {
        var signingKey = await _signingKeys.CurrentAsync(CancellationToken.None);
        await using var connection = await _database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var decision = new LandingDecision();
        var (locked, rows) = await LockAndLearnAsync(connection, locking, group, decision);
        var landed = group
            .Where(one => locked.Contains(one.Lane.LockKey) && rows.GetValueOrDefault(one.Work.Ingestion.Id) is null or { State: IngestionState.Landed })

            // Two may be at the same payload, the sweeper and the queue it waits in: the second would find the first's receipts.
            .DistinctBy(one => one.Work.Ingestion.Id)
            .Select(one => one.Work.Decide(decision))
            .Select(payload => payload.Reached is null ? payload with { Answer = signingKey.Sign(payload.Answer) } : payload)
            .ToList();
        await WriteAsync(connection, landed, rows);
        await transaction.CommitAsync();
        foreach (var payload in landed)
        {
            var outcome = payload.Reached is null;
            rows[payload.Ingestion.Id] = payload.Ingestion with { State = payload.Receipt.State, Answer = outcome ? payload.Answer : null };
            if (outcome)
            {
                Report(payload);
            }
        }

        return [.. group.Select(one => locked.Contains(one.Lane.LockKey) ? rows[one.Work.Ingestion.Id] : null)];
    }

    /// <summary>Takes the turn in the database and reads what has landed.</summary>
    /// <returns>The lanes it is the turn of, by their locks, and the rows of those payloads of the group that have one.</returns>
    private static async Task<(HashSet<long> Locked, Dictionary<Guid, Ingestion> Rows)> LockAndLearnAsync(
        NpgsqlConnection connection, NpgsqlBatchCommand locking, IReadOnlyList<(LandingLane Lane, LandingWork Work)> group, LandingDecision decision)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = TimeoutSeconds };
        batch.BatchCommands.Add(locking);
        batch.BatchCommands.Add(Command(
            $"SELECT {IngestionLedger.Columns} FROM gateway.ingestion WHERE id = ANY($1)", group.Select(one => one.Work.Ingestion.Id).ToArray()));
        AddEvents(batch, group);
        var near = CountStatements.AddNear(batch, [.. group.Select(one => (one.Lane.Tenant, one.Work.Conversion))]);
        AddTerminals(batch, group);
        await using var reader = await batch.ExecuteReaderAsync();
        var locked = new HashSet<long>();
        while (await reader.ReadAsync())
        {
            locked.Add(reader.GetInt64(0));
        }

        await reader.NextResultAsync();
        var rows = new Dictionary<Guid, Ingestion>();
        while (await reader.ReadAsync())
        {
            var row = IngestionLedger.Read(reader);
            rows.Add(row.Id, row);
        }

        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            decision.Know(
                Id128.FromGuid(reader.GetGuid(0)),
                new KnownVersion(Id128.FromGuid(reader.GetGuid(1)), reader.GetInt32(2), reader.GetInt64(3), reader.GetString(4), reader.GetFieldValue<DateOnly>(5), reader.GetBoolean(6)));
        }

        foreach (var learn in near)
        {
            await reader.NextResultAsync();
            await learn(reader, decision, CancellationToken.None);
        }

        while (await reader.NextResultAsync())
        {
            while (await reader.ReadAsync())
            {
                decision.Know(new PosAssignment(
                    reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3)));
            }
        }

        return (locked, rows);
    }

    private static NpgsqlBatchCommand Lock(LandingLane lane) => Command("SELECT $1 FROM pg_advisory_xact_lock($1)", lane.LockKey);

    private static NpgsqlBatchCommand TryLock(LandingLane[] lanes) => Command(
        "SELECT lane.key FROM unnest($1::bigint[]) AS lane(key) WHERE pg_try_advisory_xact_lock(lane.key)", lanes.Select(lane => lane.LockKey).ToArray());

    // One probe of the primary key an event, whatever the planner believes about the table: OFFSET 0 keeps it from joining otherwise.
    private static void AddEvents(NpgsqlBatch batch, IReadOnlyList<(LandingLane Lane, LandingWork Work)> group)
    {
        var events = group.SelectMany(one => one.Work.EventIds.Select(id => (one.Lane.Tenant, Id: id))).Distinct().ToArray();
        batch.BatchCommands.Add(Command(
            """
            SELECT known.* FROM unnest($1::text[], $2::uuid[]) AS asked(tenant, event_id)
            CROSS JOIN LATERAL (
              SELECT i.event_id, i.content_hash, i.revision, i.source_revision, i.store, i.business_date, i.withdrawn FROM gateway.identity AS i
              WHERE i.tenant = asked.tenant AND i.event_id = asked.event_id OFFSET 0) AS known
            """,
            Array.ConvertAll(events, one => one.Tenant),
            Array.ConvertAll(events, one => one.Id)));
    }

    // Only payloads of one lane bring registers: see LandingWork.MayShare.
    private static void AddTerminals(NpgsqlBatch batch, IReadOnlyList<(LandingLane Lane, LandingWork Work)> group)
    {
        var terminals = group.SelectMany(one => one.Work.Terminals).Distinct().ToArray();
        if (terminals.Length > 0)
        {
            batch.BatchCommands.Add(Command(
                "SELECT terminal, store, valid_from, valid_to FROM gateway.pos_assignment WHERE tenant = $1 AND vendor = $2 AND terminal = ANY($3)",
                group[0].Lane.Tenant,
                group[0].Lane.Vendor,
                terminals));
        }
    }

    private async Task WriteAsync(NpgsqlConnection connection, List<LandedPayload> landed, Dictionary<Guid, Ingestion> rows)
    {
        var now = _clock.GetUtcNow();
        await using var batch = new NpgsqlBatch(connection) { Timeout = TimeoutSeconds };
        LandingStatements.AddRows(batch, landed.FindAll(payload => !rows.ContainsKey(payload.Ingestion.Id)));
        LandingStatements.AddOutcomes(batch, landed.FindAll(payload => rows.ContainsKey(payload.Ingestion.Id) && payload.Reached is null));
        var moves = landed.Where(payload => payload.Part is { } part && (part.Before.Receipt is not null || !part.Last))
            .Select(payload => payload.Part!.Before.MoveOn(payload.Ingestion, payload.Reached)).ToList();
        moves.ForEach(batch.BatchCommands.Add);
        IdentityStatements.AddLanded(batch, landed, now);
        LandingStatements.AddWaiting(batch, landed, now);
        CountStatements.AddReadings(batch, [.. landed.SelectMany(payload => payload.Readings.Select(reading => (payload.Ingestion, reading)))]);
        _seen.AddSeen(batch, landed);
        LandingStatements.AddMessages(batch, landed);
        LedgerStatements.AddLandings(batch, landed);
        foreach (var payload in landed)
        {
            QuarantineStatements.AddHeld(batch, payload.Ingestion, payload.Held, now, payload.Part?.Before.Held ?? 0);
            QuarantineStatements.AddUnreadable(batch, payload.Ingestion, payload.Receipt.Unreadable, now);
            LandingStatements.AddAssignments(batch, payload.Ingestion, payload.Assignments);
            GenerationStatements.AddLanding(batch, payload, now);
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync();
        }

        if (moves.Exists(move => move.RecordsAffected != 1))
        {
            throw new DBConcurrencyException("Another process is converting the file, and is farther.");
        }
    }

    private void Report(LandedPayload payload)
    {
        var (ingestion, receipt) = (payload.Ingestion, payload.Receipt);
        if (receipt.Unreadable is { } reason)
        {
            Log.Unreadable(_logger, ingestion.Feed, ingestion.ReceiptId, reason.Code);
            return;
        }

        Log.Landed(_logger, ingestion.Feed, ingestion.ReceiptId, receipt.Accepted, receipt.Duplicate, receipt.Superseding, receipt.Quarantined);
        var decided = receipt.Accepted + receipt.Duplicate + receipt.Superseding + receipt.Quarantined;
        if (decided != receipt.RowsRead)
        {
            Log.Unbalanced(_logger, ingestion.Feed, ingestion.ReceiptId, receipt.RowsRead, decided);
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

/// <summary>Payloads whose events may meet, and the lock that orders the revisions of their event ids.</summary>
internal sealed record LandingLane(string Tenant, string Vendor, string IdentitySpace)
{
    /// <summary>
    /// The lane of a payload. The vendor of the profile is part of every event id; counts of one line may meet whoever sends them, as two of
    /// them may not overlap, so those of a tenant have one order.
    /// </summary>
    public static LandingLane Of(Ingestion ingestion, Profile profile) =>
        new(ingestion.Tenant, ingestion.Vendor, profile.Content == FeedContent.PeopleCounts ? "people_counts" : profile.Vendor);

    /// <summary>Key of the advisory lock.</summary>
    public long LockKey { get; } = unchecked((long)Id128.FromParts("landing", Tenant, IdentitySpace).Hi);
}
