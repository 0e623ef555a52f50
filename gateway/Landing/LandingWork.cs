using RetailInsight.Core.Canon;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Landing;

/// <summary>
/// Decides about everything in one payload, in its order: what the answer says, what becomes an identity, what goes to
/// the bus. Touches no database, so that the lock of the landing transaction is held for this and two round trips only.
/// </summary>
internal sealed class LandingWork
{
    private readonly Conversion _conversion;
    private readonly ReceiptDraft _draft;
    private readonly BatchChunks _chunks;
    private readonly LandingDecision _decision = new();
    private readonly Dictionary<(string Terminal, DateOnly ValidFrom), PosAssignment> _registers = [];
    private readonly Candidate[] _transactions;
    private readonly Candidate[] _counts;

    public LandingWork(Ingestion ingestion, Conversion conversion)
    {
        _conversion = conversion;
        _draft = new ReceiptDraft(ingestion);
        _chunks = new BatchChunks(ingestion);
        _transactions = [.. conversion.Transactions.Select(converted => Of(converted.Record))];
        _counts = [.. conversion.PeopleCounts.Select(converted => Of(converted.Record))];
        Assignments = [.. conversion.PosAssignments.Select(converted => converted with
        {
            Record = converted.Record with { Terminal = StorableText.Of(converted.Record.Terminal), Store = StorableText.Of(converted.Record.Store) },
        })];
    }

    /// <summary>The ids whose landed versions must be known before <see cref="Decide()"/>.</summary>
    public Guid[] EventIds =>
    [
        .. _transactions.Concat(_counts)
            .SelectMany(candidate => candidate.OriginalEventId.IsNone ? [candidate.EventId] : new[] { candidate.EventId, candidate.OriginalEventId })
            .Distinct()
            .Select(id => id.ToGuid()),
    ];

    /// <summary>The register assignments of the payload, as they can be stored.</summary>
    public IReadOnlyList<Converted<PosAssignment>> Assignments { get; }

    /// <summary>Identities to write, after <see cref="Decide()"/>.</summary>
    public List<(Candidate Candidate, int Revision, Id128 BatchId)> NewIdentities { get; } = [];

    /// <summary>Assignments to write, after <see cref="Decide()"/>.</summary>
    public Dictionary<(string Terminal, DateOnly ValidFrom), PosAssignment> NewAssignments { get; } = [];

    /// <summary>A version of an event that landed before.</summary>
    public void Know(Id128 eventId, KnownVersion version) => _decision.Know(eventId, version);

    /// <summary>An assignment that landed before.</summary>
    public void Know(PosAssignment assignment) => _registers[(assignment.Terminal, assignment.ValidFrom)] = assignment;

    /// <summary>Decides, and gives the receipt.</summary>
    public Receipt Decide()
    {
        for (var i = 0; i < _transactions.Length; i++)
        {
            var converted = _conversion.Transactions[i];
            var candidate = _transactions[i];
            var verdict = _decision.Decide(candidate, out var revision);
            if (verdict != Verdict.Duplicate)
            {
                var batch = _chunks.Add(converted.Record, candidate.ContentHash, revision, _decision.AlsoTouched(candidate));
                NewIdentities.Add((candidate, revision, batch));
            }

            _draft.Add(converted, verdict);
        }

        for (var i = 0; i < _counts.Length; i++)
        {
            var converted = _conversion.PeopleCounts[i];
            var candidate = _counts[i];
            var verdict = _decision.Decide(candidate, out var revision);
            if (verdict != Verdict.Duplicate)
            {
                var batch = _chunks.Add(converted.Record, candidate.ContentHash, revision, _decision.AlsoTouched(candidate));
                NewIdentities.Add((candidate, revision, batch));
            }

            _draft.Add(converted, verdict);
        }

        foreach (var converted in Assignments)
        {
            _draft.Add(converted, Decide(converted.Record));
        }

        foreach (var held in _conversion.Held)
        {
            _draft.Add(held);
        }

        return _draft.Converted(_conversion.RowsRead);
    }

    /// <summary>The messages for the bus, after <see cref="Decide()"/>.</summary>
    public IReadOnlyList<(Id128 Id, byte[] Message)> Messages() => _chunks.Close();

    private Verdict Decide(PosAssignment assignment)
    {
        var key = (assignment.Terminal, assignment.ValidFrom);
        var known = _registers.GetValueOrDefault(key);
        if (known == assignment)
        {
            return Verdict.Duplicate;
        }

        _registers[key] = assignment;
        NewAssignments[key] = assignment;
        return known is null ? Verdict.Accepted : Verdict.Superseding;
    }

    private static Candidate Of(Transaction record) =>
        new(record.EventId, ContentHash.Of(record), record.OriginalEventId, record.Store, record.BusinessDate);

    private static Candidate Of(PeopleCount record) =>
        new(record.EventId, ContentHash.Of(record), Id128.None, record.Store, record.BusinessDate);
}
