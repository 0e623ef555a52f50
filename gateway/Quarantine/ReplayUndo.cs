using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Iot;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>
/// Takes back what a replay brought in of one payload. What was new is withdrawn by a further revision; where it had taken
/// the place of another version, that one is said again. What has been corrected since is left as it is. Readings of running counters
/// give their places back, and what follows from them is counted anew.
/// </summary>
internal sealed class ReplayUndo(Ingestion ingestion, IReadOnlyList<ReplayEvent> events, IReadOnlyList<ReplayedReading> readings)
{
    /// <summary>Versions said again, with the payload each came in: revision and batch change.</summary>
    public List<(Guid Source, NewIdentity Identity)> Restored { get; } = [];

    /// <summary>Versions taken back, with the newest revision of their event.</summary>
    public List<(Candidate Candidate, int Revision)> Withdrawn { get; } = [];

    /// <summary>Readings that are no more, or are again what stood in their places.</summary>
    public List<ReplayedReading> TakenBack { get; } = [];

    /// <summary>Readings after them that are held now, or no more.</summary>
    public List<LandedReading> Successors { get; } = [];

    /// <summary>What it changes, summed.</summary>
    public EffectSums Effects { get; } = new();

    /// <summary>The payloads that earlier versions came in, which have to be said again.</summary>
    public static HashSet<Guid> Sources(IEnumerable<ReplayEvent> events, LandingDecision decision) =>
        [.. events.Where(one => !Follows(one) && IsCurrent(one, decision)).Select(one => Earlier(one, decision)?.IngestionId).OfType<Guid>()];

    /// <summary>Decides about every event of the payload.</summary>
    /// <param name="decision">Knows what landed before, with the payloads.</param>
    /// <param name="earlier">Records of the payloads that earlier versions came in, by event and content.</param>
    /// <param name="replay">Number of the undo.</param>
    /// <returns>The messages.</returns>
    public IReadOnlyList<(Id128 Id, byte[] Message)> Decide(LandingDecision decision, IReadOnlyDictionary<(Id128 Event, Id128 Content), EarlierRecord> earlier, long replay)
    {
        var chunks = new BatchChunks(ingestion, replay);
        foreach (var one in events.Where(one => !Follows(one)))
        {
            var candidate = one.Candidate;
            var newest = decision.Newest(candidate.EventId)?.Revision ?? 0;
            if (!IsCurrent(one, decision))
            {
                Withdrawn.Add((candidate, one.Revision));
                Effects.Add("kept", candidate.Store, candidate.BusinessDate, Currency(one), null, null, 0, default);
            }
            else if (Earlier(one, decision) is { IngestionId: not null } version && earlier.TryGetValue((candidate.EventId, version.ContentHash), out var again))
            {
                Restored.Add((version.IngestionId!.Value, again.SayAgain(chunks, newest + 1, decision)));
                Withdrawn.Add((candidate, one.Revision));
                Effects.Add("restored", again.Candidate.Store, again.Candidate.BusinessDate, again.Currency, null, null, 0, again.Money);
            }
            else
            {
                Withdraw(chunks, one, newest + 1, decision);
                Withdrawn.Add((candidate, newest + 1));
                Effects.Add("withdrawn", candidate.Store, candidate.BusinessDate, Currency(one), null, null, 0, default);
            }
        }

        TakeBack(chunks, decision);
        return chunks.Close();
    }

    private void TakeBack(BatchChunks chunks, LandingDecision decision)
    {
        foreach (var one in readings)
        {
            var reading = one.Reading;
            var stands = decision.Counters.At(LandedReading.SeriesOf(ingestion.Tenant, reading), CountedInterval.Microseconds(reading.At));
            if (stands is not null && (stands.Point.Entered, stands.Point.Left, stands.Point.Boot, stands.Point.Sequence) == (reading.Entered, reading.Left, reading.Boot, reading.Sequence))
            {
                TakenBack.Add(one);
            }
            else
            {
                Effects.Add("kept", reading.Store, reading.Calendar.BusinessDateOf(reading.At), null, null, null, 0, default);
            }
        }

        var brought = events.Where(Follows).Select(one => (one.Candidate.EventId, one.Candidate.ContentHash)).ToHashSet();
        bool Counted(Id128 id) => decision.VersionsOf(id).Any(version => !version.Withdrawn && !brought.Contains((id, version.ContentHash)));
        var (successors, recounted) = decision.Counters.TakeBack(ingestion.Tenant, [.. TakenBack.Select(one => (one.Reading, one.Before))], Counted);
        Successors.AddRange(successors);
        foreach (var (id, cause, now) in recounted)
        {
            if (now is not null)
            {
                var again = new List<NewIdentity>(1);
                LandingWork.Follow(now, decision, (candidate, revision) => chunks.Add(now, candidate.ContentHash, revision, decision.AlsoTouched(candidate)), again);
                Restored.AddRange(again.Select(identity => (ingestion.Id, identity)));
                Count("restored", again.Count > 0, cause.Store, now.BusinessDate);
            }
            else if (decision.Newest(id) is { Withdrawn: false } newest)
            {
                chunks.Add(Withdrawal(id, newest, cause), newest.ContentHash, newest.Revision + 1, []);
                Withdrawn.AddRange(decision.VersionsOf(id).Where(version => !version.Withdrawn)
                    .Select(version => (new Candidate(id, version.ContentHash, 0, Id128.None, version.Store, version.BusinessDate), newest.Revision + 1)));
                Count("withdrawn", true, newest.Store, newest.BusinessDate);
            }
        }

        void Count(string effect, bool changes, string store, DateOnly date)
        {
            if (changes)
            {
                Effects.Add(effect, store, date, null, null, null, 0, default);
            }
        }
    }

    private static PeopleCount Withdrawal(Id128 id, KnownVersion newest, CounterReading cause) => new()
    {
        EventId = id,
        Store = newest.Store,
        Device = cause.Device,
        Line = cause.Line,
        Kind = CountKind.Withdrawn,
        From = cause.At,
        To = cause.At,
        BusinessDate = newest.BusinessDate,
        Entered = 0,
        Left = 0,
        Source = cause.Source,
    };

    private static bool Follows(ReplayEvent one) => one.Dataset == "running_count";

    // The version is what counts today: no other came after it, by the vendor's count or by ours, and nothing took it back.
    private static bool IsCurrent(ReplayEvent one, LandingDecision decision) =>
        Newest(decision.VersionsOf(one.Candidate.EventId)) is { } newest && newest.ContentHash == one.Candidate.ContentHash && newest.Revision == one.Revision;

    private static KnownVersion? Earlier(ReplayEvent one, LandingDecision decision) =>
        Newest(decision.VersionsOf(one.Candidate.EventId).Where(version => version.ContentHash != one.Candidate.ContentHash));

    private static KnownVersion? Newest(IEnumerable<KnownVersion> versions) => versions.Where(version => !version.Withdrawn)
        .OrderByDescending(version => version.SourceRevision).ThenByDescending(version => version.Revision).Select(version => (KnownVersion?)version).FirstOrDefault();

    private static string? Currency(ReplayEvent one) => one.Dataset == "transaction" ? one.Currency : null;

    /// <summary>Writes the revision that says a record is withdrawn. Declared totals travel in no message: their identity alone says it.</summary>
    public static void Withdraw(BatchChunks chunks, ReplayEvent one, int revision, LandingDecision decision)
    {
        var candidate = one.Candidate;
        if (one.Dataset == "declared_totals")
        {
            return;
        }

        if (one.Dataset == "people_count")
        {
            chunks.Add(
                new PeopleCount
                {
                    EventId = candidate.EventId,
                    Store = candidate.Store,
                    Device = one.Source,
                    Line = one.Number,
                    Kind = CountKind.Withdrawn,
                    From = one.OccurredAt,
                    To = one.OccurredAt,
                    BusinessDate = candidate.BusinessDate,
                    Entered = 0,
                    Left = 0,
                    Source = one.At,
                },
                candidate.ContentHash,
                revision,
                decision.AlsoTouched(candidate));
            return;
        }

        if (one.Dataset == "visitor_event")
        {
            chunks.Add(
                new VisitorEvent
                {
                    EventId = candidate.EventId,
                    Store = candidate.Store,
                    Device = one.Source,
                    Line = one.Number,
                    Kind = VisitorEventKind.Withdrawn,
                    At = one.OccurredAt,
                    BusinessDate = candidate.BusinessDate,
                    Source = one.At,
                },
                candidate.ContentHash,
                revision,
                decision.AlsoTouched(candidate));
            return;
        }

        chunks.Add(
            new Transaction
            {
                EventId = candidate.EventId,
                Store = candidate.Store,
                StoreAsSent = "",
                Terminal = one.Source,
                ReceiptNumber = one.Number,
                Kind = TransactionKind.Withdrawn,
                BusinessDate = candidate.BusinessDate,
                BusinessDateSource = BusinessDateSource.Stated,
                OccurredAt = one.OccurredAt,
                Clock = ClockSource.Server,
                Currency = one.Currency,
                Source = one.At,
                Lines = [],
                TaxBuckets = [],
            },
            candidate.ContentHash,
            revision,
            decision.AlsoTouched(candidate));
    }
}
