using Microsoft.Extensions.Options;
using RetailInsight.Core.Ports;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Landing;

/// <summary>
/// Raw first: a payload is made durable and only then converted. It may be acknowledged once it has its row in the ledger,
/// for from there on it will have an outcome whatever dies. A large payload gets its row before it is converted; a small
/// one, which is answered after its conversion, gets row and outcome in one transaction, or the row alone when there is none.
/// </summary>
internal sealed class Reception
{
    private const int ArrivalsPerGroup = 512;

    private readonly IngestionLedger _ledger;
    private readonly RawStore _raw;
    private readonly PayloadConversion _conversion;
    private readonly ConversionQueue _queue;
    private readonly TimeProvider _clock;
    private readonly GatewayOptions _options;
    private readonly ILogger _logger;
    private readonly Grouping<(Ingestion Arriving, Payload Payload), (Ingestion Ingestion, bool Known)> _arrivals;
    private readonly SingleFlight<Guid, (Ingestion Ingestion, bool Replay)> _receptions = new();
    private readonly SingleFlight<Guid, Ingestion> _conversions = new();

    public Reception(
        IngestionLedger ledger,
        RawStore raw,
        PayloadConversion conversion,
        ConversionQueue queue,
        TimeProvider clock,
        IOptions<GatewayOptions> options,
        ILogger<Reception> logger)
    {
        _ledger = ledger;
        _raw = raw;
        _conversion = conversion;
        _queue = queue;
        _clock = clock;
        _options = options.Value;
        _logger = logger;
        _arrivals = new(ArrivalsPerGroup, KeepUnknownAsync, tenantOf: one => one.Arriving.Tenant);
    }

    /// <summary>Takes a payload in. Once it is whole it is landed even if the caller goes away.</summary>
    /// <param name="caller">Who pushes.</param>
    /// <param name="feed">The feed.</param>
    /// <param name="profile">Reads it.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="fileName">Name of the file, if it has one.</param>
    /// <param name="contentEncoding"><c>identity</c> or <c>gzip</c>.</param>
    /// <param name="acknowledgeOnly">Whether to return once it is durable and in the ledger: its conversion follows.</param>
    /// <returns>Its row, and whether the same bytes had been received before.</returns>
    public async Task<(Ingestion Ingestion, bool Replay)> ReceiveAsync(
        Caller caller, Feed feed, Profile profile, Payload payload, string? fileName, string contentEncoding, bool acknowledgeOnly)
    {
        var now = _clock.GetUtcNow();
        var ingestion = new Ingestion
        {
            Id = Ingestion.IdOf(feed.Tenant, feed.Id, payload.Sha256, payload.Sent?.ContentEncoding ?? contentEncoding, caller.Device),
            Tenant = feed.Tenant,
            Feed = feed.Id,
            Vendor = feed.Vendor,
            Profile = profile.Id,
            ProfileVersion = profile.Version,
            Stores = caller.Stores,
            FileName = fileName,
            ContentEncoding = contentEncoding,
            Sha256 = payload.Sha256,
            Raw = new("", 0, payload.Length),
            Sent = payload.Sent?.Length,
            Removed = payload.Removed,
            Device = caller.Device,
            Equipment = caller.Equipment,

            // PostgreSQL keeps microseconds; the receipt must say the same before and after it was stored.
            ReceivedAt = new DateTimeOffset(now.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero),
        };
        var (result, joined) = await _receptions.RunAsync(ingestion.Id, () => LandAsync(ingestion, payload, acknowledgeOnly, CancellationToken.None));
        return (result.Ingestion, result.Replay || joined);
    }

    /// <summary>Takes a kept payload to its outcome, unless someone in this process is at it: then waits for theirs.</summary>
    public async Task<Ingestion> ResumeAsync(Ingestion ingestion, CancellationToken cancellationToken)
    {
        var current = await _ledger.FindAsync(ingestion.Tenant, ingestion.Id, cancellationToken) ?? ingestion;
        return current.State == IngestionState.Landed ? await ConvertAsync(current, null, true, cancellationToken) : current;
    }

    /// <summary>Takes kept payloads to their outcomes; those of one lane land in the order of the list.</summary>
    /// <returns>Completes when all are converted; the task in it when they have landed.</returns>
    public async Task<Task<Ingestion[]>> ResumeAsync(IReadOnlyList<Acknowledged> payloads, CancellationToken cancellationToken)
    {
        var landings = new List<Task<Ingestion>>(payloads.Count);
        foreach (var (ingestion, wire) in payloads)
        {
            try
            {
                var conversion = await _conversion.ConvertAsync(ingestion, wire, cancellationToken);

                // Whatever has to be asked is asked before: from here on one queues behind the other.
                var generation = await _conversion.GenerationAsync(ingestion, cancellationToken);
                landings.Add(SettleAsync(ingestion, () => _conversion.LandAsync(ingestion, conversion, generation), true, cancellationToken));
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                landings.Add(PostponeAsync(ingestion, exception, true, cancellationToken));
            }
        }

        return Task.WhenAll(landings);
    }

    private Task<(Ingestion Ingestion, bool Replay)> LandAsync(Ingestion arriving, Payload payload, bool acknowledgeOnly, CancellationToken cancellationToken) =>
        !payload.IsInMemory || payload.Length > ILake.SegmentPayloadLimit ? LandLargeAsync(arriving, payload, acknowledgeOnly, cancellationToken)
        : acknowledgeOnly ? AcknowledgeSmallAsync(arriving, payload, cancellationToken)
        : LandSmallAsync(arriving, payload, cancellationToken);

    // The ledger is asked by writing to it: most of what arrives is new, and bytes kept twice do no harm.
    private async Task<(Ingestion Ingestion, bool Replay)> AcknowledgeSmallAsync(Ingestion arriving, Payload payload, CancellationToken cancellationToken)
    {
        var kept = arriving with { Raw = await KeepAsync(arriving, payload, cancellationToken) };
        if (!await _ledger.OpenAsync(kept, _clock.GetUtcNow().AddSeconds(_options.SweepAfterSeconds)))
        {
            return (await _ledger.FindAsync(arriving.Tenant, arriving.Id, cancellationToken) ?? kept, true);
        }

        _queue.Offer(new(kept, payload.Memory));
        return (kept, false);
    }

    private async Task<(Ingestion Ingestion, bool Replay)> LandSmallAsync(Ingestion arriving, Payload payload, CancellationToken cancellationToken)
    {
        var (kept, known) = await _arrivals.RunAsync((arriving, payload));
        if (kept.State != IngestionState.Landed)
        {
            return (kept, true);
        }

        var landed = await ConvertAsync(kept, payload.Memory, known, cancellationToken);

        // A row that names other bytes is of another process, which has landed the same payload meanwhile.
        return (landed, known || landed.Raw != kept.Raw);
    }

    // One look into the ledger and one sync of the lake for all that arrive together.
    private async Task<IReadOnlyList<(Ingestion Ingestion, bool Known)>> KeepUnknownAsync(IReadOnlyList<(Ingestion Arriving, Payload Payload)> group)
    {
        var known = await _ledger.FindAsync([.. group.Select(one => (one.Arriving.Tenant, one.Arriving.Id))], CancellationToken.None);
        return await Task.WhenAll(group.Select(async (one, i) => known[i] is { } row
            ? (row, true)
            : (one.Arriving with { Raw = await KeepAsync(one.Arriving, one.Payload, CancellationToken.None) }, false)));
    }

    private async Task<(Ingestion Ingestion, bool Replay)> LandLargeAsync(
        Ingestion ingestion, Payload payload, bool acknowledgeOnly, CancellationToken cancellationToken)
    {
        var known = await _ledger.FindAsync(ingestion.Tenant, ingestion.Id, cancellationToken);
        if (known is null)
        {
            ingestion = ingestion with { Raw = await KeepAsync(ingestion, payload, cancellationToken) };
            if (!await _ledger.OpenAsync(ingestion, _clock.GetUtcNow().AddSeconds(_options.SweepAfterSeconds)))
            {
                known = await _ledger.FindAsync(ingestion.Tenant, ingestion.Id, cancellationToken);
            }
        }

        var current = known ?? ingestion;
        if (current.State != IngestionState.Landed)
        {
            return (current, true);
        }

        if (payload.IsInMemory && !acknowledgeOnly)
        {
            return (await ConvertAsync(current, payload.Memory, true, cancellationToken), known is not null);
        }

        _queue.Offer(new(current, null));
        return (current, known is not null);
    }

    private Task<LakePointer> KeepAsync(Ingestion ingestion, Payload payload, CancellationToken cancellationToken) =>
        _raw.KeepAsync(ingestion.Tenant, ingestion.Feed, ingestion.ReceivedAt, payload, cancellationToken);

    private async Task<Ingestion> ConvertAsync(Ingestion ingestion, ReadOnlyMemory<byte>? wire, bool inLedger, CancellationToken cancellationToken) =>
        (await _conversions.RunAsync(
            ingestion.Id, () => SettleAsync(ingestion, () => _conversion.RunAsync(ingestion, wire, cancellationToken), inLedger, cancellationToken))).Result;

    private async Task<Ingestion> SettleAsync(Ingestion ingestion, Func<Task<Ingestion>> work, bool inLedger, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return await PostponeAsync(ingestion, exception, inLedger, cancellationToken);
        }
    }

    // The bytes are kept: with its row in the ledger it is acknowledged as such, and the sweeper takes it up again.
    private async Task<Ingestion> PostponeAsync(Ingestion ingestion, Exception exception, bool inLedger, CancellationToken cancellationToken)
    {
        var delay = _options.SweepAfterSeconds * Math.Pow(2, Math.Min(ingestion.Attempts, 10));
        var nextAttempt = _clock.GetUtcNow().AddSeconds(delay);
        Log.ConversionFailed(_logger, exception, ingestion.Feed, ingestion.ReceiptId, nextAttempt);
        if (!inLedger && !await _ledger.OpenAsync(ingestion, nextAttempt))
        {
            // Another process has a row of it, or our transaction has after all: what stands there counts.
            return await _ledger.FindAsync(ingestion.Tenant, ingestion.Id, cancellationToken) ?? ingestion;
        }

        try
        {
            await _ledger.PostponeAsync(ingestion, exception.GetType().Name + ": " + StorableText.Of(exception.Message), nextAttempt, CancellationToken.None);
        }
        catch (Exception unnoted) when (unnoted is Npgsql.NpgsqlException or TimeoutException)
        {
            Log.SweepFailed(_logger, unnoted);
        }

        return ingestion;
    }
}
