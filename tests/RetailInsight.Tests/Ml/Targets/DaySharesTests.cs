using RetailInsight.Core.Canon;
using RetailInsight.Ml.Targets;

namespace RetailInsight.Tests.Ml.Targets;

public sealed class DaySharesTests
{
    private static readonly DateOnly First = new(2026, 11, 1);

    [Fact]
    public void Days_add_up_to_the_month_whatever_is_expected_of_them()
    {
        var random = new Random(7);
        for (var round = 0; round < 3000; round++)
        {
            var currency = (round % 3) switch { 0 => "JPY", 1 => "EUR", _ => "KWD" };
            var unit = Money.MinorUnitMicros(currency);
            var days = Days([.. Enumerable.Range(0, random.Next(1, 32)).Select(_ => random.Next(5) switch
            {
                0 => (double?)null,
                1 => 0,
                2 => Math.Exp(40 * (random.NextDouble() - 0.5)),
                _ => random.Next(1, 2_000_000),
            })]);
            if (!days.Any(day => day.IsOpen))
            {
                continue;
            }

            // Up to nine trillion yen.
            var month = new Money(random.NextInt64(random.Next(2) == 0 ? 100 : long.MaxValue / unit) * unit, currency);
            var shares = DayShares.Of(month, days);

            Assert.Equal(month.Micros, shares.Sum(share => share.Amount.Micros));
            Assert.Equal(days.Select(day => day.Day), shares.Select(share => share.Day));
            var expected = days.Where(day => day.IsOpen).Sum(day => day.Amount);
            Assert.All(shares.Zip(days), pair =>
            {
                var (share, day) = pair;
                Assert.True(share.Amount.Micros >= 0 && share.Amount.Micros % unit == 0);
                Assert.True(day.IsOpen || share.Amount.Micros == 0);
                if (day.IsOpen && expected > 0)
                {
                    var exact = month.Micros * (day.Amount / expected);
                    Assert.InRange(Math.Abs(share.Amount.Micros - exact), 0, unit + (month.Micros * 1e-14));
                }
            });
        }
    }

    [Fact]
    public void The_only_open_day_carries_the_month_even_if_nothing_is_expected_of_it()
    {
        var shares = DayShares.Of(Yen(1_000_001), Days([null, 0, null]));
        Assert.Equal([0m, 1_000_001m, 0m], shares.Select(share => Money.ToDecimal(share.Amount.Micros)));
    }

    [Fact]
    public void Days_of_which_the_same_is_expected_differ_by_a_yen_at_most_and_the_earlier_get_it()
    {
        Assert.Equal([34m, 33m, 33m], DayShares.Of(Yen(100), Days([70.5, 70.5, 70.5])).Select(share => Money.ToDecimal(share.Amount.Micros)));
        Assert.Equal([34m, 33m, 0m, 33m], DayShares.Of(Yen(100), Days([0, 0, null, 0])).Select(share => Money.ToDecimal(share.Amount.Micros)));
    }

    [Fact]
    public void A_month_without_an_open_day_carries_nothing_but_nothing()
    {
        Assert.All(DayShares.Of(Yen(0), Days([null, null])), share => Assert.Equal(0, share.Amount.Micros));
        Assert.Throws<ArgumentException>(() => DayShares.Of(Yen(1), Days([null, null])));
    }

    [Fact]
    public void What_is_no_expectation_is_refused()
    {
        Assert.Throws<ArgumentException>(() => DayShares.Of(Yen(1), Days([double.NaN])));
        Assert.Throws<ArgumentException>(() => DayShares.Of(Yen(1), Days([-1])));
        Assert.Throws<ArgumentException>(() => DayShares.Of(Yen(1), [new(First, true, 1), new(First, true, 1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => DayShares.Of(Yen(-1), Days([1])));
    }

    private static Money Yen(long amount) => Money.FromDecimal(amount, "JPY");

    private static ExpectedDay[] Days(double?[] amounts) => [.. amounts.Select((amount, i) => new ExpectedDay(First.AddDays(i), amount is not null, amount ?? 0))];
}
