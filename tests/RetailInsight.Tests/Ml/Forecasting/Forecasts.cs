using RetailInsight.Ml.Forecasting;

namespace RetailInsight.Tests.Ml.Forecasting;

public sealed class Forecasts
{
    private static readonly SyntheticChain Chain = new(Stores: 20, Days: 730);

    private static readonly Lazy<StoreForecaster> Fitted = new(() => StoreForecaster.Fit(Chain.History(), []));

    [Fact]
    public void Planted_weekdays_are_recovered()
    {
        for (var weekday = 0; weekday < 7; weekday++)
        {
            var date = SyntheticChain.End.AddDays(8 + weekday);
            var planted = SyntheticChain.Weekdays[(int)date.DayOfWeek] - SyntheticChain.Weekdays[2];
            var found = Enumerable.Range(0, Chain.Stores).Average(store => Math.Log(Weekday(store, date) / Weekday(store, SyntheticChain.End.AddDays(7))));
            Assert.InRange(found - planted, -0.015, 0.015);
        }
    }

    [Fact]
    public void A_planted_public_holiday_is_recovered()
    {
        var day = SyntheticChain.Open(3, new DateOnly(2025, 1, 6));
        Assert.Equal(DayTraits.PublicHoliday, day.Traits);
        var ratio = One(Fitted.Value, day).Expected / One(Fitted.Value, day with { Traits = DayTraits.None }).Expected;
        Assert.InRange(Math.Log(ratio) - SyntheticChain.HolidayEffect, -0.03, 0.03);
    }

    [Fact]
    public void Every_store_is_expected_at_its_planted_mean()
    {
        for (var store = 0; store < Chain.Stores; store++)
        {
            var open = Enumerable.Range(1, 42).Select(ahead => SyntheticChain.Open(store, SyntheticChain.End.AddDays(ahead))).ToList();
            var planted = open.Sum(day => Math.Exp(Chain.Planted(store, day) + (Chain.Noise * Chain.Noise / 2)));
            Assert.InRange(Fitted.Value.Forecast(open, []).Sum(day => day.Expected) / planted, 0.97, 1.03);
        }
    }

    [Theory]
    [InlineData(0.08)]
    [InlineData(-0.08)]
    public void A_chain_that_grows_or_shrinks_is_followed_and_without_a_trend_it_is_not(double growth)
    {
        var chain = Chain with { Growth = growth };
        var days = chain.Until(SyntheticChain.End.AddDays(42));
        var with = Score(days, RollingOrigin.Champion);
        var without = Score(days, RollingOrigin.LogAdditive(LogAdditiveOptions.Champion with { TrendSpread = 0, RecentHalfLife = 0 }));

        Assert.InRange(with.Bias, -0.02, 0.02);
        Assert.True(Math.Abs(without.Bias) > 2 * Math.Abs(with.Bias), $"bias {with.Bias} with and {without.Bias} without a trend");
        Assert.Equal(Math.Sign(growth), -Math.Sign(without.Bias));

        var slope = StoreForecaster.Fit(chain.History(), []).Model.Trend.Slope;
        Assert.InRange(slope / growth, 0.75, 1.02);
    }

    [Fact]
    public void Without_a_year_to_compare_there_is_no_trend()
    {
        var forecaster = StoreForecaster.Fit((Chain with { Stores = 5, Days = 360, Growth = 0.2 }).History(), []);
        Assert.Equal(0, forecaster.Model.Trend.Slope);
        Assert.All(forecaster.Model.Stores.Values, store => Assert.Equal(0, store.Slope));
    }

    [Fact]
    public void A_trend_ahead_comes_to_an_end()
    {
        var model = Fitted.Value.Model;
        Assert.Equal(0, model.DampedYears(model.Origin));
        Assert.Equal(-1, model.DampedYears(model.Origin.AddDays(-365)), 2);
        Assert.InRange(model.DampedYears(model.Origin.AddDays(3650)) * 365.25, 30, 33);
    }

    [Fact]
    public void The_factors_multiplied_are_exactly_the_expectation()
    {
        foreach (var ahead in Enumerable.Range(1, 60))
        {
            var facts = Facts(SyntheticChain.Open(ahead % 20, SyntheticChain.End.AddDays(ahead)));
            var factors = Fitted.Value.Model.Explain(facts);
            var product = factors.Aggregate(1.0, (product, factor) => product * factor.Effect);

            Assert.Equal(Fitted.Value.Forecast(facts).Expected, product);
            Assert.Equal("level", factors[0].Name);
            Assert.Equal(factors.Count, factors.Select(factor => factor.Name).Distinct().Count());
        }
    }

    [Fact]
    public void A_chain_of_which_no_promotion_is_known_has_none_in_its_explanations()
    {
        var factors = Fitted.Value.Model.Explain(Facts(SyntheticChain.Open(2, SyntheticChain.End.AddDays(9))));
        Assert.All(factors.Where(factor => factor.Name is "promotion" or "school holiday"), factor => Assert.Equal(1, factor.Effect));
        Assert.Contains(factors, factor => factor.Name == "weekday" && Math.Abs(factor.Effect - 1) > 0.1);
    }

    [Fact]
    public void Days_closed_or_with_returns_only_are_left_out()
    {
        var days = Chain.History();
        var with = days.Concat(days.Take(500).Select((day, i) => new SalesDay(
            day.Day with { Date = day.Day.Date.AddDays(-1000) }, i % 2 == 0 ? 0 : -400))).Append(new SalesDay(days[0].Day, double.NaN));
        Assert.Equal(ForecastDocument.Write(StoreForecaster.Fit(days, [])), ForecastDocument.Write(StoreForecaster.Fit(with, [])));
    }

    [Fact]
    public void Days_that_are_missing_change_little()
    {
        var random = new Random(4);
        var forecaster = StoreForecaster.Fit(Chain.History().Where(_ => random.Next(3) > 0), []);
        foreach (var ahead in Enumerable.Range(1, 28))
        {
            var day = SyntheticChain.Open(ahead % 20, SyntheticChain.End.AddDays(ahead));
            Assert.InRange(One(forecaster, day).Expected / One(Fitted.Value, day).Expected, 0.9, 1.1);
        }
    }

    [Fact]
    public void A_store_that_always_closes_on_a_weekday_has_no_special_day_after_it()
    {
        var open = Enumerable.Range(1, 70).Select(i => SyntheticChain.Open(0, SyntheticChain.End.AddDays(i)))
            .Where(day => day.Date.DayOfWeek != DayOfWeek.Wednesday && day.Date != new DateOnly(2025, 2, 10)).ToList();
        var facts = DayFacts.Of(open, open);
        Assert.Equal([new DateOnly(2025, 2, 11)], facts.Where(day => day.ClosedBefore).Select(day => day.Day.Date));
        Assert.Equal([new DateOnly(2025, 2, 9)], facts.Where(day => day.ClosedAfter).Select(day => day.Day.Date));
    }

    [Fact]
    public void A_history_without_sales_or_with_two_amounts_for_a_day_is_refused()
    {
        var day = new SalesDay(SyntheticChain.Open(0, SyntheticChain.End), 5);
        Assert.Contains("above 0", Assert.Throws<ArgumentException>(() => StoreForecaster.Fit([day with { Amount = 0 }], [])).Message, StringComparison.Ordinal);
        Assert.Contains("s000 has two amounts for 2024-12-31", Assert.Throws<ArgumentException>(() => StoreForecaster.Fit([day, day], [])).Message, StringComparison.Ordinal);
    }

    private static double Weekday(int store, DateOnly date) =>
        Fitted.Value.Model.Explain(Facts(SyntheticChain.Open(store, date))).Single(factor => factor.Name == "weekday").Effect;

    private static DayFacts Facts(OpenDay day) => new(day, ClosedBefore: false, ClosedAfter: false);

    private static DayForecast One(StoreForecaster forecaster, OpenDay day) => forecaster.Forecast(Facts(day));

    private static ForecastAccuracy Score(List<SalesDay> days, RollingOrigin.Method method) =>
        ForecastAccuracy.Of(RollingOrigin.Run(days, [SyntheticChain.End], 42, method));
}
