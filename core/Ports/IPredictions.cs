namespace RetailInsight.Core.Ports;

/// <summary>What a question says in one field: a number, or the name of a level such as a store; neither is unknown.</summary>
/// <param name="Number">The number.</param>
/// <param name="Text">The name.</param>
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
public sealed record PredictionRow(string? Key, IReadOnlyDictionary<string, FieldValue> Fields);

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
public sealed record FieldFault(int Row, string Field, string Detail);

/// <summary>The answer to a question: predictions, or what is wrong with it.</summary>
/// <param name="Sha256">Of the model.</param>
/// <param name="Version">Of the model, as people call it.</param>
/// <param name="Predictions">One a row of the question; none when it has faults.</param>
/// <param name="Fallback">Why these are not the model's: <c>deadline</c>, <c>busy</c>, <c>failed</c> or <c>no_runtime</c>; null when they are.</param>
/// <param name="Faults">What is wrong with the question.</param>
public sealed record PredictionAnswer(string Sha256, string Version, IReadOnlyList<Prediction> Predictions, string? Fallback, IReadOnlyList<FieldFault> Faults);

/// <summary>Asks the champion of a model. An answer comes within the deadline, from memory; no network is used.</summary>
public interface IPredictions
{
    /// <summary>Predicts.</summary>
    /// <returns>Null when the tenant has no champion of that name here.</returns>
    Task<PredictionAnswer?> PredictAsync(PredictionQuestion question, CancellationToken cancellationToken);
}
