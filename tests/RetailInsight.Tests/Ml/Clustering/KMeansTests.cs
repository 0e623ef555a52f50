using RetailInsight.Ml.Clustering;

namespace RetailInsight.Tests.Ml.Clustering;

public sealed class KMeansTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 3, 2)]
    [InlineData(3, 5, 4)]
    [InlineData(4, 9, 20)]
    [InlineData(5, 13, 3)]
    public void Planted_groups_are_found(int seed, int groups, int width)
    {
        var (points, planted) = PlantedPoints.Clouds(seed, groups, perGroup: 11, width, apart: 30, spread: 0.1);
        Assert.Equal(planted, PlantedPoints.ByFirst(KMeans.Cluster(points, groups, seed)));
    }

    [Fact]
    public void Every_point_is_with_the_nearest_mean_and_the_inertia_is_the_sum_of_those_distances()
    {
        foreach (var missing in new[] { 0, 0.2 })
        {
            var random = new Random(3);
            var points = Enumerable.Range(0, 203).Select(_ => PlantedPoints.Row(random, 7, 1).Select(value => random.NextDouble() < missing ? double.NaN : value).ToArray()).ToArray();
            for (var k = 1; k <= 12; k++)
            {
                var fit = KMeans.Fit(points, k, seed: k, starts: 3);
                var sum = 0.0;
                for (var i = 0; i < points.Length; i++)
                {
                    var distances = Array.ConvertAll(fit.Centres, centre => KMeans.SquaredDistance(points[i], centre));
                    Assert.Equal(distances.Min(), distances[fit.Labels[i]], 12);
                    sum += distances.Min();
                }

                Assert.Equal(sum, fit.Inertia, 9);
                for (var cluster = 0; cluster < k; cluster++)
                {
                    for (var i = 0; i < 7; i++)
                    {
                        Assert.Equal(points.Where((_, point) => fit.Labels[point] == cluster).Select(point => point[i]).Where(double.IsFinite).DefaultIfEmpty(0).Average(), fit.Centres[cluster][i], 12);
                    }
                }
            }
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_clusters_whether_starts_are_shared_out_or_not()
    {
        // Large enough for all cores; a start alone is not, and starts do not know of each other.
        var random = new Random(8);
        var points = Enumerable.Range(0, 2500).Select(_ => PlantedPoints.Row(random, 6, 1)).ToArray();
        var fit = KMeans.Fit(points, 7, seed: 5, starts: 12);
        var again = KMeans.Fit(points, 7, seed: 5, starts: 12);
        Assert.Equal(fit.Labels, again.Labels);
        Assert.Equal(BitConverter.DoubleToInt64Bits(fit.Inertia), BitConverter.DoubleToInt64Bits(again.Inertia));
        Assert.True(fit.Inertia <= KMeans.Fit(points, 7, seed: 5, starts: 1).Inertia);
    }

    [Fact]
    public void No_cluster_is_empty_where_there_are_places_enough()
    {
        // Nearly all points lie at one place: the draw of first centres and the means both leave clusters without points.
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var points = Enumerable.Range(0, 40).Select(i => i < 34 ? new[] { 0.0, 0 } : [random.NextDouble(), random.NextDouble()]).ToArray();
            var labels = KMeans.Fit(points, 7, seed, starts: 1).Labels;
            Assert.Equal(Enumerable.Range(0, 7), labels.Distinct().Order());
        }
    }

    [Fact]
    public void Points_at_fewer_places_than_clusters_are_grouped_by_place()
    {
        var points = Enumerable.Range(0, 12).Select(i => new double[] { i % 3, 1 }).ToArray();
        var fit = KMeans.Fit(points, 5, seed: 1);
        Assert.Equal(0, fit.Inertia);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => i % 3), PlantedPoints.ByFirst(fit.Labels));
    }

    [Fact]
    public void A_missing_coordinate_draws_a_point_nowhere()
    {
        var (points, planted) = PlantedPoints.Clouds(4, groups: 3, perGroup: 20, width: 5, apart: 20);
        var random = new Random(6);
        foreach (var point in points)
        {
            point[random.Next(5)] = double.NaN;
        }

        Assert.Equal(planted, PlantedPoints.ByFirst(KMeans.Cluster(points, 3, seed: 2)));
    }

    [Fact]
    public void More_clusters_than_points_are_refused_and_so_are_ragged_points()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Cluster([[1.0], [2.0]], 3, seed: 1));
        Assert.Throws<ArgumentException>(() => KMeans.Cluster([[1.0], [2.0, 3]], 1, seed: 1));
    }
}
