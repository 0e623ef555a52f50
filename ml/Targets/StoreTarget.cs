using RetailInsight.Ml.Features;

namespace RetailInsight.Ml.Targets;

/// <summary>What a store reached in one figure, what stores like it reached, and what it should aim at.</summary>
/// <param name="Store">Store code.</param>
/// <param name="Metric">net_sales, basket_value, items_per_receipt or conversion.</param>
/// <param name="Actual">What it reached, in <paramref name="Unit"/>.</param>
/// <param name="ClusterMean">The mean over the stores of its cluster that have the figure, each counting once; to 6 decimals.</param>
/// <param name="Unit">A currency code (money in currency units), items or ratio.</param>
/// <param name="Cluster">Its cluster.</param>
internal sealed record StoreTarget(string Store, string Metric, decimal Actual, decimal ClusterMean, string Unit, int Cluster)
{
    /// <summary>How far the store is below the mean; negative above it.</summary>
    public decimal Gap => ClusterMean - Actual;

    /// <summary>The mean for a store below it; a store above holds what it has.</summary>
    public decimal Target => Math.Max(Actual, ClusterMean);

    /// <summary>The targets of a day: one a store and figure; none where the store has no such figure or no cluster.</summary>
    public static IReadOnlyList<StoreTarget> Of(IEnumerable<StoreDay> days, IReadOnlyDictionary<string, int> clusters)
    {
        var placed = days.Where(day => clusters.ContainsKey(day.Store)).OrderBy(day => day.Store, StringComparer.Ordinal).ToList();
        return
        [
            .. Of("net_sales", day => day.NetSales, day => day.Currency),
            .. Of("basket_value", day => day.BasketValue, day => day.Currency),
            .. Of("items_per_receipt", day => day.ItemsPerReceipt, _ => "items"),
            .. Of("conversion", day => day.Conversion, _ => "ratio"),
        ];

        IEnumerable<StoreTarget> Of(string metric, Func<StoreDay, decimal?> figure, Func<StoreDay, string> unit) =>
            from day in placed
            let actual = figure(day)
            where actual is not null
            group (Day: day, Actual: actual.Value) by clusters[day.Store] into cluster
            let mean = StoreDay.Round(cluster.Sum(store => store.Actual) / cluster.Count())
            from store in cluster
            select new StoreTarget(store.Day.Store, metric, store.Actual, mean, unit(store.Day), cluster.Key);
    }
}
