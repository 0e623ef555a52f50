namespace RetailInsight.Ml.Forecasting;

/// <summary>
/// Growth from one year to the next, of logarithms a year: each day against the same weekday of its store 52 weeks before, so that no season can be taken for
/// growth. The chain's is the mean of the days' medians over the stores, drawn to no growth by how little these agree; a store's own is the mean of its
/// distance from them, drawn to none by how few they are. With a history of less than a year there is no trend.
/// </summary>
internal static class YearOverYearTrend
{
    private const double YearsBetween = 364 / 365.25;

    // A season that comes late moves the days of a fortnight together.
    private const double DaysThatGoTogether = 14;

    // Until days have shown how far they disagree they are held to be as far apart as promotions move them.
    private const double UsualSpread = 0.2;

    /// <summary>The slopes as of the first so many days of a history.</summary>
    public static (double Chain, double[] Stores) Of(History history, int count, double[] weights, LogAdditiveOptions options)
    {
        var slopes = new double[history.Stores.Count];
        if (options.TrendSpread <= 0)
        {
            return (0, slopes);
        }

        var (sum, squares, days) = (0.0, 0.0, 0.0);
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
            (sum, squares, days) = (sum + (weights[start] * median), squares + (weights[start] * median * median), days + weights[start]);
            for (var i = start; i < end; i++)
            {
                if (history.YearBefore[i] is var last and >= 0)
                {
                    slopes[history.StoreOf[i]] += weights[i] * Math.Clamp(history.Logs[i] - history.Logs[last] - median, -0.5, 0.5);
                    totals[history.StoreOf[i]] += weights[i];
                }
            }
        }

        return (Chain(sum, squares, days, options.TrendSpread) / YearsBetween, [.. slopes.Zip(totals, (own, total) => own / total / YearsBetween)]);
    }

    // The mean of a normal with a normal prior around 0: the prior counts as many days as its variance goes into theirs.
    private static double Chain(double sum, double squares, double days, double spread)
    {
        if (days <= 0)
        {
            return 0;
        }

        var apart = squares - (sum * sum / days) + (DaysThatGoTogether * UsualSpread * UsualSpread);
        var variance = DaysThatGoTogether * apart / (days + DaysThatGoTogether);
        return sum / (days + (variance / (spread * spread)));
    }
}
