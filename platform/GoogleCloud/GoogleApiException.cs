using System.Net;
using System.Text.Json;

namespace RetailInsight.Platform.GoogleCloud;

/// <summary>A Google API refused a request, or gave no usable answer.</summary>
internal sealed class GoogleApiException : IOException
{
    public GoogleApiException(HttpStatusCode? status, string reason, string message, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Status = status;
        Reason = reason;
        RetryAfter = retryAfter;
    }

    /// <summary>HTTP status; null when no answer came, so the request may or may not have been carried out.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>First error's <c>reason</c> (<c>rateLimitExceeded</c>), else <c>status</c> (<c>NOT_FOUND</c>); empty when the body had none.</summary>
    public string Reason { get; }

    /// <summary>How long the server asked to wait.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Reads a refusal. The body may be JSON in either of Google's two shapes, plain text, HTML or empty.</summary>
    public static async Task<GoogleApiException> FromAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        const int LongestExcerpt = 500;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var (reason, message) = Parse(body);
        message = message.Length > 0 ? message : body[..Math.Min(body.Length, LongestExcerpt)];
        var asked = response.Headers.RetryAfter;
        return new(
            response.StatusCode,
            reason,
            $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri?.AbsolutePath}: {(int)response.StatusCode} {reason} {message}".TrimEnd(),
            asked?.Delta ?? (asked?.Date is { } date && response.Headers.Date is { } now ? date - now : null));
    }

    private static (string Reason, string Message) Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
            {
                return ("", "");
            }

            var first = error.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0 ? errors[0] : error;
            var reason = Text(first, "reason");
            return (reason.Length > 0 ? reason : Text(error, "status"), Text(error, "message"));
        }
        catch (JsonException)
        {
            return ("", "");
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
