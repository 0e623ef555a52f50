using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>
/// Takes back what a replay brought in of one payload. What was new is withdrawn by a further revision; where it had taken
/// the place of another version, that one is said again. What has been corrected since is left as it is.
/// </summary>
internal sealed class ReplayUndo(Ingestion ingestion, IReadOnlyList<ReplayEvent> events)
{
    /// <summary>Versions said again, with the payload each came in: revision and batch change.</summary>
    public List<(Guid Source, NewIdentity Identity)> Restored { get; } = [];

    /// <summary>Versions taken back, with the newest revision of their event.</summary>
    public List<(Candidate Candidate, int Revision)> Withdrawn { get; } = [];

    /// <summary>What it changes, summed.</summary>
    public EffectSums Effects { get; } = new();

    /// <summary>The payloads that earlier versions came in, which have to be said again.</summary>
    public static HashSet<Guid> Sources(IEnumerable<ReplayEvent> events, LandingDecision decision) =>
        [.. events.Where(one => IsCurrent(one, decision)).Select(one => Earlier(one, decision)?.IngestionId).OfType<Guid>()];

    /// <summary>Decides about every event of the payload.</summary>
    /// <param name="decision">Knows what landed before, with the payloads.</param>
    /// <param name="earlier">Records of the payloads that earlier versions came in, by event and content.</param>
    /// <param name="replay">Number of the undo.</param>
    /// <returns>The messages.</returns>
    public IReadOnlyList<(Id128 Id, byte[] Message)> Decide(LandingDecision decision, IReadOnlyDictionary<(Id128 Event, Id128 Content), Converted<Transaction>> earlier, long replay)
    {
        var chunks = new BatchChunks(ingestion, replay);
        foreach (var one in events)
        {
            var candidate = one.Candidate;
            var newest = decision.VersionsOf(candidate.EventId).Select(version => version.Revision).DefaultIfEmpty(0).Max();
            if (!IsCurrent(one, decision))
            {
                Withdrawn.Add((candidate, one.Revision));
                Effects.Add("kept", candidate.Store, candidate.BusinessDate, Currency(one), null, null, 0, default);
            }
            else if (Earlier(one, decision) is { IngestionId: not null } version && earlier.TryGetValue((candidate.EventId, version.ContentHash), out var converted))
            {
                var (again, record) = (LandingWork.Of(converted), converted.Record);
                Restored.Add((version.IngestionId!.Value, new NewIdentity(again, newest + 1, chunks.Add(record, again.ContentHash, newest + 1, decision.AlsoTouched(again)), Returns: true)));
                Withdrawn.Add((candidate, one.Revision));
                Effects.Add("restored", again.Store, again.BusinessDate, record.Currency, null, null, 0, (record.Net, record.TaxTotal, record.Gross));
            }
            else
            {
                Withdraw(chunks, one, newest + 1, decision);
                Withdrawn.Add((candidate, newest + 1));
                Effects.Add("withdrawn", candidate.Store, candidate.BusinessDate, Currency(one), null, null, 0, default);
            }
        }

        return chunks.Close();
    }

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
