using RetailInsight.Core.Canon;

namespace RetailInsight.Tests.Core;

public sealed class TaxTests
{
    private const long Yen = 1_000_000;

    [Theory]
    // Three lines of 105 net at 10 %: rounded once per rate 31, not 3 × 10.
    [InlineData(315, 1000, TaxRounding.Floor, 31)]
    [InlineData(315, 1000, TaxRounding.HalfUp, 32)]
    [InlineData(315, 1000, TaxRounding.Ceiling, 32)]
    [InlineData(314, 1000, TaxRounding.HalfUp, 31)]
    [InlineData(240, 800, TaxRounding.Floor, 19)]
    [InlineData(0, 1000, TaxRounding.Ceiling, 0)]
    [InlineData(1000, 0, TaxRounding.Ceiling, 0)]
    public void Tax_on_a_net_amount_is_rounded_once(long net, int rate, TaxRounding rounding, long expected) =>
        Assert.Equal(expected * Yen, Tax.OnNet(net * Yen, rate, rounding, Yen));

    [Theory]
    [InlineData(1100, 1000, TaxRounding.Floor, 100)]
    [InlineData(1099, 1000, TaxRounding.Floor, 99)]
    [InlineData(1099, 1000, TaxRounding.HalfUp, 100)]
    [InlineData(298, 800, TaxRounding.Floor, 22)]
    [InlineData(298, 800, TaxRounding.Ceiling, 23)]
    public void Tax_inside_a_gross_amount_is_rounded_once(long gross, int rate, TaxRounding rounding, long expected) =>
        Assert.Equal(expected * Yen, Tax.InGross(gross * Yen, rate, rounding, Yen));

    [Fact]
    public void A_return_mirrors_its_sale_in_every_mode()
    {
        foreach (var rounding in Enum.GetValues<TaxRounding>())
        {
            for (var amount = 1; amount < 500; amount++)
            {
                Assert.Equal(-Tax.OnNet(amount * Yen, 800, rounding, Yen), Tax.OnNet(-amount * Yen, 800, rounding, Yen));
                Assert.Equal(-Tax.InGross(amount * Yen, 1000, rounding, Yen), Tax.InGross(-amount * Yen, 1000, rounding, Yen));
            }
        }
    }

    [Fact]
    public void The_rounded_tax_is_within_one_unit_of_the_exact_one()
    {
        for (var amount = -3_000; amount < 3_000; amount += 7)
        {
            var exact = amount * 0.08m;
            Assert.InRange(Money.ToDecimal(Tax.OnNet(amount * Yen, 800, TaxRounding.Floor, Yen)) - exact, -0.999m, 0.999m);
            Assert.InRange(Money.ToDecimal(Tax.OnNet(amount * Yen, 800, TaxRounding.HalfUp, Yen)) - exact, -0.5m, 0.5m);
        }
    }

    [Fact]
    public void Cents_are_the_unit_where_the_currency_has_cents() =>
        Assert.Equal(1_230_000, Tax.OnNet(6_199_999, 2000, TaxRounding.Floor, Money.MinorUnitMicros("GBP")));

    [Fact]
    public void A_tax_that_does_not_fit_is_an_overflow_and_not_a_wrong_number() =>
        Assert.Throws<OverflowException>(() => Tax.OnNet(long.MaxValue, 20_000, TaxRounding.Floor, Yen));
}
