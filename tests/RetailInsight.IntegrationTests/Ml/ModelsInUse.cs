using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Definitions;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Dags.Operations;
using RetailInsight.Ml;
using RetailInsight.Ml.Drift;
using RetailInsight.Ml.Forecasting;
using RetailInsight.Ml.Outlook;
using RetailInsight.Ml.Review;
using RetailInsight.Ml.Similarity;
using RetailInsight.Ml.Training;
using RetailInsight.Platform.Local.DirectoryLake;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Ml;

/// <summary>A model that was trained, forecasts it published night by night, and days that came: what is thought of it, who is asked, and what the answers change.</summary>
public sealed class ModelsInUse(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateOnly Trained = new(2026, 10, 23);
    private static readonly DateOnly Today = new(2026, 11, 22);
    private TestDatabase _database = null!;
    private ServiceProvider _services = null!;
    private string _lake = "";

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _lake = Directory.CreateTempSubdirectory("retailinsight-").FullName;
        _services = new ServiceCollection().AddKeyedSingleton(DatabaseRole.Job, (_, _) => _database.Job).AddSingleton(TimeProvider.System)
            .AddSingleton<ILake>(DirectoryLake.Open(new DirectoryLakeOptions { Root = _lake }, TimeProvider.System, NullLogger<DirectoryLake>.Instance))
            .AddMl(new ConfigurationBuilder().Build()).AddSingleton<ModelDriftQueries>().AddSingleton<ReviewDesk>().BuildServiceProvider();
        await using (var connection = await _database.Owner.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO tenancy.tenant (tenant, name, currency, time_zone) VALUES ('acme', 'Acme', 'JPY', 'Asia/Tokyo');
                INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, floor_area)
                SELECT 'acme', 's' || lpad(i::text, 2, '0'), 'Store ' || i, 'Asia/Tokyo', 540, 1260, 100 * i FROM generate_series(1, 12) i;
                INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes)
                SELECT 'acme', 's' || lpad(i::text, 2, '0'), day::date, 'JPY',
                  (100000 * i * CASE WHEN extract(isodow FROM day) >= 6 THEN 1.6 ELSE 1 END * (0.85 + abs(hashtext(i || '/' || day)) % 300 / 1000.0))::bigint * 1000000, 0, 0, 100 * i, 250000000::bigint * i, 0, 0, NULL, 0, 0
                FROM generate_series(1, 12) i, generate_series(date '2026-05-01', date '2026-11-22', interval '1 day') day
                """);
        }

        await TrainAsync(Trained);
        for (var night = Trained; night < Today; night = night.AddDays(3))
        {
            var asOf = night;
            await PublishAsync(async (connection, transaction) =>
                await SalesOutlook.PublishAsync(await _services.GetRequiredService<SalesOutlook>().ComputeAsync("acme", asOf, CancellationToken.None), connection, transaction, CancellationToken.None));
        }
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_lake, recursive: true);
    }

    [Fact]
    public async Task A_quiet_model_is_steady_and_one_whose_days_changed_drifts_and_is_trained_before_its_time()
    {
        foreach (var night in Enumerable.Range(0, 4).Select(week => Today.AddDays((week - 3) * 7)))
        {
            await WatchAsync(night);
        }

        Assert.Equal(0, (await WatchAsync(Today)).Changed);
        var drift = _services.GetRequiredService<ModelDriftQueries>();
        var quiet = Assert.Single(await drift.LatestAsync("acme", CancellationToken.None));
        output.WriteLine($"quiet: {quiet}");
        Assert.Equal(("sales", "steady", 28, 0), (quiet.Model, quiet.Verdict, quiet.Days, quiet.MissingDays));
        Assert.InRange(quiet.Error.Value!.Value / quiet.Error.Reference!.Value, 0.8, 1.2);
        Assert.InRange(quiet.Coverage.Value!.Value, 0.7, 0.92);
        Assert.Equal(Trained, quiet.TrainedAsOf);

        await ExecuteAsync("UPDATE mart.kpi_store_day SET net = net / 10 * 16 WHERE business_date > '2026-11-14'");
        var (changed, reasons) = await WatchAsync(Today);
        Assert.True(changed > 0);
        var drifted = Assert.Single(await drift.LatestAsync("acme", CancellationToken.None));
        output.WriteLine($"shifted: {string.Join(", ", drifted.Causes.Select(cause => $"{cause.Code} {cause.Figure:0.000}"))}");
        Assert.Equal("drifted", drifted.Verdict);
        Assert.Contains("error_sudden", reasons);
        var (leads, weeks) = await drift.SpansAsync("acme", "sales", Today, 4, CancellationToken.None);
        Assert.Equal(["1-7", "8-14", "15-28"], leads.Select(lead => lead.Lead));
        Assert.Equal(4, weeks.Count);
        Assert.True(weeks[^1].Error > 2 * weeks[0].Error && weeks[^1].Bias < -0.2);
        Assert.NotEmpty(await drift.FeaturesAsync("acme", "sales", Today, CancellationToken.None));
        Assert.NotEmpty(DriftWords.Advice(drifted));

        // It asks for a training once, not every night.
        await ExecuteAsync(
            """
            WITH made AS (INSERT INTO dags.dag_version (dag_id, spec_hash, spec) VALUES ('retrain_forecast', 'x', '{}') RETURNING version_id)
            INSERT INTO dags.dag (dag_id, current_version, max_active_runs) SELECT 'retrain_forecast', version_id, 1 FROM made
            """);
        foreach (var night in new[] { Today, Today.AddDays(1), Today.AddDays(8) })
        {
            await PublishAsync(async (connection, transaction) =>
            {
                await RetrainForecast.RequestAsync(connection, transaction, new DayPartition("acme", night), reasons, CancellationToken.None);
                return 0;
            });
        }

        Assert.Equal(["acme/2026-11-22", "acme/2026-11-30"], await ListAsync("SELECT partition_key FROM dags.dag_run WHERE dag_id = 'retrain_forecast' ORDER BY 1"));
    }

    [Fact]
    public async Task Days_that_do_not_come_are_told()
    {
        await ExecuteAsync("DELETE FROM mart.kpi_store_day WHERE business_date > '2026-11-18' AND store <= 's06'");
        await WatchAsync(Today);
        var model = Assert.Single(await _services.GetRequiredService<ModelDriftQueries>().LatestAsync("acme", CancellationToken.None));
        Assert.Equal((84, 24), (model.ExpectedDays, model.MissingDays));
        Assert.Contains("data_missing", model.Causes.Select(cause => cause.Code));
    }

    [Fact]
    public async Task What_a_model_missed_is_asked_about_once_and_a_day_whose_data_are_at_fault_is_left_out_of_training()
    {
        await ExecuteAsync("UPDATE mart.kpi_store_day SET net = net * 4 WHERE business_date = '2026-11-22'");
        await ExecuteAsync("UPDATE mart.kpi_store_day SET net = net * 4 WHERE business_date = '2026-11-21' AND store = 's03'");
        Assert.Equal(1, await CollectAsync(Today.AddDays(-1)));
        Assert.Equal(0, await CollectAsync(Today.AddDays(-1)));

        // A quota a night; the store that is asked about already is not asked about again.
        Assert.Equal(ReviewChoice.Quota, await CollectAsync(Today));
        Assert.Equal(0, await CollectAsync(Today));
        var desk = _services.GetRequiredService<ReviewDesk>();
        var open = await desk.ListAsync("acme", "open", "missed_range", 100, CancellationToken.None);
        Assert.Equal(6, open.Select(one => one.Store).Distinct().Count());
        Assert.Equal(2, open.Count(one => one.Chance < 1));
        var faulty = open.Single(one => one.Store == "s03");
        Assert.Empty(await desk.ListAsync("other", null, null, 100, CancellationToken.None));

        var before = await DaysAsync();
        Assert.True(await desk.DecideAsync("acme", faulty.CaseId, "data_fault", "counted twice", "engineer", Nothing, CancellationToken.None));
        Assert.False(await desk.DecideAsync("acme", faulty.CaseId, "right", "", "engineer", Nothing, CancellationToken.None));
        Assert.Equal(before - 1, await DaysAsync());
        Assert.Equal(
            [$"model.review {faulty.CaseId} engineer data_fault"],
            await ListAsync("SELECT action || ' ' || object || ' ' || actor || ' ' || (detail ->> 'label') FROM audit.entry WHERE tenant = 'acme' AND action = 'model.review'"));

        await TrainAsync(Today);
        Assert.Equal(
            [$"1 1 {before - 1}"],
            await ListAsync(
                """
                SELECT count(*) || ' ' || max(l.row_count) || ' ' || max(d.row_count) FROM ml.data_set l JOIN ml.data_set d ON d.name = 'store-days' AND d.parameters ->> 'review-labels' = l.sha256
                WHERE l.name = 'review-labels'
                """));

        // What nobody decides in two weeks is open no more.
        await CollectAsync(Today.AddDays(30));
        Assert.Equal(["decided 1", "expired 5"], await ListAsync("SELECT state || ' ' || count(*) FROM ml.review_case GROUP BY state ORDER BY 1"));
        Assert.False(await desk.DecideAsync("acme", open.First(one => one.Store != "s03").CaseId, "right", "", "engineer", Nothing, CancellationToken.None));
    }

    [Fact]
    public async Task A_store_that_may_not_be_compared_says_why_and_is_nobodys_peer()
    {
        await ExecuteAsync(
            """
            UPDATE tenancy.store SET opened_on = '2026-10-10' WHERE store = 's01';
            UPDATE tenancy.store SET opened_on = '2026-01-10' WHERE store = 's02';
            UPDATE tenancy.store SET refurbished_from = '2026-08-01', refurbished_to = '2026-10-01' WHERE store = 's03';
            UPDATE tenancy.store SET refurbished_from = '2026-08-01', refurbished_to = '2026-08-20' WHERE store = 's04';
            UPDATE tenancy.store SET closed_on = '2026-11-20' WHERE store = 's05';
            DELETE FROM mart.kpi_store_day WHERE store = 's06' AND business_date > '2026-11-05';
            DELETE FROM mart.kpi_store_day WHERE store = 's07' AND business_date < '2026-11-12';
            UPDATE mart.kpi_store_day SET currency = 'USD' WHERE store = 's08' AND business_date < '2026-10-20'
            """);
        Assert.True(await PublishAsync(async (connection, transaction) => await StoreSimilarity.PublishAsync(
            await _services.GetRequiredService<StoreSimilarity>().ComputeAsync("acme", Today, CancellationToken.None), connection, transaction, CancellationToken.None)) > 0);
        Assert.Equal(
            [
                "s01 opened_within 2026-10-10 56", "s03 refurbished_within 2026-08-01 56", "s05 closed 2026-11-20 56", "s06 not_selling 2026-11-05 39", "s07 too_few_days - 11",
                "s08 currency_changed 2026-10-20 34",
            ],
            await ListAsync("SELECT concat_ws(' ', store, reason, coalesce(since::text, '-'), days) FROM mart.store_exclusion WHERE as_of = '2026-11-22' ORDER BY store"));
        string[] compared = ["s02", "s04", "s09", "s10", "s11", "s12"];
        Assert.Equal(compared, await ListAsync("SELECT DISTINCT store FROM mart.store_peer ORDER BY 1"));
        Assert.Equal(compared, await ListAsync("SELECT DISTINCT peer FROM mart.store_peer ORDER BY 1"));

        // The floor is known: receipts and visitors are no reason why stores are alike.
        Assert.Equal(["0"], await ListAsync("SELECT count(*)::text FROM mart.store_peer WHERE alike && ARRAY['receipts_per_day', 'visitors_per_day'] OR unlike IN ('receipts_per_day', 'visitors_per_day')"));
        Assert.Equal(["10"], await ListAsync("SELECT count(*)::text FROM mart.store_segment WHERE distance IS NOT NULL"));
    }

    private static Alongside<ReviewCase> Nothing => new((_, _) => Task.CompletedTask, (_, _, _) => Task.CompletedTask);

    private Task<TrainingReport> TrainAsync(DateOnly asOf) => _services.GetRequiredService<ForecastTraining>().TrainAsync("acme", ForecastTraining.Sales, asOf, "test", null, CancellationToken.None);

    private async Task<int> DaysAsync() => (await _services.GetRequiredService<ChainHistoryReader>().ReadAsync("acme", Today, Today, CancellationToken.None)).NetSales.Count;

    private async Task<(int Changed, IReadOnlyList<string> Reasons)> WatchAsync(DateOnly asOf)
    {
        var set = await _services.GetRequiredService<ModelWatch>().ComputeAsync("acme", asOf, CancellationToken.None);
        return (await PublishAsync((connection, transaction) => ModelWatch.PublishAsync(set, connection, transaction, CancellationToken.None)), set.Retrain);
    }

    private Task<int> CollectAsync(DateOnly asOf) => PublishAsync(async (connection, transaction) => await ReviewCases.PublishAsync(
        await _services.GetRequiredService<ReviewCases>().ComputeAsync("acme", asOf, CancellationToken.None), connection, transaction, CancellationToken.None));

    private async Task<int> PublishAsync(Func<Npgsql.NpgsqlConnection, Npgsql.NpgsqlTransaction, Task<int>> publish)
    {
        await using var connection = await _database.Job.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var changed = await publish(connection, transaction);
        await transaction.CommitAsync();
        return changed;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    private async Task<List<string>> ListAsync(string sql)
    {
        await using var connection = await _database.Owner.OpenConnectionAsync();
        return (await connection.QueryAsync<string>(sql)).AsList();
    }
}
