using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Definitions;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Approvals;
using RetailInsight.Etl;
using RetailInsight.Etl.Models;
using RetailInsight.IntegrationTests.Etl;
using RetailInsight.Ml;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class StoreKpisFollowTheData(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Hours = """
        SELECT format('%s %s %s net=%s tax=%s gross=%s receipts=%s items=%s returns=%s return_net=%s visitors=%s observed=%s expected=%s',
          store, business_date, hour, net, tax, gross, receipts, items, returns, return_net, coalesce(visitors::text, 'unknown'), observed_minutes, expected_minutes)
        FROM mart.kpi_store_hour
        """;

    // Written from the definitions, in SQL, with nothing of the product but its input table.
    private const string TargetsRecounted = """
        WITH figures AS (
          SELECT d.tenant, d.business_date, d.store, c.cluster, f.metric, f.actual
          FROM mart.kpi_store_day d JOIN mart.store_cluster c USING (tenant, business_date, store),
          LATERAL (VALUES
            ('net_sales', d.net / 1000000.0),
            ('basket_value', round(d.net / 1000000.0 / nullif(d.receipts, 0), 6)),
            ('items_per_receipt', round(d.items / 1000000.0 / nullif(d.receipts, 0), 6)),
            ('conversion', round(d.receipts::numeric / nullif(d.visitors, 0), 6))) f(metric, actual)
          WHERE f.actual IS NOT NULL)
        SELECT store, business_date, metric, actual,
          round(avg(actual) OVER (PARTITION BY business_date, cluster, metric), 5) AS cluster_mean,
          round(greatest(actual, avg(actual) OVER (PARTITION BY business_date, cluster, metric)), 5) AS target
        FROM figures
        """;

    [Fact]
    public async Task Figures_clusters_and_targets_equal_a_recount_although_data_comes_during_runs_and_workers_die()
    {
        var company = new SyntheticCompany(7);
        await using var harness = await MartHarness.StartAsync(postgres, company);
        await using var services = Services(harness);
        var options = TestEngine.Quick();
        options.MaxCrashes = 100;
        await using var engine = await TestEngine.StartAsync(harness.Database, [StoreKpis.Define(services)], options);

        var batches = company.Batches();
        foreach (var part in batches.Chunk(20))
        {
            await harness.LoadAsync(part.Select(batch => batch.Message));
            await harness.Database.WaitUntilAsync("NOT EXISTS (SELECT FROM ingest.partition_change)");
            await using var connection = await harness.Database.Job.OpenConnectionAsync();
            await connection.ExecuteAsync("UPDATE dags.worker_session SET state = 'dead'");
        }

        await harness.Database.WaitUntilAsync("NOT EXISTS (SELECT FROM dags.dag_run WHERE state IN ('queued', 'running'))");
        Assert.Empty(await harness.AsJobAsync("SELECT task_id || ': ' || reason FROM dags.task_instance WHERE state <> 'success'"));
        Assert.Equal(
            NaiveRecount.Hours(company.Stores, batches).Order(StringComparer.Ordinal), (await harness.AsJobAsync(Hours)).Order(StringComparer.Ordinal));
        Assert.Empty(await harness.AsJobAsync(
            """
            SELECT store FROM mart.kpi_store_day FULL JOIN mart.store_cluster USING (tenant, business_date, store)
            WHERE (receipts > 0) IS DISTINCT FROM (cluster IS NOT NULL)
            """));
        Assert.True(await harness.Database.ScalarAsync<long>("SELECT count(*) FROM mart.store_target") >= 18);
        Assert.Empty(await harness.AsJobAsync(
            $"""
            SELECT format('%s %s %s', store, business_date, metric) FROM ({TargetsRecounted}) recount
            FULL JOIN (SELECT *, round(cluster_mean, 5) AS mean_5, round(target, 5) AS target_5 FROM mart.store_target) target
              USING (store, business_date, metric)
            WHERE recount.actual IS DISTINCT FROM target.actual OR abs(recount.cluster_mean - mean_5) > 0.00001
              OR abs(recount.target - target_5) > 0.00001 OR gap <> target.cluster_mean - target.actual
            """));
    }

    [Fact]
    public async Task The_night_runs_the_last_three_days_there_are_for_all_their_stores()
    {
        var company = new SyntheticCompany(3);
        await using var harness = await MartHarness.StartAsync(postgres, company);
        await harness.LoadAsync(company.Batches().Select(batch => batch.Message));
        await using var connection = await harness.Database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO ingest.partition (tenant, store, business_date, dataset, version, rows, watermark)
            VALUES ('synthetic', 's1', '2026-10-01', 'pos_transaction', 1, 1, now()), ('other', 'x', '2026-01-05', 'people_count', 1, 1, now())
            """);
        await using var transaction = await connection.BeginTransactionAsync();

        var runs = await TradingDays.LatestAsync(connection, transaction, 3, CancellationToken.None);

        Assert.Equal("other/2026-01-05", runs[0].PartitionKey);
        Assert.Equal("""{"stores":["x"]}""", runs[0].Conf);
        var latest = await harness.AsJobAsync(
            "SELECT 'synthetic/' || business_date FROM ingest.partition WHERE tenant = 'synthetic' GROUP BY business_date ORDER BY business_date DESC LIMIT 3");
        Assert.Equal(latest.Reverse(), runs.Skip(1).Select(run => run.PartitionKey));
    }

    [Fact]
    public async Task The_sweep_drops_what_lost_leases_staged()
    {
        var company = new SyntheticCompany(5);
        await using var harness = await MartHarness.StartAsync(postgres, company);
        await harness.LoadAsync(company.Batches().Take(5).Select(batch => batch.Message));
        var dag = new Dag("one", [new DagTask("work", (_, _) => Task.FromResult(TaskOutput.None))]);
        await using var engine = await TestEngine.CreateAsync(harness.Database, [dag]);
        await harness.Database.QueueAsync("one");
        await engine.Scheduler.TickAsync(CancellationToken.None);
        var session = await engine.Get<WorkerSessions>().OpenAsync(["one/work"], [], CancellationToken.None);
        var held = Assert.Single(await engine.Get<TaskClaims>().ClaimAsync(session, ["one/work"], 1, CancellationToken.None));
        var run = harness.Runner.Run("kpi_store_day", new ModelPartition(SyntheticCompany.Tenant, SyntheticCompany.FirstDay, ["s1"]));
        await harness.Publisher.StageAsync(run, held.LeaseToken, CancellationToken.None);
        await harness.Publisher.StageAsync(run, held.LeaseToken + 1, CancellationToken.None);

        await using var services = new ServiceCollection().AddSingleton(harness.Publisher).AddSingleton(engine.Get<TaskClaims>()).BuildServiceProvider();
        var sweep = Housekeeping.Define(services).Tasks.Single(task => task.Id == "sweep_staging");
        await sweep.Run(null!, CancellationToken.None);
        Assert.Single(await harness.AsJobAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'mart_staging'"));

        await engine.Get<TaskCompletion>().SucceedAsync(held, TaskOutput.None, null, null, CancellationToken.None);
        await sweep.Run(null!, CancellationToken.None);
        Assert.Empty(await harness.AsJobAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'mart_staging'"));
    }

    private static ServiceProvider Services(MartHarness harness)
    {
        var configuration = new ConfigurationBuilder().Build();
        return new ServiceCollection()
            .AddKeyedSingleton(DatabaseRole.Job, (_, _) => harness.Database.Job)
            .AddSingleton<IWarehouse>(_ => harness.Warehouse)
            .AddEtl(configuration).AddMl(configuration)
            .AddSingleton(new ApprovalDesk(harness.Database.Job, new EngineSignals(TimeProvider.System)))
            .BuildServiceProvider();
    }
}
