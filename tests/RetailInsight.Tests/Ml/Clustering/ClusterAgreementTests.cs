using RetailInsight.Ml.Clustering;

namespace RetailInsight.Tests.Ml.Clustering;

public sealed class ClusterAgreementTests
{
    [Fact]
    public void The_adjusted_rand_index_is_that_of_counting_pairs()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var count = 2 + random.Next(30);
            var left = Enumerable.Range(0, count).Select(_ => random.Next(4)).ToArray();
            var right = Enumerable.Range(0, count).Select(i => random.Next(3) == 0 ? random.Next(4) : left[i]).ToArray();
            var pairs = Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(i + 1, count - i - 1).Select(j => (Left: left[i] == left[j], Right: right[i] == right[j]))).ToList();
            double a = pairs.Count(pair => pair is (true, true)), b = pairs.Count(pair => pair is (true, false)), c = pairs.Count(pair => pair is (false, true)), d = pairs.Count(pair => pair is (false, false));
            var denominator = ((a + b) * (b + d)) + ((a + c) * (c + d));
            Assert.Equal(denominator == 0 ? 1 : 2 * ((a * d) - (b * c)) / denominator, ClusterAgreement.AdjustedRand(left, right), 9);
        }
    }

    [Fact]
    public void It_is_1_for_the_same_clusters_under_other_numbers_and_near_0_by_chance()
    {
        Assert.Equal(1, ClusterAgreement.AdjustedRand([0, 0, 1, 1, 2], [7, 7, 3, 3, 0]));
        Assert.Equal(1, ClusterAgreement.AdjustedRand([4, 4, 4], [1, 1, 1]));
        Assert.Equal(0, ClusterAgreement.AdjustedRand([4, 4, 4], [1, 2, 3]));
        var random = new Random(1);
        var chance = Enumerable.Range(0, 300).Average(_ => ClusterAgreement.AdjustedRand([.. Dice(random)], [.. Dice(random)]));
        Assert.Equal(0, chance, 0.02);

        static IEnumerable<int> Dice(Random random) => Enumerable.Range(0, 50).Select(_ => random.Next(3)).ToList();
    }

    [Fact]
    public void Each_cluster_is_compared_with_its_best_match()
    {
        // Cluster 0 has four points, three of which stayed together with one of cluster 1.
        var best = ClusterAgreement.BestJaccard([0, 0, 0, 0, 1, 1, 1, 5], [2, 2, 2, 3, 2, 3, 3, 9]);
        Assert.Equal([(0, 3 / 5.0), (1, 2 / 4.0), (5, 1)], best.OrderBy(cluster => cluster.Key).Select(cluster => (cluster.Key, cluster.Value)));
        Assert.Throws<ArgumentException>(() => ClusterAgreement.BestJaccard([0, 1], [0]));
        Assert.Throws<ArgumentException>(() => ClusterAgreement.AdjustedRand([0, 1], [0]));
    }
}
