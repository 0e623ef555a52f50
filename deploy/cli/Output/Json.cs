using System.Text.Encodings.Web;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary>How the tool reads and writes JSON: snake_case, Japanese as it is.</summary>
internal static class Json
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads a part of an answer.</summary>
    /// <exception cref="CommandFailure">It does not have the shape it should.</exception>
    public static T Read<T>(JsonElement element)
    {
        try
        {
            return element.Deserialize<T>(Options)!;
        }
        catch (JsonException problem)
        {
            throw new CommandFailure(ExitCode.NoAnswer, new ServerProblem(null, "Not understood", $"The server's answer has another shape than this version of the tool knows: {problem.Message}", null, null));
        }
    }

    /// <summary>The elements of an array member; none when it is absent.</summary>
    public static IEnumerable<JsonElement> Members(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>A member as a cell of a table; empty when it is absent or null.</summary>
    public static string Cell(JsonElement element, string name) => !element.TryGetProperty(name, out var value) ? "" : value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Object => string.Join(" ", value.EnumerateObject().Select(one => $"{one.Name} {one.Value}")),
        JsonValueKind.Number => value.GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    /// <summary>A text member; null when it is absent or null.</summary>
    public static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
