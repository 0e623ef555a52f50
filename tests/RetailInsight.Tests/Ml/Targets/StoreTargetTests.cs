using RetailInsight.Core.Canon;
using RetailInsight.Ml.Features;
using RetailInsight.Ml.Targets;

namespace RetailInsight.Tests.Ml.Targets;

public sealed class StoreTargetTests
{
    private static readonly StoreDay[] Days =
    [
        new("a", "JPY", Money.ToMicros(100_000), 50, Money.ToMicros(150), 200),
        new("b", "JPY", Money.ToMicros(200_001), 70, Money.ToMicros(140), null),
        new("c", "JPY", Money.ToMicros(60_000), 30, Money.ToMicros(99), 0),
        new("d", "JPY", Money.ToMicros(900_000), 300, Money.ToMicros(600), 1000),
        new("without a cluster", "JPY", Money.ToMicros(1), 1, Money.ToMicros(1), 1),
    ];

    private static readonly Dictionary<string, int> Clusters = new() { ["a"] = 0, ["b"] = 0, ["c"] = 0, ["d"] = 1 };

    [Fact]
    public void A_store_below_its_cluster_aims_at_the_mean_and_one_above_holds()
    {
        var sales = StoreTarget.Of(Days, Clusters).Where(target => target.Metric == "net_sales").ToDictionary(target => target.Store);

        Assert.Equal((100_000m, 120_000.333333m, 20_000.333333m, 120_000.333333m, "JPY", 0), Tuple(sales["a"]));
        Assert.Equal((200_001m, 120_000.333333m, -80_000.666667m, 200_001m, "JPY", 0), Tuple(sales["b"]));
        Assert.Equal((900_000m, 900_000m, 0m, 900_000m, "JPY", 1), Tuple(sales["d"]));
    }

    [Fact]
    public void A_store_that_has_no_such_figure_has_no_target_and_no_weight()
    {
        var conversion = StoreTarget.Of(Days, Clusters).Where(target => target.Metric == "conversion").ToList();
        Assert.Equal(["a", "d"], conversion.Select(target => target.Store));
        Assert.All(conversion, target => Assert.Equal((target.Actual, "ratio"), (target.ClusterMean, target.Unit)));
        Assert.DoesNotContain(StoreTarget.Of(Days, Clusters), target => target.Store == "without a cluster");
    }

    [Fact]
    public void Every_target_equals_a_naive_recount()
    {
        var random = new Random(11);
        var days = Enumerable.Range(0, 60).Select(i => new StoreDay(
            $"s{i:00}", "JPY", random.NextInt64(-5_000_000, 9_000_000) * 1_000_000, random.Next(0, 400), random.NextInt64(0, 900) * 500_000, random.Next(4) == 0 ? null : random.Next(0, 900))).ToList();
        var clusters = days.ToDictionary(day => day.Store, day => day.Store[^1] % 3);

        var targets = StoreTarget.Of(days, clusters).ToDictionary(target => (target.Store, target.Metric));
        var expected = 0;
        foreach (var (metric, figure) in new (string, Func<StoreDay, decimal?>)[]
        {
            ("net_sales", day => day.Net / 1_000_000m),
            ("basket_value", day => day.Receipts == 0 ? null : decimal.Round(day.Net / 1_000_000m / day.Receipts, 6, MidpointRounding.ToEven)),
            ("items_per_receipt", day => day.Receipts == 0 ? null : decimal.Round(day.Items / 1_000_000m / day.Receipts, 6, MidpointRounding.ToEven)),
            ("conversion", day => day.Visitors is null or 0 ? null : decimal.Round((decimal)day.Receipts / day.Visitors.Value, 6, MidpointRounding.ToEven)),
        })
        {
            foreach (var day in days.Where(day => figure(day) is not null))
            {
                var sum = 0m;
                var count = 0;
                foreach (var other in days)
                {
                    if (clusters[other.Store] == clusters[day.Store] && figure(other) is { } value)
                    {
                        sum += value;
                        count++;
                    }
                }

                var target = targets[(day.Store, metric)];
                var mean = decimal.Round(sum / count, 6, MidpointRounding.ToEven);
                Assert.Equal((figure(day)!.Value, mean, mean - figure(day)!.Value), (target.Actual, target.ClusterMean, target.Gap));
                Assert.Equal(mean > figure(day)!.Value ? mean : figure(day)!.Value, target.Target);
                expected++;
            }
        }

        Assert.Equal(expected, targets.Count);
    }

    private static (decimal, decimal, decimal, decimal, string, int) Tuple(StoreTarget target) =>
        (target.Actual, target.ClusterMean, target.Gap, target.Target, target.Unit, target.Cluster);
}
