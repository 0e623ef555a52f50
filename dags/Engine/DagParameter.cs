using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetailInsight.Dags.Engine;

/// <summary>What values of a parameter are.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ParameterKind>))]
internal enum ParameterKind
{
    /// <summary>A text, or one of several.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>A whole number.</summary>
    [JsonStringEnumMemberName("whole_number")]
    WholeNumber,

    /// <summary>Yes or no.</summary>
    [JsonStringEnumMemberName("yes_no")]
    YesNo,
}

/// <summary>
/// What a run by hand may be told beside its day. Its value is checked when the run is asked for and lies in the configuration of the run under its name, so
/// that a rerun works with the same. Runs by clock and by partition have none: each parameter means something when it is not given.
/// </summary>
/// <param name="Name">Unique in the DAG: lower-case letters, digits and underscores.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Description">What it does, and what happens without it: one sentence for people, in English.</param>
/// <param name="Japanese">The same in Japanese.</param>
internal sealed record DagParameter(string Name, ParameterKind Kind, string Description, string Japanese)
{
    private static readonly JsonSerializerOptions InSpec = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The configuration's own word for the stores a run works on.</summary>
    public const string Stores = "stores";

    /// <summary>Longer texts are not taken.</summary>
    public const int LongestText = 200;

    /// <summary>What a text may be; empty for anything.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The smallest number taken; null for any.</summary>
    public long? Least { get; init; }

    /// <summary>The largest number taken; null for any.</summary>
    public long? Most { get; init; }

    /// <summary>Why it cannot be defined so; null where it can.</summary>
    [JsonIgnore]
    public string? Error => Name == Stores ? "its name is taken: it is the stores a run works on"
        : string.IsNullOrWhiteSpace(Description) || string.IsNullOrWhiteSpace(Japanese) ? "it is not described in both languages"
        : Kind != ParameterKind.Text && Choices.Count > 0 ? "only a text has choices"
        : Least > Most ? "no number is taken"
        : null;

    /// <summary>Why a value is not taken, in one sentence; null where it is.</summary>
    /// <param name="text">The value as people write it; numbers in the invariant culture.</param>
    public string? Fault(string text) => Kind switch
    {
        ParameterKind.WholeNumber => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && !(number < Least) && !(number > Most) ? null
            : $"'{text}' is not taken: it must be a whole number{Bounds}.",
        ParameterKind.YesNo => bool.TryParse(text, out _) ? null : $"'{text}' is not taken: it must be true or false.",
        _ when Choices.Count > 0 => Choices.Contains(text) ? null : $"'{text}' is not taken: it must be one of {string.Join(", ", Choices)}.",
        _ => text.Length is > 0 and <= LongestText && !text.Any(char.IsControl) ? null : $"It must be 1 to {LongestText} characters without control characters.",
    };

    /// <summary>A value as it stands in a configuration.</summary>
    /// <param name="text">A text without a <see cref="Fault"/>.</param>
    public object Value(string text) => Kind switch
    {
        ParameterKind.WholeNumber => long.Parse(text, CultureInfo.InvariantCulture),
        ParameterKind.YesNo => bool.Parse(text),
        _ => text,
    };

    /// <summary>Parameters as they stand in the definition that is registered.</summary>
    public static JsonElement Spec(IReadOnlyList<DagParameter> parameters) => JsonSerializer.SerializeToElement(parameters, InSpec);

    /// <summary>Parameters of a definition that is registered.</summary>
    public static IReadOnlyList<DagParameter> OfSpec(string spec) => JsonSerializer.Deserialize<DagParameter[]>(spec, InSpec)!;

    /// <summary>Text of a run; null where it was not given.</summary>
    public string? Text(TaskContext context) => Given(context)?.GetString();

    /// <summary>Number of a run; null where it was not given.</summary>
    public long? WholeNumber(TaskContext context) => Given(context)?.GetInt64();

    /// <summary>Yes or no of a run; null where it was not given.</summary>
    public bool? YesNo(TaskContext context) => Given(context)?.GetBoolean();

    private string Bounds => (Least, Most) switch
    {
        (null, null) => "",
        (_, null) => string.Create(CultureInfo.InvariantCulture, $", {Least} at least"),
        (null, _) => string.Create(CultureInfo.InvariantCulture, $", {Most} at most"),
        _ => string.Create(CultureInfo.InvariantCulture, $" from {Least} to {Most}"),
    };

    private JsonElement? Given(TaskContext context) => context.Conf.TryGetProperty(Name, out var value) ? value : null;
}
