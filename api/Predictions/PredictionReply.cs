using System.ComponentModel;
using System.Text.Json;
using RetailInsight.Core.Ports;

namespace RetailInsight.Api.Predictions;

/// <summary>The answer to a question.</summary>
internal sealed record PredictionReply(
    string Model,
    [property: Description("Of the model, as people call it.")] string Version,
    [property: Description("SHA-256 of the model that answered, or that did not.")] string Sha256,
    [property: Description("Grows with every move of the champion alias.")] long AliasVersion,
    [property: Description("Why these are not the model's answers: deadline, busy, failed or no_runtime; null when they are.")] string? Fallback,
    [property: Description("One a row, in order.")] IReadOnlyList<PredictionView> Predictions)
{
    public static PredictionReply Of(string model, PredictionAnswer answer) => new(
        model, answer.Version, answer.Sha256, answer.AliasVersion, answer.Fallback,
        [.. answer.Predictions.Select(one => new PredictionView(one.Value, JsonNamingPolicy.SnakeCaseLower.ConvertName(one.Source.ToString()), one.Distance))]);
}

/// <summary>The answer to a row.</summary>
internal sealed record PredictionView(
    [property: Description("An estimate in the unit of the model, or a label; not an account.")] double Value,
    [property: Description("model; last_known: what the model last said of the same row; rule: the value the row brought for it, or what is usual.")] string Source,
    [property: Description("Of the label's centre; null where there is no label.")] double? Distance);

/// <summary>What a model takes.</summary>
internal sealed record PredictionModelView(
    string Model, string Version, string Sha256, long AliasVersion, IReadOnlyList<PredictionFieldView> Fields,
    [property: Description("Rows a question may have.")] int MaxRows,
    [property: Description("Longest deadline a question may name.")] int MaxDeadlineMs)
{
    public static PredictionModelView Of(string name, PredictionModel model) => new(
        name, model.Version, model.Sha256, model.AliasVersion, [.. model.Fields.Select(field => new PredictionFieldView(field.Name, field.Kind, field.IsRequired))], model.MostRows, (int)model.LongestDeadline.TotalMilliseconds);
}

/// <summary>A field of a row.</summary>
internal sealed record PredictionFieldView(
    string Name, [property: Description("store, date (YYYY-MM-DD), level, number or flag (0 or 1, false or true).")] string Kind, bool Required);
