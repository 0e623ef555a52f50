using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Landing;

/// <summary>The writing statements of a landing: one a table, however many rows; none for an empty set.</summary>
internal static class LandingStatements
{
    // A statement stays well under the gigabyte one may be long.
    private const int MessageBytesPerStatement = 32 << 20;

    /// <summary>Writes the rows of payloads that have none yet, outcome and all.</summary>
    public static void AddRows(NpgsqlBatch batch, IReadOnlyList<LandedPayload> landed)
    {
        if (landed.Count == 0)
        {
            return;
        }

        var rows = landed.Select(payload => payload.Ingestion).ToList();
        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO gateway.ingestion
              (id, state, rows_read, accepted, duplicate, superseding, quarantined, totals, unreadable, answer,
               tenant, feed, vendor, profile, profile_version, stores, file_name, content_encoding, sha256, bytes, lake_object, lake_offset, received_at, device, equipment, sent_bytes, removed_values, removed_bytes, next_attempt_at)
            SELECT id, state, rows_read, accepted, duplicate, superseding, quarantined, totals::jsonb, unreadable::jsonb, answer,
              tenant, feed, vendor, profile, profile_version, CASE WHEN stores IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(stores::jsonb)) END,
              file_name, content_encoding, sha256, bytes, lake_object, lake_offset, received_at, device, equipment, sent_bytes, removed_values, removed_bytes, received_at
            FROM unnest(
                $1::uuid[], $2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::text[], $9::text[], $10::text[],
                $11::text[], $12::text[], $13::text[], $14::text[], $15::int[], $16::text[], $17::text[], $18::text[],
                $19::bytea[], $20::bigint[], $21::text[], $22::bigint[], $23::timestamptz[], $24::text[], $25::text[], $26::bigint[], $27::int[], $28::bigint[])
              AS new (id, state, rows_read, accepted, duplicate, superseding, quarantined, totals, unreadable, answer,
                tenant, feed, vendor, profile, profile_version, stores, file_name, content_encoding, sha256, bytes, lake_object, lake_offset, received_at, device, equipment, sent_bytes, removed_values, removed_bytes)
            ORDER BY id
            """);
        AddOutcomeColumns(command, landed);
        AddOpeningColumns(command.Parameters, rows);
        batch.BatchCommands.Add(command);
    }

    /// <summary>The columns a row is opened with: tenant, feed, vendor, profile, profile version, stores, file name, coding, SHA-256, bytes, object, offset, received at, device, equipment, bytes sent, values and bytes removed.</summary>
    public static void AddOpeningColumns(NpgsqlParameterCollection parameters, IReadOnlyList<Ingestion> rows)
    {
        void Add<T>(Func<Ingestion, T> value, NpgsqlDbType type) => parameters.Add(
            new NpgsqlParameter { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
        Add(row => row.Tenant, NpgsqlDbType.Text);
        Add(row => row.Feed, NpgsqlDbType.Text);
        Add(row => row.Vendor, NpgsqlDbType.Text);
        Add(row => row.Profile, NpgsqlDbType.Text);
        Add(row => row.ProfileVersion, NpgsqlDbType.Integer);
        Add(row => row.Stores is null ? null : JsonSerializer.Serialize(row.Stores, GatewayJson.Plain.StringArray), NpgsqlDbType.Text);
        Add(row => row.FileName, NpgsqlDbType.Text);
        Add(row => row.ContentEncoding, NpgsqlDbType.Text);
        Add(row => row.Sha256, NpgsqlDbType.Bytea);
        Add(row => row.Raw.Length, NpgsqlDbType.Bigint);
        Add(row => row.Raw.Object, NpgsqlDbType.Text);
        Add(row => row.Raw.Offset, NpgsqlDbType.Bigint);
        Add(row => row.ReceivedAt, NpgsqlDbType.TimestampTz);
        Add(row => row.Device, NpgsqlDbType.Text);
        Add(row => row.Equipment, NpgsqlDbType.Text);
        Add(row => row.Sent, NpgsqlDbType.Bigint);
        Add(row => row.Removed.Values, NpgsqlDbType.Integer);
        Add(row => row.Removed.Bytes, NpgsqlDbType.Bigint);
    }

    /// <summary>Notes the voids that came before what they take back.</summary>
    public static void AddWaiting(NpgsqlBatch batch, IReadOnlyList<LandedPayload> landed, DateTimeOffset now)
    {
        var waiting = landed.SelectMany(payload => payload.Waiting.Select(one => (payload.Ingestion, Void: one))).ToArray();
        if (waiting.Length == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new(
            """
            INSERT INTO gateway.waiting (tenant, event_id, original_event_id, feed, ingestion_id, store, business_date, terminal, receipt_number, currency, gross, since)
            SELECT w.*, $1 FROM unnest(
              $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::date[], $9::text[], $10::text[], $11::text[], $12::bigint[]) AS w
            ON CONFLICT (tenant, event_id) DO NOTHING
            """)
        {
            Parameters =
            {
                new() { Value = now },
                new() { Value = Array.ConvertAll(waiting, one => one.Ingestion.Tenant) },
                new() { Value = Array.ConvertAll(waiting, one => one.Void.EventId.ToGuid()) },
                new() { Value = Array.ConvertAll(waiting, one => one.Void.OriginalEventId.ToGuid()) },
                new() { Value = Array.ConvertAll(waiting, one => one.Ingestion.Feed) },
                new() { Value = Array.ConvertAll(waiting, one => one.Ingestion.Id) },
                new() { Value = Array.ConvertAll(waiting, one => one.Void.Store) },
                new() { Value = Array.ConvertAll(waiting, one => one.Void.BusinessDate) },
                Texts(waiting.Select(one => one.Void.Terminal)),
                Texts(waiting.Select(one => one.Void.ReceiptNumber)),
                new() { Value = Array.ConvertAll(waiting, one => one.Void.Currency) },
                new() { Value = Array.ConvertAll(waiting, one => one.Void.Gross) },
            },
        });
    }

    /// <summary>Writes register assignments.</summary>
    public static void AddAssignments(NpgsqlBatch batch, Ingestion ingestion, IReadOnlyCollection<PosAssignment> assignments)
    {
        if (assignments.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new(
            """
            INSERT INTO gateway.pos_assignment (tenant, vendor, ingestion_id, terminal, store, valid_from, valid_to)
            SELECT $1, $2, $3, a.terminal, a.store, a.valid_from, a.valid_to
            FROM unnest($4::text[], $5::text[], $6::date[], $7::date[]) AS a(terminal, store, valid_from, valid_to)
            ON CONFLICT (tenant, vendor, terminal, valid_from)
            DO UPDATE SET store = excluded.store, valid_to = excluded.valid_to, ingestion_id = excluded.ingestion_id
            """)
        {
            Parameters =
            {
                new() { Value = ingestion.Tenant },
                new() { Value = ingestion.Vendor },
                new() { Value = ingestion.Id },
                Texts(assignments.Select(assignment => assignment.Terminal)),
                Texts(assignments.Select(assignment => assignment.Store)),
                new() { Value = assignments.Select(assignment => assignment.ValidFrom).ToArray() },
                new() { Value = assignments.Select(assignment => assignment.ValidTo).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date },
            },
        });
    }

    /// <summary>Writes the messages of payloads into the outbox.</summary>
    public static void AddMessages(NpgsqlBatch batch, IReadOnlyList<LandedPayload> landed) => AddMessages(
        batch, [.. landed.SelectMany(payload => payload.Messages.Select(message => (payload.Ingestion.Tenant, payload.Ingestion.Feed, message.Id, message.Message)))]);

    /// <summary>Writes messages into the outbox, in their order.</summary>
    public static void AddMessages(NpgsqlBatch batch, (string Tenant, string Feed, Id128 BatchId, byte[] Message)[] messages)
    {
        var from = 0;
        while (from < messages.Length)
        {
            var to = from;
            for (var bytes = 0L; to < messages.Length && (to == from || bytes + messages[to].Message.Length <= MessageBytesPerStatement); to++)
            {
                bytes += messages[to].Message.Length;
            }

            var slice = messages[from..to];
            batch.BatchCommands.Add(new(
                """
                INSERT INTO gateway.outbox (tenant, topic, attributes, payload)
                SELECT m.tenant, $1, m.attributes::jsonb, m.payload
                FROM unnest($2::text[], $3::text[], $4::bytea[]) WITH ORDINALITY AS m(tenant, attributes, payload, place)
                ORDER BY m.place
                """)
            {
                Parameters =
                {
                    new() { Value = Topics.EventBatches },
                    new() { Value = Array.ConvertAll(slice, message => message.Tenant) },
                    Texts(slice.Select(message => Attributes(message.Tenant, message.Feed, message.BatchId))),
                    new() { Value = Array.ConvertAll(slice, message => message.Message) },
                },
            });
            from = to;
        }
    }

    /// <summary>Adds the outcome to the rows of payloads that have theirs already.</summary>
    public static void AddOutcomes(NpgsqlBatch batch, IReadOnlyList<LandedPayload> landed)
    {
        if (landed.Count == 0)
        {
            return;
        }

        // The ids are named to the table itself, so that the planner takes its primary key.
        var command = new NpgsqlBatchCommand(
            """
            UPDATE gateway.ingestion AS i
            SET state = o.state, rows_read = o.rows_read, accepted = o.accepted, duplicate = o.duplicate, superseding = o.superseding, quarantined = o.quarantined,
              totals = o.totals::jsonb, unreadable = o.unreadable::jsonb, answer = o.answer, last_error = NULL
            FROM unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::text[], $9::text[], $10::text[])
              AS o(id, state, rows_read, accepted, duplicate, superseding, quarantined, totals, unreadable, answer)
            WHERE i.id = ANY($1) AND i.id = o.id
            """);
        AddOutcomeColumns(command, landed);
        batch.BatchCommands.Add(command);
    }

    private static void AddOutcomeColumns(NpgsqlBatchCommand command, IReadOnlyList<LandedPayload> landed)
    {
        var parameters = command.Parameters;
        parameters.Add(new() { Value = landed.Select(payload => payload.Ingestion.Id).ToArray() });
        parameters.Add(new() { Value = landed.Select(payload => payload.Receipt.State).ToArray() });
        parameters.Add(new() { Value = landed.Select(payload => payload.Receipt.RowsRead).ToArray() });
        parameters.Add(new() { Value = landed.Select(payload => payload.Receipt.Accepted).ToArray() });
        parameters.Add(new() { Value = landed.Select(payload => payload.Receipt.Duplicate).ToArray() });
        parameters.Add(new() { Value = landed.Select(payload => payload.Receipt.Superseding).ToArray() });
        parameters.Add(new() { Value = landed.Select(payload => payload.Receipt.Quarantined).ToArray() });
        parameters.Add(Json(landed.Select(payload => JsonSerializer.Serialize([.. payload.Receipt.Totals], GatewayJson.Plain.ListMoneyTotal))));
        parameters.Add(Json(landed.Select(payload => payload.Receipt.Unreadable is { } reason ? JsonSerializer.Serialize(Storable(reason), GatewayJson.Plain.Reason) : null)));
        parameters.Add(new() { Value = landed.Select(payload => payload.Answer).ToArray() });
    }

    // Serialised already: a character jsonb refuses stands there as an escape, which Storable has taken out.
    private static NpgsqlParameter Json(IEnumerable<string?> texts) => new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static string Attributes(string tenant, string feed, Id128 batchId) => JsonSerializer.Serialize(
        new Dictionary<string, string> { ["tenant"] = tenant, ["feed"] = feed, ["batch_id"] = batchId.ToString() },
        GatewayJson.Plain.DictionaryStringString);

    /// <summary>A reason that can be stored: jsonb refuses \u0000 just as text refuses the character.</summary>
    public static Reason Storable(Reason reason) =>
        reason with { Field = reason.Field is null ? null : StorableText.Of(reason.Field), Detail = StorableText.Of(reason.Detail) };

    /// <summary>A parameter of texts that can be stored.</summary>
    public static NpgsqlParameter Texts(IEnumerable<string?> texts) => new()
    {
        Value = texts.Select(text => text is null ? null : StorableText.Of(text)).ToArray(),
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
    };
}
