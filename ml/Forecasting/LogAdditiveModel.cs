namespace RetailInsight.Ml.Forecasting;

/// <summary>One factor of an explained forecast.</summary>
/// <param name="Name">Such as weekday or season; <see cref="Effect.Level"/> comes first.</param>
/// <param name="Effect">What it multiplies the expectation by; of the level its amount, in the unit of the history.</param>
internal readonly record struct FactorEffect(string Name, double Effect);

/// <summary>What a model knows of a store beside its effects.</summary>
/// <param name="Slope">Its growth beyond the chain's, of logarithms a year.</param>
/// <param name="Scale">The standard deviation of what the model leaves of its days, of logarithms.</param>
/// <param name="Days">How many days of its history had sales.</param>
internal readonly record struct StoreRecord(double Slope, double Scale, int Days);

/// <summary>
/// Sales as a product of factors: the logarithm of a day is a sum of effects, each drawn to zero by how seldom it was seen, and of a trend that is
/// damped ahead of the last day known (Gardner and McKenzie 1985). The expectation is the mean of a lognormal, exp(μ + σ²/2). Amounts are estimates.
/// </summary>
internal sealed class LogAdditiveModel
{
    /// <summary>The factor of the trend.</summary>
    public const string Growth = "growth";

    private const double DaysAYear = 365.25;

    // Errors of the days of a week go together, so a week says no more of a level than a day that is apart from the others.
    private const double DaysThatGoTogether = 7;

    private readonly double _levelPrior;

    /// <summary>Puts a model together from what was fitted or read.</summary>
    public LogAdditiveModel(
        DateOnly origin, double mean, double variance, ModelTrend trend, IReadOnlyList<EffectTable> tables, IReadOnlyDictionary<string, StoreRecord> stores)
    {
        (Origin, Mean, Variance, Trend, Tables, Stores) = (origin, mean, variance, trend, tables, stores);
        var levels = tables.Where(table => table.Effect.Factor == Effect.Level).ToList();
        _levelPrior = levels.Count == 0 ? 1 : levels[^1].Effect.Prior;
        LevelVariance = levels.Count == 0 ? 0 : levels[^1].Values.Skip(1).Select(value => value * value).DefaultIfEmpty(0).Average();
    }

    /// <summary>The last day of the history.</summary>
    public DateOnly Origin { get; }

    /// <summary>The logarithm of the level of the chain.</summary>
    public double Mean { get; }

    /// <summary>The weighted variance of what the model leaves, of logarithms.</summary>
    public double Variance { get; }

    /// <summary>The growth of the chain and how it ends.</summary>
    public ModelTrend Trend { get; }

    /// <summary>Its effects.</summary>
    public IReadOnlyList<EffectTable> Tables { get; }

    /// <summary>The stores of the history, by code.</summary>
    public IReadOnlyDictionary<string, StoreRecord> Stores { get; }

    /// <summary>The variance of the levels of the stores of a kind, of logarithms.</summary>
    public double LevelVariance { get; }

    /// <summary>The mean that is expected of a day: the product of <see cref="Explain"/>.</summary>
    public double Expect(DayFacts facts)
    {
        var product = 1.0;
        foreach (var factor in Explain(facts))
        {
            product *= factor.Effect;
        }

        return product;
    }

    /// <summary>The level and the factors of a day. Multiplied in their order they are exactly the expectation.</summary>
    public IReadOnlyList<FactorEffect> Explain(DayFacts facts)
    {
        var names = new List<string> { Effect.Level, Growth };
        var sums = new List<double> { Mean + (Variance / 2), Growing(facts) };
        foreach (var table in Tables)
        {
            var place = names.IndexOf(table.Effect.Factor);
            if (place < 0)
            {
                place = names.Count;
                names.Add(table.Effect.Factor);
                sums.Add(0);
            }

            sums[place] += table.Values[table.IndexOf(facts)];
        }

        return [.. names.Select((name, i) => new FactorEffect(name, Math.Exp(sums[i])))];
    }

    /// <summary>The logarithm of what is expected.</summary>
    public double ExpectLog(DayFacts facts)
    {
        var sum = Mean + (Variance / 2) + Growing(facts);
        foreach (var table in Tables)
        {
            sum += table.Values[table.IndexOf(facts)];
        }

        return sum;
    }

    /// <summary>The years of growth a day lies ahead of the origin; each day ahead brings a little less than the day before. Below 0 before the origin.</summary>
    public double DampedYears(DateOnly date) => DampedYears(Trend.Damping, date.DayNumber - Origin.DayNumber);

    /// <summary>The same from the damping and the days ahead alone.</summary>
    public static double DampedYears(double damping, int ahead) => (ahead <= 0 ? ahead : damping * (1 - Math.Pow(damping, ahead)) / (1 - damping)) / DaysAYear;

    /// <summary>The standard deviation of the logarithm of a day of this store, as far as the model can tell from its own history.</summary>
    public double ScaleOf(string store) => Stores.TryGetValue(store, out var known) ? known.Scale : Math.Sqrt(Variance);

    /// <summary>
    /// How many times as wide as its days alone the errors of a store are, since its level is not known well: what was drawn to the chain is off by its share
    /// of the spread of the stores, what was learnt by the error of a mean. Close to 1 for a store with a long history.
    /// </summary>
    public double WideningOf(string store)
    {
        var known = Stores.GetValueOrDefault(store);
        var share = known.Days / (known.Days + _levelPrior);
        var own = known.Days == 0 ? 0 : share * share * Math.Min(1, DaysThatGoTogether / known.Days);
        return Math.Sqrt(1 + own + (Variance > 0 ? (1 - share) * (1 - share) * LevelVariance / Variance : 0));
    }

    private double Growing(DayFacts facts) => (Trend.Slope + Stores.GetValueOrDefault(facts.Day.Store).Slope) * DampedYears(facts.Day.Date);
}
