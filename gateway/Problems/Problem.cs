using System.Diagnostics;
using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetailInsight.Gateway.Problems;

/// <summary>
/// An RFC 9457 problem. It is written whatever the request's <c>Accept</c> says: a caller that asked for CSV still has to
/// learn what was wrong.
/// </summary>
internal sealed record Problem : IResult
{
    /// <summary>Stable URI of the kind of problem.</summary>
    public string Type => "urn:retailinsight:problem:" + Code;

    /// <summary>The kind, for people.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What was found, what was expected, what to do.</summary>
    public required string Detail { get; init; }

    /// <summary>Stable code a program can act on.</summary>
    public required string Code { get; init; }

    /// <summary>The receipt of a payload that is kept although it cannot be read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Receipt { get; init; }

    /// <summary>Id of <see cref="Receipt"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReceiptId { get; init; }

    /// <summary>W3C trace id to quote to support.</summary>
    public string? TraceId { get; init; }

    /// <summary>Seconds after which a retry makes sense; goes into the header <c>Retry-After</c>.</summary>
    [JsonIgnore]
    public int? RetryAfterSeconds { get; init; }

    /// <summary>A problem with a code of its own.</summary>
    public static Problem Of(int status, string code, string title, string detail) =>
        new() { Status = status, Code = code, Title = title, Detail = detail };

    /// <summary>What a bare status code means.</summary>
    public static Problem OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => Of(status, "not_found", "Not found", "There is nothing at this address. /openapi/v1.json lists what there is."),
        StatusCodes.Status405MethodNotAllowed => Of(status, "method_not_allowed", "Method not allowed", "The header Allow names the methods of this address."),
        StatusCodes.Status415UnsupportedMediaType => Of(status, "media_type_unsupported", "Unsupported media type", "Send the payload as it is, or as gzip with Content-Encoding: gzip."),
        _ => Of(status, "request_failed", "The request failed", string.Create(CultureInfo.InvariantCulture, $"The server answered with status {status}.")),
    };

    /// <summary>Something behind the gateway does not answer.</summary>
    public static Problem Unavailable() => new()
    {
        Status = StatusCodes.Status503ServiceUnavailable,
        Code = "unavailable",
        Title = "Temporarily unavailable",
        Detail = "The payload is not acknowledged. Send it again; the same bytes are never counted twice.",
        RetryAfterSeconds = 5,
    };

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = MediaTypeNames.Application.ProblemJson;
        if (RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var body = JapaneseProblems.InLanguageOf(httpContext, this) with { TraceId = Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier };
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body, GatewayJson.Plain.Problem), httpContext.RequestAborted);
    }
}
