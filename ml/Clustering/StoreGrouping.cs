using RetailInsight.Ml.Features;

namespace RetailInsight.Ml.Clustering;

/// <summary>Groups the stores of one trading day.</summary>
internal static class StoreGrouping
{
    private const int FewestStores = 6;
    private const int MostClusters = 5;
    private const int SmallestMeanCluster = 3;
    private const int Seed = 20261121;

    /// <summary>
    /// The cluster of every store. Stores of different currencies are never together. Below 6 stores there is one cluster;
    /// else 2 to 5, at most one for every 3 stores, as many as the silhouette prefers. Clusters are numbered by currency code,
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

    private static int[] Best(double[][] points)
    {
        var best = new int[points.Length];
        if (points.Length < FewestStores)
        {
            return best;
        }

        // A split that no point is better off with is none: one cluster has the silhouette 0.
        var highest = 0.0;
        for (var k = 2; k <= Math.Min(MostClusters, points.Length / SmallestMeanCluster); k++)
        {
            var labels = KMeans.Cluster(points, k, Seed);
            var silhouette = Silhouette.Mean(points, labels);
            if (silhouette > highest)
            {
                (best, highest) = (labels, silhouette);
            }
        }

        return best;
    }

    private static int[] BySales(List<StoreDay> sorted, int[] labels)
    {
        var order = labels.Select((label, i) => (label, sorted[i].NetSales, i)).GroupBy(store => store.label)
            .OrderBy(cluster => cluster.Average(store => store.NetSales)).ThenBy(cluster => cluster.Min(store => store.i))
            .Select((cluster, rank) => (cluster.Key, rank)).ToDictionary(pair => pair.Key, pair => pair.rank);
        return [.. labels.Select(label => order[label])];
    }
}
