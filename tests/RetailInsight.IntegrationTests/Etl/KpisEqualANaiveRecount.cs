namespace RetailInsight.IntegrationTests.Etl;

public sealed class KpisEqualANaiveRecount(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Hours = """
        SELECT format('%s %s %s net=%s tax=%s gross=%s receipts=%s items=%s returns=%s return_net=%s visitors=%s observed=%s expected=%s',
          store, business_date, hour, net, tax, gross, receipts, items, returns, return_net, coalesce(visitors::text, 'unknown'), observed_minutes, expected_minutes)
        FROM mart.kpi_store_hour
        """;

    private const string DaysThatDiffer = """
        SELECT format('%s %s', store, business_date) FROM mart.kpi_store_day AS day
        FULL JOIN (
          SELECT tenant, store, business_date, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross, sum(receipts) AS receipts, sum(items) AS items,
            sum(returns) AS returns, sum(return_net) AS return_net, sum(visitors) AS visitors, sum(observed_minutes) AS observed, sum(expected_minutes) AS expected
          FROM mart.kpi_store_hour GROUP BY tenant, store, business_date
        ) AS hours USING (tenant, store, business_date)
        WHERE (day.net, day.tax, day.gross, day.receipts, day.items, day.returns, day.return_net, day.visitors, day.observed_minutes, day.expected_minutes)
          IS DISTINCT FROM (hours.net, hours.tax, hours.gross, hours.receipts, hours.items, hours.returns, hours.return_net, hours.visitors, hours.observed, hours.expected)
        """;

    [Theory]
    [InlineData(20261121)]
    public async Task Whatever_order_the_batches_come_in_and_however_often(int seed)
    {
        var company = new SyntheticCompany(seed);
        await using var harness = await MartHarness.StartAsync(postgres, company);
        var batches = company.Batches();

        // The last batches come one by one, among batches seen before, and only what the ledger says of each is computed: a
        // correction or a void must bring the day it takes something away from along.
        var loaded = batches.SkipLast(SyntheticCompany.LateWords).ToList();
        await harness.LoadAsync(loaded.Select(batch => batch.Message));
        await harness.ComputeChangesAsync("kpi_store_hour", "kpi_store_day");
        foreach (var batch in batches.TakeLast(SyntheticCompany.LateWords))
        {
            loaded.Add(batch);
            await harness.LoadAsync([batch.Message, .. batches.Take(3).Select(seen => seen.Message)]);
            await harness.ComputeChangesAsync("kpi_store_hour", "kpi_store_day");

            var expected = NaiveRecount.Hours(company.Stores, loaded).Order(StringComparer.Ordinal).ToList();
            Assert.True(expected.Count > 100);
            Assert.Equal(expected, (await harness.AsJobAsync(Hours)).Order(StringComparer.Ordinal));
        }

        Assert.Empty(await harness.AsJobAsync(DaysThatDiffer));
        Assert.Empty(await harness.AsJobAsync("SELECT store FROM mart.kpi_store_day WHERE store = 'closed'"));
        Assert.Empty(await harness.AsJobAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'mart_staging'"));
    }
}
