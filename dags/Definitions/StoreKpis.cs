using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Etl.Stores;
using RetailInsight.Ingest.Ledger;
using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Targets;

namespace RetailInsight.Dags.Definitions;

/// <summary>
/// The figures of a trading day: store_master → store_figures → store_clusters → store_targets, and breakdowns beside them. Figures by
/// hour and day and what tells whether they are whole are published together; what they are made of is a task of its own, so that an odd
/// item never holds a store's sales, and so is what each counter sent. Runs when rows reached the day, for the stores they belong to, and every night for the last three
/// days there are.
/// </summary>
internal static class StoreKpis
{
    private const int ChangesAtOnce = 10_000;
    private const int NightlyDays = 3;

    // What the columns the models read take of a line or a count, uncompressed.
    private const int BytesARow = 160;

    // The night's figures stand before the first store opens.
    private static readonly TimeSpan Deadline = TimeSpan.FromHours(2);

    // Long enough to outlive a restart of warehouse or database: the changes that caused a run come only once.
    private static readonly RetryPolicy Retry = ModelTask.Retry with { MaxTries = 10 };

    public static Dag Define(IServiceProvider services) => new("store_kpis",
    [
        new DagTask("store_master", (context, cancellationToken) => SnapshotAsync(services, context, cancellationToken)) { Needs = DagTask.Warehouse, Pool = DagTask.Warehouse, Retry = Retry },
        Models(
            services,
            "store_figures",
            ["kpi_store_hour", "kpi_store_day", "data_health_day", "data_health_register"],
            new AssetInput(Datasets.PosTransaction),
            new AssetInput(Datasets.PeopleCount)),
        Models(
            services,
            "breakdowns",
            ["kpi_item_day", "kpi_category_day", "kpi_tender_day", "kpi_discount_day", "kpi_tax_day"],
            new AssetInput(Datasets.PosTransaction)),
        Models(services, "device_health", ["device_line_day"], new AssetInput(Datasets.PeopleCount)),
        new DagTask("store_clusters", (context, cancellationToken) => ClusterAsync(services, context, cancellationToken))
        {
            Upstreams = ["store_figures"],
            Produces = new Asset("store_clusters", PartitionGrain.Day, [new AssetInput("store_figures")]) { Tables = ["mart.store_cluster"] },
            Retry = Retry,
        },
        new DagTask("store_targets", (context, cancellationToken) => TargetAsync(services, context, cancellationToken))
        {
            Upstreams = ["store_clusters"],
            Produces = new Asset("store_targets", PartitionGrain.Day, [new AssetInput("store_figures"), new AssetInput("store_clusters")]) { Tables = ["mart.store_target"] },
            Retry = Retry,
        },
    ])
    {
        MaxActiveRepairs = 3,
        Volume = VolumeAsync,
        Deadline = Deadline,
        Partitions = new PartitionTrigger(
            [Datasets.PosTransaction, Datasets.PeopleCount],
            (connection, transaction, cancellationToken) => PartitionChanges.TakeAsync(connection, transaction, ChangesAtOnce, cancellationToken)),
        Schedule = new CronSchedule("30 4 * * *", "Asia/Tokyo")
        {
            Runs = (connection, transaction, cancellationToken) => TradingDays.LatestAsync(connection, transaction, NightlyDays, cancellationToken),
        },
    };

    private static DagTask Models(IServiceProvider services, string id, IReadOnlyList<string> models, params IReadOnlyList<AssetInput> inputs) =>
        new(id, (context, cancellationToken) => ModelTask.StageAsync(services, context, models, cancellationToken))
        {
            Upstreams = ["store_master"],
            Needs = DagTask.Warehouse,
            Pool = DagTask.Warehouse,
            Produces = ModelTask.Asset(services, id, models, inputs),
            Retry = Retry,
        };

    private static async Task<TaskOutput> SnapshotAsync(IServiceProvider services, TaskContext context, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<StoreMasterLoader>().SnapshotAsync(context.Day.Tenant, cancellationToken);
        return TaskOutput.None;
    }

    private static async Task<TaskOutput> ClusterAsync(IServiceProvider services, TaskContext context, CancellationToken cancellationToken)
    {
        var clusters = await services.GetRequiredService<StoreClusters>().ComputeAsync(context.Day.Tenant, context.Day.BusinessDate, cancellationToken);
        return OfDay((publication, token) => StoreClusters.PublishAsync(clusters, publication.Connection, publication.Transaction, token));
    }

    private static async Task<TaskOutput> TargetAsync(IServiceProvider services, TaskContext context, CancellationToken cancellationToken)
    {
        var targets = await services.GetRequiredService<StoreTargets>().ComputeAsync(context.Day.Tenant, context.Day.BusinessDate, cancellationToken);
        return OfDay((publication, token) => StoreTargets.PublishAsync(targets, publication.Connection, publication.Transaction, token));
    }

    private static TaskOutput OfDay(Func<Publication, CancellationToken, Task<int>> publish) => new(async (publication, token) =>
    {
        if (await publish(publication, token) > 0)
        {
            publication.Changed("");
        }
    })
    {
        Stores = [""],
    };

    private static async Task<(long? Rows, long? Bytes)> VolumeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string tenant, IReadOnlyList<DateOnly> days, CancellationToken cancellationToken)
    {
        var rows = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT coalesce(sum(rows), 0)::bigint FROM ingest.partition WHERE tenant = @tenant AND business_date = ANY(@days)",
            new { tenant, days = days.ToArray() },
            transaction,
            cancellationToken: cancellationToken));
        return (rows, rows * BytesARow);
    }
}
