using Microsoft.Extensions.Options;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Landing;

/// <summary>
/// Raw first: a payload is made durable, then gets its row in the ledger, and only then is converted. From the row on
/// it will have an outcome whatever dies, so from there on it may be acknowledged.
/// </summary>
internal sealed class Reception(
    IngestionLedger ledger,
    RawStore raw,
    PayloadConversion conversion,
    ConversionQueue queue,
    TimeProvider clock,
    IOptions<GatewayOptions> options,
    ILogger<Reception> logger)
{
    private readonly SingleFlight<Guid, (Ingestion Ingestion, bool Replay)> _receptions = new();
    private readonly SingleFlight<Guid, Ingestion> _conversions = new();

    /// <summary>Takes a payload in. Once it is whole it is landed even if the caller goes away.</summary>
    /// <returns>Its row, and whether the same bytes had been received before.</returns>
    public async Task<(Ingestion Ingestion, bool Replay)> ReceiveAsync(
        Caller caller, Feed feed, Profile profile, Payload payload, string? fileName, string contentEncoding)
    {
        var now = clock.GetUtcNow();
        var ingestion = new Ingestion
        {
            Id = Ingestion.IdOf(feed.Tenant, feed.Id, payload.Sha256),
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

            // PostgreSQL keeps microseconds; the receipt must say the same before and after it was stored.
            ReceivedAt = new DateTimeOffset(now.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero),
        };
        var (result, joined) = await _receptions.RunAsync(ingestion.Id, () => LandAsync(ingestion, payload, CancellationToken.None));
        return (result.Ingestion, result.Replay || joined);
    }

    /// <summary>Takes a kept payload to its outcome, unless someone in this process is at it: then waits for theirs.</summary>
    public async Task<Ingestion> ResumeAsync(Ingestion ingestion, CancellationToken cancellationToken)
    {
        var current = await ledger.FindAsync(ingestion.Tenant, ingestion.Id, cancellationToken) ?? ingestion;
        return current.State == IngestionState.Landed ? await ConvertAsync(current, null, cancellationToken) : current;
    }

    private async Task<(Ingestion Ingestion, bool Replay)> LandAsync(Ingestion ingestion, Payload payload, CancellationToken cancellationToken)
    {
        var known = await ledger.FindAsync(ingestion.Tenant, ingestion.Id, cancellationToken);
        if (known is null)
        {
            var pointer = await raw.KeepAsync(ingestion.Tenant, ingestion.Feed, ingestion.ReceivedAt, payload, cancellationToken);
            ingestion = ingestion with { Raw = pointer };
            if (!await ledger.OpenAsync(ingestion, clock.GetUtcNow().AddSeconds(options.Value.SweepAfterSeconds)))
            {
                known = await ledger.FindAsync(ingestion.Tenant, ingestion.Id, cancellationToken);
            }
        }

        var current = known ?? ingestion;
        if (current.State != IngestionState.Landed)
        {
            return (current, true);
        }

        if (payload.IsInMemory)
        {
            return (await ConvertAsync(current, payload.Memory, cancellationToken), known is not null);
        }

        queue.Offer(current);
        return (current, known is not null);
    }

    private async Task<Ingestion> ConvertAsync(Ingestion ingestion, ReadOnlyMemory<byte>? wire, CancellationToken cancellationToken) =>
        (await _conversions.RunAsync(ingestion.Id, () => TryConvertAsync(ingestion, wire, cancellationToken))).Result;

    private async Task<Ingestion> TryConvertAsync(Ingestion ingestion, ReadOnlyMemory<byte>? wire, CancellationToken cancellationToken)
    {
        try
        {
            return await conversion.RunAsync(ingestion, wire, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The bytes are kept and in the ledger: it is acknowledged as such, and the sweeper takes it up again.
            var delay = options.Value.SweepAfterSeconds * Math.Pow(2, Math.Min(ingestion.Attempts, 10));
            var nextAttempt = clock.GetUtcNow().AddSeconds(delay);
            Log.ConversionFailed(logger, exception, ingestion.Feed, ingestion.ReceiptId, nextAttempt);
            try
            {
                await ledger.PostponeAsync(ingestion, exception.GetType().Name + ": " + StorableText.Of(exception.Message), nextAttempt, CancellationToken.None);
            }
            catch (Exception unnoted) when (unnoted is Npgsql.NpgsqlException or TimeoutException)
            {
                Log.SweepFailed(logger, unnoted);
            }

            return ingestion;
        }
    }
}
