using System.Threading.Channels;
using Microsoft.Extensions.Options;
using RetailInsight.Core.Ports;

namespace RetailInsight.Gateway.Landing;

/// <summary>A payload that was acknowledged before its conversion.</summary>
/// <param name="Ingestion">Its row in the ledger.</param>
/// <param name="Wire">Its bytes as received, as long as there is memory for them; null to read them from the lake.</param>
internal readonly record struct Acknowledged(Ingestion Ingestion, ReadOnlyMemory<byte>? Wire);

/// <summary>
/// Acknowledged payloads waiting for their conversion, small and large ones apart. What does not fit waits in the ledger for
/// the sweeper.
/// </summary>
internal sealed class ConversionQueue(IOptions<GatewayOptions> options)
{
    private readonly Channel<Acknowledged> _large = Channel.CreateBounded<Acknowledged>(options.Value.ConversionQueue);
    private readonly Channel<Acknowledged> _small = Channel.CreateUnbounded<Acknowledged>();
    private long _smallBytes;

    /// <summary>Puts a payload in the queue if there is room.</summary>
    public void Offer(Acknowledged payload)
    {
        if (payload.Wire is not { } wire || wire.Length > ILake.SegmentPayloadLimit)
        {
            _large.Writer.TryWrite(payload with { Wire = null });
        }
        else if (Interlocked.Add(ref _smallBytes, wire.Length) <= options.Value.ConversionQueueBytes)
        {
            _small.Writer.TryWrite(payload);
        }
        else
        {
            Interlocked.Add(ref _smallBytes, -wire.Length);
        }
    }

    /// <summary>Takes large payloads out as they come.</summary>
    public IAsyncEnumerable<Acknowledged> TakeLargeAsync(CancellationToken cancellationToken) => _large.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Takes what small payloads there are, as many as asked for, in the order of arrival.</summary>
    /// <param name="most">As many.</param>
    /// <param name="gather">How long the first waits for others.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async Task<List<Acknowledged>> TakeSmallAsync(int most, TimeSpan gather, CancellationToken cancellationToken)
    {
        await _small.Reader.WaitToReadAsync(cancellationToken);
        if (_small.Reader.Count < most)
        {
            await Task.Delay(gather, cancellationToken);
        }

        var taken = new List<Acknowledged>();
        while (taken.Count < most && _small.Reader.TryRead(out var payload))
        {
            Interlocked.Add(ref _smallBytes, -payload.Wire!.Value.Length);
            taken.Add(payload);
        }

        return taken;
    }
}

/// <summary>Converts what was acknowledged before its conversion: large payloads one after the other, small ones by the group.</summary>
internal sealed class ConversionWorker(ConversionQueue queue, Reception reception) : BackgroundService
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(25);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(LargeAsync(stoppingToken), SmallAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is left in the queue is in the ledger.
        }
    }

    private async Task LargeAsync(CancellationToken stoppingToken)
    {
        await foreach (var payload in queue.TakeLargeAsync(stoppingToken))
        {
            await reception.ResumeAsync(payload.Ingestion, stoppingToken);
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
