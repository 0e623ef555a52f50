using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Iot;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Problems;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Ingest;

/// <summary><c>POST /v1/ingest/{feed}</c>: registers and devices push their files as they are.</summary>
internal sealed class IngestEndpoint(
    FeedDirectory feeds,
    ProfileCatalog profiles,
    PayloadIntake intake,
    IdempotencyKeys idempotencyKeys,
    Reception reception,
    Sandbox sandbox,
    PictureGate pictures,
    IOptions<GatewayOptions> options,
    ILogger<IngestEndpoint> logger)
{
    private const int LongestFileName = 255;
    private const string RespondAsync = "respond-async";

    /// <summary>Answers a push.</summary>
    public async Task<IResult> PushAsync(string feed, HttpContext context)
    {
        var caller = Caller.Of(context);
        if (await feeds.FindAsync(caller.Tenant, feed, context.RequestAborted) is not { } found)
        {
            return Problem.Of(StatusCodes.Status404NotFound, "feed_unknown", "Unknown feed", "There is no feed of that name. Nothing was kept.");
        }

        if (!caller.Opens(feed))
        {
            return Problem.Of(StatusCodes.Status403Forbidden, "feed_forbidden", "Feed outside the key's scope", "The key is not for this feed. Nothing was kept.");
        }

        if (found.IsRetired)
        {
            return Problem.Of(StatusCodes.Status410Gone, "feed_retired", "The feed is retired", "The feed takes nothing more. Ask which feed took its place. Nothing was kept.");
        }

        if (profiles.Find(found.Profile) is not { } profile)
        {
            Log.ProfileMissing(logger, found.Tenant, found.Id, found.Profile);
            return Problem.Unavailable();
        }

        return await ReceiveAsync(context, caller, found, profile);
    }

    /// <summary>Takes in what a caller sends to a feed it may send to.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Whose it is.</param>
    /// <param name="feed">The feed.</param>
    /// <param name="profile">Reads it.</param>
    /// <param name="refuse">Says why the body is not taken; null when it is.</param>
    public async Task<IResult> ReceiveAsync(HttpContext context, Caller caller, Feed feed, Profile profile, Func<Payload, Problem?>? refuse = null)
    {
        var request = context.Request;
        if (!TryReadFileName(request.Headers["X-File-Name"], out var fileName))
        {
            return Problem.Of(
                StatusCodes.Status400BadRequest,
                "file_name_invalid",
                "X-File-Name is not valid",
                "X-File-Name is a file name of at most 255 characters in percent-encoded UTF-8, without control characters. Nothing was kept.");
        }

        if (!IdempotencyKey.TryRead(request.Headers["Idempotency-Key"], out var idempotencyKey))
        {
            return Problem.Of(
                StatusCodes.Status400BadRequest,
                "idempotency_key_invalid",
                "Idempotency-Key is not valid",
                "Idempotency-Key is one header of 1 to 255 printable ASCII characters, in double quotes or bare. Nothing was kept.");
        }

        var watched = PictureGate.Watches(profile);
        var most = watched ? options.Value.DevicePayloadBytes : options.Value.MaxPayloadBytes;
        var (taken, refusal) = await intake.TakeAsync(context, caller, caller.Sandbox ? Math.Min(most, options.Value.TryOutBytes) : most, inMemory: watched);
        if (refusal is not null)
        {
            return refusal;
        }

        await using var _ = taken!;
        if (refuse?.Invoke(taken!.Payload) is { } refused)
        {
            return refused;
        }

        return watched && pictures.Pass(profile, taken!, context.RequestAborted) is var (unreadable, storable)
            ? unreadable ?? await ReceiveAsync(context, caller, feed, profile, storable, fileName, idempotencyKey)
            : await ReceiveAsync(context, caller, feed, profile, taken!, fileName, idempotencyKey);
    }

    private async Task<IResult> ReceiveAsync(HttpContext context, Caller caller, Feed feed, Profile profile, Taken taken, string? fileName, string? idempotencyKey)
    {
        var (payload, encoding) = (taken.Payload, taken.ContentEncoding);
        if (idempotencyKey is not null)
        {
            var sent = payload.Sent?.ContentEncoding ?? encoding;
            var id = caller.Sandbox
                ? Sandbox.IdOf(feed.Tenant, feed.Id, payload.Sha256, sent, caller.Device)
                : Ingestion.IdOf(feed.Tenant, feed.Id, payload.Sha256, sent, caller.Device);
            if (!await idempotencyKeys.ClaimAsync(caller, Ingestion.SourceOf(feed.Id, caller.Device), idempotencyKey, id, context.RequestAborted))
            {
                return Problem.Of(
                    StatusCodes.Status422UnprocessableEntity,
                    "idempotency_key_reused",
                    "Idempotency-Key was used for another payload",
                    $"In the last {options.Value.IdempotencyHours} hours this key was sent to this feed with other bytes or another Content-Encoding. Nothing was kept. Send the payload with a key of its own.");
            }
        }

        if (caller.Sandbox)
        {
            var (tried, known) = await sandbox.ReceiveAsync(caller, feed, profile, payload, fileName, encoding, context.RequestAborted);
            return Answer(context, tried, known);
        }

        var acknowledgeOnly = PrefersAcknowledgement(context.Request.Headers["Prefer"]);
        var (ingestion, replay) = await reception.ReceiveAsync(caller, feed, profile, payload, fileName, encoding, acknowledgeOnly);
        if (acknowledgeOnly)
        {
            context.Response.Headers["Preference-Applied"] = RespondAsync;
        }

        return Answer(context, ingestion, replay);
    }

    private static IResult Answer(HttpContext context, Ingestion ingestion, bool replay)
    {
        if (replay)
        {
            context.Response.Headers["Idempotent-Replay"] = "true";
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
