using System.Text.Json;
using Npgsql;
using RetailInsight.Ml.Features;

namespace RetailInsight.Ml.Clustering;

/// <summary>Clusters of a tenant's stores on one trading day, ready to be published.</summary>
public sealed class StoreClusterSet
{
    internal StoreClusterSet(string tenant, DateOnly businessDate, IReadOnlyList<StoreDay> days)
    {
        Tenant = tenant;
        BusinessDate = businessDate;
        Days = days;
        Clusters = StoreGrouping.Group(days);
    }

    /// <summary>Tenant id.</summary>
    public string Tenant { get; }

    /// <summary>Trading day.</summary>
    public DateOnly BusinessDate { get; }

    /// <summary>Store code → cluster; 0 has the smallest mean net sales.</summary>
    public IReadOnlyDictionary<string, int> Clusters { get; }

    internal IReadOnlyList<StoreDay> Days { get; }
}

/// <summary>Groups stores that are alike on a trading day and keeps <c>mart.store_cluster</c>.</summary>
public sealed class StoreClusters
{
    private const string DeleteChanged = """
        DELETE FROM mart.store_cluster AS old WHERE tenant = $1 AND business_date = $2 AND NOT EXISTS (
          SELECT FROM unnest($3::text[], $4::smallint[], $5::int[], $6::jsonb[]) AS new (store, cluster, cluster_size, features)
          WHERE (new.store, new.cluster, new.cluster_size, new.features) = (old.store, old.cluster, old.cluster_size, old.features))
        """;

    private const string InsertMissing = """
        INSERT INTO mart.store_cluster (tenant, business_date, store, cluster, cluster_size, features)
        SELECT $1, $2, store, cluster, cluster_size, features
        FROM unnest($3::text[], $4::smallint[], $5::int[], $6::jsonb[]) AS new (store, cluster, cluster_size, features)
        ON CONFLICT DO NOTHING
        """;

    private readonly StoreDayReader _days;

    internal StoreClusters(StoreDayReader days) => _days = days;

    /// <summary>Clusters the stores that sold something that day.</summary>
    public async Task<StoreClusterSet> ComputeAsync(string tenant, DateOnly businessDate, CancellationToken cancellationToken) =>
        new(tenant, businessDate, await _days.ReadAsync(tenant, businessDate, cancellationToken));

    /// <summary>
    /// Makes the day's clusters those of the set inside the caller's transaction; raises the tenant's data version if that
    /// changes anything.
    /// </summary>
    /// <returns>How many rows were written or deleted.</returns>
    public static Task<int> PublishAsync(
        StoreClusterSet set, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        var sizes = set.Clusters.Values.CountBy(cluster => cluster).ToDictionary();
        return DayTable.ReplaceAsync(
            DeleteChanged,
            InsertMissing,
            set.Tenant,
            set.BusinessDate,
            [
                set.Days.Select(day => day.Store).ToArray(),
                set.Days.Select(day => checked((short)set.Clusters[day.Store])).ToArray(),
                set.Days.Select(day => sizes[set.Clusters[day.Store]]).ToArray(),
                set.Days.Select(Features).ToArray(),
            ],
            connection,
            transaction,
            cancellationToken);
    }

    private static string Features(StoreDay day) => JsonSerializer.Serialize(
        StoreFeatures.Names.Zip(StoreFeatures.Values(day)).ToDictionary(feature => feature.First, feature => feature.Second));
}
