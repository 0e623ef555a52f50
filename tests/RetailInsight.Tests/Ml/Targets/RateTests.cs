using RetailInsight.Ml.Targets;

namespace RetailInsight.Tests.Ml.Targets;

public sealed class RateTests
{
    [Fact]
    public void How_rates_differ_between_stores_is_found_in_their_counts()
    {
        // Rates of a beta distribution of mean 0.2: with strength 50 and chance only.
        var random = new Random(4);
        foreach (var (strength, low, high) in new[] { (50.0, 35.0, 70.0), (double.PositiveInfinity, 5_000, 1e6) })
        {
            var counts = Enumerable.Range(0, 600).Select(i =>
            {
                var rate = 0.2 + (Math.Sqrt(0.16 / (strength + 1)) * Math.Sqrt(3) * ((2 * random.NextDouble()) - 1));
                var trials = 100 + (i % 5 * 200);
                return new RateCount(Enumerable.Range(0, trials).Count(_ => random.NextDouble() < rate), trials);
            }).ToList();
            var prior = RatePrior.Of(counts);
            Assert.InRange(prior.Mean, 0.19, 0.21);
            Assert.InRange(prior.Strength, low, high);
        }
    }

    [Fact]
    public void A_small_store_is_drawn_to_the_mean_of_its_peers_and_a_large_one_is_not()
    {
        var prior = new RatePrior(0.2, 100);
        Assert.Equal(0.15, prior.Shrink(10, 100), 1e-12);
        Assert.InRange(prior.Shrink(10_000, 100_000), 0.1, 0.1002);
        Assert.InRange(prior.Shrink(0, 10), 0.18, 0.2);
    }

    [Fact]
    public void A_store_that_sold_nothing_has_a_figure_that_nobody_believes()
    {
        var prior = new RatePrior(0.2, 100);
        var nothing = Measurement.OfRate(0, 12, prior);
        Assert.True(double.IsFinite(nothing.Log));
        Assert.True(nothing.Variance > 0.3);

        var large = Measurement.OfRate(15_000, 100_000, prior);
        Assert.Equal(Math.Log(0.15), large.Log, 0.001);
        Assert.Equal(0.85 / 15_000, large.Variance, 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => Measurement.OfRate(2, 1, prior));
        Assert.Throws<ArgumentOutOfRangeException>(() => Measurement.OfRate(0, 0, prior));
        Assert.Throws<ArgumentException>(() => RatePrior.Of([new(0, 10), new(0, 5)]));
    }

    [Fact]
    public void Of_two_stores_with_the_same_low_rate_the_small_one_is_believed_less()
    {
        var random = new Random(8);
        var names = Enumerable.Range(0, 120).Select(i => $"s{i:000}").ToList();
        var now = Counts();
        var before = Counts();

        // One receipt of ten visitors where two are usual: by chance, or by thousands.
        now[0] = new(6, 60);
        now[1] = new(4_000, 40_000);
        (before[0], before[1]) = (new(12, 60), new(8_000, 40_000));
        var priors = (Now: RatePrior.Of(now), Before: RatePrior.Of(before));
        var potentials = PotentialEstimate.Of(
        [
            .. names.Select((name, i) => new StoreKpi(
                name, "all", new(Measurement.OfRate(now[i].Successes, now[i].Trials, priors.Now), []), new(Measurement.OfRate(before[i].Successes, before[i].Trials, priors.Before), []),
                [.. names.Where((_, other) => other != i && other > 1).Skip(i % 50).Take(10)])),
        ]);

        Assert.True(potentials[0].Level > 0.12 && potentials[1].Level < 0.11, $"{potentials[0].Level} {potentials[1].Level}");
        Assert.True(potentials[0].Movable < 0.7 * potentials[1].Movable, $"{potentials[0].Movable} {potentials[1].Movable}");
        Assert.True(potentials[0].Rho < 0.6 && potentials[1].Rho > 0.9, $"{potentials[0].Rho} {potentials[1].Rho}");

        List<RateCount> Counts() =>
        [
            .. names.Select(_ =>
            {
                var rate = 0.16 + (0.08 * random.NextDouble());
                var trials = random.Next(2_000, 6_000);
                return new RateCount(Enumerable.Range(0, trials).Count(_ => random.NextDouble() < rate), trials);
            }),
        ];
    }

    [Fact]
    public void A_quotient_is_as_uncertain_as_its_weeks_differ()
    {
        var random = new Random(6);
        var logs = new List<double>();
        var variances = new List<double>();
        for (var round = 0; round < 2_000; round++)
        {
            var measurement = Measurement.OfRatio([.. Enumerable.Range(0, 13).Select(_ => new RatioWeek(200 * (0.8 + (0.4 * random.NextDouble())), 100))]);
            logs.Add(measurement.Log);
            variances.Add(measurement.Variance);
        }

        var mean = logs.Average();
        Assert.Equal(Math.Log(2), mean, 0.002);
        Assert.InRange(variances.Average() / logs.Average(log => (log - mean) * (log - mean)), 0.9, 1.1);
        Assert.Throws<ArgumentException>(() => Measurement.OfRatio([new(1, 1)]));
        Assert.Throws<ArgumentException>(() => Measurement.OfRatio([new(1, 1), new(0, 0)]));
    }
}
