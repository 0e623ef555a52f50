using System.Text.Json;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Tenancy;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>Reads what was declared, and what the receipts of a store-day say.</summary>
internal sealed class FactQueries([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const string NoBatch = "'00000000-0000-0000-0000-000000000000'";

    /// <summary>What is declared of store-days by feeds the caller sees: of each report the newest version that was not withdrawn.</summary>
    public async Task<List<DeclaredDay>> DeclaredAsync(string tenant, string[] feeds, IReadOnlyList<(string Store, DateOnly Date)> days, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT DISTINCT ON (n.store, n.business_date, n.vendor, n.terminal, n.report_number)
              n.store, n.business_date, n.vendor, n.terminal, n.report_number, n.feed, n.revision, n.received_at, n.ingestion_id, n.currency, n.gross, n.net, n.tax, n.receipts, n.taxes::text, n.tenders::text
            FROM (
              SELECT DISTINCT ON (d.event_id) d.*
              FROM unnest($3::text[], $4::date[]) AS day(store, business_date)
              JOIN gateway.declaration d ON d.tenant = $1 AND d.store = day.store AND d.business_date = day.business_date
              JOIN gateway.identity i ON i.tenant = d.tenant AND i.event_id = d.event_id AND i.content_hash = d.content_hash AND NOT i.withdrawn
              WHERE d.feed = ANY($2)
              ORDER BY d.event_id, d.source_revision DESC, i.revision DESC) n
            ORDER BY n.store, n.business_date, n.vendor, n.terminal, n.report_number, n.received_at DESC
            """);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = feeds });
        command.Parameters.Add(new() { Value = days.Select(day => day.Store).ToArray() });
        command.Parameters.Add(new() { Value = days.Select(day => day.Date).ToArray() });
        var reports = new List<DeclaredDay>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            reports.Add(new DeclaredDay
            {
                Store = reader.GetString(0),
                BusinessDate = reader.GetFieldValue<DateOnly>(1),
                Vendor = reader.GetString(2),
                Terminal = reader.GetString(3) is { Length: > 0 } terminal ? terminal : null,
                ReportNumbers = [reader.GetString(4)],
                Feed = reader.GetString(5),
                Revision = reader.GetInt32(6),
                ReceivedAt = reader.GetFieldValue<DateTimeOffset>(7),
                IngestionIds = [reader.GetGuid(8)],
                Currency = reader.GetString(9),
                Figures = Figures(reader),
            });
        }

        return [.. reports.GroupBy(one => (one.Store, one.BusinessDate, one.Vendor, one.Terminal, one.Currency)).Select(Together)];
    }

    /// <summary>The receipts of a store and three days around one, of all feeds of a vendor, with what takes them back and what is held.</summary>
    public async Task<DayFacts> FactsAsync(string tenant, DeclaredDay day, CancellationToken cancellationToken)
    {
        const string Columns = "e.event_id, e.content_hash, e.store, e.business_date, e.kind, e.terminal, e.receipt_number, e.occurred_at, e.original_event_id, e.repeats, e.currency, e.net, e.tax, e.gross, e.detail";
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(
            $"""
            WITH base AS MATERIALIZED (
              SELECT e.tenant, e.event_id, e.original_event_id FROM gateway.identity e JOIN gateway.feed f ON f.tenant = e.tenant AND f.feed = e.feed
              WHERE e.kind IS NOT NULL AND e.tenant = $1 AND e.store = $2 AND e.business_date BETWEEN $3 AND $4 AND f.vendor = $5 AND e.currency = $6),
            asked AS (
              SELECT b.event_id FROM base b
              UNION SELECT b.original_event_id FROM base b WHERE b.original_event_id IS NOT NULL
              UNION SELECT v.event_id FROM base b JOIN gateway.identity v ON v.tenant = b.tenant AND v.original_event_id = b.event_id)
            SELECT {Columns}, e.revision, e.introduced_at, e.ingestion_id, e.withdrawn
            FROM asked a JOIN gateway.identity e ON e.tenant = $1 AND e.event_id = a.event_id AND e.batch_id <> {NoBatch} AND e.kind IS NOT NULL
            """)
        {
            Parameters =
            {
                new() { Value = tenant },
                new() { Value = day.Store },
                new() { Value = day.BusinessDate.AddDays(-1) },
                new() { Value = day.BusinessDate.AddDays(1) },
                new() { Value = day.Vendor },
                new() { Value = day.Currency },
            },
        });
        batch.BatchCommands.Add(new(
            """
            SELECT q.reason, q.key, q.store_as_sent, q.store, q.business_date, q.money_at_risk, q.ingestion_id
            FROM gateway.quarantine q JOIN gateway.feed f ON f.tenant = q.tenant AND f.feed = q.feed
            WHERE q.tenant = $1 AND f.vendor = $4 AND q.state = 'open' AND q.ordinal > 0 AND q.business_date = $3 AND (q.store = $2 OR q.store IS NULL) AND q.currency = $5
            ORDER BY q.id
            """)
        {
            Parameters = { new() { Value = tenant }, new() { Value = day.Store }, new() { Value = day.BusinessDate }, new() { Value = day.Vendor }, new() { Value = day.Currency } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadFactsAsync(reader, cancellationToken);
    }

    private static async Task<DayFacts> ReadFactsAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var facts = new List<(DayFact Fact, bool Withdrawn)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            using var detail = JsonDocument.Parse(reader.GetString(14));
            facts.Add((new DayFact
            {
                EventId = reader.GetGuid(0),
                ContentHash = reader.GetGuid(1),
                Store = reader.GetString(2),
                BusinessDate = reader.GetFieldValue<DateOnly>(3),
                Kind = (TransactionKind)reader.GetInt16(4),
                Terminal = reader.GetString(5),
                ReceiptNumber = reader.GetString(6),
                OccurredAt = reader.GetFieldValue<DateTimeOffset>(7),
                OriginalEventId = reader.IsDBNull(8) ? null : reader.GetGuid(8),
                Repeats = reader.GetInt32(9),
                Currency = reader.GetString(10),
                Net = reader.GetInt64(11),
                Tax = reader.GetInt64(12),
                Gross = reader.GetInt64(13),
                Taxes = [.. detail.RootElement.GetProperty("t").EnumerateArray().Select(tax => (tax[0].GetInt32(), tax[1].GetInt64(), tax[2].GetInt64(), tax[3].GetInt64()))],
                Tenders = [.. detail.RootElement.GetProperty("p").EnumerateArray().Select(paid => (paid[0].GetString()!, paid[1].GetInt64()))],
                Revision = reader.GetInt32(15),
                IntroducedAt = reader.GetFieldValue<DateTimeOffset>(16),
                IngestionId = reader.IsDBNull(17) ? null : reader.GetGuid(17),
            }, reader.GetBoolean(18)));
        }

        await reader.NextResultAsync(cancellationToken);
        var held = new List<HeldFact>();
        while (await reader.ReadAsync(cancellationToken))
        {
            held.Add(new HeldFact(
                reader.GetString(0),
                reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateOnly>(4),
                reader.IsDBNull(5) ? null : reader.GetInt64(5),
                reader.GetGuid(6)));
        }

        var withdrawn = facts.GroupBy(one => one.Fact.EventId).Where(versions => versions.MaxBy(one => one.Fact.Revision).Withdrawn).Select(versions => versions.Key).ToHashSet();
        return new DayFacts(facts.Where(one => !one.Withdrawn).Select(one => one.Fact), withdrawn, held);
    }

    private static List<(Measure Measure, long Value)> Figures(NpgsqlDataReader reader)
    {
        var figures = new List<(Measure Measure, long Value)>();
        void Add(long? value, string kind, int? rate = null, string? tender = null)
        {
            if (value is { } stated)
            {
                figures.Add((new Measure(kind, rate, tender), stated));
            }
        }

        Add(reader.IsDBNull(10) ? null : reader.GetInt64(10), "gross");
        Add(reader.IsDBNull(11) ? null : reader.GetInt64(11), "net");
        Add(reader.IsDBNull(12) ? null : reader.GetInt64(12), "tax");
        Add(reader.IsDBNull(13) ? null : reader.GetInt32(13), "receipts");
        foreach (var tax in JsonSerializer.Deserialize(reader.GetString(14), GatewayJson.Plain.IReadOnlyListDeclaredTax)!)
        {
            Add(tax.Net, "rate_net", tax.Rate);
            Add(tax.Tax, "rate_tax", tax.Rate);
            Add(tax.Gross, "rate_gross", tax.Rate);
        }

        foreach (var tender in JsonSerializer.Deserialize(reader.GetString(15), GatewayJson.Plain.IReadOnlyListTender)!)
        {
            Add(tender.Amount, "tender", null, tender.Method);
        }

        return figures;
    }

    // Reports of one register and day add up. A figure only some of them state is left out: a part is no total.
    private static DeclaredDay Together(IEnumerable<DeclaredDay> reports)
    {
        var all = reports.ToList();
        var newest = all.MaxBy(report => report.ReceivedAt)!;
        return newest with
        {
            ReportNumbers = [.. all.Select(report => report.ReportNumbers[0]).Where(number => number.Length > 0)],
            Revision = all.Max(report => report.Revision),
            IngestionIds = [.. all.SelectMany(report => report.IngestionIds).Distinct()],
            Figures =
            [
                .. all[0].Figures.Select(figure => figure.Measure)
                    .Union(all.SelectMany(report => report.Figures).Select(figure => figure.Measure).Where(measure => measure.Kind.StartsWith("rate", StringComparison.Ordinal) || measure.Kind == "tender"))
                    .Where(measure => measure.Kind.StartsWith("rate", StringComparison.Ordinal) || measure.Kind == "tender" || all.TrueForAll(report => report.Figures.Any(figure => figure.Measure == measure)))
                    .Select(measure => (measure, all.SelectMany(report => report.Figures).Where(figure => figure.Measure == measure).Sum(figure => figure.Value))),
            ],
        };
    }
}
