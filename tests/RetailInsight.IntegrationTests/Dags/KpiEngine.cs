using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Definitions;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Approvals;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Etl;
using RetailInsight.IntegrationTests.Etl;
using RetailInsight.Ml;

namespace RetailInsight.IntegrationTests.Dags;

/// <summary>The DAGs of the product over the synthetic company, with an engine that runs them.</summary>
internal sealed class KpiEngine : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private KpiEngine(MartHarness mart, ServiceProvider services, TestEngine engine) => (Mart, _services, Engine) = (mart, services, engine);

    public MartHarness Mart { get; }

    public TestEngine Engine { get; }

    /// <summary>Batches that have not come yet: each corrects or voids one receipt.</summary>
    public required Queue<SyntheticBatch> Late { get; init; }

    public TestDatabase Database => Mart.Database;

    /// <summary>What the company delivered in time is computed.</summary>
    public static async Task<KpiEngine> StartAsync(PostgresFixture postgres, int seed)
    {
        var company = new SyntheticCompany(seed);
        var mart = await MartHarness.StartAsync(postgres, company);
        var configuration = new ConfigurationBuilder().Build();
        var services = new ServiceCollection()
            .AddKeyedSingleton(DatabaseRole.Job, (_, _) => mart.Database.Job)
            .AddSingleton<IWarehouse>(_ => mart.Warehouse)
            .AddEtl(configuration).AddMl(configuration)
            .AddSingleton(new ApprovalDesk(mart.Database.Job, new EngineSignals(TimeProvider.System)))
            .BuildServiceProvider();
        var engine = await TestEngine.StartAsync(mart.Database, [StoreKpis.Define(services), CustomersAndBaskets.Define(services)]);
        var batches = company.Batches();
        var all = new KpiEngine(mart, services, engine) { Late = new Queue<SyntheticBatch>(batches.TakeLast(SyntheticCompany.LateWords)) };
        await mart.LoadAsync(batches.SkipLast(SyntheticCompany.LateWords).Select(batch => batch.Message));
        await all.SettleAsync();
        return all;
    }

    public static AssetPartition Figures(string store) => new(SyntheticCompany.Tenant, "store_figures", SyntheticCompany.FirstDay, store);

    public Task SettleAsync() => Database.WaitUntilAsync(
        "NOT EXISTS (SELECT FROM ingest.partition_change) AND NOT EXISTS (SELECT FROM dags.dag_run WHERE state IN ('queued', 'running'))");

    public Task<IReadOnlyList<string>> NetOfAsync(string store) => Mart.AsJobAsync(string.Create(
        CultureInfo.InvariantCulture, $"SELECT net::text FROM mart.kpi_store_day WHERE store = '{store}' AND business_date = '{SyntheticCompany.FirstDay:yyyy-MM-dd}'"));

    /// <summary>The versions that stand, as <c>asset date store version</c>.</summary>
    public Task<IReadOnlyList<string>> VersionsAsync() => Mart.AsJobAsync(
        "SELECT format('%s %s %s %s', asset, business_date, store, version) FROM dags.asset_partition WHERE NOT asset IN ('pos_transaction', 'people_count') ORDER BY 1");

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await _services.DisposeAsync();
        await Mart.DisposeAsync();
    }
}
