namespace RetailInsight.Ml.Clustering;

/// <summary>How much nearer points are to their own cluster than to the next one (Rousseeuw 1987).</summary>
internal static class Silhouette
{
    /// <summary>The mean over all points, from −1 to 1; a point alone in its cluster counts 0. 0 when there is one cluster.</summary>
    public static double Mean(double[][] points, int[] labels)
    {
        var clusters = labels.Distinct().Order().ToList();
        if (clusters.Count < 2)
        {
            return 0;
        }

        var at = Array.ConvertAll(labels, clusters.IndexOf);
        var sizes = new int[clusters.Count];
        foreach (var cluster in at)
        {
            sizes[cluster]++;
        }

        var sum = 0.0;
        var distances = new double[clusters.Count];
        for (var i = 0; i < points.Length; i++)
        {
            Array.Clear(distances);
            for (var j = 0; j < points.Length; j++)
            {
                distances[at[j]] += Math.Sqrt(KMeans.SquaredDistance(points[i], points[j]));
            }

            sum += sizes[at[i]] > 1 ? OfPoint(distances, sizes, at[i]) : 0;
        }

        return sum / points.Length;
    }

    private static double OfPoint(double[] distances, int[] sizes, int cluster)
    {
        var own = distances[cluster] / (sizes[cluster] - 1);
        var next = double.PositiveInfinity;
        for (var other = 0; other < sizes.Length; other++)
        {
            next = other == cluster ? next : Math.Min(next, distances[other] / sizes[other]);
        }

        var wider = Math.Max(own, next);
        return wider == 0 ? 0 : (next - own) / wider;
    }
}
