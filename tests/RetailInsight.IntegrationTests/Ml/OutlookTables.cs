using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ml;
using RetailInsight.Ml.Outlook;
using RetailInsight.Ml.Similarity;
using RetailInsight.Platform.Local.DirectoryLake;

namespace RetailInsight.IntegrationTests.Ml;

public sealed class OutlookTables(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateOnly Sunday = new(2026, 11, 22);
    private TestDatabase _database = null!;
    private ServiceProvider _services = null!;
    private string _lake = "";

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _lake = Directory.CreateTempSubdirectory("retailinsight-").FullName;
        _services = new ServiceCollection().AddKeyedSingleton(DatabaseRole.Job, (_, _) => _database.Job).AddSingleton(TimeProvider.System)
            .AddSingleton<ILake>(DirectoryLake.Open(new DirectoryLakeOptions { Root = _lake }, TimeProvider.System, NullLogger<DirectoryLake>.Instance))
            .AddMl(new ConfigurationBuilder().Build()).BuildServiceProvider();
        await using var connection = await _database.Owner.OpenConnectionAsync();

        // Thirty stores for fourteen months: those from 16 up are three times as large and busy in the evening of weekends. Figures go up and down as a
        // hash of store and day says, so that they are the same each time.
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant (tenant, name, currency, time_zone) VALUES ('acme', 'Acme', 'JPY', 'Asia/Tokyo'), ('other', 'Other', 'JPY', 'Asia/Tokyo');
            INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, floor_area)
            SELECT 'acme', 's' || lpad(i::text, 2, '0'), 'Store ' || i, 'Asia/Tokyo', 540, 1260, CASE WHEN i > 15 THEN 900 ELSE 300 END + i FROM generate_series(1, 30) i;
            CREATE TEMP TABLE sold AS
            SELECT 's' || lpad(i::text, 2, '0') AS store, i, day::date AS day,
              (CASE WHEN i > 15 THEN 1500 ELSE 500 END + i * 3) * CASE WHEN extract(isodow FROM day) >= 6 THEN CASE WHEN i > 15 THEN 1.8 ELSE 1.1 END ELSE 1 END
                * (0.9 + abs(hashtext(i || '/' || day)) % 200 / 1000.0) AS visitors
            FROM generate_series(1, 30) i, generate_series(date '2025-09-20', date '2026-11-22', interval '1 day') day
            WHERE NOT (i = 7 AND extract(isodow FROM day) = 3);
            INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes)
            SELECT 'acme', store, day, 'JPY', (visitors * 0.3)::int * 1200::bigint * 1000000, 0, 0, (visitors * 0.3)::int, (visitors * 0.3)::int * 2500000::bigint, 0, 0, visitors::int, 720, 720 FROM sold;
            INSERT INTO mart.kpi_store_hour (tenant, store, business_date, hour, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes)
            SELECT 'acme', store, day, hour, 'JPY', (visitors * 0.3)::int * 1200::bigint * 1000000 / 12 * CASE WHEN hour >= 17 AND i > 15 THEN 2 ELSE 1 END, 0, 0, 1, 1, 0, 0, NULL, 0, 0
            FROM sold, generate_series(9, 20) hour WHERE day > date '2026-09-20';
            INSERT INTO mart.kpi_category_day (tenant, store, business_date, category, currency, net, tax, gross, quantity, receipts)
            SELECT 'acme', store, day, category, 'JPY', visitors::bigint * 1000000 * CASE WHEN category = 'food' AND i > 15 THEN 3 ELSE 1 END, 0, 0, 1, 1 FROM sold, unnest(ARRAY['food', 'drinks']) category WHERE day > date '2026-09-20';
            """);
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_lake, recursive: true);
    }

    [Fact]
    public async Task Stores_that_are_alike_are_found_described_and_keep_their_groups()
    {
        Assert.True(await CompareAsync(Sunday.AddDays(-7)) > 0);
        Assert.True(await CompareAsync(Sunday) > 0);
        Assert.Equal(0, await CompareAsync(Sunday));

        Assert.Equal(["2 15,15"], await ListAsync(
            "SELECT m.segments || ' ' || string_agg(g.stores::text, ',') FROM mart.segmentation m JOIN mart.segment g USING (tenant, as_of, currency) WHERE as_of = '2026-11-22' GROUP BY m.segments"));
        Assert.Equal(["0"], await ListAsync(
            "SELECT count(*)::text FROM mart.store_segment a JOIN mart.store_segment b USING (tenant, store) WHERE a.as_of = '2026-11-15' AND b.as_of = '2026-11-22' AND a.segment <> b.segment"));
        Assert.Equal(["30 10"], await ListAsync("SELECT count(DISTINCT store) || ' ' || max(rank) FROM mart.store_peer WHERE as_of = '2026-11-22'"));

        // A large store's peers are large stores, and the page can say why.
        Assert.Equal(["0"], await ListAsync("SELECT count(*)::text FROM mart.store_peer WHERE as_of = '2026-11-22' AND (store > 's15') <> (peer > 's15')"));
        Assert.Equal(["t"], await ListAsync("SELECT bool_and(cardinality(alike) > 0)::text::char FROM mart.store_peer WHERE as_of = '2026-11-22' AND rank = 1"));
        Assert.Equal(["1200 2.5"], await ListAsync(
            "SELECT round((features ->> 'basket_value')::numeric) || ' ' || round((features ->> 'items_per_receipt')::numeric, 1) FROM mart.store_profile WHERE as_of = '2026-11-22' AND store = 's03'"));
        Assert.Contains("weekend_ratio", (await ListAsync("SELECT string_agg(traits::text, '') FROM mart.segment WHERE as_of = '2026-11-22'"))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_expected_reaches_to_the_end_of_next_month_and_a_closed_weekday_stays_closed()
    {
        Assert.True(await LookAheadAsync(Sunday) > 0);
        Assert.Equal(
            ["net_sales 2026-11-23 2026-12-31 30", "visitors 2026-11-23 2026-12-31 30"],
            await ListAsync("SELECT metric || ' ' || min(business_date) || ' ' || max(business_date) || ' ' || count(DISTINCT store) FROM mart.sales_forecast GROUP BY metric ORDER BY metric"));
        Assert.Equal(["0"], await ListAsync("SELECT count(*)::text FROM mart.sales_forecast WHERE store = 's07' AND extract(isodow FROM business_date) = 3"));

        // Twice as much on the weekend is expected where it was seen; the level is that of the last weeks.
        Assert.Equal(["t"], await ListAsync(
            """
            SELECT (avg(expected) FILTER (WHERE extract(isodow FROM business_date) = 6) / avg(expected) FILTER (WHERE extract(isodow FROM business_date) = 2) BETWEEN 1.6 AND 2.0)::text::char
            FROM mart.sales_forecast WHERE metric = 'net_sales' AND store = 's20'
            """));

        // What a month comes to by a day is added up from the first that is to come, and its range rises with it.
        Assert.Equal(["t"], await ListAsync(
            """
            SELECT bool_and(abs((running ->> 'expected')::numeric - total) < 1 AND (running -> 'levels' ->> 0)::numeric <= (running -> 'levels' ->> 10)::numeric
              AND (running -> 'levels' ->> 10)::numeric <= (running -> 'levels' ->> 20)::numeric AND jsonb_array_length(running -> 'levels') = 21 AND (running -> 'levels' ->> 0)::numeric >= before)::text::char
            FROM (SELECT running, sum(expected) OVER days AS total, coalesce(lag((running -> 'levels' ->> 0)::numeric) OVER days, 0) AS before FROM mart.sales_forecast
              WHERE metric = 'net_sales' WINDOW days AS (PARTITION BY store, date_trunc('month', business_date) ORDER BY business_date)) AS summed
            """));
        Assert.Equal(["0"], await ListAsync("SELECT count(*)::text FROM mart.sales_forecast WHERE metric = 'visitors' AND running IS NOT NULL OR metric = 'net_sales' AND running IS NULL"));
        Assert.Equal(["t"], await ListAsync(
            """
            SELECT bool_and(abs((SELECT exp(sum(ln((f ->> 'effect')::float8))) FROM jsonb_array_elements(factors) f) / expected::float8 - 1) < 1e-3)::text::char FROM mart.sales_forecast
            """));
    }

    [Fact]
    public async Task A_target_is_proposed_then_frozen_and_its_days_come_to_it_to_the_yen()
    {
        await LookAheadAsync(Sunday);
        Assert.Equal(
            ["2026-11-01 1 proposed 30", "2026-11-01 2 frozen 30", "2026-12-01 1 proposed 30"],
            await ListAsync("SELECT month || ' ' || version || ' ' || state || ' ' || count(*) FROM mart.month_target GROUP BY month, version, state ORDER BY 1"));
        Assert.Equal(["0"], await ListAsync(
            """
            SELECT count(*)::text FROM mart.month_target t
            WHERE amount <> (SELECT sum(amount) FROM mart.month_target_day d WHERE (d.tenant, d.store, d.month, d.version) = (t.tenant, t.store, t.month, t.version)) OR amount % 1000000 <> 0
            """));
        Assert.Equal(0, await LookAheadAsync(Sunday));

        // Head office says what December must come to; the proposals follow, and the first of December holds them.
        await using (var connection = await _database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("INSERT INTO tenancy.company_target VALUES ('acme', '2026-12-01', 'JPY', 500000000::bigint * 1000000, 'head office', now())");
        }

        await LookAheadAsync(Sunday.AddDays(1));
        Assert.Equal(["500000000"], await ListAsync("SELECT trim_scale(sum(amount) / 1000000)::text FROM mart.month_target WHERE month = '2026-12-01' AND version = 2 AND state = 'proposed'"));
        await LookAheadAsync(new DateOnly(2026, 11, 30));
        Assert.Equal(
            ["frozen 500000000"], await ListAsync("SELECT state || ' ' || trim_scale(sum(amount) / 1000000) FROM mart.month_target WHERE month = '2026-12-01' AND version = 3 GROUP BY state"));

        await using var app = await _database.App.OpenConnectionAsync();
        await using var transaction = await app.BeginTransactionAsync();
        await app.ExecuteAsync("SELECT set_config('app.tenant', 'other', true)", transaction: transaction);
        Assert.Equal(0, await app.ExecuteScalarAsync<long>("SELECT (SELECT count(*) FROM mart.month_target) + (SELECT count(*) FROM mart.sales_forecast) + (SELECT count(*) FROM mart.store_potential)", transaction: transaction));
    }

    private Task<int> CompareAsync(DateOnly asOf) => PublishAsync(async (connection, transaction) => await StoreSimilarity.PublishAsync(
        await _services.GetRequiredService<StoreSimilarity>().ComputeAsync("acme", asOf, CancellationToken.None), connection, transaction, CancellationToken.None));

    private Task<int> LookAheadAsync(DateOnly asOf) => PublishAsync(async (connection, transaction) => await SalesOutlook.PublishAsync(
        await _services.GetRequiredService<SalesOutlook>().ComputeAsync("acme", asOf, CancellationToken.None), connection, transaction, CancellationToken.None));

    private async Task<int> PublishAsync(Func<Npgsql.NpgsqlConnection, Npgsql.NpgsqlTransaction, Task<int>> publish)
    {
        await using var connection = await _database.Job.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var changed = await publish(connection, transaction);
        await transaction.CommitAsync();
        return changed;
    }

    private async Task<List<string>> ListAsync(string sql)
    {
        await using var connection = await _database.Job.OpenConnectionAsync();
        return (await connection.QueryAsync<string>(sql)).AsList();
    }
}
