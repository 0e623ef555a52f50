using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Onnx.Wire;

namespace RetailInsight.Ml.Onnx;

/// <summary>What a model computes.</summary>
internal enum ModelKind
{
    /// <summary>Label of the nearest centre and the distance to it.</summary>
    NearestCentre,

    /// <summary>The exponential of a sum of effects.</summary>
    LogAdditive,
}

/// <summary>An input that is the number of a level, such as a store or a weekday.</summary>
/// <param name="Name">As in requests and messages.</param>
/// <param name="Levels">Values run from 0 to one less.</param>
/// <param name="LevelNames">What the levels are called, in order, where questions name them; null where they count.</param>
internal sealed record IndexInput(string Name, int Levels, IReadOnlyList<string>? LevelNames = null);

/// <summary>An input that is a number.</summary>
/// <param name="Name">As in requests and messages.</param>
/// <param name="Least">Least value the model was made for; null for any.</param>
/// <param name="Most">Largest value the model was made for; null for any.</param>
/// <param name="MayBeMissing">Whether NaN stands for an unknown value.</param>
internal sealed record NumberInput(string Name, double? Least = null, double? Most = null, bool MayBeMissing = false);

/// <summary>What is answered when the model does not answer in time.</summary>
/// <param name="Field">A field a request may carry beside the inputs whose value is then the answer, such as sales of the same weekday; null for none.</param>
/// <param name="Otherwise">The answer where that field is absent: in the unit of the model, or a label.</param>
internal sealed record FallbackRule(string? Field, double Otherwise);

/// <summary>
/// What a model file says about itself, in its metadata: a file alone is enough to serve it, to check questions to it by name, and to answer in
/// its place.
/// </summary>
/// <param name="Name">Which question it answers, the same for all its versions: <c>sales</c>.</param>
/// <param name="Version">Of this file; whatever helps people to tell two apart.</param>
/// <param name="Kind">What it computes.</param>
/// <param name="Indices">Columns of <see cref="IndexTensor"/>.</param>
/// <param name="Numbers">Columns of <see cref="NumberTensor"/>.</param>
/// <param name="Fallback">What is answered in its place.</param>
/// <param name="Days">How questions about a store's day become its inputs; null where questions name the inputs themselves.</param>
internal sealed record ModelCard(
    string Name, string Version, ModelKind Kind, IReadOnlyList<IndexInput> Indices, IReadOnlyList<NumberInput> Numbers, FallbackRule Fallback, DayInputs? Days = null)
{
    /// <summary>Input of whole numbers.</summary>
    public const string IndexTensor = "indices";

    /// <summary>Input of doubles.</summary>
    public const string NumberTensor = "numbers";

    /// <summary>Output of a log-additive model.</summary>
    public const string ValueTensor = "value";

    /// <summary>First output of a nearest centre.</summary>
    public const string LabelTensor = "label";

    /// <summary>Second output of a nearest centre.</summary>
    public const string DistanceTensor = "distance";

    private const string CardKey = "retailinsight.card";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Names of all inputs, indices first.</summary>
    public IEnumerable<string> Features => Indices.Select(input => input.Name).Concat(Numbers.Select(input => input.Name));

    /// <summary>What a row of a question may say. A level called store is the store itself.</summary>
    public IReadOnlyList<PredictionField> Fields =>
    [
        .. Days is not null ? DayInputs.Fields :
        [
            .. Indices.Select(input => new PredictionField(input.Name, input.Name == DayInputs.Store ? PredictionField.Store : "level", true)),
            .. Numbers.Select(input => new PredictionField(input.Name, "number", !input.MayBeMissing)),
        ],
        .. Fallback.Field is { } rule ? [new PredictionField(rule, "number", false)] : Array.Empty<PredictionField>(),
    ];

    /// <summary>Reads the card of a model file; the graph itself is not looked at.</summary>
    /// <exception cref="FormatException">The bytes are no ONNX model, or it has no card.</exception>
    public static ModelCard Read(byte[] model)
    {
        try
        {
            var card = ModelProto.Parser.ParseFrom(model).MetadataProps.FirstOrDefault(entry => entry.Key == CardKey)
                ?? throw new FormatException("The model has no card: it was not written for this product.");
            return Parse(card.Value);
        }
        catch (InvalidProtocolBufferException damage)
        {
            throw new FormatException($"These bytes are no ONNX model: {damage.Message}", damage);
        }
    }

    /// <summary>Reads a card as <see cref="ToJson"/> writes it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static ModelCard Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ModelCard>(json, Json) ?? throw new FormatException("The model's card is empty.");
        }
        catch (JsonException damage)
        {
            throw new FormatException($"The model's card cannot be read: {damage.Message}", damage);
        }
    }

    /// <summary>The card as JSON; the same card is the same text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The metadata of the model file: the card for us, and name, version and features in plain words for any viewer.</summary>
    internal IEnumerable<(string Key, string Value)> ToMetadata() =>
    [
        ("name", Name), ("version", Version), ("features", string.Join(",", Features)), (CardKey, ToJson()),
    ];
}
