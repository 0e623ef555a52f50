using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>The writing statements of a step of a replay: one a table, however many rows; none for an empty set.</summary>
internal static class ReplayStatements
{
    /// <summary>Notes what became of the items.</summary>
    public static void AddOutcomes(NpgsqlBatch batch, ReplayTask task, IReadOnlyDictionary<long, string> outcomes) => Add(
        batch,
        """
        UPDATE gateway.replay_item AS i SET outcome = o.outcome FROM unnest($4::bigint[], $5::text[]) AS o(id, outcome)
        WHERE i.tenant = $1 AND i.replay_id = $2 AND i.ingestion_id = $3 AND i.item_id = o.id
        """,
        outcomes.Count,
        task.Ingestion.Tenant,
        task.Replay,
        task.Ingestion.Id,
        outcomes.Keys.ToArray(),
        outcomes.Values.ToArray());

    /// <summary>Closes the items that were released.</summary>
    /// <param name="batch">Takes the statements.</param>
    /// <param name="task">The step.</param>
    /// <param name="items">The items.</param>
    /// <param name="places">The store-days they turned out to be of.</param>
    public static void AddReleased(NpgsqlBatch batch, ReplayTask task, long[] items, IReadOnlyDictionary<long, (string Store, DateOnly BusinessDate)> places)
    {
        Add(
            batch,
            "UPDATE gateway.quarantine SET state = 'replayed', replay_id = $2 WHERE tenant = $1 AND id = ANY($3) AND state = 'open'",
            items.Length,
            task.Ingestion.Tenant,
            task.Replay,
            items);
        Add(
            batch,
            "UPDATE gateway.quarantine AS q SET store = p.store, business_date = p.business_date FROM unnest($2::bigint[], $3::text[], $4::date[]) AS p(id, store, business_date) WHERE q.tenant = $1 AND q.id = p.id",
            places.Count,
            task.Ingestion.Tenant,
            places.Keys.ToArray(),
            places.Values.Select(place => place.Store).ToArray(),
            places.Values.Select(place => place.BusinessDate).ToArray());
    }

    /// <summary>Says of the items that stay what is wrong with them now.</summary>
    public static void AddStillHeld(NpgsqlBatch batch, ReplayTask task, IReadOnlyList<(long Id, Held Held)> held, DateTimeOffset now)
    {
        if (held.Count == 0)
        {
            return;
        }

        var first = held.Select(item => item.Held.Rejections[0]).ToArray();
        batch.BatchCommands.Add(new(
            """
            UPDATE gateway.quarantine AS q
            SET tried_at = $2, tried_master = gateway.master_facts($1, $15, coalesce(h.store_as_sent, q.store_as_sent)), reason = h.reason, field = h.field, detail = h.detail, reasons = h.reasons::jsonb, store = h.store, business_date = h.business_date,
              money_at_risk = h.money_at_risk, currency = h.currency, store_as_sent = coalesce(h.store_as_sent, q.store_as_sent),
              event_id = coalesce(h.event_id, q.event_id), source_revision = greatest(h.source_revision, q.source_revision)
            FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::date[], $10::bigint[], $11::text[], $12::text[], $13::uuid[], $14::bigint[])
              AS h(id, reason, field, detail, reasons, store, business_date, money_at_risk, currency, store_as_sent, event_id, source_revision)
            WHERE q.tenant = $1 AND q.id = h.id AND q.state = 'open'
            """)
        {
            Parameters =
            {
                new() { Value = task.Ingestion.Tenant },
                new() { Value = now },
                new() { Value = held.Select(item => item.Id).ToArray() },
                LandingStatements.Texts(first.Select(rejection => rejection.Reason.Code())),
                LandingStatements.Texts(first.Select(rejection => rejection.Field)),
                LandingStatements.Texts(first.Select(rejection => rejection.Detail)),
                LandingStatements.Texts(held.Select(item => JsonSerializer.Serialize([.. ReceiptDraft.ReasonsOf(item.Held).Select(LandingStatements.Storable)], GatewayJson.Plain.ListReason))),
                LandingStatements.Texts(held.Select(item => item.Held.Store)),
                new() { Value = held.Select(item => item.Held.BusinessDate).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date },
                new() { Value = held.Select(item => item.Held.MoneyAtRisk).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
                LandingStatements.Texts(held.Select(item => item.Held.Currency)),
                LandingStatements.Texts(held.Select(item => item.Held.StoreAsSent)),
                QuarantineStatements.Ids(held.Select(item => item.Held.EventId)),
                new() { Value = held.Select(item => item.Held.SourceRevision).ToArray() },
                new() { Value = task.Ingestion.Vendor },
            },
        });
    }

    /// <summary>Opens what a replay had released; only a person releases it from now on.</summary>
    public static void AddReopened(NpgsqlBatch batch, ReplayTask task)
    {
        const string Released = "tenant = $1 AND replay_id = $2 AND ingestion_id = $3 AND state = 'replayed'";
        object[] values = [task.Ingestion.Tenant, task.Undoes!.Value, task.Ingestion.Id];
        Add(batch, $"UPDATE gateway.quarantine SET state = 'discarded', resolved_by = NULL, resolved_at = NULL WHERE tenant = $1 AND ingestion_id = $3 AND ordinal > 0 AND state IN ('open', 'resolved') AND EXISTS (SELECT 1 FROM gateway.quarantine WHERE {Released} AND ordinal = 0)", 1, values);
        Add(batch, $"UPDATE gateway.quarantine SET state = 'open', replay_id = NULL, awaits_operator = true WHERE {Released}", 1, values);
        Add(batch, "UPDATE gateway.replay_item SET outcome = 'reopened' WHERE tenant = $1 AND replay_id = $2 AND ingestion_id = $3", 1, task.Ingestion.Tenant, task.Replay, task.Ingestion.Id);
    }

    /// <summary>Marks versions as taken back.</summary>
    public static void AddWithdrawn(NpgsqlBatch batch, ReplayTask task, List<(Candidate Candidate, int Revision)> withdrawn) => Add(
        batch,
        """
        UPDATE gateway.identity AS i SET withdrawn = true, revision = w.revision FROM unnest($2::uuid[], $3::uuid[], $4::int[]) AS w(event_id, content_hash, revision)
        WHERE i.tenant = $1 AND i.event_id = w.event_id AND i.content_hash = w.content_hash
        """,
        withdrawn.Count,
        task.Ingestion.Tenant,
        withdrawn.Select(one => one.Candidate.EventId.ToGuid()).ToArray(),
        withdrawn.Select(one => one.Candidate.ContentHash.ToGuid()).ToArray(),
        withdrawn.Select(one => one.Revision).ToArray());

    /// <summary>Writes what was brought in.</summary>
    public static void AddEvents(NpgsqlBatch batch, ReplayTask task, List<ReplayEvent> events) => Add(
        batch,
        """
        INSERT INTO gateway.replay_event (tenant, replay_id, ingestion_id, event_id, content_hash, original_event_id, dataset, revision, source_revision, store, business_date,
          source, number, occurred_at, utc_offset_minutes, currency, source_row, source_offset)
        SELECT $1, $2, $3, e.* FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::int[], $9::bigint[], $10::text[], $11::date[],
          $12::text[], $13::text[], $14::timestamptz[], $15::int[], $16::text[], $17::int[], $18::bigint[]) AS e
        ON CONFLICT (replay_id, event_id, content_hash) DO NOTHING
        """,
        events.Count,
        task.Ingestion.Tenant,
        task.Replay,
        task.Ingestion.Id,
        events.Select(one => one.Candidate.EventId.ToGuid()).ToArray(),
        events.Select(one => one.Candidate.ContentHash.ToGuid()).ToArray(),
        events.Select(one => one.Candidate.OriginalEventId.ToGuid()).ToArray(),
        events.Select(one => one.Dataset).ToArray(),
        events.Select(one => one.Revision).ToArray(),
        events.Select(one => one.Candidate.SourceRevision).ToArray(),
        events.Select(one => one.Candidate.Store).ToArray(),
        events.Select(one => one.Candidate.BusinessDate).ToArray(),
        events.Select(one => StorableText.Of(one.Source)).ToArray(),
        events.Select(one => StorableText.Of(one.Number)).ToArray(),
        events.Select(one => one.OccurredAt.ToUniversalTime()).ToArray(),
        events.Select(one => (int)one.OccurredAt.Offset.TotalMinutes).ToArray(),
        events.Select(one => one.Currency).ToArray(),
        events.Select(one => one.At.Row).ToArray(),
        events.Select(one => one.At.ByteOffset).ToArray());

    /// <summary>Writes what was changed.</summary>
    public static void AddEffects(NpgsqlBatch batch, ReplayTask task, EffectSums effects)
    {
        var sums = effects.All;
        if (sums.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new(
            """
            INSERT INTO gateway.replay_effect (tenant, replay_id, ingestion_id, effect, store, business_date, currency, reason, field, receipts, rows, net, tax, gross)
            SELECT $1, $2, $3, e.* FROM unnest($4::text[], $5::text[], $6::date[], $7::text[], $8::text[], $9::text[], $10::int[], $11::int[], $12::numeric[], $13::numeric[], $14::numeric[]) AS e
            """)
        {
            Parameters =
            {
                new() { Value = task.Ingestion.Tenant },
                new() { Value = task.Replay },
                new() { Value = task.Ingestion.Id },
                LandingStatements.Texts(sums.Select(sum => sum.Key.Effect)),
                LandingStatements.Texts(sums.Select(sum => sum.Key.Store)),
                new() { Value = sums.Select(sum => sum.Key.BusinessDate).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date },
                LandingStatements.Texts(sums.Select(sum => sum.Key.Currency)),
                LandingStatements.Texts(sums.Select(sum => sum.Key.Reason)),
                LandingStatements.Texts(sums.Select(sum => sum.Key.Field)),
                new() { Value = sums.Select(sum => sum.Value.Receipts).ToArray() },
                new() { Value = sums.Select(sum => sum.Value.Rows).ToArray() },
                new() { Value = sums.Select(sum => sum.Value.Net).ToArray() },
                new() { Value = sums.Select(sum => sum.Value.Tax).ToArray() },
                new() { Value = sums.Select(sum => sum.Value.Gross).ToArray() },
            },
        });
    }

    /// <summary>Adds register assignments where there is none of that register and day.</summary>
    public static void AddAssignments(NpgsqlBatch batch, ReplayTask task, IReadOnlyList<PosAssignment> assignments)
    {
        if (assignments.Count > 0)
        {
            batch.BatchCommands.Add(new(
                """
                INSERT INTO gateway.pos_assignment (tenant, vendor, ingestion_id, terminal, store, valid_from, valid_to)
                SELECT $1, $2, $3, a.* FROM unnest($4::text[], $5::text[], $6::date[], $7::date[]) AS a ON CONFLICT (tenant, vendor, terminal, valid_from) DO NOTHING
                """)
            {
                Parameters =
                {
                    new() { Value = task.Ingestion.Tenant },
                    new() { Value = task.Ingestion.Vendor },
                    new() { Value = task.Ingestion.Id },
                    LandingStatements.Texts(assignments.Select(one => one.Terminal)),
                    LandingStatements.Texts(assignments.Select(one => one.Store)),
                    new() { Value = assignments.Select(one => one.ValidFrom).ToArray() },
                    new() { Value = assignments.Select(one => one.ValidTo).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date },
                },
            });
        }
    }

    /// <summary>Ends the step: the payload has its outcome, and with the last one the replay is done.</summary>
    public static void AddDone(NpgsqlBatch batch, ReplayTask task, string? error, DateTimeOffset now)
    {
        batch.BatchCommands.Add(new("UPDATE gateway.replay_payload SET state = $4, profile = $5, profile_version = $6, error = $7 WHERE tenant = $1 AND replay_id = $2 AND place = $3")
        {
            Parameters =
            {
                new() { Value = task.Ingestion.Tenant },
                new() { Value = task.Replay },
                new() { Value = task.Place },
                new() { Value = error is null ? "done" : "failed" },
                new() { Value = task.Ingestion.Profile },
                new() { Value = task.Ingestion.ProfileVersion },
                new() { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            },
        });
        Add(
            batch,
            """
            UPDATE gateway.replay SET payloads_done = payloads_done + 1, payloads_failed = payloads_failed + $3,
              state = CASE WHEN payloads_done + 1 = payloads THEN 'done' ELSE state END, finished_at = CASE WHEN payloads_done + 1 = payloads THEN $4 END
            WHERE tenant = $1 AND id = $2
            """,
            1,
            task.Ingestion.Tenant,
            task.Replay,
            error is null ? 0 : 1,
            now);
    }

    private static void Add(NpgsqlBatch batch, string sql, int rows, params object[] values)
    {
        if (rows > 0)
        {
            var command = new NpgsqlBatchCommand(sql);
            Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
            batch.BatchCommands.Add(command);
        }
    }
}
