using RetailInsight.Ml.Forecasting;

namespace RetailInsight.Tests.Ml.Forecasting;

public sealed class Backtests
{
    private static readonly DateOnly Origin = new(2024, 6, 30);

    [Fact]
    public void The_measures_are_as_computed_by_hand()
    {
        var accuracy = ForecastAccuracy.Of([Scored("a", 1, 110, 90, 100, 130, 100), Scored("a", 2, 180, 150, 190, 199, 200), Scored("b", 1, 300, 200, 290, 400, 100)]);

        Assert.Equal(3, accuracy.Days);
        Assert.Equal(Math.Sqrt((0.01 + 0.01 + 4) / 3), accuracy.Rmspe, 12);
        Assert.Equal(230 / 400.0, accuracy.Wape, 12);
        Assert.Equal((0.1 + 0.1 + 2) / 3, accuracy.Mape, 12);
        Assert.Equal(190 / 400.0, accuracy.Bias, 12);
        Assert.Equal((1 + 5 + 90) / 400.0, accuracy.PinballLow, 12);
        Assert.Equal((0 + 5 + 95) / 400.0, accuracy.PinballMedian, 12);
        Assert.Equal((3 + 0.9 + 30) / 400.0, accuracy.PinballHigh, 12);
        Assert.Equal(1 / 3.0, accuracy.Coverage, 12);
        Assert.Equal(((10 / 300.0) + 2) / 2, accuracy.TotalMape, 12);
        Assert.Equal(0.5, accuracy.SkillAgainst(accuracy with { Wape = 2 * accuracy.Wape }), 12);
        Assert.Throws<ArgumentException>(() => ForecastAccuracy.Of([]));
    }

    [Fact]
    public void The_error_of_a_total_is_told_by_store_and_origin()
    {
        var other = Origin.AddDays(7);
        var errors = ForecastAccuracy.TotalErrors([Scored("a", 1, 110, 0, 0, 0, 100), Scored("a", 2, 100, 0, 0, 0, 100), Scored("a", 3, 50, 0, 0, 0, 100) with { Origin = other }]);
        Assert.Equal(0.05, errors[(Origin, "a")], 12);
        Assert.Equal(-0.5, errors[(other, "a")], 12);
    }

    [Fact]
    public void The_naive_forecast_is_the_same_weekday_a_year_ago_or_else_the_last_one()
    {
        SalesDay[] past = [Sold("a", Origin.AddDays(-359), 50), Sold("a", Origin.AddDays(-2), 70), Sold("a", Origin.AddDays(-9), 60), Sold("b", Origin, 90)];
        OpenDay[] upcoming = [Open("a", Origin.AddDays(5)), Open("a", Origin.AddDays(12)), Open("b", Origin.AddDays(1)), Open("c", Origin.AddDays(1))];

        Assert.Equal([50, 70, 90, 67.5], SeasonalNaive.SameWeekdayLastYear(past, upcoming).Select(day => day.Expected));
        Assert.Equal([70, 70, 90, 67.5], SeasonalNaive.LastSameWeekday(past, upcoming).Select(day => day.Expected));
        Assert.Equal(upcoming, SeasonalNaive.LastSameWeekday(past, upcoming).Select(day => day.Day));
    }

    [Fact]
    public void Nothing_after_an_origin_is_known_to_a_method()
    {
        var chain = new SyntheticChain(Stores: 4, Days: 300);
        var days = chain.History();
        var origin = SyntheticChain.End.AddDays(-60);
        var doubled = days.Select(day => day.Day.Date > origin ? day with { Amount = 2 * day.Amount } : day).ToList();

        var before = RollingOrigin.Run(days, [origin], 42, RollingOrigin.Champion);
        var after = RollingOrigin.Run(doubled, [origin], 42, RollingOrigin.Champion);
        Assert.Equal(4 * 42, before.Count);
        Assert.Equal(before.Select(day => day.Forecast), after.Select(day => day.Forecast));
        Assert.Equal(before.Select(day => 2 * day.Actual), after.Select(day => day.Actual));
    }

    [Fact]
    public void Errors_are_calibrated_on_origins_whose_horizons_have_ended()
    {
        // The last 42 days are followed, not those before: only the model of the end sees them, and errors that are out of sample are wider than none.
        var days = new SyntheticChain(Stores: 4, Days: 300).History();
        var last = days.Max(day => day.Day.Date).AddDays(-ForecastErrors.Horizon);
        var shifted = days.Select(day => day.Day.Date > last ? day with { Amount = 1.5 * day.Amount } : day).ToList();
        var median = StoreForecaster.Fit(days, []).TotalErrors("s000", 31)[^10];
        Assert.True(StoreForecaster.Fit(shifted, []).TotalErrors("s000", 31)[^10] > median + 0.2);
    }

    [Fact]
    public void The_champion_beats_the_naive_forecasts_of_a_chain_with_noise()
    {
        var chain = new SyntheticChain(Stores: 10, Days: 500, Growth: 0.1, Noise: 0.15);
        DateOnly[] origins = [SyntheticChain.End.AddDays(-70), SyntheticChain.End.AddDays(-42)];
        var champion = Score(RollingOrigin.Champion);
        Assert.All(new[] { Score(SeasonalNaive.SameWeekdayLastYear), Score(SeasonalNaive.LastSameWeekday) }, naive =>
        {
            Assert.True(champion.SkillAgainst(naive) > 0.2, $"skill {champion.SkillAgainst(naive)}");
            Assert.True(champion.Rmspe < naive.Rmspe && champion.PinballLow < naive.PinballLow && champion.PinballHigh < naive.PinballHigh);
        });

        ForecastAccuracy Score(RollingOrigin.Method method) => ForecastAccuracy.Of(RollingOrigin.Run(chain.History(), origins, 42, method));
    }

    private static OpenDay Open(string store, DateOnly date) => new(store, "", date, DayTraits.None);

    private static SalesDay Sold(string store, DateOnly date, double amount) => new(Open(store, date), amount);

    private static ScoredDay Scored(string store, int ahead, double expected, double low, double median, double high, double actual) =>
        new(Origin, new DayForecast(Open(store, Origin.AddDays(ahead)), expected, low, median, high, false), actual);
}
