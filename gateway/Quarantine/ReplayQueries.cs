using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Iot;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>The reading statements of a step of a replay.</summary>
internal static class ReplayQueries
{
    private const string Due = "p.state = 'pending' AND (p.next_attempt_at IS NULL OR p.next_attempt_at <= $1)";

    /// <summary>Replays of every tenant with a payload that is due, the one with least to do first.</summary>
    public static async Task<List<long>> DueAsync(NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT r.id FROM gateway.replay r
            WHERE r.state = 'running' AND EXISTS (SELECT 1 FROM gateway.replay_payload p WHERE p.replay_id = r.id AND {Due})
            ORDER BY r.payloads - r.payloads_done, r.id LIMIT 20
            """);
        command.Parameters.Add(new() { Value = now });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(reader.GetInt64(0));
        }

        return due;
    }

    /// <summary>Takes the turn in a replay until the transaction ends, and its next payload.</summary>
    /// <returns>Null when another process is at it, or nothing is due any more.</returns>
    public static async Task<ReplayTask?> TakeAsync(NpgsqlConnection connection, long replay, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using (var turn = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection))
        {
            turn.Parameters.Add(new() { Value = unchecked((long)Id128.FromParts("replay", replay.ToString(System.Globalization.CultureInfo.InvariantCulture)).Hi) });
            if (!(bool)(await turn.ExecuteScalarAsync(cancellationToken))!)
            {
                return null;
            }
        }

        await using var command = new NpgsqlCommand(
            $"""
            SELECT {string.Join(", ", IngestionLedger.Columns.Split(", ").Select(column => "i." + column))}, r.kind, r.undoes, p.place, p.attempts
            FROM gateway.replay r JOIN gateway.replay_payload p ON p.replay_id = r.id AND p.tenant = r.tenant JOIN gateway.ingestion i ON i.id = p.ingestion_id AND i.tenant = p.tenant
            WHERE r.id = $2 AND r.state = 'running' AND {Due} ORDER BY p.place LIMIT 1
            """,
            connection);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = replay });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new ReplayTask(replay, reader.GetString(22), reader.IsDBNull(23) ? null : reader.GetInt64(23), reader.GetInt32(24), reader.GetInt32(25), IngestionLedger.Read(reader))
            : null;
    }

    /// <summary>All items of the payload, locked until the step ends: of two replays the second finds them closed.</summary>
    public static async Task<List<ReplayItem>> ItemsAsync(NpgsqlConnection connection, ReplayTask task, bool locked, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT q.id, q.ordinal, q.source_row, q.rows,
              EXISTS (SELECT 1 FROM gateway.replay_item s WHERE s.replay_id = $3 AND s.ingestion_id = $2 AND s.item_id = q.id), q.state = 'open', q.event_id, q.key
            FROM gateway.quarantine q WHERE q.tenant = $1 AND q.ingestion_id = $2 ORDER BY q.id {(locked ? "FOR UPDATE OF q" : "")}
            """,
            connection);
        command.Parameters.Add(new() { Value = task.Ingestion.Tenant });
        command.Parameters.Add(new() { Value = task.Ingestion.Id });
        command.Parameters.Add(new() { Value = task.Replay });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<ReplayItem>();
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add(new ReplayItem(
                reader.GetInt64(0),
                reader.GetInt32(1),
                reader.GetInt32(2),
                reader.GetInt32(3),
                reader.GetBoolean(4),
                reader.GetBoolean(5),
                reader.IsDBNull(6) ? Id128.None : Id128.FromGuid(reader.GetGuid(6)),
                reader.GetString(7)));
        }

        return items;
    }

    /// <summary>
    /// What is known of the events, with the payloads they came in and when those were received; to a preview also what it would
    /// have landed so far.
    /// </summary>
    public static async Task<LandingDecision> LearnAsync(NpgsqlConnection connection, ReplayTask task, IEnumerable<Guid> events, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT known.event_id, known.content_hash, known.revision, known.source_revision, known.store, known.business_date, known.withdrawn, coalesce(p.received_at, known.introduced_at), known.ingestion_id
            FROM unnest($2::uuid[]) AS asked(event_id)
            CROSS JOIN LATERAL (
              SELECT i.event_id, i.content_hash, i.revision, i.source_revision, i.store, i.business_date, i.withdrawn, i.introduced_at, i.ingestion_id
              FROM gateway.identity i WHERE i.tenant = $1 AND i.event_id = asked.event_id OFFSET 0) AS known
            LEFT JOIN gateway.ingestion p ON p.id = known.ingestion_id AND p.tenant = $1
            UNION ALL
            SELECT e.event_id, e.content_hash, e.revision, e.source_revision, e.store, e.business_date, false, p.received_at, e.ingestion_id
            FROM gateway.replay_event e JOIN gateway.ingestion p ON p.id = e.ingestion_id AND p.tenant = e.tenant
            WHERE $4 AND e.tenant = $1 AND e.replay_id = $3 AND e.event_id = ANY($2)
            """,
            connection);
        command.Parameters.Add(new() { Value = task.Ingestion.Tenant });
        command.Parameters.Add(new() { Value = events.Distinct().ToArray() });
        command.Parameters.Add(new() { Value = task.Replay });
        command.Parameters.Add(new() { Value = task.Kind == "preview" });
        var decision = new LandingDecision();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            decision.Know(Id128.FromGuid(reader.GetGuid(0)), new KnownVersion(
                Id128.FromGuid(reader.GetGuid(1)),
                reader.GetInt32(2),
                reader.GetInt64(3),
                reader.GetString(4),
                reader.GetFieldValue<DateOnly>(5),
                reader.GetBoolean(6),
                reader.GetFieldValue<DateTimeOffset>(7),
                reader.IsDBNull(8) ? null : reader.GetGuid(8)));
        }

        return decision;
    }

    /// <summary>Adds what is known near the counts and readings of a payload.</summary>
    public static async Task LearnNearAsync(NpgsqlConnection connection, ReplayTask task, Conversion read, LandingDecision decision, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 300 };
        var answers = CountStatements.AddNear(batch, [(task.Ingestion.Tenant, read)]);
        if (answers.Count == 0)
        {
            return;
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        foreach (var learn in answers)
        {
            await learn(reader, decision, cancellationToken);
            await reader.NextResultAsync(cancellationToken);
        }
    }

    /// <summary>What the replay that is being undone brought in of the payload.</summary>
    public static async Task<List<ReplayEvent>> EventsAsync(NpgsqlConnection connection, ReplayTask task, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT event_id, content_hash, original_event_id, store, business_date, dataset, revision, source, number, occurred_at, utc_offset_minutes, currency, source_row, source_offset, source_revision
            FROM gateway.replay_event WHERE tenant = $1 AND replay_id = $2 AND ingestion_id = $3 ORDER BY source_row, event_id
            """,
            connection);
        command.Parameters.Add(new() { Value = task.Ingestion.Tenant });
        command.Parameters.Add(new() { Value = task.Undoes!.Value });
        command.Parameters.Add(new() { Value = task.Ingestion.Id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<ReplayEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(new ReplayEvent(
                new Candidate(
                    Id128.FromGuid(reader.GetGuid(0)),
                    Id128.FromGuid(reader.GetGuid(1)),
                    reader.GetInt64(14),
                    reader.IsDBNull(2) ? Id128.None : Id128.FromGuid(reader.GetGuid(2)),
                    reader.GetString(3),
                    reader.GetFieldValue<DateOnly>(4)),
                reader.GetString(5),
                reader.GetInt32(6),
                reader.GetString(7),
                reader.GetString(8),
                reader.GetFieldValue<DateTimeOffset>(9).ToOffset(TimeSpan.FromMinutes(reader.GetInt32(10))),
                reader.GetString(11),
                new SourceLocation(reader.GetInt32(12), reader.GetInt64(13), 0)));
        }

        return events;
    }

    /// <summary>Rows of the ledger.</summary>
    public static async Task<List<Ingestion>> IngestionsAsync(NpgsqlDataSource database, string tenant, HashSet<Guid> ids, CancellationToken cancellationToken)
    {
        var found = new List<Ingestion>();
        if (ids.Count > 0)
        {
            await using var command = database.CreateCommand($"SELECT {IngestionLedger.Columns} FROM gateway.ingestion WHERE tenant = $1 AND id = ANY($2)");
            command.Parameters.Add(new() { Value = tenant });
            command.Parameters.Add(new() { Value = ids.ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add(IngestionLedger.Read(reader));
            }
        }

        return found;
    }

    /// <summary>Notes that a step failed for a reason of ours and when it is tried again.</summary>
    public static void AddPostponed(NpgsqlBatch batch, ReplayTask task, DateTimeOffset next) => batch.BatchCommands.Add(new(
        "UPDATE gateway.replay_payload SET attempts = attempts + 1, next_attempt_at = $4 WHERE tenant = $1 AND replay_id = $2 AND place = $3 AND state = 'pending'")
    {
        Parameters = { new() { Value = task.Ingestion.Tenant }, new() { Value = task.Replay }, new() { Value = task.Place }, new() { Value = next } },
    });
}
