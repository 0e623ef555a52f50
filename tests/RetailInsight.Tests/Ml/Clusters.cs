using RetailInsight.Core.Canon;
using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Features;
using Xunit.Abstractions;

namespace RetailInsight.Tests.Ml;

public sealed class Clusters(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    public void Planted_groups_are_found_and_numbered_from_the_smallest(int seed, int groups)
    {
        var (days, planted) = Plant(seed, groups, perGroup: 9);
        Assert.Equal(planted.OrderBy(store => store.Key), StoreGrouping.Group(days).OrderBy(store => store.Key));
    }

    [Fact]
    public void The_order_of_the_stores_does_not_matter()
    {
        var (days, _) = Plant(5, 3, perGroup: 7);
        var expected = StoreGrouping.Group(days).OrderBy(store => store.Key).ToList();
        var random = new Random(1);
        for (var shuffle = 0; shuffle < 10; shuffle++)
        {
            var shuffled = days.ToArray();
            random.Shuffle(shuffled);
            Assert.Equal(expected, StoreGrouping.Group(shuffled).OrderBy(store => store.Key));
        }
    }

    [Fact]
    public void Five_stores_are_one_cluster_and_none_are_none()
    {
        var (days, _) = Plant(1, 1, perGroup: 5);
        Assert.All(StoreGrouping.Group(days).Values, cluster => Assert.Equal(0, cluster));
        Assert.Empty(StoreGrouping.Group([]));
    }

    [Fact]
    public void Stores_that_do_not_differ_are_one_cluster()
    {
        var days = Enumerable.Range(0, 12).Select(i => new StoreDay($"s{i}", "JPY", Money.ToMicros(1000), 10, Money.ToMicros(30), null));
        Assert.All(StoreGrouping.Group(days).Values, cluster => Assert.Equal(0, cluster));
    }

    [Fact]
    public void Four_hundred_stores_take_seconds()
    {
        var (days, planted) = Plant(4, 3, perGroup: 134);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(planted.OrderBy(store => store.Key), StoreGrouping.Group(days).OrderBy(store => store.Key));
        output.WriteLine($"{days.Count} stores of a day grouped in {watch.Elapsed.TotalSeconds:0.0} s");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Stores_of_two_currencies_are_never_together()
    {
        var (days, planted) = Plant(2, 2, perGroup: 6);
        var both = days.Concat(days.Select(day => day with { Store = "e-" + day.Store, Currency = "EUR" })).ToList();
        var clusters = StoreGrouping.Group(both);
        Assert.All(planted, store => Assert.Equal((store.Value + 2, store.Value), (clusters[store.Key], clusters["e-" + store.Key])));
    }

    [Fact]
    public void A_store_without_a_counter_lies_where_its_other_figures_put_it()
    {
        var (days, planted) = Plant(9, 2, perGroup: 9);
        var blind = days.Select((day, i) => i % 4 == 0 ? day with { Visitors = null } : day).ToList();
        Assert.Equal(planted.OrderBy(store => store.Key), StoreGrouping.Group(blind).OrderBy(store => store.Key));
        Assert.Equal(double.NaN, StoreFeatures.Scale(blind)[0][4]);
    }

    [Fact]
    public void The_silhouette_of_two_pairs_on_a_line_is_as_computed_by_hand()
    {
        double[][] points = [[0], [1], [10], [11]];
        var outer = (10.5 - 1) / 10.5;
        var inner = (9.5 - 1) / 9.5;
        Assert.Equal((outer + inner) / 2, Silhouette.Mean(points, [0, 0, 1, 1]), 12);
        Assert.Equal(0, Silhouette.Mean(points, [0, 0, 0, 0]));
    }

    [Fact]
    public void One_odd_store_does_not_move_the_scale_of_the_others()
    {
        double?[] values = [1, 2, 3, 4, 5, null];
        var plain = RobustScaling.Scale(values);
        var bent = RobustScaling.Scale([.. values.Select(value => value == 5 ? 5_000_000 : value)]);
        Assert.Equal(plain.Take(4), bent.Take(4));
        Assert.Equal(double.NaN, plain[5]);
        Assert.Equal(1 / 1.4826, plain[3], 12);
    }

    private static (List<StoreDay> Days, Dictionary<string, int> Planted) Plant(int seed, int groups, int perGroup)
    {
        var random = new Random(seed);
        var days = new List<StoreDay>();
        var planted = new Dictionary<string, int>();
        for (var i = 0; i < groups * perGroup; i++)
        {
            // Each group sells four times as much as the one before, to baskets and with a conversion of its own.
            var group = i % groups;
            double Near(double value) => value * (0.95 + (0.1 * random.NextDouble()));
            var receipts = (long)Near(50 * Math.Pow(3, group));
            var net = (decimal)Math.Floor(receipts * Near(1500 + (500 * group)));
            var store = $"s{random.Next(1000, 9999)}-{i}";
            planted.Add(store, group);
            days.Add(new StoreDay(
                store, "JPY", Money.ToMicros(net), receipts, Money.ToMicros(Math.Floor((decimal)(receipts * Near(2 + group)))), (long)(receipts / Near(0.2 + (0.1 * group)))));
        }

        return (days, planted);
    }
}
