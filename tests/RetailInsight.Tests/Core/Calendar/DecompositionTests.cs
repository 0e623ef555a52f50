using RetailInsight.Core.Calendar;

namespace RetailInsight.Tests.Core.Calendar;

public sealed class DecompositionTests
{
    private const long Yen = 1_000_000;

    [Fact]
    public void A_change_of_one_factor_alone_belongs_to_that_factor()
    {
        var before = new SalesFigures(100_000 * Yen, 100, 250 * Yen, 1_000);
        var more = Decomposition.Of(before, new SalesFigures(150_000 * Yen, 150, 375 * Yen, 1_500), Yen);
        Assert.Equal([(SalesFactor.Visitors, 50_000 * Yen), (SalesFactor.Conversion, 0L), (SalesFactor.ItemsPerReceipt, 0L), (SalesFactor.PricePerItem, 0L)], Parts(more));

        var dearer = Decomposition.Of(before with { Visitors = null }, before with { Net = 90_000 * Yen }, Yen);
        Assert.Equal([(SalesFactor.Receipts, 0L), (SalesFactor.ItemsPerReceipt, 0L), (SalesFactor.PricePerItem, -10_000 * Yen)], Parts(dearer));
    }

    // Worked by hand: L(120, 100) = 20 / ln 1.2 = 109.6963; receipts ln 1.5 gives 44.478, price ln 0.8 gives -24.478.
    [Fact]
    public void Two_factors_that_pull_against_each_other_share_by_their_logarithms()
    {
        var change = Decomposition.Of(new SalesFigures(100_000 * Yen, 100, 200 * Yen, null), new SalesFigures(120_000 * Yen, 150, 300 * Yen, null), Yen);
        Assert.Equal([(SalesFactor.Receipts, 44_478 * Yen), (SalesFactor.ItemsPerReceipt, 0L), (SalesFactor.PricePerItem, -24_478 * Yen)], Parts(change));
    }

    [Theory]
    [InlineData(0, 0, 0, 0, SalesFactor.Visitors)]
    [InlineData(800, 0, 0, 0, SalesFactor.Conversion)]
    [InlineData(800, 10, 0, 500, SalesFactor.ItemsPerReceipt)]
    [InlineData(800, 10, 20, -500, SalesFactor.PricePerItem)]
    public void A_factor_without_a_logarithm_takes_the_whole_change(long visitors, long receipts, long items, long net, SalesFactor taker)
    {
        var before = new SalesFigures(100_000 * Yen, 100, 250 * Yen, 1_000);
        var now = new SalesFigures(net * Yen, receipts, items * Yen, visitors);
        var change = Decomposition.Of(before, now, Yen);
        Assert.Equal((taker, (net - 100_000) * Yen), Assert.Single(Parts(change), part => part.Micros != 0));
        Assert.Equal((100_000 - net) * Yen, Assert.Single(Parts(Decomposition.Of(now, before, Yen)), part => part.Micros != 0).Micros);
    }

    [Fact]
    public void Parts_always_add_up_and_turn_their_sign_with_the_direction()
    {
        var random = new Random(20261121);
        for (var at = 0; at < 20_000; at++)
        {
            var unit = random.Next(3) switch { 0 => 1_000_000L, 1 => 10_000L, _ => 1_000L };
            var (before, now) = (Figures(random), Figures(random));
            if (random.Next(10) == 0)
            {
                now = now with { Net = before.Net };
            }

            var change = Decomposition.Of(before, now, unit);
            Assert.Equal(change.Change, change.Parts.Sum(part => part.Micros));
            Assert.All(change.Parts, part => Assert.Equal(0, part.Micros % unit));
            Assert.Equal(change.Change, change.Top.Sum(part => part.Micros));
            Assert.All(change.Top, part => Assert.True(change.Below(part.Factor) is { Count: 0 } || change.Below(part.Factor).Sum(one => one.Micros) == part.Micros));
            Assert.True(Math.Abs((decimal)change.Change - (now.Net - before.Net)) * 2 <= unit);
            Assert.Equal(before.Visitors is null || now.Visitors is null ? 3 : 4, change.Parts.Count);
            var back = Decomposition.Of(now, before, unit);
            Assert.Equal(-change.Change, back.Change);
            Assert.All(change.Parts.Zip(back.Parts), pair => Assert.True(Math.Abs(pair.First.Micros + pair.Second.Micros) <= 4 * unit || Math.Abs(pair.First.Micros) > 1L << 52));
        }
    }

    private static SalesFigures Figures(Random random)
    {
        long Some(long most) => random.Next(12) == 0 ? random.Next(-3, 3) : 1 + (long)(Math.Pow(random.NextDouble(), 6) * most);
        return new SalesFigures(Some(40_000_000_000_000_000), Some(10_000_000), Some(1_000_000_000_000_000), random.Next(4) == 0 ? null : Some(100_000_000));
    }

    private static IEnumerable<(SalesFactor Factor, long Micros)> Parts(Decomposition change) => change.Parts.Select(part => (part.Factor, part.Micros));
}
