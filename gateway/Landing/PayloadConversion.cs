using Microsoft.Extensions.Options;
using RetailInsight.Core.Outcomes;
using RetailInsight.Core.Ports;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Landing;

/// <summary>Takes a kept payload to its outcome: unpack, convert by the profile, land.</summary>
internal sealed class PayloadConversion(
    RawStore raw,
    ProfileCatalog profiles,
    StoreMaster master,
    LandingTransaction landing,
    OutboxSignal outbox,
    TimeProvider clock,
    IOptions<GatewayOptions> options) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // Large payloads unpack to larger ones: only so many are in memory at once. Small ones pass by.
    private readonly SemaphoreSlim _room = new(options.Value.Conversions);

    /// <summary>Converts and lands a payload.</summary>
    /// <param name="ingestion">The payload's row in the ledger.</param>
    /// <param name="wire">Its bytes as received, or null to read them from the lake.</param>
    /// <param name="cancellationToken">Leaves the payload without an outcome.</param>
    /// <returns>The row with its outcome.</returns>
    public async Task<Ingestion> RunAsync(Ingestion ingestion, ReadOnlyMemory<byte>? wire, CancellationToken cancellationToken)
    {
        var large = ingestion.Raw.Length > ILake.SegmentPayloadLimit;
        if (large)
        {
            await _room.WaitAsync(cancellationToken);
        }

        try
        {
            return await LandAsync(ingestion, await ConvertAsync(ingestion, wire, cancellationToken));
        }
        finally
        {
            if (large)
            {
                _room.Release();
            }
        }
    }

    /// <summary>Converts a payload.</summary>
    /// <param name="ingestion">The payload's row in the ledger.</param>
    /// <param name="wire">Its bytes as received, or null to read them from the lake.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Conversion> ConvertAsync(Ingestion ingestion, ReadOnlyMemory<byte>? wire, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        return await ConvertAsync(ingestion, ProfileOf(ingestion), wire ?? await raw.ReadAsync(ingestion.Raw, patience.Token), patience.Token);
    }

    /// <summary>Lands a conversion. Those of one lane land in the order of the calls.</summary>
    /// <returns>The row with its outcome.</returns>
    public async Task<Ingestion> LandAsync(Ingestion ingestion, Conversion conversion)
    {
        var landed = await landing.LandAsync(ingestion, ProfileOf(ingestion).Vendor, conversion);
        if (conversion.PosAssignments.Count > 0)
        {
            master.Forget(ingestion.Tenant, ingestion.Vendor);
        }

        outbox.Set();
        return landed;
    }

    public void Dispose() => _room.Dispose();

    private Profile ProfileOf(Ingestion ingestion) => profiles.Find(ingestion.Profile, ingestion.ProfileVersion)
        ?? throw new InvalidOperationException($"There is no profile {ingestion.Profile} version {ingestion.ProfileVersion}.");

    private async Task<Conversion> ConvertAsync(Ingestion ingestion, Profile profile, ReadOnlyMemory<byte> wire, CancellationToken cancellationToken)
    {
        var payload = wire;
        if (ingestion.ContentEncoding == "gzip" && !Unpacking.Gunzip(wire, options.Value, cancellationToken).TryGet(out payload, out var refusal))
        {
            return new Conversion { Unreadable = refusal };
        }

        var asked = clock.GetUtcNow();
        var stores = await master.GetAsync(ingestion.Tenant, ingestion.Vendor, DateTimeOffset.MinValue, cancellationToken);
        var conversion = Convert(stores);

        // A store or register may have been added elsewhere since the master was remembered: look again before holding money back.
        return stores.LoadedAt < asked && conversion.Held.Any(held => held.Rejections.Any(rejection => rejection.Reason == RejectionReason.StoreUnknown))
            ? Convert(await master.GetAsync(ingestion.Tenant, ingestion.Vendor, asked, cancellationToken))
            : conversion;

        Conversion Convert(StoreSnapshot stores) =>
            Converter.Convert(profile, payload, new ConversionContext(ingestion.Tenant, stores.Within(ingestion.Stores)) { UnpackLimit = options.Value.MaxUnpackedBytes }, cancellationToken);
    }
}
