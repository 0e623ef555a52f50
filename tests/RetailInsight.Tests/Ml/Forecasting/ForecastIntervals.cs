using RetailInsight.Ml.Forecasting;

namespace RetailInsight.Tests.Ml.Forecasting;

public sealed class ForecastIntervals
{
    private static readonly SyntheticChain Chain = new(Stores: 20, Days: 730);

    private static readonly Lazy<StoreForecaster> Fitted = new(() => StoreForecaster.Fit(Chain.History(), []));

    [Fact]
    public void Four_days_in_five_come_to_lie_in_the_interval_one_in_ten_on_either_side()
    {
        var days = RollingOrigin.Run(Chain.Until(SyntheticChain.End.AddDays(42)), [SyntheticChain.End], 42, RollingOrigin.Champion);
        Assert.InRange(days.Average(day => day.Actual < day.Forecast.Low ? 1.0 : 0), 0.06, 0.14);
        Assert.InRange(days.Average(day => day.Actual < day.Forecast.Median ? 1.0 : 0), 0.44, 0.56);
        Assert.InRange(days.Average(day => day.Actual > day.Forecast.High ? 1.0 : 0), 0.06, 0.14);
        Assert.InRange(ForecastAccuracy.Of(days).Coverage, 0.76, 0.84);
    }

    [Fact]
    public void A_store_whose_days_vary_more_has_wider_intervals()
    {
        var wild = Chain with { Noise = 0.3 };
        var days = Chain.History().Where(day => day.Day.Store != SyntheticChain.Code(0)).Concat(wild.History().Where(day => day.Day.Store == SyntheticChain.Code(0)));
        var forecaster = StoreForecaster.Fit(days, []);
        Assert.InRange(Width(forecaster, 0) / Width(forecaster, 1), 2, 3.5);
    }

    [Fact]
    public void Quantiles_ascend_and_the_named_ones_are_among_them()
    {
        var facts = Facts(5, 20);
        var forecast = Fitted.Value.Forecast(facts);
        var quantiles = Enumerable.Range(1, 99).Select(share => Fitted.Value.Quantile(facts, share / 100.0)).ToList();
        Assert.Equal(quantiles.Order(), quantiles);
        Assert.Equal((forecast.Low, forecast.Median, forecast.High), (quantiles[9], quantiles[49], quantiles[89]));
        Assert.InRange(forecast.Expected, forecast.Low, forecast.High);
    }

    [Fact]
    public void Totals_fall_where_their_distribution_puts_them_and_vary_less_than_days()
    {
        var ranks = new List<double>();
        for (var seed = 2; seed < 6; seed++)
        {
            var chain = Chain with { Seed = seed };
            var forecaster = StoreForecaster.Fit(chain.History(), []);
            var days = RollingOrigin.Run(chain.Until(SyntheticChain.End.AddDays(31)), [SyntheticChain.End], 31, (_, upcoming) => forecaster.Forecast(upcoming, []));
            foreach (var store in days.GroupBy(day => day.Forecast.Day.Store))
            {
                var error = Math.Log(store.Sum(day => day.Actual) / store.Sum(day => day.Forecast.Expected));
                ranks.Add(forecaster.TotalErrors(store.Key, 31).Average(one => one < error ? 1.0 : 0));
            }
        }

        Assert.InRange(ranks.Average(rank => rank is > 0.1 and < 0.9 ? 1.0 : 0), 0.65, 0.95);
        Assert.InRange(ranks.Average(), 0.35, 0.65);

        var (one, month) = (Fitted.Value.TotalErrors(SyntheticChain.Code(1), 1), Fitted.Value.TotalErrors(SyntheticChain.Code(1), 31));
        Assert.Equal(month.Order(), month);
        Assert.True(month[^20] - month[20] < (one[^20] - one[20]) / 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    public void A_new_store_is_drawn_to_the_chain_wide_and_marked(int known)
    {
        const int newcomer = 20;
        var chain = Chain with { Stores = 21 };
        var forecaster = StoreForecaster.Fit(chain.History().Where(day => day.Day.Store != SyntheticChain.Code(newcomer) || day.Day.Date > SyntheticChain.End.AddDays(-known)), []);
        var forecast = forecaster.Forecast(Facts(newcomer, 10));
        var old = forecaster.Forecast(Facts(1, 10));

        Assert.True(forecast.LowConfidence);
        Assert.False(old.LowConfidence);
        Assert.True(forecast.High / forecast.Low > 1.02 * old.High / old.Low);
        var own = Math.Exp(chain.Planted(newcomer, forecast.Day));
        var mean = Math.Exp(Enumerable.Range(0, 20).Average(store => chain.Planted(store, SyntheticChain.Open(store, forecast.Day.Date))));
        Assert.InRange(forecast.Expected, 0.85 * Math.Min(own, mean), 1.15 * Math.Max(own, mean));
        var months = forecaster.TotalErrors(SyntheticChain.Code(newcomer), 31);
        Assert.True(months[^1] > forecaster.TotalErrors(SyntheticChain.Code(1), 31)[^1]);
    }

    [Fact]
    public void The_days_of_new_stores_mostly_lie_in_their_intervals()
    {
        // Stores 20 to 39 opened 1, 3, 5 … 39 days ago.
        var chain = Chain with { Stores = 40 };
        var days = chain.Until(SyntheticChain.End.AddDays(42)).Where(day =>
            Number(day) < 20 || day.Day.Date > SyntheticChain.End.AddDays(-1 - (2 * (Number(day) - 20)))).ToList();
        var scored = RollingOrigin.Run(days, [SyntheticChain.End], 42, RollingOrigin.Champion).Where(day => day.Forecast.LowConfidence).ToList();
        Assert.Equal(20 * 42, scored.Count);
        Assert.InRange(ForecastAccuracy.Of(scored).Coverage, 0.7, 0.97);

        static int Number(SalesDay day) => int.Parse(day.Day.Store.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(30)]
    [InlineData(70)]
    public void A_chain_that_has_just_opened_is_forecast_too(int known)
    {
        var forecaster = StoreForecaster.Fit((Chain with { Stores = 2, Days = known }).History(), []);
        var forecast = forecaster.Forecast(Facts(0, 42));
        Assert.True(forecast.Low < forecast.Median && forecast.Median < forecast.High && double.IsFinite(forecast.High) && forecast.Low > 0 || known == 1);
        Assert.True(double.IsFinite(forecast.Expected) && forecast.Expected > 0);
        Assert.Equal(known < 40, forecast.LowConfidence);
        Assert.Equal(ForecastErrors.Grid, forecaster.TotalErrors(SyntheticChain.Code(0), 31).Length);
        Assert.All(forecaster.TotalErrors("never seen", 3), error => Assert.True(double.IsFinite(error)));
    }

    private static double Width(StoreForecaster forecaster, int store)
    {
        var forecast = forecaster.Forecast(Facts(store, 10));
        return Math.Log(forecast.High / forecast.Low);
    }

    private static DayFacts Facts(int store, int ahead) => new(SyntheticChain.Open(store, SyntheticChain.End.AddDays(ahead)), false, false);
}
