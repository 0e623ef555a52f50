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

        var sizes = clusters.ToDictionary(cluster => cluster, cluster => labels.Count(label => label == cluster));
        var sum = 0.0;
        for (var i = 0; i < points.Length; i++)
        {
            var distances = clusters.ToDictionary(cluster => cluster, _ => 0.0);
            for (var j = 0; j < points.Length; j++)
            {
                distances[labels[j]] += Math.Sqrt(KMeans.SquaredDistance(points[i], points[j]));
            }

            if (sizes[labels[i]] > 1)
            {
                var own = distances[labels[i]] / (sizes[labels[i]] - 1);
                var next = clusters.Where(cluster => cluster != labels[i]).Min(cluster => distances[cluster] / sizes[cluster]);
                var wider = Math.Max(own, next);
                sum += wider == 0 ? 0 : (next - own) / wider;
            }
        }

        return sum / points.Length;
    }
}
