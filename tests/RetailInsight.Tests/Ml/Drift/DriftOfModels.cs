using RetailInsight.Ml.Drift;
using Xunit.Abstractions;

namespace RetailInsight.Tests.Ml.Drift;

public sealed class DriftOfModels(ITestOutputHelper output)
{
    private const int Seeds = 100;
    private const int Planted = 40;
    private const int Nights = 40;

    [Fact]
    public void A_quiet_series_is_left_alone_night_after_night()
    {
        var (alarms, watched, looked) = (0, 0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var errors = new SimulatedErrors(seed, 90);
            var verdicts = Enumerable.Range(14, 77).Select(day => errors.After(day).Verdict).ToList();
            (alarms, watched, looked) = (alarms + (verdicts.Contains(DriftVerdict.Drifted) ? 1 : 0), watched + verdicts.Count(verdict => verdict == DriftVerdict.Watch), looked + verdicts.Count);
        }

        output.WriteLine($"quiet: {alarms} of {Seeds} series with an alarm on any of 77 nights; {watched} of {looked} nights watched");
        Assert.InRange(alarms, 0, 2);
        Assert.InRange(watched, 0, looked / 10);
    }

    [Theory]
    [InlineData(0.25, 1, 10)]
    [InlineData(-0.25, 1, 10)]
    [InlineData(0, 1.6, 24)]
    public void What_changes_on_a_known_day_is_found_within_weeks_and_never_before_it(double shift, double noise, int within)
    {
        var (delays, early) = (new List<int>(), 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var errors = new SimulatedErrors(1000 + seed, Planted + Nights, shift, noise, Planted);
            var first = Enumerable.Range(14, Planted + Nights - 13).Where(day => errors.After(day).Verdict == DriftVerdict.Drifted).Select(day => (int?)day).FirstOrDefault();
            early += first <= Planted ? 1 : 0;
            if (first > Planted)
            {
                delays.Add(first.Value - Planted);
            }
        }

        delays.Sort();
        output.WriteLine($"shift {shift}, noise x{noise}: found in {delays.Count} of {Seeds}, after {delays[delays.Count / 2]} days half of them, {delays[delays.Count * 9 / 10]} nine in ten; {early} before it came");
        Assert.InRange(delays.Count(delay => delay <= within), Seeds * 8 / 10, Seeds);
        Assert.InRange(early, 0, 2);
    }

    [Fact]
    public void A_level_that_rose_says_that_forecasts_are_too_low()
    {
        var reasons = new SimulatedErrors(7, 80, 0.25, 1, 42).After(64).Reasons;
        Assert.Contains(reasons, reason => reason.Code is "expects_too_little" or "leans_low");
        Assert.Equal(DriftVerdict.Drifted, reasons[0].Verdict);
        Assert.Contains("error_sudden", new SimulatedErrors(7, 80, 0.25, 1, 42).After(50).Reasons.Select(reason => reason.Code));
    }

    [Fact]
    public void Too_few_days_give_no_verdict_and_missing_data_are_told_before_the_model_is_blamed()
    {
        var errors = new SimulatedErrors(3, 40);
        Assert.Equal([("too_few_days", DriftVerdict.Steady)], errors.After(13).Reasons.Select(reason => (reason.Code, reason.Verdict)));
        var missing = ModelHealth.Of(errors.Days, errors.Days[^1].Date, [], 140, 30);
        Assert.Equal(DriftVerdict.Watch, missing.Verdict);
        Assert.Contains("data_missing", missing.Reasons.Select(reason => reason.Code));
    }

    [Fact]
    public void A_model_without_a_backtest_is_judged_by_bias_and_ranges_alone()
    {
        var shifted = new SimulatedErrors(5, 60, -0.3, 1, 30).Days.Select(day => day with { Reference = null }).ToList();
        var health = ModelHealth.Of(shifted, shifted[^1].Date, [], 0, 0);
        Assert.Null(health.Error);
        Assert.Equal(["expects_too_much", "no_backtest"], health.Reasons.Select(reason => reason.Code).Where(code => code is "expects_too_much" or "no_backtest"));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(400)]
    public void Features_of_stores_that_only_scatter_have_not_moved_and_those_that_shift_have(int stores)
    {
        var (still, found) = (0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var random = new Random(seed);
            List<double> Draw(double by) => [.. Enumerable.Range(0, stores).Select(_ => by + random.NextDouble() + random.NextDouble() + random.NextDouble()).Order()];
            still += FeatureShift.Between("x", Draw(0), Draw(0)).HasMoved ? 0 : 1;
            found += FeatureShift.Between("x", Draw(0), Draw(0.8)).HasMoved ? 1 : 0;
        }

        output.WriteLine($"{stores} stores: {still} of {Seeds} still, {found} of {Seeds} shifts found");
        Assert.InRange(still, 95, Seeds);
        Assert.InRange(found, stores < 60 ? 60 : 95, Seeds);
        Assert.Null(FeatureShift.Between("x", [1, 2, 3], [4, 5, 6]).Psi);
    }

    [Fact]
    public void The_index_of_two_bins_is_as_computed_by_hand()
    {
        List<double> then = [.. Enumerable.Range(0, 16).Select(i => (double)i)], now = [.. then.Select(value => value + 4)];
        double q = 8.5 / 17, low = 4.5 / 17, high = 12.5 / 17;
        Assert.Equal(((low - q) * Math.Log(low / q)) + ((high - q) * Math.Log(high / q)), FeatureShift.Between("x", then, now).Psi!.Value, 12);
    }

    [Fact]
    public void Days_of_two_currencies_count_by_their_forecasts_and_not_by_their_amounts()
    {
        var day = new DateOnly(2026, 11, 1);
        ErrorRow Row(string unit, double times, double off) => new("sales", unit, "1-7", new ErrorDay(day, 10, 1000 * times, off * times, off * times, off * times, 8));
        var together = Assert.Single(ModelWatch.Together([Row("JPY", 150, 100), Row("USD", 1, 300)]));
        Assert.Equal(0.2, together.Absolute / together.Actual, 12);
    }
}
