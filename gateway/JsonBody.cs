using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RetailInsight.Gateway;

/// <summary>Reads what a request says as JSON.</summary>
internal static class JsonBody
{
    /// <summary>Reads a body of at most so many bytes.</summary>
    /// <param name="context">The request.</param>
    /// <param name="type">What it says.</param>
    /// <param name="most">Most bytes.</param>
    /// <param name="tooLong">What the caller is told of more.</param>
    /// <param name="what">What it should be, for the caller.</param>
    /// <param name="members">What it may state, for the caller.</param>
    /// <exception cref="BadHttpRequestException">It is longer, or no such JSON.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, int most, string tooLong, string what, string members)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > most)
            {
                throw new BadHttpRequestException(tooLong);
            }
        }

        try
        {
            return JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type) ?? throw new BadHttpRequestException("The body must be a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new BadHttpRequestException($"The body is no {what}: {(exception.Path is { Length: > 0 } path ? path + ": " : "")}state a JSON object with {members}, and nothing else.");
        }
    }
}
