using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Etl.Datamart;
using RetailInsight.Etl.Models;
using RetailInsight.Etl.Stores;
using RetailInsight.Ingest.Ledger;
using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Targets;

namespace RetailInsight.Dags.Definitions;

/// <summary>
/// The figures of a trading day: store_master → kpi_store_hour, kpi_store_day → store_clusters → store_targets. Runs when rows
/// reached the day, for the stores they belong to, and every night for the last three days there are.
/// </summary>
internal static class StoreKpis
{
    private const int ChangesAtOnce = 10_000;
    private const int NightlyDays = 3;

    // Long enough to outlive a restart of warehouse or database: the changes that caused a run come only once.
    private static readonly RetryPolicy Retry = new()
    {
        MaxTries = 10,
        Errors = new Dictionary<Type, ErrorClass>
        {
            [typeof(ModelCheckException)] = ErrorClass.Fatal,
            [typeof(QueryBudgetException)] = ErrorClass.Fatal,
        },
    };

    public static Dag Define(IServiceProvider services) => new("store_kpis",
    [
        new DagTask("store_master", (context, cancellationToken) => SnapshotAsync(services, context, cancellationToken)) { Retry = Retry },
        Model(services, "kpi_store_hour"),
        Model(services, "kpi_store_day"),
        new DagTask("store_clusters", (context, cancellationToken) => ClusterAsync(services, context, cancellationToken))
        {
            Upstreams = ["kpi_store_day"],
            Retry = Retry,
        },
        new DagTask("store_targets", (context, cancellationToken) => TargetAsync(services, context, cancellationToken))
        {
            Upstreams = ["store_clusters"],
            Retry = Retry,
        },
    ])
    {
        Partitions = new PartitionTrigger(
            [Datasets.PosTransaction, Datasets.PeopleCount],
            (connection, transaction, cancellationToken) => PartitionChanges.TakeAsync(connection, transaction, ChangesAtOnce, cancellationToken)),
        Schedule = new CronSchedule("30 4 * * *", "Asia/Tokyo")
        {
            Runs = (connection, transaction, cancellationToken) => TradingDays.LatestAsync(connection, transaction, NightlyDays, cancellationToken),
        },
    };

    private static DagTask Model(IServiceProvider services, string name) =>
        new(name, (context, cancellationToken) => StageAsync(services, context, name, cancellationToken)) { Upstreams = ["store_master"], Retry = Retry };

    private static async Task<TaskOutput> SnapshotAsync(IServiceProvider services, TaskContext context, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<StoreMasterLoader>().SnapshotAsync(context.Day.Tenant, cancellationToken);
        return TaskOutput.None;
    }

    private static async Task<TaskOutput> StageAsync(IServiceProvider services, TaskContext context, string model, CancellationToken cancellationToken)
    {
        var day = context.Day;
        var stores = context.TextList("stores") ?? await TradingDays.StoresAsync(services, day, cancellationToken);
        if (stores.Count == 0)
        {
            return TaskOutput.None;
        }

        var publisher = services.GetRequiredService<DatamartPublisher>();
        var run = services.GetRequiredService<ModelRunner>().Run(model, new ModelPartition(day.Tenant, day.BusinessDate, stores));
        var staged = await publisher.StageAsync(run, context.LeaseToken, cancellationToken);
        return new TaskOutput((connection, transaction, token) => publisher.PublishAsync(staged, connection, transaction, token));
    }

    private static async Task<TaskOutput> ClusterAsync(IServiceProvider services, TaskContext context, CancellationToken cancellationToken)
    {
        var clusters = await services.GetRequiredService<StoreClusters>().ComputeAsync(context.Day.Tenant, context.Day.BusinessDate, cancellationToken);
        return new TaskOutput((connection, transaction, token) => StoreClusters.PublishAsync(clusters, connection, transaction, token));
    }

    private static async Task<TaskOutput> TargetAsync(IServiceProvider services, TaskContext context, CancellationToken cancellationToken)
    {
        var targets = await services.GetRequiredService<StoreTargets>().ComputeAsync(context.Day.Tenant, context.Day.BusinessDate, cancellationToken);
        return new TaskOutput((connection, transaction, token) => StoreTargets.PublishAsync(targets, connection, transaction, token));
    }
}
