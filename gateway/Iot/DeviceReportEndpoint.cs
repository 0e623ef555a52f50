using Microsoft.Extensions.Options;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Problems;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Iot;

/// <summary>
/// <c>POST /v1/device-reports</c> and <c>POST /v1/networks/{network}/device-reports</c>: a device sends what it counted. Its group says by
/// which feed and version of a profile it is read, so that a device need not be touched to read it otherwise.
/// </summary>
internal sealed class DeviceReportEndpoint(
    DeviceRegister devices, FeedDirectory feeds, ProfileCatalog profiles, IngestEndpoint ingest, TenantLimits limits, TimeProvider clock, IOptions<GatewayOptions> options, ILogger<DeviceReportEndpoint> logger)
{
    /// <summary>Answers a device that shows its own key.</summary>
    public async Task<IResult> ReportAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        if (options.Value.Networks.Any(network => network.IsNamedIn(context.Request)))
        {
            return Problem.Of(
                StatusCodes.Status403Forbidden,
                "identity_untrusted",
                "A network's identity is not taken here",
                "The request says which subscriber it is of, and does not come by the network's own address. Nothing was kept.");
        }

        if (caller.Device is null)
        {
            return Problem.Of(StatusCodes.Status403Forbidden, "device_key_only", "Not the key of a device", "The key is not of a device. Push to /v1/ingest/{feed}, or have a key made for the device. Nothing was kept.");
        }

        return await devices.FindAsync(caller.Tenant, caller.Device, context.RequestAborted) is { } device
            ? await ReceiveAsync(context, caller, device, signs: DeviceSignature.IsOn(context.Request))
            : Problem.Of(StatusCodes.Status403Forbidden, "device_not_enrolled", "The device is not enrolled", "The register has no device of that name. Nothing was kept.");
    }

    /// <summary>Answers a device that its network knows.</summary>
    public async Task<IResult> ReportAsync(string network, HttpContext context)
    {
        if (options.Value.Networks.FirstOrDefault(one => one.Name == network) is not { } trusted)
        {
            return Problem.Of(StatusCodes.Status404NotFound, "network_unknown", "Unknown network", "There is no network of that name. Nothing was kept.");
        }

        if (await trusted.RefusalAsync(context, clock.GetUtcNow(), context.RequestAborted) is { } refusal)
        {
            return refusal;
        }

        var subscriber = StorableText.Of(context.Request.Headers[trusted.SubscriberHeader].ToString());
        var equipment = StorableText.Of(context.Request.Headers[trusted.EquipmentHeader].ToString());
        if (await devices.OfSubscriberAsync(network, subscriber, context.RequestAborted) is not { } device)
        {
            return Problem.Of(StatusCodes.Status403Forbidden, "subscriber_unknown", "No device of that subscriber", "No device is enrolled with the subscriber the network names. Enrol it first. Nothing was kept.");
        }

        var budget = limits.TakeRequest(device.Tenant);
        if (!budget.Allowed)
        {
            return Problem.Of(StatusCodes.Status429TooManyRequests, "rate_limited", "Too many requests", "Nothing was kept. Send it again after the seconds in Retry-After.") with { RetryAfterSeconds = budget.RetryAfterSeconds };
        }

        if (device.Equipment is null && equipment.Length > 0)
        {
            await devices.NoteEquipmentAsync(device, network, equipment, context.RequestAborted);
        }

        return await ReceiveAsync(context, new Caller(device.Tenant, [], null, network, Device: device.Id, Equipment: equipment), device, trusted.DevicesSign);
    }

    private async Task<IResult> ReceiveAsync(HttpContext context, Caller caller, EnrolledDevice device, bool signs)
    {
        if (device.IsRetired)
        {
            return Problem.Of(StatusCodes.Status410Gone, "device_retired", "The device is retired", "The device takes part no more. Nothing was kept.");
        }

        // A group that routes nowhere is a mistake of ours, not of the device: it is to send again when that is mended.
        if (await feeds.FindAsync(device.Tenant, device.Feed, context.RequestAborted) is not { IsRetired: false } feed)
        {
            Log.DeviceGroupUnrouted(logger, device.Tenant, device.Group, device.Feed, device.ProfileVersion);
            return Problem.Unavailable();
        }

        if ((device.ProfileVersion is { } version ? profiles.Find(feed.Profile, version) : profiles.Find(feed.Profile)) is not { } profile)
        {
            Log.DeviceGroupUnrouted(logger, device.Tenant, device.Group, device.Feed, device.ProfileVersion);
            return Problem.Unavailable();
        }

        return await ingest.ReceiveAsync(
            context, caller, feed, profile, signs ? payload => DeviceSignature.Refusal(context.Request, device, payload.Memory.Span, clock.GetUtcNow()) : null);
    }
}
