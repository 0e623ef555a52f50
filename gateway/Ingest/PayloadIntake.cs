using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Problems;

namespace RetailInsight.Gateway.Ingest;

/// <summary>A request body that was taken in; disposing gives back what it took of the tenant's limits.</summary>
internal sealed record Taken(Payload Payload, string ContentEncoding, IDisposable Bytes) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Payload.DisposeAsync();
        Bytes.Dispose();
    }
}

/// <summary>Takes the body of a request in, within the limits, or says why not. What is refused here is kept nowhere.</summary>
internal sealed class PayloadIntake(LargeUploads largeUploads, TenantLimits limits, IOptions<GatewayOptions> options)
{
    /// <summary>Reads the body to its end.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Whose it is.</param>
    /// <param name="mostBytes">Most bytes over the wire.</param>
    /// <param name="inMemory">Whether none of it may touch a disk yet.</param>
    /// <exception cref="BadHttpRequestException">429: the tenant has too many bytes on their way.</exception>
    public async Task<(Taken? Taken, Problem? Refusal)> TakeAsync(HttpContext context, Caller caller, long mostBytes, bool inMemory = false)
    {
        if (EncodingOf(context.Request.Headers.ContentEncoding) is not { } encoding)
        {
            context.Response.Headers.AcceptEncoding = "gzip, identity";
            return (null, Problem.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "content_encoding_unsupported",
                "Unsupported Content-Encoding",
                "Send the payload as it is, or as gzip with Content-Encoding: gzip. Nothing was kept."));
        }

        // The limit is counted here, so that a longer body is read off and answered instead of cut off.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var length = context.Request.ContentLength;
        if (length > mostBytes)
        {
            return (null, TooLarge(mostBytes));
        }

        var bytes = limits.TakeBytes(caller.Tenant, length);
        try
        {
            var upload = new Upload(caller.Tenant, mostBytes, bytes, inMemory);
            var payload = await Payload.ReceiveAsync(context.Request.Body, length, upload, options.Value, largeUploads, context.RequestAborted);
            if (payload is { Length: > 0 })
            {
                var taken = new Taken(payload, encoding, bytes);
                bytes = null;
                return (taken, null);
            }

            return (null, payload is null
                ? TooLarge(mostBytes)
                : Problem.Of(StatusCodes.Status400BadRequest, "payload_empty", "Empty payload", "The request has no body. There was nothing to keep."));
        }
        finally
        {
            bytes?.Dispose();
        }
    }

    private static Problem TooLarge(long mostBytes) => Problem.Of(
        StatusCodes.Status413PayloadTooLarge,
        "payload_too_large",
        "Payload too large",
        $"A payload has at most {mostBytes} bytes over the wire here. Nothing was kept. Send it in parts or as gzip.");

    private static string? EncodingOf(StringValues header) => header.ToString().Trim().ToLowerInvariant() switch
    {
        "" or "identity" => "identity",
        "gzip" or "x-gzip" => "gzip",
        _ => null,
    };
}
