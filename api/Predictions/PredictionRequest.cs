using System.ComponentModel;
using RetailInsight.Core.Ports;

namespace RetailInsight.Api.Predictions;

/// <summary>A question to a model.</summary>
internal sealed record PredictionRequest(
    [property: Description("What is to be predicted: an object of fields a row, each a number, a text, true or false. GET lists the fields of the model.")]
    IReadOnlyList<IReadOnlyDictionary<string, FieldValue>> Rows,
    [property: Description("Milliseconds after which the asker does not wait any more; default 500.")] int? DeadlineMs = null);
