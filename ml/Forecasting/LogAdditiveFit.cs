namespace RetailInsight.Ml.Forecasting;

/// <summary>
/// Fits a <see cref="LogAdditiveModel"/>: takes the trend out of the logarithms, goes round the effects until they stand (backfitting, Breiman and Friedman
/// 1985), each the weighted mean of what the others leave with its prior as days at zero, and then looks at the last weeks. Days far from what is expected
/// count less (Huber 1964): a day of stock-taking is no season.
/// </summary>
internal static class LogAdditiveFit
{
    private const int Rounds = 12;

    /// <summary>Standard deviations beyond which a day counts less.</summary>
    private const double Tolerated = 3;

    /// <summary>Turns the median of absolute deviations into the standard deviation of a normal distribution.</summary>
    private const double Normal = 1.4826;

    /// <summary>How many days with the spread of the chain are set against a store's own.</summary>
    private const double ScalePrior = 30;

    private const double DaysAYear = 365.25;

    /// <summary>Fits the beginning of a history.</summary>
    /// <param name="history">Days with sales, numbered by the effects of the options.</param>
    /// <param name="origin">The last day to look at.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">There is no day up to the origin, or the history is numbered by other effects.</exception>
    public static LogAdditiveModel Fit(History history, DateOnly origin, LogAdditiveOptions options)
    {
        var n = history.CountUntil(origin);
        if (n == 0 || !ReferenceEquals(history.Effects, options.Effects))
        {
            throw new ArgumentException($"No day up to {origin:O}, or a history numbered by other effects.", nameof(history));
        }

        var weights = new double[n];
        for (var i = 0; i < n; i++)
        {
            weights[i] = Math.Pow(2, -(origin.DayNumber - history.Dates[i]) / options.HalfLife);
        }

        var (slope, slopes) = YearOverYearTrend.Of(history, n, weights, options);
        var rest = new double[n];
        for (var i = 0; i < n; i++)
        {
            rest[i] = history.Logs[i] - ((slope + slopes[history.StoreOf[i]]) * (history.Dates[i] - origin.DayNumber) / DaysAYear);
        }

        var mean = WeightedMean(rest, weights);
        for (var i = 0; i < n; i++)
        {
            rest[i] -= mean;
        }

        var values = history.Keys.Select(keys => new double[keys.Count]).ToArray();
        var robust = weights.ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var e = 0; e < values.Length; e++)
            {
                Shrink(history.KeyOf[e], values[e], options.Effects[e].Prior, rest, robust);
            }

            Reweigh(weights, rest, robust);
        }

        var variance = WeightedMean([.. rest.Select(one => one * one)], robust);
        var tables = values.Select((list, e) => Table(options.Effects[e], history.Keys[e], list)).ToList();
        var stores = Records(history, rest, robust, variance, slopes);
        if (options.RecentHalfLife > 0)
        {
            var recent = Recent(history, origin, rest, Tolerated * Math.Sqrt(variance), options);
            tables.Add(new EffectTable(Effect.OfRecentWeeks, stores.Keys.Select(store => KeyValuePair.Create(new EffectKey(store, 0), recent[store]))));
        }

        return new LogAdditiveModel(origin, mean, variance, new ModelTrend(slope, options.Damping), tables, stores);
    }

    private static EffectTable Table(Effect effect, IReadOnlyList<EffectKey> keys, double[] values) =>
        new(effect, keys.Select((key, i) => KeyValuePair.Create(key, values[i])).Where(value => value.Value != 0));

    private static Dictionary<string, StoreRecord> Records(History history, double[] rest, double[] robust, double variance, double[] slopes)
    {
        var count = history.Stores.Count;
        var (squares, totals, days) = (new double[count], new double[count], new int[count]);
        for (var i = 0; i < rest.Length; i++)
        {
            var store = history.StoreOf[i];
            squares[store] += robust[i] * rest[i] * rest[i];
            totals[store] += robust[i];
            days[store]++;
        }

        return Enumerable.Range(0, count).Where(s => days[s] > 0).ToDictionary(
            s => history.Stores[s],
            s => new StoreRecord(slopes[s], Math.Sqrt((squares[s] + (ScalePrior * variance)) / (totals[s] + ScalePrior)), days[s]),
            StringComparer.Ordinal);
    }

    private static Dictionary<string, double> Recent(History history, DateOnly origin, double[] rest, double limit, LogAdditiveOptions options)
    {
        var sums = new double[history.Stores.Count];
        var totals = Enumerable.Repeat(options.RecentPrior, sums.Length).ToArray();
        for (var i = 0; i < rest.Length; i++)
        {
            var weight = Math.Pow(2, -(origin.DayNumber - history.Dates[i]) / options.RecentHalfLife);
            sums[history.StoreOf[i]] += weight * Math.Clamp(rest[i], -limit, limit);
            totals[history.StoreOf[i]] += weight;
        }

        return Enumerable.Range(0, sums.Length).ToDictionary(s => history.Stores[s], s => sums[s] / totals[s], StringComparer.Ordinal);
    }

    private static void Shrink(int[] keys, double[] values, double prior, double[] rest, double[] weights)
    {
        var (changes, totals) = (new double[values.Length], new double[values.Length]);
        for (var i = 0; i < rest.Length; i++)
        {
            if (keys[i] is var key and >= 0)
            {
                changes[key] += weights[i] * (rest[i] + values[key]);
                totals[key] += weights[i];
            }
        }

        for (var k = 0; k < values.Length; k++)
        {
            var value = changes[k] / (totals[k] + prior);
            (changes[k], values[k]) = (value - values[k], value);
        }

        for (var i = 0; i < rest.Length; i++)
        {
            if (keys[i] is var key and >= 0)
            {
                rest[i] -= changes[key];
            }
        }
    }

    private static void Reweigh(double[] weights, double[] rest, double[] robust)
    {
        var sizes = Array.ConvertAll(rest, Math.Abs);
        Array.Sort(sizes);
        var limit = Tolerated * Normal * sizes[sizes.Length / 2];
        for (var i = 0; i < rest.Length; i++)
        {
            var size = Math.Abs(rest[i]);
            robust[i] = limit > 0 && size > limit ? weights[i] * limit / size : weights[i];
        }
    }

    private static double WeightedMean(double[] values, double[] weights)
    {
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            (sum, total) = (sum + (weights[i] * values[i]), total + weights[i]);
        }

        return sum / total;
    }
}
