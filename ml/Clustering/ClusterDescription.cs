namespace RetailInsight.Ml.Clustering;

/// <summary>A feature in which a cluster differs from the other stores.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="RobustZ">Median of the cluster in robust standard deviations from the median of all stores: above 0 the cluster has more of it.</param>
/// <param name="Ratio">Median of the cluster over the median of all stores, both as people know the figure; null where the latter is not above 0.</param>
internal sealed record DistinctFeature(string Feature, double RobustZ, double? Ratio)
{
    /// <summary>Whether the cluster has more of it than most stores.</summary>
    public bool IsHigher => RobustZ > 0;
}

/// <summary>What makes a cluster what it is, as data: pages say it in their language. All figures are estimates.</summary>
/// <param name="Cluster">Its number.</param>
/// <param name="Size">Stores in it.</param>
/// <param name="Features">At most 3 features, the most distinct first; none where the cluster is like the others.</param>
internal sealed record ClusterDescription(int Cluster, int Size, IReadOnlyList<DistinctFeature> Features)
{
    /// <summary>A feature is worth a word when the cluster lies at least so many robust standard deviations from the middle.</summary>
    public const double LeastZ = 0.5;

    private const int MostFeatures = 3;

    /// <summary>
    /// Describes each cluster by its median store: as scaling keeps order, what is said to be more than usual is so in its own unit too, and one
    /// odd store describes nobody else.
    /// </summary>
    /// <param name="names">Features in order.</param>
    /// <param name="values">Store × feature as people know it; null where a store has none.</param>
    /// <param name="points">Store × feature in robust standard deviations; NaN where a store has none.</param>
    /// <param name="clusters">The cluster of each store.</param>
    /// <param name="groups">What each feature is about: of those that say the same thing only the most distinct one is named. Null where each says its own.</param>
    /// <returns>One a cluster, by number.</returns>
    public static IReadOnlyList<ClusterDescription> Describe(
        IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<double?>> values, double[][] points, IReadOnlyList<int> clusters, IReadOnlyList<string>? groups = null)
    {
        var usual = names.Select((_, i) => Median(values.Select(row => row[i] ?? double.NaN))).ToList();
        return
        [
            .. Enumerable.Range(0, points.Length).GroupBy(store => clusters[store]).OrderBy(cluster => cluster.Key).Select(cluster => new ClusterDescription(
                cluster.Key,
                cluster.Count(),
                [
                    .. names.Select((name, i) => new DistinctFeature(
                            name,
                            Median(cluster.Select(store => points[store][i])),
                            usual[i] > 0 ? Known(Median(cluster.Select(store => values[store][i] ?? double.NaN)) / usual[i]) : null))
                        .Where(feature => Math.Abs(feature.RobustZ) >= LeastZ).OrderByDescending(feature => Math.Abs(feature.RobustZ)).DistinctBy(feature => groups?[names.ToList().IndexOf(feature.Feature)] ?? feature.Feature).Take(MostFeatures),
                ])),
        ];
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    // NaN when nobody has it.
    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Where(value => !double.IsNaN(value)).Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count == 0 ? double.NaN : sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
