using RetailInsight.Core.Ports;

namespace RetailInsight.Ingest.Streaming;

/// <summary>Keeps deliveries leased while their micro-batch is in work.</summary>
internal sealed class LeaseExtender : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    private LeaseExtender(Func<CancellationToken, Task> loop) => _loop = loop(_stop.Token);

    /// <summary>Extends every third of the deadline until disposed.</summary>
    public static LeaseExtender Start(
        IMessageBus bus, string subscription, IReadOnlyList<string> ackIds, TimeSpan deadline, TimeProvider clock, ILogger logger) =>
        new(async cancellationToken =>
        {
            using var timer = new PeriodicTimer(deadline / 3, clock);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await bus.ExtendAsync(subscription, ackIds, deadline, cancellationToken);
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    // A lease that runs out costs a second delivery, which the ledger recognises.
                    logger.LeaseNotExtended(exception);
                }
            }
        });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
