using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Iot;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Reconciliation;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>An item of a payload's quarantine.</summary>
/// <param name="Id">Number of the item.</param>
/// <param name="Ordinal">Its place in the payload; 0 when it is the whole payload.</param>
/// <param name="Row">1-based data row of its first reason.</param>
/// <param name="Rows">Source rows held.</param>
/// <param name="InScope">Whether the replay is about it.</param>
/// <param name="Open">Whether it is still held.</param>
/// <param name="EventId">What its receipt is; none where that cannot be told.</param>
/// <param name="Key">The business key as sent.</param>
internal readonly record struct ReplayItem(long Id, int Ordinal, int Row, int Rows, bool InScope, bool Open, Id128 EventId, string Key);

/// <summary>What a replay brings in: enough to take it back without reading the payload again.</summary>
internal sealed record ReplayEvent(
    Candidate Candidate, string Dataset, int Revision, string Source, string Number, DateTimeOffset OccurredAt, string Currency, SourceLocation At);

/// <summary>What becomes of one payload in a replay. Decides only; touches nothing.</summary>
internal sealed class ReplayWork
{
    private readonly Ingestion _ingestion;
    private readonly Conversion _conversion;
    private readonly IReadOnlyList<ReplayItem> _items;
    private readonly bool _whole;
    private readonly ILookup<int, ReplayItem> _itemsByRow;
    private readonly Dictionary<long, string> _outcomes = [];

    /// <param name="ingestion">The payload, with the profile it is read by now.</param>
    /// <param name="conversion">What is read from it now.</param>
    /// <param name="items">All its items.</param>
    public ReplayWork(Ingestion ingestion, Conversion conversion, IReadOnlyList<ReplayItem> items)
    {
        _ingestion = ingestion;
        _conversion = conversion;
        _items = items;
        _whole = items.Any(item => item is { Ordinal: 0, InScope: true, Open: true });
        _itemsByRow = items.ToLookup(item => item.Row);
    }

    /// <summary>Which receipts of a payload its items are about; null for all, where the payload could not be read at all.</summary>
    public static Func<Transaction, bool>? Wanted(IReadOnlyList<ReplayItem> items)
    {
        if (items.Any(item => item is { Ordinal: 0, InScope: true, Open: true }))
        {
            return null;
        }

        var rows = items.Select(item => item.Row).ToHashSet();
        return record => rows.Contains(record.Source.Row) || record.Lines.Any(line => rows.Contains(line.SourceRow));
    }

    /// <summary>The ids whose landed versions must be known to decide; some may repeat.</summary>
    public IEnumerable<Guid> EventIds => _conversion.Transactions.SelectMany(one => one.Record.OriginalEventId.IsNone
            ? [one.Record.EventId]
            : new[] { one.Record.EventId, one.Record.OriginalEventId })
        .Concat(_conversion.PeopleCounts.Select(one => one.Record.EventId)).Concat(_conversion.CounterReadings.Select(one => one.Record.EventId))
        .Concat(_conversion.VisitorEvents.Select(one => one.Record.EventId)).Concat(_conversion.DeclaredTotals.Select(one => one.Record.EventId)).Select(id => id.ToGuid());

    /// <summary>What became of each open item in the scope.</summary>
    public IReadOnlyDictionary<long, string> Outcomes => _outcomes;

    /// <summary>What it changes, summed.</summary>
    public EffectSums Effects { get; } = new();

    /// <summary>Versions to write.</summary>
    public List<NewIdentity> Identities { get; } = [];

    /// <summary>What is brought in.</summary>
    public List<ReplayEvent> Events { get; } = [];

    /// <summary>Readings of running counters to keep.</summary>
    public List<LandedReading> Readings { get; } = [];

    /// <summary>Those of them that are brought in.</summary>
    public List<CounterReading> BroughtReadings { get; } = [];

    /// <summary>The declared totals that are brought in, with their revisions.</summary>
    public List<(DeclaredTotals Totals, int Revision)> Declared { get; } = [];

    /// <summary>Rows of a payload that could not be read at all before, by store-day.</summary>
    public LedgerDraft Ledger { get; } = new();

    /// <summary>The store-days that items turned out to be of.</summary>
    public Dictionary<long, (string Store, DateOnly BusinessDate)> Places { get; } = [];

    /// <summary>Items that stay held, with what is wrong with them now.</summary>
    public List<(long Id, Held Held)> StillHeld { get; } = [];

    /// <summary>What is held of a payload that could not be read at all before: items to be.</summary>
    public IReadOnlyList<Held> NewlyHeld => _whole ? _conversion.Held : [];

    /// <summary>Register assignments to add where there is none of that register and day.</summary>
    public IReadOnlyList<PosAssignment> Assignments => _items.Any(item => item is { InScope: true, Open: true }) ? [.. _conversion.PosAssignments.Select(one => one.Record)] : [];

    /// <summary>Decides about everything in the payload that the items are about, in its order.</summary>
    /// <param name="decision">Knows what landed before, with the times of receipt; learns what lands now.</param>
    /// <param name="replay">Number of the replay.</param>
    /// <param name="chunksBefore">Messages of earlier parts of the payload.</param>
    /// <returns>The messages.</returns>
    public IReadOnlyList<(Id128 Id, byte[] Message)> Decide(LandingDecision decision, long replay, int chunksBefore = 0)
    {
        var chunks = new BatchChunks(_ingestion, replay, chunksBefore);
        foreach (var converted in _conversion.Transactions)
        {
            var record = converted.Record;
            var rows = record.Lines.Select(line => line.SourceRow).Append(record.Source.Row);
            var money = record.Kind is TransactionKind.Sale or TransactionKind.Return ? (record.Net, record.TaxTotal, record.Gross) : default;
            Decide(LandingWork.Of(converted), ItemsAt(rows, record.EventId), converted.Rows, record, money, decision, (candidate, revision) =>
            {
                Events.Add(new ReplayEvent(candidate, "transaction", revision, record.Terminal, record.ReceiptNumber, record.OccurredAt, record.Currency, record.Source));
                return chunks.Add(record, candidate.ContentHash, revision, decision.AlsoTouched(candidate));
            });
        }

        foreach (var converted in _conversion.PeopleCounts)
        {
            var items = ItemsAt([converted.Record.Source.Row], converted.Record.EventId);
            if (IsAbout(items) && decision.Overlap(_ingestion.Tenant, converted) is { } overlapping)
            {
                Keep(overlapping);
                continue;
            }

            Decide(LandingWork.Of(converted), items, converted.Rows, null, default, decision, Adding(converted.Record, chunks, decision), CountedInterval.Of(_ingestion.Tenant, converted.Record));
        }

        foreach (var converted in _conversion.CounterReadings)
        {
            Decide(converted, chunks, decision);
        }

        foreach (var converted in _conversion.VisitorEvents)
        {
            var record = converted.Record;
            Decide(LandingWork.Of(converted), ItemsAt([record.Source.Row], record.EventId), converted.Rows, null, default, decision, (candidate, revision) =>
            {
                Events.Add(new ReplayEvent(candidate, "visitor_event", revision, record.Device, record.Line, record.At, "", record.Source));
                return chunks.Add(record, candidate.ContentHash, revision, decision.AlsoTouched(candidate));
            });
        }

        foreach (var converted in _conversion.DeclaredTotals)
        {
            var record = converted.Record;
            Decide(LandingWork.Of(converted), ItemsAt([record.Source.Row], record.EventId), converted.Rows, null, default, decision, (candidate, revision) =>
            {
                Events.Add(new ReplayEvent(candidate, "declared_totals", revision, record.Terminal, record.ReportNumber, _ingestion.ReceivedAt, record.Currency, record.Source));
                Declared.Add((record, revision));
                return Id128.None;
            });
        }

        foreach (var held in _conversion.Held)
        {
            Keep(held);
        }

        Settle();
        return chunks.Close();
    }

    // Nothing is known anew of readings the replay is not about: they have landed, or are held for another reason.
    private void Decide(Converted<CounterReading> converted, BatchChunks chunks, LandingDecision decision)
    {
        var reading = converted.Record;
        var items = ItemsAt([reading.Source.Row], reading.EventId);
        if (!IsAbout(items))
        {
            return;
        }

        var change = decision.Counters.Land(_ingestion.Tenant, reading, decision.Counts, again: true);
        Readings.AddRange(change.Landed);
        if (change.Brought is not null)
        {
            BroughtReadings.Add(reading);
        }

        // When a payload came says nothing here: what is counted follows from all readings, whichever came last.
        foreach (var count in change.Counts)
        {
            var verdict = LandingWork.Follow(count, decision, Adding(count, chunks, decision, "running_count"), Identities);
            if (verdict != Verdict.Duplicate)
            {
                var rows = count.EventId == reading.EventId ? converted.Rows : 0;
                Effects.Add(verdict == Verdict.Superseding ? "superseding" : "recovered", count.Store, count.BusinessDate, null, null, null, rows, default);
            }
        }

        if (change.Held is { } fell)
        {
            Keep(fell);
            return;
        }

        // The first reading of a device gives no count, and is known to the next.
        var date = reading.Calendar.BusinessDateOf(reading.At);
        foreach (var item in items.Where(item => item is { InScope: true, Open: true } && _outcomes.TryAdd(item.Id, "recovered")))
        {
            Places.TryAdd(item.Id, (reading.Store, date));
        }
    }

    private bool IsAbout(List<ReplayItem> items) => _whole || items.Exists(item => item is { InScope: true, Open: true });

    private Func<Candidate, int, Id128> Adding(PeopleCount record, BatchChunks chunks, LandingDecision decision, string dataset = "people_count") => (candidate, revision) =>
    {
        Events.Add(new ReplayEvent(candidate, dataset, revision, record.Device, record.Line, record.From, "", record.Source));
        return chunks.Add(record, candidate.ContentHash, revision, decision.AlsoTouched(candidate));
    };

    private void Decide(
        Candidate candidate,
        List<ReplayItem> items,
        int rows,
        Transaction? receipt,
        (long Net, long Tax, long Gross) money,
        LandingDecision decision,
        Func<Candidate, int, Id128> add,
        CountedInterval? interval = null)
    {
        var currency = receipt?.Currency;
        if (!IsAbout(items))
        {
            Compare(candidate, items, rows, currency, money, decision);
            return;
        }

        var overtaken = decision.VersionsOf(candidate.EventId).Any(version =>
            !version.Withdrawn && version.ContentHash != candidate.ContentHash && version.SourceRevision == candidate.SourceRevision && version.ReceivedAt > _ingestion.ReceivedAt);
        var revision = 0;
        var verdict = overtaken ? Verdict.Duplicate : decision.Decide(candidate, out revision);
        var outcome = overtaken || verdict == Verdict.Outdated ? "overtaken" : verdict == Verdict.Duplicate ? "duplicate" : "recovered";
        if (verdict == Verdict.Outdated)
        {
            Identities.Add(new NewIdentity(candidate, revision, Id128.None, decision.Returns(candidate), receipt));
        }
        else if (verdict != Verdict.Duplicate)
        {
            Identities.Add(new NewIdentity(candidate, revision, add(candidate, revision), decision.Returns(candidate), receipt, interval));
            if (interval is { } counted)
            {
                decision.Intervals.Know(counted, candidate.EventId, revision);
            }
        }

        var comesIn = verdict is Verdict.Accepted or Verdict.Superseding;
        if (_whole)
        {
            Ledger.AddReleased(candidate.Store, candidate.BusinessDate, rows, comesIn && receipt?.Kind is (TransactionKind.Sale or TransactionKind.Return) ? receipt : null);
        }

        foreach (var item in items.Where(item => _outcomes.TryAdd(item.Id, outcome)))
        {
            Places.TryAdd(item.Id, (candidate.Store, candidate.BusinessDate));
        }

        Effects.Add(verdict == Verdict.Superseding ? "superseding" : outcome, candidate.Store, candidate.BusinessDate, currency, null, null, rows, money);
    }

    // What the replay is not about must read as it did; where it does not, the preview says so and nothing is done about it.
    private void Compare(Candidate candidate, List<ReplayItem> items, int rows, string? currency, (long Net, long Tax, long Gross) money, LandingDecision decision)
    {
        if (items.Count == 0 && !decision.VersionsOf(candidate.EventId).Any(version => version.ContentHash == candidate.ContentHash))
        {
            Effects.Add("changed_elsewhere", candidate.Store, candidate.BusinessDate, currency, null, null, rows, money);
        }
    }

    private void Keep(Held held)
    {
        var items = ItemsAt(held.SourceRows, held.EventId, held.Key).FindAll(item => item is { InScope: true, Open: true });
        foreach (var item in items)
        {
            _outcomes[item.Id] = "held";
            StillHeld.Add((item.Id, held));
        }

        if (_whole || items.Count > 0)
        {
            var first = held.Rejections[0];
            Effects.Add("held", held.Store, held.BusinessDate, held.Currency, first.Reason.Code(), first.Field, held.Rows, (0, 0, held.MoneyAtRisk ?? 0));
        }
        else if (ItemsAt(held.SourceRows, held.EventId, held.Key).Count == 0)
        {
            Effects.Add("changed_elsewhere", held.Store, held.BusinessDate, held.Currency, held.Rejections[0].Reason.Code(), held.Rejections[0].Field, held.Rows, default);
        }
    }

    private void Settle()
    {
        foreach (var item in _items.Where(item => item.InScope))
        {
            if (!item.Open)
            {
                _outcomes[item.Id] = "already_released";
            }
            else if (_conversion.Unreadable is { } rejection)
            {
                _outcomes[item.Id] = "held";
                StillHeld.Add((item.Id, new Held([rejection], item.Rows, _ingestion.FileName ?? "", null, null, null, null, [])));
                Effects.Add("held", null, null, null, rejection.Reason.Code(), rejection.Field, item.Rows, default);
            }
            else if (item.Ordinal == 0 || _conversion.PosAssignments.Count > 0)
            {
                _outcomes.TryAdd(item.Id, "recovered");
            }
            else if (_outcomes.TryAdd(item.Id, "not_read"))
            {
                Effects.Add("not_read", null, null, null, null, null, item.Rows, default);
            }
        }
    }

    // Several receipts may begin at one row, in a document that is one row: then what they are tells them apart.
    private List<ReplayItem> ItemsAt(IEnumerable<int> rows, Id128 eventId, string? key = null)
    {
        var found = new List<ReplayItem>(1);
        foreach (var row in rows)
        {
            foreach (var item in _itemsByRow[row])
            {
                if (!found.Exists(known => known.Id == item.Id))
                {
                    found.Add(item);
                }
            }
        }

        return found.GroupBy(item => item.Row).SelectMany(items => items.Count() == 1 ? [.. items] : Same([.. items], eventId, key)).ToList();
    }

    private static List<ReplayItem> Same(List<ReplayItem> items, Id128 eventId, string? key)
    {
        var same = items.FindAll(item => !eventId.IsNone && item.EventId == eventId);
        return same.Count > 0 ? same : items.FindAll(item => key is null ? item.EventId.IsNone : item.Key == key);
    }
}
