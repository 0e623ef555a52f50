namespace RetailInsight.Ml.Forecasting;

/// <summary>A table as it is carried to another runtime.</summary>
/// <param name="Name">The effect.</param>
/// <param name="Keys">What each value is of, for a reader: store or kind and number; the first is empty, for what was never seen.</param>
/// <param name="Values">Values of logarithms; the first is 0.</param>
internal sealed record EncodedTable(string Name, IReadOnlyList<string> Keys, IReadOnlyList<double> Values);

/// <summary>A day as numbers.</summary>
/// <param name="Indices">One index into each table.</param>
/// <param name="Inputs">One number for each coefficient.</param>
internal readonly record struct EncodedDay(int[] Indices, double[] Inputs);

/// <summary>
/// A <see cref="LogAdditiveModel"/> as tables and coefficients alone, for a runtime that has no keys: the logarithm of the expectation of a day is
/// bias + Σ tables[e].Values[indices[e]] + Σ coefficients[f] × inputs[f].
/// </summary>
internal sealed class ForecastEncoding
{
    private readonly LogAdditiveModel _model;

    /// <summary>Lays a model out.</summary>
    public ForecastEncoding(LogAdditiveModel model)
    {
        _model = model;
        Bias = model.Mean + (model.Variance / 2);
        Tables = [.. model.Tables.Select(table => new EncodedTable(
            table.Effect.Name, ["", .. table.Keys.Select(Onnx.DayInputs.Name)], table.Values))];
        Coefficients = [model.Trend.Slope, 1];
    }

    /// <summary>What stands for a day nothing is known of.</summary>
    public double Bias { get; }

    /// <summary>The tables, in the order of the indices.</summary>
    public IReadOnlyList<EncodedTable> Tables { get; }

    /// <summary>The names of the inputs: the years of growth the day lies ahead, and what the store has grown beyond the chain by then.</summary>
    public IReadOnlyList<string> InputNames { get; } = ["damped years ahead", "growth of the store"];

    /// <summary>What the inputs are multiplied by.</summary>
    public IReadOnlyList<double> Coefficients { get; }

    /// <summary>Numbers a day.</summary>
    public EncodedDay Encode(DayFacts facts)
    {
        var years = _model.DampedYears(facts.Day.Date);
        return new EncodedDay(
            [.. _model.Tables.Select(table => table.IndexOf(facts))], [years, _model.Stores.GetValueOrDefault(facts.Day.Store).Slope * years]);
    }

    /// <summary>What any runtime makes of it: the logarithm of the expectation.</summary>
    public double Predict(EncodedDay day)
    {
        var sum = Bias;
        for (var e = 0; e < Tables.Count; e++)
        {
            sum += Tables[e].Values[day.Indices[e]];
        }

        for (var f = 0; f < Coefficients.Count; f++)
        {
            sum += Coefficients[f] * day.Inputs[f];
        }

        return sum;
    }
}
