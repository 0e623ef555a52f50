using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Features;

namespace RetailInsight.Tests.Ml.Clustering;

public sealed class ClusterDescriptionTests
{
    [Fact]
    public void A_cluster_is_described_by_what_it_has_more_or_less_of_than_most_stores()
    {
        // Two large stores with small baskets among eight usual ones; visitors are counted in few, and Saturdays are alike everywhere.
        double?[][] values =
        [
            .. Enumerable.Range(0, 8).Select(i => new double?[] { 100 + i, 2000 + (10 * i), i == 0 ? null : 40 + i, 1.5 }),
            [300, 1500, null, 1.5], [320, 1520, null, 1.5],
        ];
        int[] clusters = [0, 0, 0, 0, 0, 0, 0, 0, 4, 4];
        var described = ClusterDescription.Describe(["sales", "basket", "visitors", "saturday"], values, Scaled(values), clusters);
        Assert.Equal([(0, 8), (4, 2)], described.Select(cluster => (cluster.Cluster, cluster.Size)));
        Assert.Empty(described[0].Features);
        Assert.Equal([("basket", false), ("sales", true)], described[1].Features.Select(feature => (feature.Feature, feature.IsHigher)).Order());
        Assert.Equal(310 / 104.5, described[1].Features.Single(feature => feature.Feature == "sales").Ratio!.Value, 9);
        Assert.Equal(1510 / 2025.0, described[1].Features.Single(feature => feature.Feature == "basket").Ratio!.Value, 9);
    }

    [Fact]
    public void Only_the_three_most_distinct_features_are_named_and_a_ratio_to_nothing_is_left_out()
    {
        double?[][] values =
        [
            .. Enumerable.Range(0, 9).Select(i => new double?[] { i - 4, i, i, i, i }),
            [100, 5000, 90, 600, 80],
        ];
        var described = ClusterDescription.Describe(["zero", "a", "b", "c", "d"], values, Scaled(values), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        Assert.Equal(["a", "c", "zero"], described[1].Features.Select(feature => feature.Feature));
        Assert.True(described[1].Features[0].RobustZ > described[1].Features[1].RobustZ);
        Assert.True(described[1].Features[1].Ratio > 1);

        var centred = ClusterDescription.Describe(["zero"], [[-1], [0], [0], [1], [100]], [[-1.0], [0], [0], [1], [100]], [0, 0, 0, 0, 1]);
        Assert.Null(centred[1].Features.Single().Ratio);
    }

    private static double[][] Scaled(double?[][] values)
    {
        var columns = values[0].Select((_, i) => RobustScaling.Scale([.. values.Select(row => row[i])])).ToList();
        return [.. values.Select((_, row) => columns.Select(column => column[row]).ToArray())];
    }
}
