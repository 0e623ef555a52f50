using System.Globalization;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Onnx;

namespace RetailInsight.Ml.Serving;

/// <summary>Reads the rows of a question as the tensors of a model, and names every field the model cannot take.</summary>
internal sealed class ModelQuestion
{
    /// <summary>More than this many faults are not listed: the first ones tell what is wrong.</summary>
    public const int MostFaults = 20;

    private readonly ModelCard _card;
    private readonly List<FieldFault> _faults = [];
    private readonly long[] _indices;
    private readonly double[] _numbers;

    private ModelQuestion(ModelCard card, int rows)
    {
        _card = card;
        _indices = new long[rows * card.Indices.Count];
        _numbers = new double[rows * card.Numbers.Count];
    }

    /// <summary>Reads them.</summary>
    /// <param name="card">Of the model.</param>
    /// <param name="rows">At least one.</param>
    /// <param name="inputs">The model's inputs in the order of its file, when there is no fault.</param>
    /// <returns>The faults, <see cref="MostFaults"/> at most.</returns>
    public static IReadOnlyList<FieldFault> Read(ModelCard card, IReadOnlyList<PredictionRow> rows, out Tensor[] inputs)
    {
        var question = new ModelQuestion(card, rows.Count);
        for (var row = 0; row < rows.Count && question._faults.Count < MostFaults; row++)
        {
            question.ReadRow(row, rows[row].Fields);
        }

        List<Tensor> tensors = [];
        if (card.Indices.Count > 0)
        {
            tensors.Add(new(question._indices, [rows.Count, card.Indices.Count]));
        }

        if (card.Numbers.Count > 0)
        {
            tensors.Add(new(question._numbers, [rows.Count, card.Numbers.Count]));
        }

        inputs = [.. tensors];
        return [.. question._faults.Take(MostFaults)];
    }

    private void ReadRow(int row, IReadOnlyDictionary<string, FieldValue> fields)
    {
        for (var i = 0; i < _card.Indices.Count; i++)
        {
            if (ReadIndex(_card.Indices[i], fields, out var level) is { } fault)
            {
                _faults.Add(new(row + 1, _card.Indices[i].Name, fault));
            }

            _indices[row * _card.Indices.Count + i] = level;
        }

        for (var i = 0; i < _card.Numbers.Count; i++)
        {
            if (ReadNumber(_card.Numbers[i], fields, out var number) is { } fault)
            {
                _faults.Add(new(row + 1, _card.Numbers[i].Name, fault));
            }

            _numbers[row * _card.Numbers.Count + i] = number;
        }

        _faults.AddRange(fields.Keys.Where(field => field != _card.Fallback.Field && !_card.Features.Contains(field))
            .Select(field => new FieldFault(row + 1, field, $"is no input of model '{_card.Name}'; it has {string.Join(", ", _card.Features)}.")));
    }

    private static string? ReadIndex(IndexInput input, IReadOnlyDictionary<string, FieldValue> fields, out long level)
    {
        level = 0;
        if (!fields.TryGetValue(input.Name, out var value) || value == default)
        {
            return "is missing.";
        }

        if (value.Text is { } name)
        {
            level = input.LevelNames is null ? -1 : input.LevelNames.ToList().IndexOf(name);
            return level >= 0 ? null : input.LevelNames is null ? $"is the number of a level, 0 to {input.Levels - 1}; '{name}' is none." : $"'{name}' is not known to the model.";
        }

        var number = value.Number!.Value;
        if (!double.IsInteger(number) || number < 0 || number >= input.Levels)
        {
            return string.Create(CultureInfo.InvariantCulture, $"is the number of a level, 0 to {input.Levels - 1}; {number} is none.");
        }

        level = (long)number;
        return null;
    }

    private static string? ReadNumber(NumberInput input, IReadOnlyDictionary<string, FieldValue> fields, out double number)
    {
        number = double.NaN;
        if (!fields.TryGetValue(input.Name, out var value) || value == default)
        {
            return input.MayBeMissing ? null : "is missing.";
        }

        if (value.Number is not { } given || !double.IsFinite(given))
        {
            return $"must be a finite number; '{value.Text ?? "not a number"}' is none.";
        }

        number = given;
        return given < input.Least || given > input.Most
            ? string.Create(CultureInfo.InvariantCulture, $"is {given}; the model was made for {Bound(input.Least, "any")} to {Bound(input.Most, "any")}.")
            : null;
    }

    private static string Bound(double? bound, string without) => bound?.ToString(CultureInfo.InvariantCulture) ?? without;
}
