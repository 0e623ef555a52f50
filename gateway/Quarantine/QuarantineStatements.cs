using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>The statements that put items into the quarantine.</summary>
internal static class QuarantineStatements
{
    /// <summary>
    /// Writes what is held back of a payload. Ordinals count from 1 over all its parts; one that an undo discarded is opened again.
    /// </summary>
    public static void AddHeld(NpgsqlBatch batch, Ingestion ingestion, IReadOnlyList<Held> held, DateTimeOffset now, int before = 0)
    {
        if (held.Count == 0)
        {
            return;
        }

        var first = held.Select(item => item.Rejections[0]).ToArray();
        batch.BatchCommands.Add(new(
            """
            INSERT INTO gateway.quarantine
              (tenant, feed, ingestion_id, created_at, ordinal, key, reason, field, detail, source_row, byte_offset, byte_length, reasons, rows, store, business_date, money_at_risk, currency, store_as_sent,
               event_id, source_revision)
            SELECT $1, $2, $3, $4, q.ordinal, q.key, q.reason, q.field, q.detail, q.source_row, q.byte_offset, q.byte_length, q.reasons::jsonb, q.rows, q.store, q.business_date, q.money_at_risk, q.currency, q.store_as_sent,
              q.event_id, q.source_revision
            FROM unnest($5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[], $11::bigint[], $12::int[], $13::text[], $14::int[], $15::text[], $16::date[], $17::bigint[], $18::text[], $19::text[],
                $20::uuid[], $21::bigint[])
              AS q(ordinal, key, reason, field, detail, source_row, byte_offset, byte_length, reasons, rows, store, business_date, money_at_risk, currency, store_as_sent, event_id, source_revision)
            ORDER BY q.ordinal
            ON CONFLICT (ingestion_id, ordinal) DO UPDATE SET state = 'open', replay_id = NULL, reason = excluded.reason, field = excluded.field, detail = excluded.detail,
              source_row = excluded.source_row, byte_offset = excluded.byte_offset, byte_length = excluded.byte_length, reasons = excluded.reasons, rows = excluded.rows,
              key = excluded.key, store = excluded.store, business_date = excluded.business_date, money_at_risk = excluded.money_at_risk, currency = excluded.currency,
              store_as_sent = excluded.store_as_sent, event_id = excluded.event_id, source_revision = excluded.source_revision, resolved_by = NULL, resolved_at = NULL
            WHERE quarantine.state = 'discarded'
            """)
        {
            Parameters =
            {
                new() { Value = ingestion.Tenant },
                new() { Value = ingestion.Feed },
                new() { Value = ingestion.Id },
                new() { Value = now },
                new() { Value = Enumerable.Range(before + 1, held.Count).ToArray() },
                LandingStatements.Texts(held.Select(item => item.Key)),
                LandingStatements.Texts(first.Select(rejection => rejection.Reason.Code())),
                LandingStatements.Texts(first.Select(rejection => rejection.Field)),
                LandingStatements.Texts(first.Select(rejection => rejection.Detail)),
                new() { Value = first.Select(rejection => rejection.At.Row).ToArray() },
                new() { Value = first.Select(rejection => rejection.At.ByteOffset).ToArray() },
                new() { Value = first.Select(rejection => rejection.At.ByteLength).ToArray() },
                LandingStatements.Texts(held.Select(item => JsonSerializer.Serialize([.. ReceiptDraft.ReasonsOf(item).Select(LandingStatements.Storable)], GatewayJson.Plain.ListReason))),
                new() { Value = held.Select(item => item.Rows).ToArray() },
                LandingStatements.Texts(held.Select(item => item.Store)),
                new() { Value = held.Select(item => item.BusinessDate).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date },
                new() { Value = held.Select(item => item.MoneyAtRisk).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
                LandingStatements.Texts(held.Select(item => item.Currency)),
                LandingStatements.Texts(held.Select(item => item.StoreAsSent)),
                Ids(held.Select(item => item.EventId)),
                new() { Value = held.Select(item => item.SourceRevision).ToArray() },
            },
        });
    }

    /// <summary>A parameter of event ids; null where there is none.</summary>
    public static NpgsqlParameter Ids(IEnumerable<Id128> ids) =>
        new() { Value = ids.Select(id => id.IsNone ? (Guid?)null : id.ToGuid()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    /// <summary>Writes the one item of a payload that cannot be read at all: it has ordinal 0 and no rows.</summary>
    public static void AddUnreadable(NpgsqlBatch batch, Ingestion ingestion, Reason? reason, DateTimeOffset now)
    {
        if (reason is null)
        {
            return;
        }

        var storable = LandingStatements.Storable(reason);
        batch.BatchCommands.Add(new(
            """
            INSERT INTO gateway.quarantine (tenant, feed, ingestion_id, created_at, ordinal, key, reason, field, detail, source_row, byte_offset, byte_length, reasons, rows)
            VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, 0, $9, 0, $10::jsonb, 0)
            """)
        {
            Parameters =
            {
                new() { Value = ingestion.Tenant },
                new() { Value = ingestion.Feed },
                new() { Value = ingestion.Id },
                new() { Value = now },
                new() { Value = ingestion.FileName ?? "" },
                new() { Value = storable.Code },
                new() { Value = (object?)storable.Field ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = storable.Detail },
                new() { Value = storable.ByteOffset },
                new() { Value = JsonSerializer.Serialize([storable], GatewayJson.Plain.ListReason) },
            },
        });
    }
}
