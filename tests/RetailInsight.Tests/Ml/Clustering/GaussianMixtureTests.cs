using RetailInsight.Ml.Clustering;

namespace RetailInsight.Tests.Ml.Clustering;

public sealed class GaussianMixtureTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void The_likelihood_never_falls(double missing)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            var points = Enumerable.Range(0, 60).Select(i => PlantedPoints.Row(random, 4, 1 + (i % 3)).Select(value => random.NextDouble() < missing ? double.NaN : value).ToArray()).ToArray();
            var likelihoods = GaussianMixture.Fit(points, 1 + (seed % 5), seed).LogLikelihoods;
            Assert.All(likelihoods.Zip(likelihoods.Skip(1)), round => Assert.True(round.Second >= round.First - (1e-9 * Math.Abs(round.First)), $"{seed}: {round}"));
        }
    }

    [Fact]
    public void Planted_weights_means_and_spreads_are_found()
    {
        // A narrow cloud within reach of a wide one: k-means cuts between their means, the mixture does not.
        var random = new Random(7);
        var points = Enumerable.Range(0, 4000).Select(i => i % 4 == 0 ? PlantedPoints.Row(random, 2, 0.3).Select(value => value + 3).ToArray() : PlantedPoints.Row(random, 2, 2)).ToArray();
        var mixture = GaussianMixture.Fit(points, 2, seed: 1);
        var narrow = mixture.Weights.IndexOf(mixture.Weights.Min());
        Assert.Equal(0.25, mixture.Weights[narrow], 0.02);
        Assert.All(mixture.Means[narrow], mean => Assert.Equal(3, mean, 0.05));
        Assert.All(mixture.Means[1 - narrow], mean => Assert.Equal(0, mean, 0.15));
        Assert.All(mixture.Variances[narrow], variance => Assert.Equal(0.3, Math.Sqrt(variance), 0.05));
        Assert.All(mixture.Variances[1 - narrow], variance => Assert.Equal(2, Math.Sqrt(variance), 0.1));
        Assert.Equal(1, mixture.Weights.Sum(), 12);
        Assert.All(mixture.Parts, parts => Assert.Equal(1, parts.Sum(), 12));
    }

    [Fact]
    public void A_component_around_one_point_keeps_a_spread()
    {
        var points = Enumerable.Range(0, 10).Select(i => new[] { i < 9 ? i * 0.01 : 100.0, 5 }).ToArray();
        var mixture = GaussianMixture.Fit(points, 2, seed: 1);
        Assert.All(mixture.Variances.SelectMany(row => row), variance => Assert.True(variance > 0));
        Assert.True(double.IsFinite(mixture.LogLikelihoods[^1]));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 1], PlantedPoints.ByFirst(GaussianMixture.Cluster(points, 2, seed: 1)));
    }
}
