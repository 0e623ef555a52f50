using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Problems;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Ingest;

/// <summary><c>POST /v1/ingest/{feed}</c>: registers and devices push their files as they are.</summary>
internal sealed class IngestEndpoint(
    FeedDirectory feeds, ProfileCatalog profiles, Reception reception, LargeUploads largeUploads, IOptions<GatewayOptions> options, ILogger<IngestEndpoint> logger)
{
    private const int LongestFileName = 255;
    private const string RespondAsync = "respond-async";

    /// <summary>Answers a push.</summary>
    public async Task<IResult> PushAsync(string feed, HttpContext context)
    {
        var caller = Caller.Of(context);
        var request = context.Request;
        if (await feeds.FindAsync(caller.Tenant, feed, context.RequestAborted) is not { } found)
        {
            return Problem.Of(StatusCodes.Status404NotFound, "feed_unknown", "Unknown feed", "There is no feed of that name. Nothing was kept.");
        }

        if (!caller.Opens(feed))
        {
            return Problem.Of(StatusCodes.Status403Forbidden, "feed_forbidden", "Feed outside the key's scope", "The key is not for this feed. Nothing was kept.");
        }

        if (EncodingOf(request.Headers.ContentEncoding) is not { } encoding)
        {
            context.Response.Headers.AcceptEncoding = "gzip, identity";
            return Problem.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "content_encoding_unsupported",
                "Unsupported Content-Encoding",
                "Send the payload as it is, or as gzip with Content-Encoding: gzip. Nothing was kept.");
        }

        if (!TryReadFileName(request.Headers["X-File-Name"], out var fileName))
        {
            return Problem.Of(
                StatusCodes.Status400BadRequest,
                "file_name_invalid",
                "X-File-Name is not valid",
                "X-File-Name is a file name of at most 255 characters in percent-encoded UTF-8, without control characters. Nothing was kept.");
        }

        if (profiles.Find(found.Profile) is not { } profile)
        {
            Log.ProfileMissing(logger, found.Tenant, found.Id, found.Profile);
            return Problem.Unavailable();
        }

        return await ReceiveAsync(context, caller, found, profile, fileName, encoding);
    }

    private async Task<IResult> ReceiveAsync(HttpContext context, Caller caller, Feed feed, Profile profile, string? fileName, string encoding)
    {
        var limits = options.Value;
        var length = context.Request.ContentLength;

        // The limit is counted here, so that a longer body is read off and answered instead of cut off.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (length > limits.MaxPayloadBytes)
        {
            return TooLarge(limits);
        }

        await using var payload = await Payload.ReceiveAsync(context.Request.Body, length, limits, largeUploads, context.RequestAborted);
        if (payload is null)
        {
            return TooLarge(limits);
        }

        if (payload.Length == 0)
        {
            return Problem.Of(StatusCodes.Status400BadRequest, "payload_empty", "Empty payload", "The request has no body. There was nothing to keep.");
        }

        var acknowledgeOnly = PrefersAcknowledgement(context.Request.Headers["Prefer"]);
        var (ingestion, replay) = await reception.ReceiveAsync(caller, feed, profile, payload, fileName, encoding, acknowledgeOnly);
        if (replay)
        {
            context.Response.Headers["Idempotent-Replay"] = "true";
        }

        if (acknowledgeOnly)
        {
            context.Response.Headers["Preference-Applied"] = RespondAsync;
        }

        return ReceiptAnswer.ToPush(ingestion);
    }

    // RFC 7240: preferences stand in one header or several, separated by commas, with parameters behind a semicolon.
    private static bool PrefersAcknowledgement(StringValues header)
    {
        foreach (var line in header)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var preference = line.AsSpan()[range];
                var end = preference.IndexOf(';');
                if ((end < 0 ? preference : preference[..end]).Trim().Equals(RespondAsync, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static Problem TooLarge(GatewayOptions limits) => Problem.Of(
        StatusCodes.Status413PayloadTooLarge,
        "payload_too_large",
        "Payload too large",
        $"A payload has at most {limits.MaxPayloadBytes} bytes over the wire. Nothing was kept. Send it in parts or as gzip.");

    private static string? EncodingOf(StringValues header) => header.ToString().Trim().ToLowerInvariant() switch
    {
        "" or "identity" => "identity",
        "gzip" or "x-gzip" => "gzip",
        _ => null,
    };

    private static bool TryReadFileName(StringValues header, out string? fileName)
    {
        fileName = null;
        if (StringValues.IsNullOrEmpty(header))
        {
            return true;
        }

        var name = Uri.UnescapeDataString(header.ToString()).Trim();
        fileName = StorableText.Of(name);
        return name.Length is > 0 and <= LongestFileName && !name.Any(char.IsControl);
    }
}
