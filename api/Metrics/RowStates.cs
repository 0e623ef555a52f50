using RetailInsight.Api.Kpis;

namespace RetailInsight.Api.Metrics;

/// <summary>
/// How complete the data under each row of an answer is, as far as store and date tell it. Added up while rows are read, and made out only for the
/// rows somebody sees.
/// </summary>
/// <param name="expected">Store-days that should be there.</param>
/// <param name="dimensions">Of the answer's rows.</param>
internal sealed class RowStates(ExpectedStoreDays expected, IReadOnlyList<string> dimensions)
{
    private static readonly string[] Measures = ["store_days", "observed_minutes", "expected_minutes", "registers_expected", "registers_of_expected"];

    // Where a row's keys hold what a store-day can be told by.
    private readonly int[] _at = [.. Enumerable.Range(0, dimensions.Count).Where(at => ExpectedStoreDays.Dimensions.Contains(dimensions[at]))];

    private readonly Dictionary<string, decimal[]> _sums = new(StringComparer.Ordinal);

    /// <summary>Measures of a store-day's sales and counters.</summary>
    public static IReadOnlyList<string> OfSales { get; } = Measures[..3];

    /// <summary>Measures of its registers.</summary>
    public static IReadOnlyList<string> OfRegisters { get; } = Measures[3..];

    /// <summary>The state of everything.</summary>
    public DataState Total
    {
        get
        {
            var total = new decimal[Measures.Length];
            foreach (var sums in _sums.Values)
            {
                Add(total, sums);
            }

            return State(expected.Total, total);
        }
    }

    /// <summary>Where the state's measures stand among those of a statement; −1 where a measure is not there.</summary>
    /// <param name="measures">The statement's.</param>
    public static int[] Places(IReadOnlyList<string> measures) => [.. Measures.Select(measure => Enumerable.Range(0, measures.Count).FirstOrDefault(at => measures[at] == measure, -1))];

    /// <summary>Adds what a statement says of a row.</summary>
    /// <param name="keys">The row's keys of all dimensions.</param>
    /// <param name="places">Of the statement's measures.</param>
    /// <param name="measures">Their sums.</param>
    public void Add(string[] keys, int[] places, decimal?[] measures) => Add(Key(keys), places, measures);

    /// <summary>Adds what a statement by the state's own dimensions alone says.</summary>
    /// <inheritdoc cref="Add(string[], int[], decimal?[])"/>
    public void AddOwn(string[] keys, int[] places, decimal?[] measures) => Add(string.Join(MetricReads.Separator, keys), places, measures);

    /// <summary>The state of a row.</summary>
    /// <param name="keys">Its keys of all dimensions.</param>
    public DataState Of(string[] keys)
    {
        var key = Key(keys);
        return State(expected[key], _sums.GetValueOrDefault(key));
    }

    private static void Add(decimal[] sums, decimal[] others)
    {
        for (var at = 0; at < sums.Length; at++)
        {
            sums[at] += others[at];
        }
    }

    private static DataState State(long expected, decimal[]? sums) => sums is null ? new(expected, 0, null) : new(
        expected, (long)sums[0], sums[2] == 0 ? null : WireFigures.Ratio(sums[1] / sums[2], 4), (long)sums[3], (long)sums[4]);

    private string Key(string[] keys) => _at.Length == 1 ? keys[_at[0]] : string.Join(MetricReads.Separator, _at.Select(at => keys[at]));

    private void Add(string key, int[] places, decimal?[] measures)
    {
        if (!_sums.TryGetValue(key, out var sums))
        {
            _sums[key] = sums = new decimal[Measures.Length];
        }

        for (var at = 0; at < places.Length; at++)
        {
            sums[at] += places[at] < 0 ? 0 : measures[places[at]] ?? 0;
        }
    }
}
