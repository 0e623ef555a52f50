namespace RetailInsight.Ml.Clustering;

/// <summary>A way to cluster: the cluster of each point, 0 to k − 1. The same points and seed give the same clusters.</summary>
internal delegate int[] ClusterMethod(double[][] points, int k, int seed);

/// <summary>Why there are as many clusters as there are.</summary>
internal enum StabilityReason
{
    /// <summary>Too few points to split: one cluster.</summary>
    TooFewPoints,

    /// <summary>No number of clusters is stable, or none separates the points at all: one cluster.</summary>
    NothingStable,

    /// <summary>A number of clusters with a better silhouette was refused because it is not stable.</summary>
    BetterSilhouetteUnstable,

    /// <summary>The number with the best silhouette is stable.</summary>
    BestSilhouetteStable,
}

/// <summary>How good and how stable one number of clusters is.</summary>
/// <param name="Clusters">The number, k.</param>
/// <param name="Silhouette">Mean silhouette, −1 to 1.</param>
/// <param name="AdjustedRand">Mean adjusted Rand index between the clusters and those of the bootstraps.</param>
/// <param name="Jaccards">For each cluster the mean Jaccard similarity to its best match in the bootstraps, 0 to 1.</param>
/// <param name="Sizes">Points in each cluster.</param>
internal sealed record StabilityRow(int Clusters, double Silhouette, double AdjustedRand, IReadOnlyList<double> Jaccards, IReadOnlyList<int> Sizes)
{
    /// <summary>That of the least stable cluster.</summary>
    public double WorstJaccard => Jaccards.Min();

    /// <summary>Whether every cluster, and the clustering as a whole, is found again often enough to be trusted.</summary>
    public bool IsStable => WorstJaccard >= StabilityGate.LeastJaccard && AdjustedRand >= StabilityGate.LeastAdjustedRand;
}

/// <summary>The clusters that may be shown, and the evidence.</summary>
/// <param name="Clusters">How many; 1 when none are.</param>
/// <param name="Labels">The cluster of each point.</param>
/// <param name="Reason">Why so many.</param>
/// <param name="Rows">What was measured, from 2 clusters up; empty when there are too few points.</param>
internal sealed record StabilityResult(int Clusters, IReadOnlyList<int> Labels, StabilityReason Reason, IReadOnlyList<StabilityRow> Rows);

/// <summary>
/// Chooses the number of clusters: the best silhouette of those that are found again in bootstrap samples (Hennig 2007). A cluster
/// that is not would name other stores tomorrow. Stable is not yet real: a cloud that is long in one direction is cut across it again and again.
/// </summary>
internal static class StabilityGate
{
    /// <summary>Below this mean Jaccard similarity a cluster is not to be trusted (Hennig 2008).</summary>
    public const double LeastJaccard = 0.6;

    /// <summary>
    /// The Jaccard similarity is not corrected for chance: of a cloud without groups that is cut in two, both parts overlap any other two by more than half. Clouds
    /// of 80 points passed with it alone; none had a mean adjusted Rand index above 0.57.
    /// </summary>
    public const double LeastAdjustedRand = 0.6;

    /// <summary>Samples when nothing is said: enough for a standard error of about 0.015, as the similarities of single samples scatter by about 0.2.</summary>
    public const int Bootstraps = 200;

    private const int SmallestMeanCluster = 3;

    /// <summary>
    /// Tries 2 to <paramref name="mostClusters"/> clusters, at most one for every 3 points. A point drawn more than once into a sample counts as
    /// often. Time grows with the square of the number of points, for the silhouette.
    /// </summary>
    /// <param name="points">One a row, scaled; NaN is a missing coordinate if the method takes it.</param>
    /// <param name="mostClusters">The largest number to try.</param>
    /// <param name="seed">Of everything random.</param>
    /// <param name="method">How to cluster.</param>
    /// <param name="bootstraps">How many samples, at least 50 for figures to be shown.</param>
    /// <param name="cancellationToken">Stops between samples.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static StabilityResult Choose(
        double[][] points, int mostClusters, int seed, ClusterMethod method, int bootstraps = Bootstraps, CancellationToken cancellationToken = default)
    {
        var most = Math.Min(mostClusters, points.Length / SmallestMeanCluster);
        if (most < 2)
        {
            return new StabilityResult(1, new int[points.Length], StabilityReason.TooFewPoints, []);
        }

        // All numbers of clusters are judged by the same samples.
        var random = new Random(seed);
        var samples = Enumerable.Range(0, bootstraps).Select(_ => (Points: Sample(points.Length, random), Seed: random.Next())).ToList();
        var tried = new List<(int[] Labels, StabilityRow Row)>();
        for (var k = 2; k <= most; k++)
        {
            var labels = method(points, k, seed);
            tried.Add((labels, Measure(points, labels, k, samples, method, cancellationToken)));
        }

        var rows = tried.ConvertAll(one => one.Row);
        var (bestLabels, best) = tried.Where(one => one.Row.IsStable && one.Row.Silhouette > 0).OrderByDescending(one => one.Row.Silhouette).FirstOrDefault();
        return best is null
            ? new StabilityResult(1, new int[points.Length], StabilityReason.NothingStable, rows)
            : new StabilityResult(
                best.Clusters,
                bestLabels,
                rows.Exists(row => row.Silhouette > best.Silhouette) ? StabilityReason.BetterSilhouetteUnstable : StabilityReason.BestSilhouetteStable,
                rows);
    }

    private static int[] Sample(int count, Random random) => [.. Enumerable.Range(0, count).Select(_ => random.Next(count)).Order()];

    private static StabilityRow Measure(
        double[][] points, int[] labels, int k, List<(int[] Points, int Seed)> samples, ClusterMethod method, CancellationToken cancellationToken)
    {
        var found = new (double AdjustedRand, IReadOnlyDictionary<int, double> Jaccards)?[samples.Count];
        Parallel.For(0, samples.Count, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            var sample = samples[i].Points;
            if (sample.Length >= k)
            {
                var expected = Array.ConvertAll(sample, point => labels[point]);
                var again = method(Array.ConvertAll(sample, point => points[point]), k, samples[i].Seed);
                found[i] = (ClusterAgreement.AdjustedRand(expected, again), ClusterAgreement.BestJaccard(expected, again));
            }
        });

        // A cluster that no sample touched, or that the method left empty, has nothing to be trusted for.
        var known = found.OfType<(double AdjustedRand, IReadOnlyDictionary<int, double> Jaccards)>().ToList();
        return new StabilityRow(
            k,
            Silhouette.Mean(points, labels),
            known.Select(one => one.AdjustedRand).DefaultIfEmpty(0).Average(),
            [.. Enumerable.Range(0, k).Select(cluster => known.Where(one => one.Jaccards.ContainsKey(cluster)).Select(one => one.Jaccards[cluster]).DefaultIfEmpty(0).Average())],
            [.. Enumerable.Range(0, k).Select(cluster => labels.Count(label => label == cluster))]);
    }
}
