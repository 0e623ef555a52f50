namespace RetailInsight.Ml.Forecasting;

/// <summary>The growth of a chain.</summary>
/// <param name="Slope">Of logarithms a year.</param>
/// <param name="Damping">What is left of it on each day further ahead of the last day known.</param>
internal readonly record struct ModelTrend(double Slope, double Damping);

/// <summary>The values of one effect. A day finds its own by an index, so that the table can be carried to where there are no keys.</summary>
internal sealed class EffectTable
{
    private readonly Dictionary<EffectKey, int> _places = [];

    /// <summary>Orders the values by their keys.</summary>
    public EffectTable(Effect effect, IEnumerable<KeyValuePair<EffectKey, double>> values)
    {
        var ordered = values.OrderBy(value => value.Key.Of, StringComparer.Ordinal).ThenBy(value => value.Key.At).ToList();
        (Effect, Keys, Values) = (effect, ordered.ConvertAll(value => value.Key), [0, .. ordered.Select(value => value.Value)]);
        for (var i = 0; i < Keys.Count; i++)
        {
            _places.Add(Keys[i], i + 1);
        }
    }

    /// <summary>What the values are of.</summary>
    public Effect Effect { get; }

    /// <summary>The keys seen, in ordinal order; the value of the first is at index 1.</summary>
    public IReadOnlyList<EffectKey> Keys { get; }

    /// <summary>Values of logarithms; at index 0 stands 0, for days without the effect and keys that were never seen.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>Where the value of a day stands in <see cref="Values"/>.</summary>
    public int IndexOf(DayFacts facts) => Effect.Key(facts) is { } key ? _places.GetValueOrDefault(key) : 0;
}
