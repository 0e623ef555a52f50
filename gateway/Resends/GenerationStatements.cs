using Npgsql;
using NpgsqlTypes;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Reconciliation;

namespace RetailInsight.Gateway.Resends;

/// <summary>
/// The statements that note what a payload of a feed that replaces contains and find what its store-days no longer have. They run in the
/// landing's transaction, under its lock; for any other feed there are none.
/// </summary>
internal static class GenerationStatements
{
    // What came to be known of an operator's mind stands until a later file has the receipt again.
    private static readonly string Comparison =
        $"""
        newest AS (
          SELECT DISTINCT ON (n.store, n.business_date) n.store, n.business_date, n.ingestion_id
          FROM gateway.generation n JOIN days d ON d.store = n.store AND d.business_date = n.business_date
          WHERE n.tenant = $1 AND n.feed = $2 ORDER BY n.store, n.business_date, n.received_at DESC, n.ingestion_id DESC),
        missing AS MATERIALIZED (
          SELECT n.store, n.business_date, n.ingestion_id, e.event_id, e.content_hash, e.currency, CASE WHEN e.kind IN (1, 2) THEN e.gross ELSE 0 END AS gross,
            (SELECT g.rows FROM gateway.generation_receipt g WHERE g.tenant = e.tenant AND g.ingestion_id = e.ingestion_id AND g.event_id = e.event_id) AS rows
          FROM newest n JOIN gateway.identity e ON e.kind IS NOT NULL AND e.tenant = $1 AND e.store = n.store AND e.business_date = n.business_date AND e.feed = $2
          WHERE {LedgerSql.IsCurrent("e")}
            AND NOT EXISTS (SELECT 1 FROM gateway.generation_receipt g WHERE g.tenant = $1 AND g.ingestion_id = n.ingestion_id AND g.event_id = e.event_id)
            AND NOT EXISTS (
              SELECT 1 FROM gateway.omitted_receipt r JOIN gateway.omission o ON o.id = r.omission_id AND o.tenant = r.tenant JOIN gateway.ingestion was ON was.id = o.ingestion_id AND was.tenant = o.tenant
              WHERE r.tenant = $1 AND r.event_id = e.event_id AND o.feed = $2 AND o.state = 'dismissed'
                AND NOT EXISTS (SELECT 1 FROM gateway.generation_receipt g JOIN gateway.ingestion p ON p.id = g.ingestion_id AND p.tenant = g.tenant
                  WHERE g.tenant = $1 AND g.event_id = e.event_id AND p.received_at > was.received_at))),
        made AS (
          INSERT INTO gateway.omission (tenant, feed, store, business_date, ingestion_id, found_at, receipts, rows, currency, gross)
          SELECT $1, $2, m.store, m.business_date, m.ingestion_id, $4, count(*), CASE WHEN count(*) = count(m.rows) THEN sum(m.rows) END, min(m.currency), sum(m.gross)
          FROM missing m GROUP BY m.store, m.business_date, m.ingestion_id RETURNING id, store, business_date)
        INSERT INTO gateway.omitted_receipt (tenant, omission_id, event_id, content_hash, rows)
        SELECT $1, o.id, m.event_id, m.content_hash, m.rows FROM missing m JOIN made o ON o.store = m.store AND o.business_date = m.business_date
        """;

    private const string Settled =
        """
        UPDATE gateway.omission AS o SET state = 'settled', decided_at = $4 FROM days d
        WHERE o.tenant = $1 AND o.feed = $2 AND o.state = 'open' AND o.store = d.store AND o.business_date = d.business_date
        """;

    private const string DaysOfPayload = "days AS (SELECT g.store, g.business_date FROM gateway.generation g WHERE g.tenant = $1 AND g.feed = $2 AND g.ingestion_id = $3)";

    private const string DaysNamed = "days AS (SELECT DISTINCT d.store, d.business_date FROM unnest($3::text[], $5::date[]) AS d(store, business_date))";

    /// <summary>Notes what a payload contains, and with its last part compares its store-days; nothing for a feed that does not replace.</summary>
    public static void AddLanding(NpgsqlBatch batch, LandedPayload payload, DateTimeOffset now)
    {
        if (payload.Generation is not { } generation || payload.Receipt.Unreadable is not null)
        {
            return;
        }

        var ingestion = payload.Ingestion;
        var receipts = generation.Receipts.ToArray();
        batch.BatchCommands.Add(new(
            """
            INSERT INTO gateway.generation_receipt (tenant, ingestion_id, event_id, store, business_date, rows, verdict)
            SELECT $1, $2, g.* FROM unnest($3::uuid[], $4::text[], $5::date[], $6::int[], $7::text[]) AS g ON CONFLICT (tenant, ingestion_id, event_id) DO NOTHING
            """)
        {
            Parameters =
            {
                new() { Value = ingestion.Tenant },
                new() { Value = ingestion.Id },
                new() { Value = Array.ConvertAll(receipts, one => one.Key.ToGuid()) },
                LandingStatements.Texts(receipts.Select(one => one.Value.Store)),
                new() { Value = Array.ConvertAll(receipts, one => one.Value.BusinessDate), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date },
                new() { Value = Array.ConvertAll(receipts, one => one.Value.Rows) },
                LandingStatements.Texts(receipts.Select(one => one.Value.Verdict)),
            },
        });
        if (payload.Reached is not null)
        {
            return;
        }

        batch.BatchCommands.Add(new(
            """
            INSERT INTO gateway.generation (tenant, feed, store, business_date, ingestion_id, received_at, receipts)
            SELECT $1, $2, g.store, g.business_date, $3, $4, count(*) FROM gateway.generation_receipt g
            WHERE g.tenant = $1 AND g.ingestion_id = $3 AND g.verdict IS NOT NULL GROUP BY g.store, g.business_date
            """)
        {
            Parameters = { new() { Value = ingestion.Tenant }, new() { Value = ingestion.Feed }, new() { Value = ingestion.Id }, new() { Value = ingestion.ReceivedAt } },
        });
        foreach (var sql in (string[])[$"WITH {DaysOfPayload} {Settled}", $"WITH {DaysOfPayload}, {Comparison}"])
        {
            batch.BatchCommands.Add(new(sql)
            {
                Parameters = { new() { Value = ingestion.Tenant }, new() { Value = ingestion.Feed }, new() { Value = ingestion.Id }, new() { Value = now } },
            });
        }
    }

    /// <summary>Compares store-days anew: a replay has brought receipts into them, which the newest file may not have.</summary>
    public static void AddComparison(NpgsqlBatch batch, Ingestion ingestion, IEnumerable<(string Store, DateOnly BusinessDate)> days, DateTimeOffset now)
    {
        var distinct = days.Distinct().ToArray();
        if (distinct.Length == 0)
        {
            return;
        }

        foreach (var sql in (string[])[$"WITH {DaysNamed} {Settled}", $"WITH {DaysNamed}, {Comparison}"])
        {
            batch.BatchCommands.Add(new(sql)
            {
                Parameters =
                {
                    new() { Value = ingestion.Tenant },
                    new() { Value = ingestion.Feed },
                    new() { Value = Array.ConvertAll(distinct, day => day.Store) },
                    new() { Value = now },
                    new() { Value = Array.ConvertAll(distinct, day => day.BusinessDate) },
                },
            });
        }
    }
}
