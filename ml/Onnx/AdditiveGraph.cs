using System.Globalization;
using RetailInsight.Core.Ports;

namespace RetailInsight.Ml.Onnx;

/// <summary>
/// A log-additive model as ONNX: exp(bias + Σ tables[e][index e] + Σ coefficients[f] · number f). <c>indices</c> int64 [rows, effects] and
/// <c>numbers</c> double [rows, numbers] (each absent where the model has none) to <c>value</c> double [rows], an estimate in the unit the model
/// was fitted in. An index outside its table is refused by the runtime; a negative one counts from the table's end, as ONNX has it, so
/// callers check indices against the card first.
/// </summary>
internal static class AdditiveGraph
{
    /// <summary>Writes the model file.</summary>
    /// <param name="card">Its indices are the effects and its numeric inputs the regressors, in order.</param>
    /// <param name="tables">One table of log effects per index, as long as the card says.</param>
    /// <param name="coefficients">Log effect per unit of each number.</param>
    /// <param name="bias">Log of the value where all effects are 0.</param>
    /// <exception cref="ArgumentException">Tables or coefficients do not fit the card or are not finite.</exception>
    public static byte[] Write(ModelCard card, double[][] tables, double[] coefficients, double bias)
    {
        if (card.Kind != ModelKind.LogAdditive || tables.Length != card.Indices.Count || coefficients.Length != card.Numbers.Count || tables.Length + coefficients.Length == 0)
        {
            throw new ArgumentException($"{card.Name}: the card has {card.Indices.Count} indices and {card.Numbers.Count} numbers; there are {tables.Length} tables and {coefficients.Length} coefficients.", nameof(card));
        }

        if (card.Numbers.FirstOrDefault(number => number.MayBeMissing) is { } missing)
        {
            throw new ArgumentException($"{card.Name}: {missing.Name} may be missing, and a sum without one of its terms is unknown.", nameof(card));
        }

        if (!double.IsFinite(bias) || !coefficients.All(double.IsFinite) || !tables.All(table => table.All(double.IsFinite)))
        {
            throw new ArgumentException($"{card.Name}: an effect is not a finite number.", nameof(tables));
        }

        var graph = new OnnxGraph(card.Name);
        var sum = graph.Constant("bias", [bias]);
        if (tables.Length > 0)
        {
            var indices = graph.Input(ModelCard.IndexTensor, TensorElement.Int64, tables.Length);
            for (var e = 0; e < tables.Length; e++)
            {
                sum = graph.Apply("Add", Numbered("sum", e), sum, Effect(graph, indices, e, card.Indices[e], tables[e]));
            }
        }

        if (coefficients.Length > 0)
        {
            // A matrix times a vector is a vector.
            var numbers = graph.Input(ModelCard.NumberTensor, TensorElement.Float64, coefficients.Length);
            sum = graph.Apply("Add", "sum", sum, graph.Apply("MatMul", "product", numbers, graph.Constant("coefficients", coefficients, coefficients.Length)));
        }

        graph.Apply("Exp", ModelCard.ValueTensor, sum);
        graph.Output(ModelCard.ValueTensor, TensorElement.Float64);
        return graph.ToBytes(card);
    }

    private static string Effect(OnnxGraph graph, string indices, int effect, IndexInput input, double[] table)
    {
        if (table.Length != input.Levels)
        {
            throw new ArgumentException($"{input.Name} has {input.Levels} levels on the card and {table.Length} in its table.", nameof(table));
        }

        var column = graph.Apply("Gather", Numbered("index", effect), [("axis", [1], false)], indices, graph.Constant(Numbered("column", effect), [(long)effect]));
        return graph.Apply("Gather", Numbered("effect", effect), graph.Constant(Numbered("table", effect), table, table.Length), column);
    }

    private static string Numbered(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
}
