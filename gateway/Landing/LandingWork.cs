using System.Collections.ObjectModel;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;
using RetailInsight.Gateway.Iot;
using RetailInsight.Gateway.Masters;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Gateway.Resends;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Landing;

/// <summary>An identity to write.</summary>
/// <param name="Candidate">The version.</param>
/// <param name="Revision">Its number.</param>
/// <param name="BatchId">The batch that introduces it; none when it is outdated and travels in none.</param>
/// <param name="Returns">Whether it was withdrawn before.</param>
/// <param name="Receipt">What it says, where it is a receipt that was read from a payload.</param>
/// <param name="Interval">What it counts, where it is the count of an interval.</param>
internal readonly record struct NewIdentity(Candidate Candidate, int Revision, Id128 BatchId, bool Returns, Transaction? Receipt = null, CountedInterval? Interval = null);

/// <summary>What landing one payload writes.</summary>
internal sealed record LandedPayload(
    Ingestion Ingestion,
    Receipt Receipt,
    string Answer,
    IReadOnlyList<NewIdentity> Identities,
    IReadOnlyCollection<PosAssignment> Assignments,
    IReadOnlyList<Held> Held,
    IReadOnlyList<(Id128 Id, byte[] Message)> Messages,
    IReadOnlyList<Transaction> Waiting)
{
    /// <summary>Set where the payload is a large file and this is a part of it.</summary>
    public FilePart? Part { get; init; }

    /// <summary>What it contains; only of a feed that replaces.</summary>
    public GenerationDraft? Generation { get; init; }

    /// <summary>Readings of running counters to keep.</summary>
    public IReadOnlyList<LandedReading> Readings { get; init; } = [];

    /// <summary>The devices it is from, with the firmware they named; empty where they named none.</summary>
    public IReadOnlyDictionary<string, string> Devices { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>How far a large file has landed with this part; null with the last.</summary>
    public PartialLanding? Reached => Part is { Last: false } part
        ? new(part.End, part.Before.Chunks + Messages.Count, part.Before.Held + Held.Count, Receipt)
        : null;
}

/// <summary>
/// One converted payload on its way to its outcome. Hashing is done before the landing lock is taken, deciding under it
/// touches no database.
/// </summary>
internal sealed class LandingWork
{
    private readonly Conversion _conversion;
    private readonly Candidate[] _transactions;
    private readonly Candidate[] _counts;
    private readonly Candidate[] _visitors;
    private readonly Converted<PosAssignment>[] _assignments;
    private readonly Candidate[] _declared;

    private readonly FilePart? _part;

    /// <param name="ingestion">The payload.</param>
    /// <param name="conversion">What was read from it, or from a part of it.</param>
    /// <param name="part">The part; null where it is the whole.</param>
    public LandingWork(Ingestion ingestion, Conversion conversion, FilePart? part = null)
    {
        Ingestion = ingestion;
        _part = part;
        _conversion = conversion;
        _transactions = [.. conversion.Transactions.Select(Of)];
        _counts = [.. conversion.PeopleCounts.Select(Of)];
        _visitors = [.. conversion.VisitorEvents.Select(Of)];
        _assignments = [.. conversion.PosAssignments.Select(converted => converted with
        {
            Record = converted.Record with { Terminal = StorableText.Of(converted.Record.Terminal), Store = StorableText.Of(converted.Record.Store) },
        })];
        _declared = [.. conversion.DeclaredTotals.Select(Of)];
    }

    /// <summary>The payload.</summary>
    public Ingestion Ingestion { get; }

    /// <summary>Set where the feed replaces: what the payload contains is noted in it.</summary>
    public GenerationDraft? Generation { get; init; }

    /// <summary>How far a large file has landed with this part, once it was decided; null with the last.</summary>
    public PartialLanding? Reached { get; private set; }

    /// <summary>
    /// Whether it may land in one transaction with payloads of other lanes. A large one would hold them up; register
    /// masters are decided by lane.
    /// </summary>
    public bool MayShare => Ingestion.Raw.Length <= ILake.SegmentPayloadLimit && _assignments.Length == 0;

    /// <summary>What was read from it.</summary>
    public Conversion Conversion => _conversion;

    /// <summary>The ids whose landed versions must be known to decide; some may repeat.</summary>
    public IEnumerable<Guid> EventIds => _transactions.Concat(_counts).Concat(_visitors).Concat(_declared)
        .SelectMany(candidate => candidate.OriginalEventId.IsNone ? [candidate.EventId] : new[] { candidate.EventId, candidate.OriginalEventId })
        .Concat(_conversion.CounterReadings.Select(reading => reading.Record.EventId))
        .Select(id => id.ToGuid());

    /// <summary>The registers whose landed assignments must be known to decide; some may repeat.</summary>
    public IEnumerable<string> Terminals => _assignments.Select(assignment => assignment.Record.Terminal);

    /// <summary>Decides about everything in the payload, in its order.</summary>
    /// <param name="decision">Knows what landed before; learns what lands now.</param>
    public LandedPayload Decide(LandingDecision decision)
    {
        if (_conversion.Unreadable is { } rejection)
        {
            var refused = ReceiptDraft.Unreadable(Ingestion, rejection);
            return new LandedPayload(Ingestion, refused, ReceiptDraft.Json(refused), [], [], [], [], []) { Part = _part };
        }

        var draft = new ReceiptDraft(Ingestion, _part?.Before.Receipt);
        var chunks = new BatchChunks(Ingestion, first: _part?.Before.Chunks ?? 0);
        var identities = new List<NewIdentity>();
        var waiting = new List<Transaction>();
        var held = new List<Held>(_conversion.Held);
        for (var i = 0; i < _transactions.Length; i++)
        {
            var converted = _conversion.Transactions[i];
            var candidate = _transactions[i];
            var verdict = decision.Decide(candidate, out var revision);
            if (verdict != Verdict.Duplicate)
            {
                var batch = verdict == Verdict.Outdated ? Id128.None : chunks.Add(converted.Record, candidate.ContentHash, revision, decision.AlsoTouched(candidate));
                identities.Add(new NewIdentity(candidate, revision, batch, decision.Returns(candidate), converted.Record));
                if (!candidate.OriginalEventId.IsNone && decision.VersionsOf(candidate.OriginalEventId).Count == 0)
                {
                    waiting.Add(converted.Record);
                }
            }

            draft.Add(converted, verdict);
            Generation?.Add(converted, verdict);
        }

        for (var i = 0; i < _counts.Length; i++)
        {
            var converted = _conversion.PeopleCounts[i];
            if (decision.Overlap(Ingestion.Tenant, converted) is { } overlapping)
            {
                held.Add(overlapping);
                continue;
            }

            draft.Add(converted, Land(converted.Record, _counts[i], CountedInterval.Of(Ingestion.Tenant, converted.Record), decision, chunks, identities));
        }

        var readings = new List<LandedReading>();
        foreach (var reading in _conversion.CounterReadings)
        {
            var change = decision.Counters.Land(Ingestion.Tenant, reading.Record, decision.Counts);
            foreach (var count in change.Counts)
            {
                Follow(count, decision, (candidate, revision) => chunks.Add(count, candidate.ContentHash, revision, decision.AlsoTouched(candidate)), identities);
            }

            readings.AddRange(change.Landed);
            if (change.Held is { } fell)
            {
                held.Add(fell);
            }
            else
            {
                draft.Add(reading, change.Verdict);
            }
        }

        for (var i = 0; i < _visitors.Length; i++)
        {
            var converted = _conversion.VisitorEvents[i];
            var candidate = _visitors[i];
            var verdict = decision.Decide(candidate, out var revision);
            if (verdict != Verdict.Duplicate)
            {
                var batch = chunks.Add(converted.Record, candidate.ContentHash, revision, decision.AlsoTouched(candidate));
                identities.Add(new NewIdentity(candidate, revision, batch, decision.Returns(candidate)));
            }

            draft.Add(converted, verdict);
        }

        for (var i = 0; i < _declared.Length; i++)
        {
            var verdict = decision.Decide(_declared[i], out var revision);
            if (verdict != Verdict.Duplicate)
            {
                identities.Add(new NewIdentity(_declared[i], revision, Id128.None, decision.Returns(_declared[i])));
            }

            draft.Add(_conversion.DeclaredTotals[i], verdict, revision);
        }

        // A later row about the same register and day has the last word, and one statement may write a row once only.
        var assignments = new Dictionary<(string Terminal, DateOnly ValidFrom), PosAssignment>();
        foreach (var converted in _assignments)
        {
            draft.Add(MasterChange.Of(converted.Record, decision.AssignmentsOf(converted.Record.Terminal)));
            var verdict = decision.Decide(converted.Record);
            if (verdict != Verdict.Duplicate)
            {
                assignments[(converted.Record.Terminal, converted.Record.ValidFrom)] = converted.Record;
            }

            draft.Add(converted, verdict);
        }

        foreach (var one in held)
        {
            draft.Add(one);
            Generation?.Add(one);
        }

        var receipt = draft.Converted(_conversion.RowsRead, _conversion.Findings);
        receipt = _part is { Last: false } ? receipt with { State = IngestionState.Landed } : receipt;
        var payload = new LandedPayload(Ingestion, receipt, ReceiptDraft.Json(receipt), identities, assignments.Values, held, chunks.Close(), waiting)
        {
            Part = _part,
            Generation = Generation,
            Readings = readings,
            Devices = Devices(),
        };
        Reached = payload.Reached;
        return payload;
    }

    /// <summary>Decides about a count that follows from readings and adds what it changes.</summary>
    /// <param name="count">The count.</param>
    /// <param name="decision">Knows what landed before; learns it.</param>
    /// <param name="add">Puts a version with its revision into a message.</param>
    /// <param name="identities">Takes the version.</param>
    public static Verdict Follow(PeopleCount count, LandingDecision decision, Func<Candidate, int, Id128> add, List<NewIdentity> identities)
    {
        var candidate = Of(new Converted<PeopleCount>(count, 1, ContentHash.Of(count)));
        var verdict = decision.Follow(candidate, out var revision, out var returns);
        if (verdict != Verdict.Duplicate)
        {
            identities.Add(new NewIdentity(candidate, revision, add(candidate, revision), returns));
        }

        return verdict;
    }

    private static Verdict Land(PeopleCount count, in Candidate candidate, CountedInterval? interval, LandingDecision decision, BatchChunks chunks, List<NewIdentity> identities)
    {
        var verdict = decision.Decide(candidate, out var revision);
        if (verdict != Verdict.Duplicate)
        {
            var batch = chunks.Add(count, candidate.ContentHash, revision, decision.AlsoTouched(candidate));
            identities.Add(new NewIdentity(candidate, revision, batch, decision.Returns(candidate), Interval: interval));
            if (interval is { } counted)
            {
                decision.Intervals.Know(counted, candidate.EventId, revision);
            }
        }

        return verdict;
    }

    private Dictionary<string, string> Devices()
    {
        var devices = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (device, firmware) in _conversion.PeopleCounts.Select(count => (count.Record.Device, count.Record.Firmware))
            .Concat(_conversion.CounterReadings.Select(reading => (reading.Record.Device, reading.Record.Firmware)))
            .Concat(_conversion.VisitorEvents.Select(visitor => (visitor.Record.Device, visitor.Record.Firmware))))
        {
            if (firmware.Length > 0 || !devices.ContainsKey(device))
            {
                devices[device] = firmware;
            }
        }

        if (Ingestion.Device is { } sender)
        {
            devices.TryAdd(sender, "");
        }

        return devices;
    }

    /// <summary>A receipt as landing decides about it.</summary>
    public static Candidate Of(Converted<Transaction> converted)
    {
        var record = converted.Record;
        return new(record.EventId, converted.ContentHash, record.SourceRevision, record.OriginalEventId, record.Store, record.BusinessDate);
    }

    /// <summary>A count as landing decides about it.</summary>
    public static Candidate Of(Converted<PeopleCount> converted)
    {
        var record = converted.Record;
        return new(record.EventId, converted.ContentHash, 0, Id128.None, record.Store, record.BusinessDate);
    }

    /// <summary>What a single person did as landing decides about it.</summary>
    public static Candidate Of(Converted<VisitorEvent> converted)
    {
        var record = converted.Record;
        return new(record.EventId, converted.ContentHash, 0, Id128.None, record.Store, record.BusinessDate);
    }

    /// <summary>Declared day totals as landing decides about them; they travel in no batch.</summary>
    public static Candidate Of(Converted<DeclaredTotals> converted)
    {
        var record = converted.Record;
        return new(record.EventId, converted.ContentHash, record.SourceRevision, Id128.None, record.Store, record.BusinessDate);
    }
}
