using RetailInsight.Ml.Features;

namespace RetailInsight.Ml.Clustering;

/// <summary>Groups the stores of one trading day.</summary>
internal static class StoreGrouping
{
    private const int FewestStores = 6;
    private const int MostClusters = 5;
    private const int Seed = 20261121;
    private const int Starts = 6;
    private const int Bootstraps = 60;

    /// <summary>
    /// The cluster of every store. Stores of different currencies are never together. Below 6 stores there is one cluster;
    /// else up to 5, at most one for every 3 stores, as many as the silhouette prefers of those that bootstraps of the stores find again. Clusters are numbered by currency code,
    /// then by mean net sales, from the smallest. The order of the input does not matter.
    /// </summary>
    public static IReadOnlyDictionary<string, int> Group(IEnumerable<StoreDay> days)
    {
        var result = new Dictionary<string, int>(StringComparer.Ordinal);
        var first = 0;
        foreach (var currency in days.GroupBy(day => day.Currency).OrderBy(same => same.Key, StringComparer.Ordinal))
        {
            var sorted = currency.OrderBy(day => day.Store, StringComparer.Ordinal).ToList();
            var labels = BySales(sorted, Best(StoreFeatures.Scale(sorted)));
            for (var i = 0; i < sorted.Count; i++)
            {
                result.Add(sorted[i].Store, first + labels[i]);
            }

            first += labels.Max() + 1;
        }

        return result;
    }

    private static IReadOnlyList<int> Best(double[][] points) =>
        points.Length < FewestStores ? new int[points.Length] : StabilityGate.Choose(points, MostClusters, Seed, Cluster, Bootstraps).Labels;

    // A day has many stores and no second look: fewer starts than where groups are kept for weeks find the same clusters wherever they are stable.
    private static int[] Cluster(double[][] points, int k, int seed) => KMeans.Fit(points, k, seed, Starts).Labels;

    private static int[] BySales(List<StoreDay> sorted, IReadOnlyList<int> labels)
    {
        var order = labels.Select((label, i) => (label, sorted[i].NetSales, i)).GroupBy(store => store.label)
            .OrderBy(cluster => cluster.Average(store => store.NetSales)).ThenBy(cluster => cluster.Min(store => store.i))
            .Select((cluster, rank) => (cluster.Key, rank)).ToDictionary(pair => pair.Key, pair => pair.rank);
        return [.. labels.Select(label => order[label])];
    }
}
