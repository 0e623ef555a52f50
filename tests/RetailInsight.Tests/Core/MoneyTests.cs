using RetailInsight.Core.Canon;

namespace RetailInsight.Tests.Core;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("1080", 1_080_000_000)]
    [InlineData("-2.55", -2_550_000)]
    [InlineData("0.000001", 1)]
    public void An_amount_goes_to_micros_and_back_without_loss(string text, long micros)
    {
        var amount = decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(micros, Money.ToMicros(amount));
        Assert.Equal(text, Money.Format(micros));
    }

    [Fact]
    public void An_amount_finer_than_a_micro_is_refused_and_not_rounded() =>
        Assert.Throws<ArgumentException>(() => Money.ToMicros(0.0000001m));

    [Fact]
    public void Two_currencies_do_not_add() =>
        Assert.Throws<InvalidOperationException>(() => new Money(1, "JPY") + new Money(1, "GBP"));

    [Fact]
    public void A_sum_that_does_not_fit_is_an_overflow() =>
        Assert.Throws<OverflowException>(() => new Money(long.MaxValue, "JPY") + new Money(1, "JPY"));
}
