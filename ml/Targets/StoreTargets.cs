using Npgsql;
using RetailInsight.Ml.Features;

namespace RetailInsight.Ml.Targets;

/// <summary>Targets of a tenant's stores on one trading day, ready to be published.</summary>
public sealed class StoreTargetSet
{
    internal StoreTargetSet(string tenant, DateOnly businessDate, IReadOnlyList<StoreTarget> targets)
    {
        Tenant = tenant;
        BusinessDate = businessDate;
        Targets = targets;
    }

    /// <summary>Tenant id.</summary>
    public string Tenant { get; }

    /// <summary>Trading day.</summary>
    public DateOnly BusinessDate { get; }

    internal IReadOnlyList<StoreTarget> Targets { get; }
}

/// <summary>Sets the mean of a store's cluster as its first target and keeps <c>mart.store_target</c>.</summary>
public sealed class StoreTargets
{
    private const string SelectClusters = "SELECT store, cluster FROM mart.store_cluster WHERE tenant = $1 AND business_date = $2";

    private const string DeleteChanged = """
        DELETE FROM mart.store_target AS old WHERE tenant = $1 AND business_date = $2 AND NOT EXISTS (
          SELECT FROM unnest($3::text[], $4::text[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[], $9::text[], $10::smallint[])
            AS new (store, metric, actual, cluster_mean, gap, target, unit, cluster)
          WHERE (new.store, new.metric, new.actual, new.cluster_mean, new.unit, new.cluster)
            = (old.store, old.metric, old.actual, old.cluster_mean, old.unit, old.cluster))
        """;

    private const string InsertMissing = """
        INSERT INTO mart.store_target (tenant, business_date, store, metric, actual, cluster_mean, gap, target, unit, cluster)
        SELECT $1, $2, store, metric, actual, cluster_mean, gap, target, unit, cluster
        FROM unnest($3::text[], $4::text[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[], $9::text[], $10::smallint[])
          AS new (store, metric, actual, cluster_mean, gap, target, unit, cluster)
        ON CONFLICT DO NOTHING
        """;

    private readonly NpgsqlDataSource _database;
    private readonly StoreDayReader _days;

    internal StoreTargets(NpgsqlDataSource database, StoreDayReader days)
    {
        _database = database;
        _days = days;
    }

    /// <summary>Computes the targets of every store that has a published cluster on that day.</summary>
    public async Task<StoreTargetSet> ComputeAsync(string tenant, DateOnly businessDate, CancellationToken cancellationToken)
    {
        var clusters = new Dictionary<string, int>(StringComparer.Ordinal);
        await using (var command = _database.CreateCommand(SelectClusters))
        {
            command.Parameters.Add(new() { Value = tenant });
            command.Parameters.Add(new() { Value = businessDate });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                clusters.Add(reader.GetString(0), reader.GetInt16(1));
            }
        }

        var days = await _days.ReadAsync(tenant, businessDate, cancellationToken);
        return new StoreTargetSet(tenant, businessDate, StoreTarget.Of(days, clusters));
    }

    /// <summary>
    /// Makes the day's targets those of the set inside the caller's transaction; raises the tenant's data version if that
    /// changes anything.
    /// </summary>
    /// <returns>How many rows were written or deleted.</returns>
    public static Task<int> PublishAsync(
        StoreTargetSet set, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        return DayTable.ReplaceAsync(
            DeleteChanged,
            InsertMissing,
            set.Tenant,
            set.BusinessDate,
            [
                set.Targets.Select(target => target.Store).ToArray(),
                set.Targets.Select(target => target.Metric).ToArray(),
                set.Targets.Select(target => target.Actual).ToArray(),
                set.Targets.Select(target => target.ClusterMean).ToArray(),
                set.Targets.Select(target => target.Gap).ToArray(),
                set.Targets.Select(target => target.Target).ToArray(),
                set.Targets.Select(target => target.Unit).ToArray(),
                set.Targets.Select(target => checked((short)target.Cluster)).ToArray(),
            ],
            connection,
            transaction,
            cancellationToken);
    }
}
