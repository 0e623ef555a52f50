using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetailInsight.Cli;

/// <summary>Why a request failed: an RFC 9457 problem as the server stated it, or what can be said without one.</summary>
/// <param name="Status">HTTP status; null when there was no answer.</param>
/// <param name="Title">The kind of problem.</param>
/// <param name="Detail">What was found and what to do.</param>
/// <param name="Code">Stable code a program can act on.</param>
/// <param name="ReceiptId">Receipt of a payload that was kept although it was refused.</param>
internal sealed record ServerProblem(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Status,
    string Title,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ReceiptId)
{
    private const int LongestBody = 300;

    /// <summary>Reads the answer's body; any body will do.</summary>
    public static async Task<ServerProblem> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var title = response.ReasonPhrase ?? "The request failed";
        if (response.Content.Headers.ContentType?.MediaType is MediaTypeNames.Application.ProblemJson or MediaTypeNames.Application.Json)
        {
            try
            {
                using var document = JsonDocument.Parse(body);
                if (document.RootElement is { ValueKind: JsonValueKind.Object } root)
                {
                    return new ServerProblem(status, Text(root, "title") ?? title, Text(root, "detail") ?? "", Text(root, "code"), Text(root, "receipt_id"));
                }
            }
            catch (JsonException)
            {
                // A proxy's idea of JSON is shown as the text it is.
            }
        }

        return new ServerProblem(status, title, body.Length > LongestBody ? body[..LongestBody] + "…" : body, null, null);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var head = Status is { } status ? $"{status} {Title}" : Title;
        var text = Detail.Length == 0 ? head : $"{head}: {Detail}";
        return ReceiptId is null ? text : $"{text} (kept as {ReceiptId})";
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
