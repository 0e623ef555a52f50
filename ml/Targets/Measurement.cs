namespace RetailInsight.Ml.Targets;

/// <summary>One week of a figure that is a quotient: receipts of visitors, items of receipts, yen of receipts.</summary>
/// <param name="Numerator">What is counted.</param>
/// <param name="Denominator">What it is counted over.</param>
internal readonly record struct RatioWeek(double Numerator, double Denominator);

/// <summary>A positive figure of a store over a period, as an estimate: its logarithm and how uncertain that is.</summary>
/// <param name="Log">Natural logarithm of the figure.</param>
/// <param name="Variance">Sampling variance of <paramref name="Log"/>: how much it would differ in other weeks of the same store at work as now.</param>
internal readonly record struct Measurement(double Log, double Variance)
{
    /// <summary>
    /// The quotient of the sums over the weeks, with the variance of leaving one week out at a time (jackknife, Quenouille and
    /// Tukey 1958). It sees the noise that counts of single customers do not show: weather, groups, campaigns.
    /// </summary>
    /// <exception cref="ArgumentException">Fewer than two weeks, or nothing is left when one of them is left out.</exception>
    public static Measurement OfRatio(IReadOnlyList<RatioWeek> weeks)
    {
        var numerator = weeks.Sum(week => week.Numerator);
        var denominator = weeks.Sum(week => week.Denominator);
        var without = weeks.Select(week => Math.Log((numerator - week.Numerator) / (denominator - week.Denominator))).ToList();
        if (weeks.Count < 2 || !without.TrueForAll(double.IsFinite))
        {
            throw new ArgumentException("At least two weeks with something in each of them are needed.", nameof(weeks));
        }

        var mean = without.Average();
        var squares = without.Sum(log => (log - mean) * (log - mean));
        return new(Math.Log(numerator / denominator), squares * (weeks.Count - 1) / weeks.Count);
    }

    /// <summary>
    /// A rate out of counts. It is drawn to what is usual by as much as its number of trials asks for (beta-binomial), taken
    /// to the logarithm, which then exists for a store that sold nothing, and given back the spread that was taken from it,
    /// because the estimate of the potential shrinks by <see cref="Variance"/> and must not shrink twice.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No trials, or more successes than trials.</exception>
    public static Measurement OfRate(long successes, long trials, RatePrior prior)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trials);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        var rate = prior.Shrink(successes, trials);
        var kept = trials / (trials + prior.Strength);
        return new(Math.Log(prior.Mean) + (Math.Log(rate / prior.Mean) / kept), (1 - rate) / (rate * trials));
    }
}
