using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Etl.Stores;
using RetailInsight.Ingest.Ledger;
using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Targets;

namespace RetailInsight.Dags.Definitions;

/// <summary>
/// The figures of a trading day: store_master → store_figures → store_clusters → store_targets, and breakdowns beside them. Figures by
/// hour and day and what tells whether they are whole are published together; what they are made of is a task of its own, so that an odd
/// item never holds a store's sales. Runs when rows reached the day, for the stores they belong to, and every night for the last three
/// days there are.
/// </summary>
internal static class StoreKpis
{
    private const int ChangesAtOnce = 10_000;
    private const int NightlyDays = 3;

    // Long enough to outlive a restart of warehouse or database: the changes that caused a run come only once.
    private static readonly RetryPolicy Retry = ModelTask.Retry with { MaxTries = 10 };

    public static Dag Define(IServiceProvider services) => new("store_kpis",
    [
        new DagTask("store_master", (context, cancellationToken) => SnapshotAsync(services, context, cancellationToken)) { Retry = Retry },
        Models(services, "store_figures", ["kpi_store_hour", "kpi_store_day", "data_health_day", "data_health_register"]),
        Models(services, "breakdowns", ["kpi_item_day", "kpi_category_day", "kpi_tender_day", "kpi_discount_day", "kpi_tax_day"]),
        new DagTask("store_clusters", (context, cancellationToken) => ClusterAsync(services, context, cancellationToken))
        {
            Upstreams = ["store_figures"],
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

    private static DagTask Models(IServiceProvider services, string id, IReadOnlyList<string> models) =>
        new(id, (context, cancellationToken) => ModelTask.StageAsync(services, context, models, cancellationToken)) { Upstreams = ["store_master"], Retry = Retry };

    private static async Task<TaskOutput> SnapshotAsync(IServiceProvider services, TaskContext context, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<StoreMasterLoader>().SnapshotAsync(context.Day.Tenant, cancellationToken);
        return TaskOutput.None;
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
