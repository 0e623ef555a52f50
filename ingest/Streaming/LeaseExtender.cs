using RetailInsight.Core.Ports;

namespace RetailInsight.Ingest.Streaming;

/// <summary>Keeps deliveries leased while their micro-batch is in work.</summary>
internal sealed class LeaseExtender : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    private LeaseExtender(Func<CancellationToken, Task> loop) => _loop = loop(_stop.Token);

    /// <summary>Extends every third of the deadline until disposed.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="subscription">The subscription.</param>
    /// <param name="ackIds">The deliveries in hand; asked each time, from another thread.</param>
    /// <param name="deadline">Extended to this from now.</param>
    /// <param name="clock">Clock.</param>
    /// <param name="logger">Told of extensions that failed.</param>
    public static LeaseExtender Start(
        IMessageBus bus, string subscription, Func<IReadOnlyList<string>> ackIds, TimeSpan deadline, TimeProvider clock, ILogger logger) =>
        new(async cancellationToken =>
        {
            using var timer = new PeriodicTimer(deadline / 3, clock);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    if (ackIds() is { Count: > 0 } held)
                    {
                        await bus.ExtendAsync(subscription, held, deadline, cancellationToken);
                    }
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
