namespace RetailInsight.Ml.Forecasting;

/// <summary>
/// How far forecasts lie from what came, as the last origins before the present one would have made them: split-conformal quantiles (Papadopoulos et al.
/// 2002) of what was out of sample then. Nothing after the origin is looked at. Errors are natural logarithms of actual over expected, told from
/// their median, those of days in standard deviations of their store.
/// </summary>
internal sealed class ForecastErrors
{
    /// <summary>How many quantiles a distribution is kept in: those of 1/200, 2/200 … 199/200.</summary>
    public const int Grid = 199;

    /// <summary>How many days ahead an earlier origin is followed.</summary>
    public const int Horizon = 42;

    private const int Origins = 8;
    private const int DaysBetweenOrigins = 28;
    private const int LeastHistory = 56;
    private const int DaysABucket = 14;

    /// <summary>Without any earlier origin errors are held to be logistic, and twice as wide as what the fit leaves.</summary>
    private const double Unproven = 2;

    private static readonly int[] TotalDays = [1, 2, 3, 4, 5, 6, 7, 10, 14, 18, 22, 26, 31];

    /// <summary>Puts distributions together that were calibrated or read.</summary>
    /// <param name="days">For the first, second and third fortnight ahead, <see cref="Grid"/> ascending quantiles each.</param>
    /// <param name="totals">By how many days a total runs over, likewise.</param>
    public ForecastErrors(IReadOnlyList<double[]> days, IReadOnlyDictionary<int, double[]> totals) => (Days, Totals) = (days, totals);

    /// <summary>Quantiles of the errors of days, in standard deviations of their store, by the fortnight ahead.</summary>
    public IReadOnlyList<double[]> Days { get; }

    /// <summary>Quantiles of the errors of a store's total over so many days from the origin.</summary>
    public IReadOnlyDictionary<int, double[]> Totals { get; }

    /// <summary>The error, in standard deviations, that a share of the days so far ahead stays below; a share beyond the grid has its end.</summary>
    public double DayQuantile(double share, int ahead) => Quantile(Days[Math.Clamp((ahead - 1) / DaysABucket, 0, Days.Count - 1)], ((Grid + 1) * share) - 1);

    /// <summary>The ascending errors of totals over so many days from the origin; over more than a month those of a month.</summary>
    public double[] OfTotal(int days) => Totals[TotalDays.FirstOrDefault(one => one >= days, TotalDays[^1])];

    /// <summary>Follows the last origins that lie a horizon before this one.</summary>
    public static ForecastErrors Calibrate(History history, DateOnly origin, LogAdditiveOptions options, double variance)
    {
        var first = history.Dates[0];
        var horizon = Math.Min(Horizon, (origin.DayNumber - first) / 3);
        var (days, totals) = (new List<double>[Horizon / DaysABucket], TotalDays.ToDictionary(one => one, _ => new List<double>()));
        for (var bucket = 0; bucket < days.Length; bucket++)
        {
            days[bucket] = [];
        }

        for (var k = 0; k < Origins; k++)
        {
            var earlier = origin.AddDays(-horizon - (k * DaysBetweenOrigins));
            if (horizon >= 7 && earlier.DayNumber - first >= (k == 0 ? horizon : LeastHistory))
            {
                Follow(history, LogAdditiveFit.Fit(history, earlier, options), horizon, days, totals);
            }
        }

        // What was never followed so far ahead is as wide as what was followed furthest.
        for (var bucket = 1; bucket < days.Length; bucket++)
        {
            days[bucket] = days[bucket].Count == 0 ? days[bucket - 1] : days[bucket];
        }

        List<double>? before = null;
        foreach (var length in TotalDays)
        {
            before = totals[length] = totals[length].Count == 0 && before is not null ? before : totals[length];
        }

        return new ForecastErrors(
            [.. days.Select(errors => ToGrid(errors, Unproven))], totals.ToDictionary(one => one.Key, one => ToGrid(one.Value, Unproven * Math.Sqrt(variance))));
    }

    private static void Follow(History history, LogAdditiveModel model, int horizon, List<double>[] days, Dictionary<int, List<double>> totals)
    {
        var sums = new Dictionary<string, List<(int Ahead, double Actual, double Expected)>>(StringComparer.Ordinal);
        var end = history.CountUntil(model.Origin.AddDays(horizon));
        for (var i = history.CountUntil(model.Origin); i < end; i++)
        {
            var (store, ahead) = (history.Facts[i].Day.Store, history.Dates[i] - model.Origin.DayNumber);
            var expected = model.ExpectLog(history.Facts[i]);
            days[(ahead - 1) / DaysABucket].Add((history.Logs[i] - expected) / (model.ScaleOf(store) * model.WideningOf(store)));
            if (!sums.TryGetValue(store, out var list))
            {
                sums.Add(store, list = []);
            }

            list.Add((ahead, Math.Exp(history.Logs[i]), Math.Exp(expected)));
        }

        foreach (var (store, list) in sums)
        {
            foreach (var (length, errors) in totals)
            {
                var within = list.Where(day => day.Ahead <= length).ToList();
                if (within.Count > 0 && length <= horizon)
                {
                    errors.Add(Math.Log(within.Sum(day => day.Actual) / within.Sum(day => day.Expected)) / model.WideningOf(store));
                }
            }
        }
    }

    // What the earlier origins missed on average belongs to their months, and much of it to a trend they could not know; it is no reason to expect the same
    // again. So errors are told from their median.
    private static double[] ToGrid(List<double> errors, double unproven)
    {
        var sorted = errors.Order().ToArray();
        var median = sorted.Length > 0 ? Quantile(sorted, (sorted.Length - 1) / 2.0) : 0;
        sorted = Array.ConvertAll(sorted, error => error - median);
        return [.. Enumerable.Range(1, Grid).Select(i => (double)i / (Grid + 1)).Select(share => sorted.Length > 0
            ? Quantile(sorted, (share * (sorted.Length + 1)) - 1)
            : unproven * Math.Sqrt(3) / Math.PI * Math.Log(share / (1 - share)))];
    }

    private static double Quantile(double[] sorted, double place)
    {
        var within = Math.Clamp(place, 0, sorted.Length - 1);
        var below = (int)within;
        return below + 1 < sorted.Length ? sorted[below] + ((within - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
