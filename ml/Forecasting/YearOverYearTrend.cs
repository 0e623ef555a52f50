namespace RetailInsight.Ml.Forecasting;

/// <summary>
/// Growth from one year to the next, of logarithms a year: each day against the same weekday of its store 52 weeks before, so that no season can be taken for
/// growth. The chain's is the mean of the days' medians over the stores, a store's own the mean of its distance from them, both drawn to no growth by how
/// few days there are to compare: with a history of less than a year there is no trend.
/// </summary>
internal static class YearOverYearTrend
{
    private const double YearsBetween = 364 / 365.25;

    /// <summary>The slopes as of the first so many days of a history.</summary>
    public static (double Chain, double[] Stores) Of(History history, int count, double[] weights, LogAdditiveOptions options)
    {
        var slopes = new double[history.Stores.Count];
        if (!double.IsFinite(options.TrendPrior))
        {
            return (0, slopes);
        }

        var (chain, days) = (0.0, options.TrendPrior);
        var totals = Enumerable.Repeat(options.StoreTrendPrior, slopes.Length).ToArray();
        for (int start = 0, end; start < count; start = end)
        {
            var ratios = new List<double>();
            for (end = start; end < count && history.Dates[end] == history.Dates[start]; end++)
            {
                if (history.YearBefore[end] is var last and >= 0)
                {
                    ratios.Add(history.Logs[end] - history.Logs[last]);
                }
            }

            if (ratios.Count == 0)
            {
                continue;
            }

            ratios.Sort();
            var median = (ratios[ratios.Count / 2] + ratios[(ratios.Count - 1) / 2]) / 2;
            (chain, days) = (chain + (weights[start] * median), days + weights[start]);
            for (var i = start; i < end; i++)
            {
                if (history.YearBefore[i] is var last and >= 0)
                {
                    slopes[history.StoreOf[i]] += weights[i] * Math.Clamp(history.Logs[i] - history.Logs[last] - median, -0.5, 0.5);
                    totals[history.StoreOf[i]] += weights[i];
                }
            }
        }

        return (chain / days / YearsBetween, [.. slopes.Zip(totals, (sum, total) => sum / total / YearsBetween)]);
    }
}
