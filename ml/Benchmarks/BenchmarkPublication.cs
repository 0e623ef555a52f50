using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Benchmarks;

namespace RetailInsight.Ml.Benchmarks;

/// <summary>
/// Publishes what the companies of an industry came to in a month, once, some days after its end. It reads the figures of companies that agreed to it and of
/// no other; late data change nothing that was published.
/// </summary>
public sealed class BenchmarkPublication(TimeProvider clock)
{
    /// <summary>Days after the end of a month before it is published: most of what is late has come by then.</summary>
    public const int DaysOfGrace = 5;

    // A month missed while the platform was down is made up for; one before is too old to be asked.
    private const int MonthsBack = 3;
    private const int FewestDays = 20;
    private static readonly BenchmarkTerms Terms = new();

    // A store's days of the month beside those 52 weeks before, so that weekdays match; only days both of which have sales. A day counts for conversion when
    // at least 80 % of its counter minutes were observed. Of every store at least 80 % of its days must count.
    private const string ValuesOf = """
        WITH sharing AS (
          SELECT tenant FROM tenancy.benchmark_consent WHERE industry = $1 AND first_month <= $2 AND withdrawn_at IS NULL
        ),
        days AS (
          SELECT d.tenant, d.store, d.net, d.receipts, d.items, d.sales_reported,
            b.net AS net_before, b.receipts AS receipts_before, coalesce(b.sales_reported AND b.currency = d.currency AND d.sales_reported, false) AS is_paired,
            d.visitors, coalesce(d.sales_reported AND d.visitors > 0 AND d.expected_minutes > 0 AND d.observed_minutes * 5 >= d.expected_minutes * 4, false) AS is_counted
          FROM mart.kpi_store_day AS d
          JOIN sharing ON sharing.tenant = d.tenant
          LEFT JOIN mart.kpi_store_day AS b ON b.tenant = d.tenant AND b.store = d.store AND b.business_date = d.business_date - 364
          WHERE d.business_date >= $2 AND d.business_date < $3
        ),
        stores AS (
          SELECT tenant, store, count(*) AS days, count(*) FILTER (WHERE sales_reported) AS sold, count(*) FILTER (WHERE is_paired) AS paired, count(*) FILTER (WHERE is_counted) AS counted,
            sum(net) FILTER (WHERE is_paired) AS net, sum(net_before) FILTER (WHERE is_paired) AS net_before,
            sum(receipts) FILTER (WHERE is_paired) AS receipts_of_pairs, sum(receipts_before) FILTER (WHERE is_paired) AS receipts_before,
            sum(receipts) FILTER (WHERE sales_reported) AS receipts, sum(items) FILTER (WHERE sales_reported) AS items,
            sum(receipts) FILTER (WHERE is_counted) AS receipts_counted, sum(visitors) FILTER (WHERE is_counted) AS visitors
          FROM days GROUP BY tenant, store
        )
        SELECT f.figure, s.tenant, s.store, round(f.above / f.below, 6)
        FROM stores AS s
        CROSS JOIN LATERAL (VALUES
          ('sales_growth', s.net::numeric, s.net_before::numeric, s.paired),
          ('receipts_growth', s.receipts_of_pairs::numeric, s.receipts_before::numeric, s.paired),
          ('items_per_receipt', s.items::numeric / 1000000, s.receipts::numeric, s.sold),
          ('conversion', s.receipts_counted::numeric, s.visitors::numeric, s.counted)) AS f (figure, above, below, counting)
        WHERE f.below > 0 AND f.above >= 0 AND f.counting >= $4 AND f.counting * 5 >= s.days * 4
        ORDER BY f.figure, s.tenant, s.store
        """;

    /// <summary>Publishes every month that is due and was not published yet, the oldest first.</summary>
    /// <param name="connection">As retail_job, in the transaction that publishes.</param>
    /// <param name="transaction">That transaction.</param>
    /// <param name="cancellationToken">Stops before anything is published.</param>
    /// <returns>The cells that were decided, suppressed ones included.</returns>
    /// <exception cref="NpgsqlException">The database cannot be reached; nothing was published.</exception>
    public async Task<int> PublishDueAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var latest = FirstOf(DateOnly.FromDateTime(now.UtcDateTime).AddDays(-DaysOfGrace)).AddMonths(-1);
        var cells = 0;
        for (var month = latest.AddMonths(1 - MonthsBack); month <= latest; month = month.AddMonths(1))
        {
            foreach (var industry in await IndustriesAsync(connection, transaction, month, cancellationToken))
            {
                cells += await PublishAsync(connection, transaction, industry, month, now, cancellationToken);
            }
        }

        return cells;
    }

    private static DateOnly FirstOf(DateOnly day) => new(day.Year, day.Month, 1);

    private static async Task<List<string>> IndustriesAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateOnly month, CancellationToken cancellationToken) =>
        await ListAsync(
            connection,
            transaction,
            """
            SELECT DISTINCT c.industry FROM tenancy.benchmark_consent AS c
            WHERE c.first_month <= $1 AND c.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM mart.benchmark_cell AS p WHERE p.industry = c.industry AND p.month = $1)
            ORDER BY c.industry
            """,
            row => row.GetString(0),
            cancellationToken,
            month);

    private static async Task<int> PublishAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string industry, DateOnly month, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var values = (await ListAsync(
            connection,
            transaction,
            ValuesOf,
            row => (Figure: row.GetString(0), Value: new BenchmarkValue(row.GetString(1), row.GetString(2), row.GetDecimal(3))),
            cancellationToken,
            industry,
            month,
            month.AddMonths(1),
            FewestDays)).ToLookup(one => one.Figure, one => one.Value);
        var published = (await ListAsync(
            connection,
            transaction,
            "SELECT figure, month, tenant, stores FROM ml.benchmark_member WHERE industry = $1 AND month >= $2 AND month < $3",
            row => (Figure: row.GetString(0), Month: row.GetFieldValue<DateOnly>(1), Company: row.GetString(2), Stores: row.GetFieldValue<string[]>(3)),
            cancellationToken,
            industry,
            month.AddMonths(-Terms.Window),
            month)).ToLookup(one => one.Figure);
        foreach (var figure in BenchmarkFigure.All)
        {
            var earlier = published[figure.Code].GroupBy(one => one.Month).Select(one => new BenchmarkMembers(
                one.Key, one.ToDictionary(member => member.Company, member => (IReadOnlySet<string>)member.Stores.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal))).ToList();
            var cell = BenchmarkRule.Judge(figure, month, [.. values[figure.Code]], earlier, Terms);
            await WriteAsync(connection, transaction, industry, month, figure, cell, now, cancellationToken);
        }

        // Whoever shares has something new to read.
        await using var raise = new NpgsqlCommand(
            """
            INSERT INTO mart.data_version AS current (tenant, version)
            SELECT c.tenant, 1 FROM tenancy.benchmark_consent AS c WHERE c.industry = $1 AND c.first_month <= $2 AND c.withdrawn_at IS NULL ORDER BY c.tenant
            ON CONFLICT (tenant) DO UPDATE SET version = current.version + 1, changed_at = now()
            """,
            connection,
            transaction)
        {
            Parameters = { new() { Value = industry }, new() { Value = month } },
        };
        await raise.ExecuteNonQueryAsync(cancellationToken);
        return BenchmarkFigure.All.Count;
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string industry, DateOnly month, BenchmarkFigure figure, BenchmarkCell cell, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var companies = cell.Values.GroupBy(one => one.Company, StringComparer.Ordinal).ToList();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new(
            """
            INSERT INTO mart.benchmark_cell (industry, month, figure, suppression, lower, median, upper, companies, stores, published_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """)
        {
            Parameters =
            {
                new() { Value = industry }, new() { Value = month }, new() { Value = figure.Code },
                new() { Value = cell.Suppression is { } reason ? CodeOf(reason) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                Number(cell.Lower), Number(cell.Median), Number(cell.Upper),
                new() { Value = companies.Count }, new() { Value = cell.Values.Count }, new() { Value = now },
            },
        });
        foreach (var company in companies)
        {
            batch.BatchCommands.Add(new("INSERT INTO ml.benchmark_member (tenant, industry, month, figure, stores, values) VALUES ($1, $2, $3, $4, $5, $6)")
            {
                Parameters =
                {
                    new() { Value = company.Key }, new() { Value = industry }, new() { Value = month }, new() { Value = figure.Code },
                    new() { Value = company.Select(one => one.Store).ToArray() }, new() { Value = company.Select(one => one.Value).ToArray() },
                },
            });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string CodeOf(BenchmarkSuppression reason) => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    private static NpgsqlParameter Number(decimal? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Numeric };

    private static async Task<List<T>> ListAsync<T>(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
