using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Serving;

namespace RetailInsight.Ml.Edge;

/// <summary>A question whose answer is known.</summary>
/// <param name="Fields">Of the row.</param>
/// <param name="Answer">What the model answered where it was bundled: a value or a label.</param>
internal sealed record GoldenQuestion(IReadOnlyDictionary<string, FieldValue> Fields, double Answer)
{
    /// <summary>Reads questions: a JSON array of objects, field name to number or text.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public static IReadOnlyList<IReadOnlyDictionary<string, FieldValue>> ReadInputs(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize<List<Dictionary<string, FieldValue>>>(json) is { Count: > 0 } rows && !rows.Contains(null!) ? rows : throw new FormatException("There are no questions.");
        }
        catch (JsonException damage)
        {
            throw new FormatException($"The questions are no JSON array of objects: {damage.Message}", damage);
        }
    }

    /// <summary>A question as the tensors of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="fields">Of the row.</param>
    /// <param name="number">1 for the first, for the message.</param>
    /// <exception cref="FormatException">The model cannot take it; the message names row and field.</exception>
    public static Tensor[] Tensors(ServedModel model, IReadOnlyDictionary<string, FieldValue> fields, int number) =>
        model.Questions.Read([new PredictionRow(null, fields)], out var tensors) is [var fault, ..] ? throw new FormatException($"Question {number}: {fault.Field} {fault.Detail}") : tensors;

    /// <summary>|answer ÷ golden − 1|; for a golden of 0 the difference itself. 0 where they are the same.</summary>
    public static double Difference(double answer, double golden) => answer == golden ? 0 : Math.Abs(answer - golden) / (golden == 0 ? 1 : Math.Abs(golden));
}
