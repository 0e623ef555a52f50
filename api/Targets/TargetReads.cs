using RetailInsight.Api.Kpis;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Targets;

/// <summary>
/// What a store should reach on a date in one metric, and why: the mean of stores that resemble it. <see cref="Gap"/> is mean minus actual.
/// </summary>
/// <param name="Store">Code.</param>
/// <param name="BusinessDate">Trading day.</param>
/// <param name="Metric"><c>net_sales</c>, <c>basket_value</c>, <c>items_per_receipt</c> or <c>conversion</c>.</param>
/// <param name="Actual">In <paramref name="Unit"/>; money in currency units.</param>
/// <param name="ClusterMean">In <paramref name="Unit"/>.</param>
/// <param name="Gap">In <paramref name="Unit"/>.</param>
/// <param name="Target">In <paramref name="Unit"/>; the larger of actual and mean.</param>
/// <param name="Unit">A currency code, <c>items</c> or <c>ratio</c>.</param>
/// <param name="Cluster">Number of the group that day.</param>
/// <param name="ClusterSize">Stores in the group, this one included.</param>
internal sealed record StoreTarget(
    string Store, DateOnly BusinessDate, string Metric, decimal Actual, decimal ClusterMean, decimal Gap, decimal Target, string Unit,
    int Cluster, int ClusterSize);

/// <summary>Reads of the published targets.</summary>
internal static class TargetReads
{
    /// <summary>In a smaller group a mean would tell a manager what the other store earned.</summary>
    public const int SmallestGroup = 3;

    /// <summary>
    /// Targets of stores over a period, by store, date and metric; those of groups under <see cref="SmallestGroup"/> stores are left out.
    /// A null list of stores is every store of the tenant.
    /// </summary>
    public static Task<List<StoreTarget>> TargetsAsync(
        this TenantRead read, IReadOnlyCollection<string>? stores, DateOnly from, DateOnly to, StoreDayKey? after, int limit, CancellationToken cancellationToken) =>
        read.ListAsync(
            $"""
            SELECT t.store, t.business_date, t.metric, t.actual, t.cluster_mean, t.gap, t.target, t.unit, t.cluster, c.cluster_size
            FROM mart.store_target t
            JOIN mart.store_cluster c ON c.tenant = t.tenant AND c.business_date = t.business_date AND c.store = t.store
            WHERE t.tenant = @tenant AND c.tenant = @tenant AND t.business_date BETWEEN @from AND @to AND c.cluster_size >= @smallest
            {(stores is null ? "" : "AND t.store = ANY(@stores)")}
            {(after is null ? "" : "AND (t.store, t.business_date, t.metric) > (@after_store, @after_date, @after_metric)")}
            ORDER BY t.store, t.business_date, t.metric LIMIT @limit
            """,
            row => new StoreTarget(
                row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetString(2), row.GetDecimal(3), row.GetDecimal(4), row.GetDecimal(5),
                row.GetDecimal(6), row.GetString(7), row.GetInt16(8), row.GetInt32(9)),
            cancellationToken,
            new("from", from), new("to", to), new("smallest", SmallestGroup), new("stores", stores?.ToArray() ?? []), new("limit", limit),
            new("after_store", after?.Store ?? ""), new("after_date", after?.BusinessDate ?? default), new("after_metric", after?.Metric ?? ""));

    /// <summary>
    /// Net sales to aim at by date, and what the same store-days reached, both in currency units; store-days of groups under
    /// <see cref="SmallestGroup"/> stores are in neither.
    /// </summary>
    public static Task<List<(DateOnly Date, decimal Target, decimal Actual)>> SalesTargetsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly from, DateOnly to, string currency, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT t.business_date, sum(t.target), sum(t.actual)
            FROM mart.store_target t
            JOIN mart.store_cluster c ON c.tenant = t.tenant AND c.business_date = t.business_date AND c.store = t.store
            WHERE t.tenant = @tenant AND c.tenant = @tenant AND t.business_date BETWEEN @from AND @to AND c.cluster_size >= @smallest
              AND t.metric = 'net_sales' AND t.unit = @currency AND t.store = ANY(@stores)
            GROUP BY t.business_date ORDER BY t.business_date
            """,
            row => (row.GetFieldValue<DateOnly>(0), row.GetDecimal(1), row.GetDecimal(2)),
            cancellationToken,
            new("from", from), new("to", to), new("smallest", SmallestGroup), new("stores", stores.ToArray()), new("currency", currency));

    /// <summary>The stores of a store's group on the latest day up to a date that has one; none where it has none.</summary>
    public static Task<List<string>> GroupOfAsync(this TenantRead read, string store, DateOnly date, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT other.store
            FROM mart.store_cluster own
            JOIN mart.store_cluster other ON other.tenant = own.tenant AND other.business_date = own.business_date AND other.cluster = own.cluster
            WHERE own.tenant = @tenant AND other.tenant = @tenant AND own.store = @store
              AND own.business_date = (SELECT max(business_date) FROM mart.store_cluster WHERE tenant = @tenant AND store = @store AND business_date <= @date)
            ORDER BY other.store
            """,
            row => row.GetString(0),
            cancellationToken,
            new("store", store), new("date", date));
}
