using RetailInsight.Ml.Clustering;

namespace RetailInsight.Tests.Ml.Clustering;

public sealed class WardTests
{
    [Fact]
    public void The_tree_is_that_of_always_merging_the_two_clusters_whose_squares_grow_least()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var points = Enumerable.Range(0, 2 + (seed % 25)).Select(_ => PlantedPoints.Row(random, 3, 1)).ToArray();
            var tree = Ward.Tree(points);
            var naive = Naive(points);
            Assert.Equal(naive.Select(merge => (merge.First, merge.Second)), tree.Select(merge => (merge.First, merge.Second)));
            Assert.All(naive.Zip(tree), merge => Assert.Equal(merge.First.Height, merge.Second.Height, 9));
        }
    }

    [Fact]
    public void Points_at_equal_distances_are_merged_all_the_same()
    {
        var points = Enumerable.Range(0, 16).Select(i => new double[] { i % 4, i / 4 }).ToArray();
        Assert.Equal(15, Ward.Tree(points).Count);
        Assert.Equal(16, Ward.Cluster(points, 16, seed: 0).Distinct().Count());
        Assert.Single(Ward.Cluster(points, 1, seed: 0).Distinct());
        Assert.Empty(Ward.Tree([[1.0]]));
    }

    [Fact]
    public void Planted_groups_are_found_even_where_coordinates_are_missing()
    {
        var (points, planted) = PlantedPoints.Clouds(2, groups: 4, perGroup: 12, width: 6, apart: 30);
        Assert.Equal(planted, Ward.Cluster(points, 4, seed: 0));
        for (var i = 0; i < points.Length; i += 3)
        {
            points[i][i % 6] = double.NaN;
        }

        Assert.Equal(planted, Ward.Cluster(points, 4, seed: 0));
    }

    private static List<WardMerge> Naive(double[][] points)
    {
        var clusters = points.Select((point, i) => (Number: i, Points: new List<double[]> { point })).ToList();
        var merges = new List<WardMerge>();
        while (clusters.Count > 1)
        {
            var (first, second, growth) = clusters.SelectMany((one, i) => clusters.Skip(i + 1).Select(other => (one, other, Squares([.. one.Points, .. other.Points]) - Squares(one.Points) - Squares(other.Points))))
                .MinBy(pair => pair.Item3);
            merges.Add(new WardMerge(Math.Min(first.Number, second.Number), Math.Max(first.Number, second.Number), Math.Sqrt(2 * growth)));
            clusters.Remove(first);
            clusters.Remove(second);
            clusters.Add((points.Length + merges.Count - 1, [.. first.Points, .. second.Points]));
        }

        return merges;
    }

    private static double Squares(List<double[]> points)
    {
        var mean = points[0].Select((_, i) => points.Average(point => point[i])).ToArray();
        return points.Sum(point => KMeans.SquaredDistance(point, mean));
    }
}
