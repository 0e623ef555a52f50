using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>The statements that write the ledger by store-day: one a table, however many rows; none for an empty set.</summary>
internal static class LedgerStatements
{
    /// <summary>Writes what landed.</summary>
    public static void AddLandings(NpgsqlBatch batch, IReadOnlyList<LandedPayload> landed)
    {
        var kept = landed.Where(payload => payload.Receipt.Ledger is not null).ToList();
        AddLines(batch, null, [.. kept.SelectMany(payload => payload.Receipt.Ledger!.Lines.Select(line => (payload.Ingestion, line.Key, line.Value)))]);
        AddDeclarations(batch, [.. kept.SelectMany(payload => payload.Receipt.Ledger!.Declared.Select(one => (payload.Ingestion, one.Totals, one.Revision)))]);
    }

    /// <summary>Writes lines of payloads; <paramref name="replay"/> is the replay that landed them, null for the landing itself.</summary>
    public static void AddLines(NpgsqlBatch batch, long? replay, (Ingestion Payload, LedgerDraft.LineKey Key, LedgerDraft.LineSum Sum)[] lines)
    {
        if (lines.Length == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new(
            """
            INSERT INTO gateway.ledger_line (tenant, feed, ingestion_id, store, business_date, verdict, rows, receipts, currency, net, tax, gross, replay_id)
            SELECT l.*, $1 FROM unnest($2::text[], $3::text[], $4::uuid[], $5::text[], $6::date[], $7::text[], $8::int[], $9::int[], $10::text[], $11::numeric[], $12::numeric[], $13::numeric[]) AS l
            """)
        {
            Parameters =
            {
                new() { Value = (object?)replay ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                new() { Value = Array.ConvertAll(lines, line => line.Payload.Tenant) },
                new() { Value = Array.ConvertAll(lines, line => line.Payload.Feed) },
                new() { Value = Array.ConvertAll(lines, line => line.Payload.Id) },
                LandingStatements.Texts(lines.Select(line => line.Key.Store)),
                new() { Value = Array.ConvertAll(lines, line => line.Key.BusinessDate), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date },
                new() { Value = Array.ConvertAll(lines, line => line.Key.Verdict) },
                new() { Value = Array.ConvertAll(lines, line => line.Sum.Rows) },
                new() { Value = Array.ConvertAll(lines, line => line.Sum.Receipts) },
                LandingStatements.Texts(lines.Select(line => line.Key.Currency)),
                new() { Value = Array.ConvertAll(lines, line => line.Sum.Net) },
                new() { Value = Array.ConvertAll(lines, line => line.Sum.Tax) },
                new() { Value = Array.ConvertAll(lines, line => line.Sum.Gross) },
            },
        });
    }

    /// <summary>Writes versions of declared totals.</summary>
    public static void AddDeclarations(NpgsqlBatch batch, (Ingestion Payload, DeclaredTotals Totals, int Revision)[] declared)
    {
        if (declared.Length == 0)
        {
            return;
        }

        NpgsqlParameter Longs(Func<DeclaredTotals, long?> value) => new() { Value = Array.ConvertAll(declared, one => value(one.Totals)), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
        batch.BatchCommands.Add(new(
            """
            INSERT INTO gateway.declaration (tenant, event_id, content_hash, revision, source_revision, vendor, feed, ingestion_id, store, business_date, terminal, report_number, received_at, currency,
              gross, net, tax, receipts, taxes, tenders)
            SELECT d.tenant, d.event_id, d.content_hash, d.revision, d.source_revision, d.vendor, d.feed, d.ingestion_id, d.store, d.business_date, d.terminal, d.report_number, d.received_at, d.currency,
              d.gross, d.net, d.tax, d.receipts, d.taxes::jsonb, d.tenders::jsonb
            FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::date[], $11::text[], $12::text[], $13::timestamptz[], $14::text[],
              $15::bigint[], $16::bigint[], $17::bigint[], $18::int[], $19::text[], $20::text[])
              AS d(tenant, event_id, content_hash, revision, source_revision, vendor, feed, ingestion_id, store, business_date, terminal, report_number, received_at, currency, gross, net, tax, receipts, taxes, tenders)
            ON CONFLICT (tenant, event_id, content_hash) DO UPDATE SET revision = excluded.revision, received_at = excluded.received_at, ingestion_id = excluded.ingestion_id, feed = excluded.feed
            """)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(declared, one => one.Payload.Tenant) },
                new() { Value = Array.ConvertAll(declared, one => one.Totals.EventId.ToGuid()) },
                new() { Value = Array.ConvertAll(declared, one => one.Totals.ContentHash.ToGuid()) },
                new() { Value = Array.ConvertAll(declared, one => one.Revision) },
                new() { Value = Array.ConvertAll(declared, one => one.Totals.SourceRevision) },
                new() { Value = Array.ConvertAll(declared, one => one.Payload.Vendor) },
                new() { Value = Array.ConvertAll(declared, one => one.Payload.Feed) },
                new() { Value = Array.ConvertAll(declared, one => one.Payload.Id) },
                new() { Value = Array.ConvertAll(declared, one => one.Totals.Store) },
                new() { Value = Array.ConvertAll(declared, one => one.Totals.BusinessDate) },
                LandingStatements.Texts(declared.Select(one => one.Totals.Terminal)),
                LandingStatements.Texts(declared.Select(one => one.Totals.ReportNumber)),
                new() { Value = Array.ConvertAll(declared, one => one.Payload.ReceivedAt) },
                new() { Value = Array.ConvertAll(declared, one => one.Totals.Currency) },
                Longs(totals => totals.Gross),
                Longs(totals => totals.Net),
                Longs(totals => totals.Tax),
                new() { Value = Array.ConvertAll(declared, one => one.Totals.Receipts), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                new() { Value = Array.ConvertAll(declared, one => JsonSerializer.Serialize(one.Totals.Taxes, GatewayJson.Plain.IReadOnlyListDeclaredTax)) },
                new() { Value = Array.ConvertAll(declared, one => JsonSerializer.Serialize(one.Totals.Tenders, GatewayJson.Plain.IReadOnlyListTender)) },
            },
        });
    }

    /// <summary>Takes back the lines a replay wrote of a payload.</summary>
    public static void AddWithdrawn(NpgsqlBatch batch, string tenant, long replay, Guid payload) => batch.BatchCommands.Add(new(
        "UPDATE gateway.ledger_line SET withdrawn = true WHERE tenant = $1 AND replay_id = $2 AND ingestion_id = $3")
    {
        Parameters = { new() { Value = tenant }, new() { Value = replay }, new() { Value = payload } },
    });
}
