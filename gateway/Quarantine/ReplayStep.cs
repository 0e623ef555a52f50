using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Iot;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Reconciliation;
using RetailInsight.Gateway.Resends;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>One payload of a running replay.</summary>
/// <param name="Replay">Number of the replay.</param>
/// <param name="Kind"><c>preview</c>, <c>replay</c>, <c>release</c> or <c>undo</c>.</param>
/// <param name="Undoes">The replay an undo takes back.</param>
/// <param name="Place">Place of the payload in the replay.</param>
/// <param name="Attempts">How many times it failed for a reason of ours.</param>
/// <param name="Ingestion">The payload, with the profile it is read by in this replay.</param>
internal sealed record ReplayTask(long Replay, string Kind, long? Undoes, int Place, int Attempts, Ingestion Ingestion);

/// <summary>
/// Takes replays forward one payload at a time, each in one transaction: what it lands, the items it closes, its own account
/// and its progress become visible together or not at all. Whoever dies between two payloads leaves the rest to the next.
/// </summary>
internal sealed class ReplayStep(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database,
    PayloadConversion conversion,
    ProfileCatalog profiles,
    FeedDirectory feeds,
    DeviceRegister devices,
    StoreMaster master,
    OutboxSignal outbox,
    TimeProvider clock,
    ILogger<ReplayStep> logger)
{
    private const int MostAttempts = 5;

    /// <summary>Does the next payload that is due of any replay nobody else is at; of the shortest replay first.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var replay in await ReplayQueries.DueAsync(database, clock.GetUtcNow(), cancellationToken))
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await ReplayQueries.TakeAsync(connection, replay, clock.GetUtcNow(), cancellationToken) is not { } task)
            {
                continue;
            }

            try
            {
                await WriteAsync(connection, await ReadByNewestAsync(task, cancellationToken), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                outbox.Set();
                master.Forget(task.Ingestion.Tenant, task.Ingestion.Vendor);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                await transaction.RollbackAsync(cancellationToken);
                await PostponeAsync(task, exception, cancellationToken);
            }

            return true;
        }

        return false;
    }

    // The feed's profile of today in its newest version; an undo reads nothing of the payload itself.
    private async Task<ReplayTask> ReadByNewestAsync(ReplayTask task, CancellationToken cancellationToken)
    {
        var feed = await feeds.FindAsync(task.Ingestion.Tenant, task.Ingestion.Feed, cancellationToken);

        // Totals declared through the API stand in the ledger of a feed of sales, which are read by another profile.
        var before = profiles.Find(task.Ingestion.Profile, task.Ingestion.ProfileVersion);
        var today = feed is null ? null : profiles.Find(feed.Profile);
        var profile = (before?.Content == FeedContent.DeclaredTotals && today?.Content != FeedContent.DeclaredTotals ? before : profiles.Find(feed?.Profile ?? task.Ingestion.Profile))
            ?? throw new InvalidOperationException($"There is no profile {feed?.Profile ?? task.Ingestion.Profile}.");

        // What a device sent is read by the version its group is read by.
        if (task.Ingestion.Device is { } id && await devices.FindAsync(task.Ingestion.Tenant, id, cancellationToken) is { ProfileVersion: { } version } device && device.Feed == task.Ingestion.Feed)
        {
            profile = profiles.Find(profile.Id, version) ?? profile;
        }

        return task with { Ingestion = task.Ingestion with { Profile = profile.Id, ProfileVersion = profile.Version } };
    }

    private async Task WriteAsync(NpgsqlConnection connection, ReplayTask task, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 300 };
        if (task.Kind == "withdrawal")
        {
            await WithdrawAsync(connection, batch, task, cancellationToken);
        }
        else if (task.Kind == "undo" && await Withdrawal.IsUndoneByAsync(connection, task, cancellationToken))
        {
            await ReturnAsync(connection, batch, task, cancellationToken);
        }
        else if (task.Kind == "undo")
        {
            await UndoAsync(connection, batch, task, cancellationToken);
        }
        else
        {
            await ReplayAsync(connection, batch, task, cancellationToken);
        }

        ReplayStatements.AddDone(batch, task, null, clock.GetUtcNow());
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task ReplayAsync(NpgsqlConnection connection, NpgsqlBatch batch, ReplayTask task, CancellationToken cancellationToken)
    {
        // Of a payload that could not be read at all every receipt is brought in: a large one part by part, all in this transaction.
        if (ReplayWork.Wanted(await ReplayQueries.ItemsAsync(connection, task, locked: false, cancellationToken)) is { } wanted)
        {
            var read = await conversion.ReconvertAsync(task.Ingestion, wanted, cancellationToken);
            await LockAsync(connection, task, cancellationToken);
            await AddAsync(connection, batch, task, read, await ReplayQueries.ItemsAsync(connection, task, locked: true, cancellationToken), default, cancellationToken);
            return;
        }

        IReadOnlyList<ReplayItem>? items = null;
        var before = (Chunks: 0, Held: 0);
        await foreach (var (read, isWhole) in conversion.ReconvertPartsAsync(task.Ingestion, cancellationToken))
        {
            if (items is null)
            {
                await LockAsync(connection, task, cancellationToken);
                items = await ReplayQueries.ItemsAsync(connection, task, locked: true, cancellationToken);
            }

            if (isWhole)
            {
                await AddAsync(connection, batch, task, read, items, before, cancellationToken);
                return;
            }

            await using var part = new NpgsqlBatch(connection) { Timeout = 300 };
            var (chunks, held) = await AddAsync(connection, part, task, read, items, before, cancellationToken);
            before = (before.Chunks + chunks, before.Held + held);
            if (part.BatchCommands.Count > 0)
            {
                await part.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    private async Task<(int Chunks, int Held)> AddAsync(
        NpgsqlConnection connection, NpgsqlBatch batch, ReplayTask task, Conversion read, IReadOnlyList<ReplayItem> items, (int Chunks, int Held) before, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var work = new ReplayWork(task.Ingestion, read, items);
        var decision = await ReplayQueries.LearnAsync(connection, task, work.EventIds, cancellationToken);
        await ReplayQueries.LearnNearAsync(connection, task, read, decision, cancellationToken);
        var messages = work.Decide(decision, task.Replay, before.Chunks);
        ReplayStatements.AddOutcomes(batch, task, work.Outcomes);
        ReplayStatements.AddEffects(batch, task, work.Effects);
        ReplayStatements.AddEvents(batch, task, work.Events);
        if (task.Kind != "preview")
        {
            IdentityStatements.Add(batch, [.. work.Identities.Select(identity => (task.Ingestion, identity, 0))], now);
            AddMessages(batch, task, messages);
            ReplayedReading.Add(batch, task, work.BroughtReadings);
            CountStatements.AddReadings(batch, [.. work.Readings.Select(reading => (task.Ingestion, reading))]);
            LedgerStatements.AddDeclarations(batch, [.. work.Declared.Select(one => (task.Ingestion, one.Totals, one.Revision))]);
            LedgerStatements.AddLines(batch, task.Replay, [.. work.Ledger.Lines.Select(line => (task.Ingestion, line.Key, line.Value))]);
            ReplayStatements.AddReleased(batch, task, [.. work.Outcomes.Where(one => one.Value is "recovered" or "duplicate" or "overtaken").Select(one => one.Key)], work.Places);
            ReplayStatements.AddStillHeld(batch, task, work.StillHeld, now);
            ReplayStatements.AddAssignments(batch, task, work.Assignments);
            QuarantineStatements.AddHeld(batch, task.Ingestion, work.NewlyHeld, now, before.Held);
            if (await feeds.FindAsync(task.Ingestion.Tenant, task.Ingestion.Feed, cancellationToken) is { Resend: ResendMode.Replace })
            {
                GenerationStatements.AddComparison(batch, task.Ingestion, work.Identities.Where(one => one.Receipt is not null).Select(one => (one.Candidate.Store, one.Candidate.BusinessDate)), now);
            }
        }

        return (messages.Count, work.NewlyHeld.Count);
    }

    // Receipts a later file no longer contains, confirmed by an operator: the events of the withdrawal are what an undo needs.
    private async Task WithdrawAsync(NpgsqlConnection connection, NpgsqlBatch batch, ReplayTask task, CancellationToken cancellationToken)
    {
        await LockAsync(connection, task, cancellationToken);
        var omitted = await Withdrawal.OmittedAsync(connection, task, cancellationToken);
        var withdrawal = new Withdrawal(task, omitted);
        var messages = withdrawal.Decide(await LearnAsync(connection, task, omitted.Select(one => one.Event), cancellationToken));
        AddMessages(batch, task, messages);
        ReplayStatements.AddWithdrawn(batch, task, [.. withdrawal.Events.Select(one => (one.Candidate, one.Revision))]);
        ReplayStatements.AddEvents(batch, task, withdrawal.Events);
        LedgerStatements.AddLines(batch, task.Replay, withdrawal.Lines);
        ReplayStatements.AddEffects(batch, task, withdrawal.Effects);
    }

    private async Task ReturnAsync(NpgsqlConnection connection, NpgsqlBatch batch, ReplayTask task, CancellationToken cancellationToken)
    {
        await LockAsync(connection, task, cancellationToken);
        var events = await ReplayQueries.EventsAsync(connection, task, cancellationToken);
        var decision = await LearnAsync(connection, task, events, cancellationToken);
        var returned = new WithdrawalUndo(task, events);
        var messages = returned.Decide(decision, await EarlierAsync(task, returned.Sources(decision), decision, cancellationToken));
        IdentityStatements.Add(batch, [.. returned.Restored.Select(one => (task.Ingestion with { Id = one.Source }, one.Identity, 0))], clock.GetUtcNow());
        AddMessages(batch, task, messages);
        WithdrawalUndo.AddKnownAgain(batch, task, returned.KnownAgain);
        WithdrawalUndo.AddReopened(batch, task);
        ReplayStatements.AddEffects(batch, task, returned.Effects);
    }

    private async Task UndoAsync(NpgsqlConnection connection, NpgsqlBatch batch, ReplayTask task, CancellationToken cancellationToken)
    {
        await LockAsync(connection, task, cancellationToken);
        var events = await ReplayQueries.EventsAsync(connection, task, cancellationToken);
        var stores = await master.GetAsync(task.Ingestion.Tenant, task.Ingestion.Vendor, DateTimeOffset.MinValue, cancellationToken);
        var readings = await ReplayedReading.ReadAsync(connection, task, stores.Stores.ToDictionary(store => store.Code, store => store.Calendar), cancellationToken);
        var decision = await ReplayQueries.LearnAsync(connection, task, IdsOf(events).Concat(readings.Select(one => one.Reading.EventId.ToGuid())), cancellationToken);
        await ReplayQueries.LearnNearAsync(connection, task, new Conversion { CounterReadings = [.. readings.Select(one => new Converted<CounterReading>(one.Reading, 1, Id128.None))] }, decision, cancellationToken);
        var undo = new ReplayUndo(task.Ingestion, events, readings);
        var messages = undo.Decide(decision, await EarlierAsync(task, ReplayUndo.Sources(events, decision), decision, cancellationToken), task.Replay);
        IdentityStatements.Add(batch, [.. undo.Restored.Select(one => (task.Ingestion with { Id = one.Source }, one.Identity, 0))], clock.GetUtcNow());
        AddMessages(batch, task, messages);
        ReplayStatements.AddWithdrawn(batch, task, undo.Withdrawn);
        ReplayedReading.AddPutBack(batch, task, undo.TakenBack, undo.Successors);
        LedgerStatements.AddWithdrawn(batch, task.Ingestion.Tenant, task.Undoes!.Value, task.Ingestion.Id);
        ReplayStatements.AddReopened(batch, task);
        LaterPayloads.AddReopened(batch, task, events);
        ReplayStatements.AddEffects(batch, task, undo.Effects);
    }

    private static Task<LandingDecision> LearnAsync(NpgsqlConnection connection, ReplayTask task, IEnumerable<ReplayEvent> events, CancellationToken cancellationToken) =>
        ReplayQueries.LearnAsync(connection, task, IdsOf(events), cancellationToken);

    private static IEnumerable<Guid> IdsOf(IEnumerable<ReplayEvent> events) =>
        events.SelectMany(one => new[] { one.Candidate.EventId, one.Candidate.OriginalEventId }).Where(id => !id.IsNone).Select(id => id.ToGuid());

    private static void AddMessages(NpgsqlBatch batch, ReplayTask task, IReadOnlyList<(Id128 Id, byte[] Message)> messages) =>
        LandingStatements.AddMessages(batch, [.. messages.Select(message => (task.Ingestion.Tenant, task.Ingestion.Feed, message.Id, message.Message))]);

    /// <summary>
    /// The records of payloads as they were landed: read again by the version they were read by, or any other of the profile,
    /// and taken only when they say exactly the same as then.
    /// </summary>
    private async Task<Dictionary<(Id128 Event, Id128 Content), EarlierRecord>> EarlierAsync(
        ReplayTask task, HashSet<Guid> payloads, LandingDecision decision, CancellationToken cancellationToken)
    {
        var records = new Dictionary<(Id128 Event, Id128 Content), EarlierRecord>();
        foreach (var ingestion in await ReplayQueries.IngestionsAsync(database, task.Ingestion.Tenant, payloads, cancellationToken))
        {
            var versions = profiles.All.Where(profile => profile.Id == ingestion.Profile).Select(profile => profile.Version).OrderByDescending(version => version == ingestion.ProfileVersion);
            foreach (var version in versions)
            {
                var read = await conversion.ReconvertAsync(ingestion with { ProfileVersion = version }, record => IsKnown(record.EventId), cancellationToken);
                foreach (var one in EarlierRecord.Of(read).Where(one => IsKnown(one.Candidate.EventId)))
                {
                    records.TryAdd((one.Candidate.EventId, one.Candidate.ContentHash), one);
                }
            }
        }

        return records;

        bool IsKnown(Id128 id) => decision.VersionsOf(id).Count > 0;
    }

    // The same lock as landing takes: revisions of one identity space have one order. A preview does not wait for it.
    private async Task LockAsync(NpgsqlConnection connection, ReplayTask task, CancellationToken cancellationToken)
    {
        if (task.Kind != "preview")
        {
            var profile = profiles.Find(task.Ingestion.Profile, task.Ingestion.ProfileVersion)!;
            await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { CommandTimeout = 300 };
            command.Parameters.Add(new() { Value = LandingLane.Of(task.Ingestion, profile).LockKey });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task PostponeAsync(ReplayTask task, Exception exception, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        Log.ReplayFailed(logger, exception, task.Replay, task.Ingestion.ReceiptId, task.Attempts + 1);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        if (task.Attempts + 1 >= MostAttempts)
        {
            ReplayStatements.AddDone(batch, task, exception.GetType().Name + ": " + StorableText.Of(exception.Message), now);
        }
        else
        {
            ReplayQueries.AddPostponed(batch, task, now.AddSeconds(1 << task.Attempts));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
