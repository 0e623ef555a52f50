using RetailInsight.Core.Canon;

namespace RetailInsight.Tests.Core;

public sealed class AllocationTests
{
    private const long Yen = 1_000_000;

    [Fact]
    public void Shares_add_up_exactly_whatever_is_split()
    {
        var random = new Random(20261121);
        for (var n = 0; n < 20_000; n++)
        {
            var weights = Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(4) == 0 ? 0 : random.NextInt64(-5_000, 5_000) * Yen).ToArray();
            var total = random.NextInt64(-100_000, 100_000) * (random.Next(3) == 0 ? 1 : Yen);
            Assert.Equal(total, Allocation.LargestRemainder(total, weights, Yen).Sum());
        }
    }

    [Fact]
    public void No_share_is_a_whole_unit_away_from_its_proportion()
    {
        var random = new Random(7);
        for (var n = 0; n < 5_000; n++)
        {
            var weights = Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.NextInt64(1, 3_000) * Yen).ToArray();
            var total = random.NextInt64(0, 2_000) * Yen;
            var shares = Allocation.LargestRemainder(total, weights, Yen);
            for (var i = 0; i < shares.Length; i++)
            {
                var exact = (decimal)total * weights[i] / weights.Sum();
                Assert.InRange(Math.Abs(shares[i] - exact), 0, Yen - 1);
            }
        }
    }

    [Fact]
    public void Equal_remainders_go_to_the_earlier_part() =>
        Assert.Equal([2 * Yen, 2 * Yen, Yen], Allocation.LargestRemainder(5 * Yen, [1, 1, 1], Yen));

    [Fact]
    public void A_negative_amount_mirrors_the_positive_one() =>
        Assert.Equal([-2 * Yen, -2 * Yen, -Yen], Allocation.LargestRemainder(-5 * Yen, [1, 1, 1], Yen));

    [Fact]
    public void Without_weights_the_parts_are_equal_and_without_parts_there_is_nothing_to_split()
    {
        Assert.Equal([Yen, Yen], Allocation.LargestRemainder(2 * Yen, [0, 0], Yen));
        Assert.Empty(Allocation.LargestRemainder(0, [], Yen));
        Assert.Throws<ArgumentException>(() => Allocation.LargestRemainder(1, [], Yen));
    }
}
