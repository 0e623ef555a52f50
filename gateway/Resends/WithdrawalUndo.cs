using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Quarantine;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Resends;

/// <summary>
/// Takes a withdrawal back: what had counted is read again from its payload and said again. What came again since is left as it is.
/// </summary>
internal sealed class WithdrawalUndo(ReplayTask task, IReadOnlyList<ReplayEvent> events)
{
    /// <summary>Versions said again, with the payload each came in.</summary>
    public List<(Guid Source, NewIdentity Identity)> Restored { get; } = [];

    /// <summary>Earlier versions, which are duplicates again when they are sent again.</summary>
    public List<Candidate> KnownAgain { get; } = [];

    /// <summary>What it changes, summed.</summary>
    public EffectSums Effects { get; } = new();

    /// <summary>The payloads to read again.</summary>
    public HashSet<Guid> Sources(LandingDecision decision) => [.. Counted().Select(one => IsNewest(one, decision) ? PayloadOf(one, decision) : null).OfType<Guid>()];

    /// <summary>Decides about every receipt.</summary>
    /// <param name="decision">Knows what landed before, with the payloads.</param>
    /// <param name="earlier">Records of the payloads, by event and content.</param>
    /// <returns>The messages.</returns>
    public IReadOnlyList<(Id128 Id, byte[] Message)> Decide(LandingDecision decision, IReadOnlyDictionary<(Id128 Event, Id128 Content), EarlierRecord> earlier)
    {
        var chunks = new BatchChunks(task.Ingestion, task.Replay);
        foreach (var one in Counted())
        {
            var (candidate, isNewest) = (one.Candidate, IsNewest(one, decision));
            var others = events.Where(other => other.Candidate.EventId == candidate.EventId && other.Candidate.ContentHash != candidate.ContentHash).Select(other => other.Candidate);
            if (isNewest && PayloadOf(one, decision) is { } source && earlier.TryGetValue((candidate.EventId, candidate.ContentHash), out var again))
            {
                Restored.Add((source, again.SayAgain(chunks, one.Revision + 1, decision)));
                KnownAgain.AddRange(others);
                Effects.Add("restored", again.Candidate.Store, again.Candidate.BusinessDate, again.Currency, null, null, 0, again.Money);
                continue;
            }

            // Where nothing else counts, a version that cannot be read again must be able to come again.
            KnownAgain.AddRange(isNewest ? [] : others);
            Effects.Add("kept", candidate.Store, candidate.BusinessDate, one.Currency, null, null, 0, default);
        }

        return chunks.Close();
    }

    /// <summary>Marks versions as known.</summary>
    public static void AddKnownAgain(NpgsqlBatch batch, ReplayTask task, List<Candidate> versions)
    {
        if (versions.Count > 0)
        {
            batch.BatchCommands.Add(new(
                """
                UPDATE gateway.identity AS i SET withdrawn = false FROM unnest($2::uuid[], $3::uuid[]) AS k(event_id, content_hash)
                WHERE i.tenant = $1 AND i.event_id = k.event_id AND i.content_hash = k.content_hash
                """)
            {
                Parameters =
                {
                    new() { Value = task.Ingestion.Tenant },
                    new() { Value = versions.ConvertAll(version => version.EventId.ToGuid()).ToArray() },
                    new() { Value = versions.ConvertAll(version => version.ContentHash.ToGuid()).ToArray() },
                },
            });
        }
    }

    /// <summary>Moves the rows back to the columns they had landed in, and asks about the omission again unless a later file was compared since.</summary>
    public static void AddReopened(NpgsqlBatch batch, ReplayTask task)
    {
        foreach (var sql in (string[])
            [
                "UPDATE gateway.ledger_line SET withdrawn = true WHERE tenant = $1 AND replay_id = $2",
                """
                UPDATE gateway.omission AS o SET replay_id = NULL, decided_by = NULL, decided_at = NULL, state = CASE
                  WHEN EXISTS (SELECT 1 FROM gateway.generation n, gateway.generation mine WHERE mine.tenant = o.tenant AND mine.feed = o.feed AND mine.store = o.store
                    AND mine.business_date = o.business_date AND mine.ingestion_id = o.ingestion_id AND n.tenant = o.tenant AND n.feed = o.feed AND n.store = o.store
                    AND n.business_date = o.business_date AND n.received_at > mine.received_at) THEN 'settled' ELSE 'open' END
                WHERE o.tenant = $1 AND o.replay_id = $2
                """,
            ])
        {
            batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = task.Ingestion.Tenant }, new() { Value = task.Undoes!.Value } } });
        }
    }

    // Of the versions withdrawn of an event, the one with the revision of the withdrawal had counted.
    private IEnumerable<ReplayEvent> Counted() => events.GroupBy(one => one.Candidate.EventId).Select(versions => versions.MaxBy(one => one.Revision)!);

    private static bool IsNewest(ReplayEvent one, LandingDecision decision) => decision.VersionsOf(one.Candidate.EventId).Max(version => version.Revision) == one.Revision;

    private static Guid? PayloadOf(ReplayEvent one, LandingDecision decision) =>
        decision.VersionsOf(one.Candidate.EventId).Where(version => version.ContentHash == one.Candidate.ContentHash).Select(version => version.IngestionId).FirstOrDefault();
}
