using System.Threading.Channels;
using Microsoft.Extensions.Options;
using RetailInsight.Core.Ports;
using RetailInsight.Gateway.Feeds;

namespace RetailInsight.Gateway.Landing;

/// <summary>A payload that was acknowledged before its conversion.</summary>
/// <param name="Ingestion">Its row in the ledger.</param>
/// <param name="Wire">Its bytes as received, as long as there is memory for them; null to read them from the lake.</param>
internal readonly record struct Acknowledged(Ingestion Ingestion, ReadOnlyMemory<byte>? Wire);

/// <summary>
/// Acknowledged payloads waiting for their conversion, small and large ones apart, the tenants in turn. What does not fit waits
/// in the ledger for the sweeper; a tenant may fill at most half of the room.
/// </summary>
internal sealed class ConversionQueue(IOptions<GatewayOptions> options)
{
    private readonly Lock _lock = new();
    private readonly FairQueue<Acknowledged> _large = new();
    private readonly FairQueue<Acknowledged> _small = new();
    private readonly Channel<bool> _largeCame = Signal();
    private readonly Channel<bool> _smallCame = Signal();
    private readonly Dictionary<string, (int Large, long SmallBytes)> _waiting = new(StringComparer.Ordinal);
    private long _smallBytes;

    /// <summary>Puts a payload in the queue if there is room.</summary>
    public void Offer(Acknowledged payload)
    {
        var tenant = payload.Ingestion.Tenant;
        lock (_lock)
        {
            var mine = _waiting.GetValueOrDefault(tenant);
            if (payload.Wire is not { } wire || wire.Length > ILake.SegmentPayloadLimit)
            {
                if (_large.Count < options.Value.ConversionQueue && mine.Large < Math.Max(1, options.Value.ConversionQueue / 2))
                {
                    _large.Enqueue(tenant, payload with { Wire = null });
                    _waiting[tenant] = mine with { Large = mine.Large + 1 };
                    _largeCame.Writer.TryWrite(true);
                }
            }
            else if (_smallBytes + wire.Length <= options.Value.ConversionQueueBytes && mine.SmallBytes + wire.Length <= options.Value.ConversionQueueBytes / 2)
            {
                _small.Enqueue(tenant, payload);
                _smallBytes += wire.Length;
                _waiting[tenant] = mine with { SmallBytes = mine.SmallBytes + wire.Length };
                _smallCame.Writer.TryWrite(true);
            }
        }
    }

    /// <summary>Takes the next large payload; its tenant gets no other out before <see cref="Done"/>, so that they land in order.</summary>
    public async Task<Acknowledged> TakeLargeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_large.TryDequeue(out var payload, hold: true))
                {
                    if (_large.HasTurn)
                    {
                        _largeCame.Writer.TryWrite(true);
                    }

                    return payload;
                }
            }

            await _largeCame.Reader.ReadAsync(cancellationToken);
        }
    }

    /// <summary>A large payload has been dealt with.</summary>
    public void Done(Acknowledged large)
    {
        var tenant = large.Ingestion.Tenant;
        lock (_lock)
        {
            Forget(tenant, 1, 0);
            _large.Release(tenant);
            if (_large.HasTurn)
            {
                _largeCame.Writer.TryWrite(true);
            }
        }
    }

    /// <summary>Takes what small payloads there are, each tenant's in the order of arrival; waits for the first.</summary>
    /// <param name="most">As many.</param>
    /// <param name="gather">How long the first waits for others.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async Task<List<Acknowledged>> TakeSmallAsync(int most, TimeSpan gather, CancellationToken cancellationToken)
    {
        int waiting;
        while ((waiting = SmallWaiting()) == 0)
        {
            await _smallCame.Reader.ReadAsync(cancellationToken);
        }

        if (waiting < most)
        {
            await Task.Delay(gather, cancellationToken);
        }

        lock (_lock)
        {
            var taken = new List<Acknowledged>();
            while (taken.Count < most && _small.TryDequeue(out var payload))
            {
                var bytes = payload.Wire!.Value.Length;
                _smallBytes -= bytes;
                Forget(payload.Ingestion.Tenant, 0, bytes);
                taken.Add(payload);
            }

            return taken;
        }
    }

    private int SmallWaiting()
    {
        lock (_lock)
        {
            return _small.Count;
        }
    }

    private void Forget(string tenant, int large, long smallBytes)
    {
        var left = _waiting[tenant];
        left = (left.Large - large, left.SmallBytes - smallBytes);
        if (left == default)
        {
            _waiting.Remove(tenant);
        }
        else
        {
            _waiting[tenant] = left;
        }
    }

    private static Channel<bool> Signal() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
}

/// <summary>Converts what was acknowledged before its conversion: of large payloads one of each tenant at a time, small ones by the group.</summary>
internal sealed class ConversionWorker(
    ConversionQueue queue, Reception reception, IOptions<GatewayOptions> options, ILogger<ConversionWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(25);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll([.. Enumerable.Range(0, options.Value.Conversions).Select(_ => LargeAsync(stoppingToken)), SmallAsync(stoppingToken)]);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is left in the queue is in the ledger.
        }
    }

    private async Task LargeAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var payload = await queue.TakeLargeAsync(stoppingToken);
            try
            {
                await reception.ResumeAsync(payload.Ingestion, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The ledger has it: the sweeper takes it up.
                Log.SweepFailed(logger, exception);
            }
            finally
            {
                queue.Done(payload);
            }
        }
    }

    // Nobody waits for these outcomes: a larger group costs less. One group is landed while the next is converted.
    private async Task SmallAsync(CancellationToken stoppingToken)
    {
        Task landing = Task.CompletedTask;
        while (true)
        {
            var group = await queue.TakeSmallAsync(LandingTransaction.PayloadsPerTransaction, Gather, stoppingToken);
            var next = await reception.ResumeAsync(group, stoppingToken);
            await landing;
            landing = next;
        }
    }
}
