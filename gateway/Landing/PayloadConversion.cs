using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Core.Ports;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Iot;
using RetailInsight.Gateway.Quarantine;
using RetailInsight.Gateway.Resends;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Files;

namespace RetailInsight.Gateway.Landing;

/// <summary>Takes a kept payload to its outcome: unpack, convert by the profile, land.</summary>
internal sealed class PayloadConversion(
    RawStore raw,
    ProfileCatalog profiles,
    StoreMaster master,
    DeviceRegister devices,
    PersonEpochs persons,
    LandingTransaction landing,
    LargeFileLanding largeFiles,
    OutboxSignal outbox,
    ReplaySignal replays,
    ConversionProgress progress,
    TimeProvider clock,
    IOptions<GatewayOptions> options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // Large payloads unpack to larger ones: only so many are in memory at once. Small ones pass by.
    private readonly FairRoom _room = new(options.Value.Conversions);

    /// <summary>Converts and lands a payload.</summary>
    /// <param name="ingestion">The payload's row in the ledger.</param>
    /// <param name="wire">Its bytes as received, or null to read them from the lake.</param>
    /// <param name="cancellationToken">Leaves the payload without an outcome.</param>
    /// <returns>The row with its outcome.</returns>
    public async Task<Ingestion> RunAsync(Ingestion ingestion, ReadOnlyMemory<byte>? wire, CancellationToken cancellationToken)
    {
        using var place = await EnterAsync(ingestion, cancellationToken);
        if (place is null)
        {
            return await LandAsync(ingestion, await ConvertAsync(ingestion, wire, cancellationToken), await GenerationAsync(ingestion, cancellationToken));
        }

        try
        {
            var profile = ProfileOf(ingestion);
            if (largeFiles.Takes(ingestion, profile) && await largeFiles.RunAsync(ingestion, profile, cancellationToken) is { } landed)
            {
                return landed;
            }

            progress.Converting(ingestion.Id, 0, null);
            var conversion = await ConvertAsync(ingestion, wire, cancellationToken);
            progress.Landing(ingestion.Id, conversion.RowsRead);
            return await LandAsync(ingestion, conversion, await GenerationAsync(ingestion, cancellationToken));
        }
        finally
        {
            progress.Forget(ingestion.Id);
        }
    }

    /// <summary>Converts a payload that is not to land, in the same room as those that are.</summary>
    /// <param name="ingestion">The payload described as for the ledger.</param>
    /// <param name="wire">Its bytes as received.</param>
    /// <param name="scrutiny">Whether differences of money are noted also where the profile asks for no check.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Conversion> TryOutAsync(Ingestion ingestion, ReadOnlyMemory<byte> wire, bool scrutiny, CancellationToken cancellationToken)
    {
        using var place = await EnterAsync(ingestion, cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        return await ConvertAsync(ingestion, ProfileOf(ingestion), wire, scrutiny, patience.Token);
    }

    /// <summary>Converts a payload.</summary>
    /// <param name="ingestion">The payload's row in the ledger.</param>
    /// <param name="wire">Its bytes as received, or null to read them from the lake.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Conversion> ConvertAsync(Ingestion ingestion, ReadOnlyMemory<byte>? wire, CancellationToken cancellationToken)
    {
        if (wire is null && ingestion.Raw.Length > options.Value.MaxUnpackedBytes)
        {
            return new Conversion
            {
                Unreadable = new Rejection(
                    RejectionReason.PayloadTooLarge,
                    string.Create(CultureInfo.InvariantCulture, $"A payload of this profile is converted as a whole and may have {options.Value.MaxUnpackedBytes} bytes; it has {ingestion.Raw.Length}. Send it in parts."),
                    null,
                    default),
            };
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        return await ConvertAsync(ingestion, ProfileOf(ingestion), wire ?? await raw.ReadAsync(ingestion.Raw, patience.Token), scrutiny: false, patience.Token);
    }

    /// <summary>Converts a kept payload again, from the lake and with the master as it is now; one of the few at a time when it is large.</summary>
    /// <param name="ingestion">The payload, with the profile and version to read it by.</param>
    /// <param name="wanted">Which receipts are asked for; of a large file the others are left out.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Conversion> ReconvertAsync(Ingestion ingestion, Func<Transaction, bool> wanted, CancellationToken cancellationToken)
    {
        var (rows, transactions, held) = (0, new List<Converted<Transaction>>(), new List<Held>());
        var (part, isWhole) = (new Conversion(), true);
        await foreach (var (conversion, whole) in ReconvertPartsAsync(ingestion, cancellationToken))
        {
            (part, isWhole) = (conversion, whole);
            rows += part.RowsRead;
            transactions.AddRange(whole ? [] : part.Transactions.Where(one => wanted(one.Record)));
            held.AddRange(whole ? [] : part.Held);
        }

        return isWhole || part.Unreadable is not null ? part : new Conversion { RowsRead = rows, Transactions = transactions, Held = held };
    }

    /// <summary>As <see cref="ReconvertAsync"/>, of a large file part by part so that memory does not grow with it.</summary>
    /// <returns>The parts in their order, and whether one is the whole payload.</returns>
    public async IAsyncEnumerable<(Conversion Conversion, bool IsWhole)> ReconvertPartsAsync(Ingestion ingestion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var place = await _room.EnterAsync(ingestion.Tenant, cancellationToken);
        master.Forget(ingestion.Tenant, ingestion.Vendor);
        var profile = ProfileOf(ingestion);
        if (!largeFiles.Takes(ingestion, profile) || await largeFiles.ReadAsync(ingestion, profile, cancellationToken) is not { } parts)
        {
            yield return (await ConvertAsync(ingestion, null, cancellationToken), true);
            yield break;
        }

        await foreach (var part in parts)
        {
            yield return (part, false);
        }
    }

    /// <summary>Bytes of a kept payload after decompression; none where they cannot be read.</summary>
    /// <param name="ingestion">The payload.</param>
    /// <param name="offset">The first.</param>
    /// <param name="length">How many, as far as there are.</param>
    /// <param name="key">The business key of the receipt they are of, which tells the files of an archive apart.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<ReadOnlyMemory<byte>> ExcerptAsync(Ingestion ingestion, long offset, int length, string key, CancellationToken cancellationToken)
    {
        using var place = await _room.EnterAsync(ingestion.Tenant, cancellationToken);
        if (profiles.Find(ingestion.Profile, ingestion.ProfileVersion) is { Format: "files" } && ingestion.ContentEncoding == "identity")
        {
            return ArchiveExcerpt.Of(await raw.ReadAsync(ingestion.Raw, cancellationToken), offset, length, key, options.Value.MaxUnpackedBytes, cancellationToken);
        }

        await using var wire = await raw.OpenAsync(ingestion.Raw, cancellationToken);
        await using var payload = ingestion.ContentEncoding == "gzip" ? Unpacking.Open(wire) : wire;
        try
        {
            await using var reader = new PieceReader(payload, length, packed: false);
            await reader.SkipToAsync(offset, cancellationToken);
            await reader.NextAsync(0, cancellationToken);
            return reader.Piece[..Math.Min(length, reader.Piece.Length)];
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or EndOfStreamException)
        {
            return default;
        }
    }

    /// <summary>Lands a conversion. Those of one lane land in the order of the calls.</summary>
    /// <param name="ingestion">The payload's row in the ledger.</param>
    /// <param name="conversion">What was read from it.</param>
    /// <param name="generation">What <see cref="GenerationAsync"/> gave.</param>
    /// <returns>The row with its outcome.</returns>
    public async Task<Ingestion> LandAsync(Ingestion ingestion, Conversion conversion, GenerationDraft? generation)
    {
        var landed = await landing.LandAsync(ingestion, ProfileOf(ingestion), conversion, generation);
        if (conversion.PosAssignments.Count > 0)
        {
            master.Forget(ingestion.Tenant, ingestion.Vendor);
            replays.Set();
        }

        outbox.Set();
        return landed;
    }

    /// <inheritdoc cref="LandingTransaction.GenerationAsync"/>
    public ValueTask<GenerationDraft?> GenerationAsync(Ingestion ingestion, CancellationToken cancellationToken) => landing.GenerationAsync(ingestion, cancellationToken);

    private async ValueTask<IDisposable?> EnterAsync(Ingestion ingestion, CancellationToken cancellationToken) =>
        IsLarge(ingestion) ? await _room.EnterAsync(ingestion.Tenant, cancellationToken) : null;

    private static bool IsLarge(Ingestion ingestion) => ingestion.Raw.Length > ILake.SegmentPayloadLimit;

    private Profile ProfileOf(Ingestion ingestion) => profiles.Find(ingestion.Profile, ingestion.ProfileVersion)
        ?? throw new InvalidOperationException($"There is no profile {ingestion.Profile} version {ingestion.ProfileVersion}.");

    private async Task<Conversion> ConvertAsync(Ingestion ingestion, Profile profile, ReadOnlyMemory<byte> wire, bool scrutiny, CancellationToken cancellationToken)
    {
        var payload = wire;
        if (ingestion.ContentEncoding == "gzip" && !Unpacking.Gunzip(wire, options.Value, cancellationToken).TryGet(out payload, out var refusal))
        {
            return new Conversion { Unreadable = refusal };
        }

        Action<int, int>? onRows = ingestion.Raw.Object.Length > 0 && IsLarge(ingestion) ? (done, total) => progress.Converting(ingestion.Id, done, total) : null;
        var asked = clock.GetUtcNow();
        var stores = await master.GetAsync(ingestion.Tenant, ingestion.Vendor, DateTimeOffset.MinValue, cancellationToken);
        var ofDevices = PictureGate.Watches(profile);
        var lines = ofDevices ? await devices.DirectoryAsync(ingestion.Tenant, DateTimeOffset.MinValue, cancellationToken) : (Directory: DeviceDirectory.Empty, LoadedAt: asked);
        var doubt = ofDevices ? await DoubtAsync(ingestion, cancellationToken) : null;
        var pseudonyms = profile.Content == FeedContent.VisitorEvents ? await persons.OfAsync(ingestion.Tenant, cancellationToken) : null;
        var conversion = Convert(stores, lines.Directory);

        // A store, register or device may have been added elsewhere since the masters were remembered: look again before holding anything back.
        if (stores.LoadedAt < asked && IsHeldFor(reason => reason == RejectionReason.StoreUnknown))
        {
            stores = await master.GetAsync(ingestion.Tenant, ingestion.Vendor, asked, cancellationToken);
            conversion = Convert(stores, lines.Directory);
        }

        return lines.LoadedAt < asked && IsHeldFor(reason => reason is RejectionReason.DeviceUnknown or RejectionReason.LineUnmapped)
            ? Convert(stores, (await devices.DirectoryAsync(ingestion.Tenant, asked, cancellationToken)).Directory)
            : conversion;

        bool IsHeldFor(Func<RejectionReason, bool> reason) => conversion.Held.Any(held => held.Rejections.Any(rejection => reason(rejection.Reason)));

        Conversion Convert(StoreSnapshot stores, DeviceDirectory lines) =>
            Converter.Convert(
                profile,
                payload,
                new ConversionContext(ingestion.Tenant, stores.Within(ingestion.Stores), ingestion.ReceivedAt)
                {
                    Scrutiny = scrutiny,
                    OnRows = onRows,
                    UnpackLimit = options.Value.MaxArchiveBytes,
                    Vendor = ingestion.Vendor,
                    Devices = lines,
                    Device = ingestion.Device,
                    Persons = pseudonyms,
                    Doubt = doubt,
                },
                cancellationToken);
    }

    // A SIM in other hardware may be a thief's, or a repair: nothing of it counts until somebody says which.
    private async ValueTask<(RejectionReason Reason, string Detail)?> DoubtAsync(Ingestion ingestion, CancellationToken cancellationToken) =>
        ingestion is { Device: { } id, Equipment.Length: > 0 } && await devices.FindAsync(ingestion.Tenant, id, cancellationToken) is { Equipment: { } enrolled } && enrolled != ingestion.Equipment
            ? (RejectionReason.SubscriberSwapped, $"The device is enrolled with the hardware '{enrolled}', and the network saw '{ingestion.Equipment}'.")
            : null;
}
