using System.Globalization;
using System.Text.Json.Serialization;

namespace RetailInsight.Core.Ports;

/// <summary>What a question says in one field: a number, or the name of a level such as a store; neither is unknown. In JSON a number, a text, true for 1, false for 0, or null.</summary>
/// <param name="Number">The number.</param>
/// <param name="Text">The name.</param>
[JsonConverter(typeof(FieldValueJson))]
public readonly record struct FieldValue(double? Number, string? Text)
{
    /// <summary>A number.</summary>
    public static implicit operator FieldValue(double number) => new(number, null);

    /// <summary>A name.</summary>
    public static implicit operator FieldValue(string text) => new(null, text);
}

/// <summary>One thing to be predicted.</summary>
/// <param name="Key">What it is, such as store and day: under it the last answer is remembered, should the model fail to answer later. Null for none.</param>
/// <param name="Fields">The model's inputs by name, and what its fallback takes.</param>
public sealed record PredictionRow(string? Key, IReadOnlyDictionary<string, FieldValue> Fields)
{
    /// <summary>A row remembered under the whole of what it asks, so that nobody is told what the model said of something else.</summary>
    public static PredictionRow Of(IReadOnlyDictionary<string, FieldValue> fields) => new(
        string.Join('\u001f', fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Key}={field.Value.Number:R}{field.Value.Text}"))),
        fields);
}

/// <summary>A question to a model.</summary>
/// <param name="Tenant">Whose model.</param>
/// <param name="Model">Which one: <c>sales</c>.</param>
/// <param name="Rows">What is to be predicted.</param>
/// <param name="Deadline">When the asker will be gone; null for the usual time.</param>
public sealed record PredictionQuestion(string Tenant, string Model, IReadOnlyList<PredictionRow> Rows, TimeSpan? Deadline = null);

/// <summary>Where a prediction comes from.</summary>
public enum PredictionSource
{
    /// <summary>The model.</summary>
    Model,

    /// <summary>Fallback: what the model last said of the same key.</summary>
    LastKnown,

    /// <summary>Fallback: the simple rule the model brings with it.</summary>
    Rule,
}

/// <summary>A prediction.</summary>
/// <param name="Value">An estimate in the unit of the model, or a label.</param>
/// <param name="Distance">Of the label's centre; null where there is no label, or it is a fallback's.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record Prediction(double Value, double? Distance, PredictionSource Source);

/// <summary>Something in a question that the model cannot take.</summary>
/// <param name="Row">1 for the first.</param>
/// <param name="Field">Name of the field.</param>
/// <param name="Detail">What is wrong with it.</param>
public sealed record FieldFault(int Row, string Field, string Detail)
{
    private const int LongestName = 60;

    /// <summary>How a name is refused that the model has not learnt; who may not see a store is told the same of it.</summary>
    public static string Unknown(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return $"'{(name.Length <= LongestName ? name : name[..LongestName] + "…")}' is not known to the model.";
    }
}

/// <summary>The answer to a question: predictions, or what is wrong with it.</summary>
/// <param name="Sha256">Of the model.</param>
/// <param name="Version">Of the model, as people call it.</param>
/// <param name="AliasVersion">Version of the champion alias that named it: it grows with every move.</param>
/// <param name="Predictions">One a row of the question; none when it has faults.</param>
/// <param name="Fallback">Why these are not the model's: <c>deadline</c>, <c>busy</c>, <c>failed</c> or <c>no_runtime</c>; null when they are.</param>
/// <param name="Faults">What is wrong with the question.</param>
public sealed record PredictionAnswer(string Sha256, string Version, long AliasVersion, IReadOnlyList<Prediction> Predictions, string? Fallback, IReadOnlyList<FieldFault> Faults);

/// <summary>What a question may say in one field.</summary>
/// <param name="Name">Of the field.</param>
/// <param name="Kind"><c>store</c>, <c>date</c>, <c>level</c> (a name or its number), <c>number</c> or <c>flag</c> (0 or 1).</param>
/// <param name="IsRequired">Whether a row must have it.</param>
public sealed record PredictionField(string Name, string Kind, bool IsRequired)
{
    /// <summary>The kind of a field that names a store: whoever asks must be allowed to see it.</summary>
    public const string Store = "store";
}

/// <summary>A model that answers now.</summary>
/// <param name="Sha256">Of the model.</param>
/// <param name="Version">Of the model, as people call it.</param>
/// <param name="AliasVersion">Version of the champion alias that named it.</param>
/// <param name="Fields">What a row may say.</param>
/// <param name="MostRows">Rows a question may have.</param>
/// <param name="LongestDeadline">Longest deadline a question may name.</param>
public sealed record PredictionModel(string Sha256, string Version, long AliasVersion, IReadOnlyList<PredictionField> Fields, int MostRows, TimeSpan LongestDeadline);

/// <summary>Asks the champion of a model. An answer comes within the deadline, from memory; no network is used.</summary>
public interface IPredictions
{
    /// <summary>What a question to a model may say; null when the tenant has no champion of that name here.</summary>
    PredictionModel? Find(string tenant, string model);

    /// <summary>Predicts.</summary>
    /// <returns>Null when the tenant has no champion of that name here.</returns>
    Task<PredictionAnswer?> PredictAsync(PredictionQuestion question, CancellationToken cancellationToken);
}
