using RetailInsight.Ml.Clustering;

namespace RetailInsight.Tests.Ml.Clustering;

public sealed class StabilityGateTests
{
    private const int Bootstraps = 50;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Five_planted_groups_are_five_by_every_method(int seed)
    {
        var (points, planted) = PlantedPoints.Clouds(seed, groups: 5, perGroup: 16, width: 6);
        foreach (var method in (ClusterMethod[])[KMeans.Cluster, GaussianMixture.Cluster, Ward.Cluster])
        {
            var result = StabilityGate.Choose(points, mostClusters: 7, seed, method, Bootstraps);
            Assert.Equal(5, result.Clusters);
            Assert.Equal(planted, PlantedPoints.ByFirst(result.Labels));
            Assert.Equal(StabilityReason.BestSilhouetteStable, result.Reason);
            Assert.Equal(Enumerable.Range(2, 6), result.Rows.Select(row => row.Clusters));
            var five = result.Rows[3];
            Assert.Equal(Enumerable.Repeat(16, 5), five.Sizes);
            Assert.True(five.AdjustedRand > 0.95 && five.WorstJaccard > 0.9, $"{five}");
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(11)]
    public void A_cloud_without_groups_is_one_cluster_and_the_evidence_says_why(int seed)
    {
        var random = new Random(seed);
        var points = Enumerable.Range(0, 80).Select(_ => PlantedPoints.Row(random, 6, 1)).ToArray();
        var result = StabilityGate.Choose(points, mostClusters: 5, seed: 1, KMeans.Cluster, Bootstraps);
        Assert.Equal(1, result.Clusters);
        Assert.All(result.Labels, label => Assert.Equal(0, label));
        Assert.Equal(StabilityReason.NothingStable, result.Reason);
        Assert.Equal(4, result.Rows.Count);
        Assert.All(result.Rows, row => Assert.True(row is { IsStable: false, Silhouette: > 0 }));
    }

    [Fact]
    public void Fewer_clusters_are_taken_where_more_have_the_better_silhouette_but_are_not_stable()
    {
        // Two groups far apart. Asked for three, the method leaves one empty and is right about the others; asked for two, it is wrong about one point.
        var (points, _) = PlantedPoints.Clouds(5, groups: 2, perGroup: 15, width: 3, apart: 20);
        var result = StabilityGate.Choose(points, mostClusters: 3, seed: 1, TwoAtMost, Bootstraps);
        Assert.Equal((2, StabilityReason.BetterSilhouetteUnstable), (result.Clusters, result.Reason));
        Assert.True(result.Rows[1].Silhouette > result.Rows[0].Silhouette);
        Assert.Equal((0, 0), (result.Rows[1].WorstJaccard, result.Rows[1].Sizes[2]));

        static int[] TwoAtMost(double[][] points, int k, int seed)
        {
            var labels = KMeans.Cluster(points, 2, seed);
            labels[0] = k == 2 ? 1 - labels[0] : labels[0];
            return labels;
        }
    }

    [Fact]
    public void Five_stores_are_one_cluster()
    {
        var result = StabilityGate.Choose([[1.0], [2], [3], [40], [50]], mostClusters: 5, seed: 1, KMeans.Cluster);
        Assert.Equal((1, StabilityReason.TooFewPoints, 0), (result.Clusters, result.Reason, result.Rows.Count));
    }

    [Fact]
    public void The_same_seed_gives_the_same_evidence_and_a_token_stops_it()
    {
        var random = new Random(9);
        var points = Enumerable.Range(0, 30).Select(_ => PlantedPoints.Row(random, 3, 1)).ToArray();
        var (first, second) = (StabilityGate.Choose(points, 4, 7, KMeans.Cluster, Bootstraps), StabilityGate.Choose(points, 4, 7, KMeans.Cluster, Bootstraps));
        Assert.Equal(first.Rows.SelectMany(row => row.Jaccards), second.Rows.SelectMany(row => row.Jaccards));
        Assert.Throws<OperationCanceledException>(() => StabilityGate.Choose(points, 4, 7, KMeans.Cluster, Bootstraps, new CancellationToken(canceled: true)));
    }
}
