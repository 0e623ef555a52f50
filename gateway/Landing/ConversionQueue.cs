using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace RetailInsight.Gateway.Landing;

/// <summary>Large payloads waiting for their conversion. What does not fit waits in the ledger for the sweeper.</summary>
internal sealed class ConversionQueue(IOptions<GatewayOptions> options)
{
    private readonly Channel<Ingestion> _waiting = Channel.CreateBounded<Ingestion>(options.Value.ConversionQueue);

    /// <summary>Puts a payload in the queue if there is room.</summary>
    public void Offer(Ingestion ingestion) => _waiting.Writer.TryWrite(ingestion);

    /// <summary>Takes payloads out as they come.</summary>
    public IAsyncEnumerable<Ingestion> TakeAllAsync(CancellationToken cancellationToken) => _waiting.Reader.ReadAllAsync(cancellationToken);
}

/// <summary>Converts large payloads one after the other, outside any request.</summary>
internal sealed class ConversionWorker(ConversionQueue queue, Reception reception) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var ingestion in queue.TakeAllAsync(stoppingToken))
            {
                await reception.ResumeAsync(ingestion, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is left in the queue is in the ledger.
        }
    }
}
