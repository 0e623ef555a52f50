using RetailInsight.Ml.Drift;

namespace RetailInsight.Tests.Ml.Drift;

/// <summary>
/// The errors of a forecaster that is fitted every night, on a chain whose level wanders: each night it knows the level of that night, forecasts four weeks, and the days come with
/// a shock all stores share and noise of their own. Its backtest is three origins of the same chain before, as a training would have made it.
/// </summary>
internal sealed class SimulatedErrors
{
    private const int Stores = 20;
    private const int Horizon = 28;
    private const int Before = 120;
    private const double StoreNoise = 0.1;
    private const double DayNoise = 0.03;
    private const double Wandering = 0.004;
    private const double NormalTenth = 1.2816;

    private static readonly DateOnly First = new(2026, 1, 1);
    private readonly double[] _levels;
    private readonly double[] _known;
    private readonly double[][] _actuals;

    /// <param name="seed">Of everything random.</param>
    /// <param name="days">Days after the backtest.</param>
    /// <param name="shift">What the level changes by, as a logarithm; the forecaster learns half of it in two weeks.</param>
    /// <param name="noise">What the noise is multiplied by.</param>
    /// <param name="from">The day both begin, counted from the end of the backtest.</param>
    public SimulatedErrors(int seed, int days, double shift = 0, double noise = 1, int from = int.MaxValue)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var all = Before + days;
        (_levels, _known, _actuals) = (new double[all], new double[all], new double[all][]);
        var (level, shock) = (0.0, 0.0);
        for (var day = 0; day < all; day++)
        {
            level += Wandering * Normal();
            shock = (0.5 * shock) + (DayNoise * Normal());
            var since = (long)day - Before - from;
            _levels[day] = level + (since >= 0 ? shift : 0);
            _known[day] = level + (since >= 0 ? shift * (1 - Math.Pow(0.5, since / 14.0)) : 0);
            var scale = since >= 0 ? noise : 1;
            var common = shock;
            _actuals[day] = [.. Enumerable.Range(0, Stores).Select(_ => Math.Exp(_levels[day] + common + (scale * StoreNoise * Normal())))];
        }

        var backtest = Enumerable.Range(1, 3).SelectMany(back => Enumerable.Range(1, Horizon).Select(ahead => Score(Before - 1 - (back * Horizon) + ahead, Before - 1 - (back * Horizon)))).ToList();
        var sum = ErrorInterval.Sum(backtest);
        Days = [.. Enumerable.Range(Before, days).Select(day => ErrorInterval.Sum(Enumerable.Range(1, Horizon).Select(ahead => Score(day, day - ahead)))).Select(one => one with
        {
            Reference = new ErrorReference(
                one.Actual * sum.Absolute / sum.Actual, one.Actual * sum.Signed / sum.Actual, one.Actual * sum.Pinball / sum.Actual, one.Forecasts * sum.Inside / sum.Forecasts),
        })];
    }

    /// <summary>The days after the backtest, in order.</summary>
    public IReadOnlyList<ErrorDay> Days { get; }

    /// <summary>What would be thought of the model after so many of the days.</summary>
    public ModelHealth After(int days) => ModelHealth.Of([.. Days.Take(days)], Days[days - 1].Date, [], 0, 0);

    private ErrorDay Score(int day, int origin)
    {
        var ahead = day - origin;
        var spread = Math.Sqrt((StoreNoise * StoreNoise) + (DayNoise * DayNoise / 0.75) + (Wandering * Wandering * ahead));
        var (expected, low, high) = (Math.Exp(_known[origin] + (spread * spread / 2)), Math.Exp(_known[origin] - (NormalTenth * spread)), Math.Exp(_known[origin] + (NormalTenth * spread)));
        var median = Math.Exp(_known[origin]);
        static double Loss(double above, double share) => above >= 0 ? share * above : (share - 1) * above;
        var actuals = _actuals[day];
        return new ErrorDay(
            First.AddDays(day), actuals.Length, actuals.Sum(), actuals.Sum(actual => Math.Abs(expected - actual)), actuals.Sum(actual => expected - actual),
            actuals.Sum(actual => Loss(actual - low, 0.1) + Loss(actual - median, 0.5) + Loss(actual - high, 0.9)), actuals.Count(actual => actual >= low && actual <= high));
    }
}
