using RetailInsight.Ml.Clustering;

namespace RetailInsight.Tests.Ml.Clustering;

public sealed class PrincipalComponentsTests
{
    [Fact]
    public void Components_are_unit_vectors_at_right_angles_that_share_the_variance()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var width = 1 + (seed % 9);
            var mixing = Enumerable.Range(0, width).Select(_ => PlantedPoints.Row(random, width, 1)).ToArray();
            var points = Enumerable.Range(0, 50).Select(_ => PlantedPoints.Row(random, width, 1)).Select(row => Array.ConvertAll(mixing, weights => Dot(weights, row))).ToArray();
            var components = PrincipalComponents.Of(points);
            for (var i = 0; i < width; i++)
            {
                for (var j = 0; j < width; j++)
                {
                    Assert.Equal(i == j ? 1 : 0, Dot(components.Loadings[i], components.Loadings[j]), 9);
                }
            }

            Assert.Equal(1, components.Shares.Sum(), 9);
            Assert.Equal(components.Shares.OrderDescending(), components.Shares);

            // What is seen along a component varies by its share, and the two that are shown do not go together.
            var variance = Enumerable.Range(0, width).Sum(i => Variance(points.Select(point => point[i])));
            for (var component = 0; component < Math.Min(2, width); component++)
            {
                Assert.Equal(components.Shares[component], Variance(components.Coordinates.Select(point => point[component])) / variance, 9);
            }

            Assert.Equal(0, components.Coordinates.Average(point => point[0] * point[1]), 9);
            Assert.All(components.Loadings, loading => Assert.True(loading.MaxBy(Math.Abs) > 0));
        }
    }

    [Fact]
    public void Points_on_a_line_are_seen_along_it()
    {
        double[][] points = [[1, 2, 0], [2, 4, 0], [3, 6, 0], [4, 8, 0]];
        var components = PrincipalComponents.Of(points);
        Assert.Equal([1.0, 0, 0], components.Shares.Select(share => Math.Round(share, 12, MidpointRounding.ToEven)));
        Assert.Equal(2 / Math.Sqrt(5), components.Loadings[0][1], 12);
        Assert.All(components.Coordinates.Zip([-1.5, -0.5, 0.5, 1.5]), point => Assert.Equal(point.Second * Math.Sqrt(5), point.First[0], 12));
    }

    [Fact]
    public void A_missing_figure_lies_at_the_median_and_nothing_to_see_is_nothing()
    {
        double[][] points = [[-1, double.NaN], [1, double.NaN], [0, 3], [0, -3]];
        double[][] filled = [[-1, 0], [1, 0], [0, 3], [0, -3]];
        Assert.Equal(PrincipalComponents.Of(filled).Coordinates, PrincipalComponents.Of(points).Coordinates);
        Assert.Equal([0.0, 0.0], PrincipalComponents.Of([[7.0], [7.0]]).Coordinates[0]);
        Assert.Equal([0.0], PrincipalComponents.Of([[7.0], [7.0]]).Shares);
        Assert.Empty(PrincipalComponents.Of([]).Coordinates);
    }

    private static double Dot(double[] left, double[] right) => left.Zip(right, (one, other) => one * other).Sum();

    private static double Variance(IEnumerable<double> values)
    {
        var all = values.ToList();
        var mean = all.Average();
        return all.Average(value => (value - mean) * (value - mean));
    }
}
