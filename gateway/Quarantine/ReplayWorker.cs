using Microsoft.Extensions.Options;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>
/// Takes replays forward, and looks every few seconds whether a later payload brought what is held, or the store master has come
/// to know what held items name. What a
/// process that died left is taken up by the next.
/// </summary>
internal sealed class ReplayWorker(ReplayStep step, ReplayLedger ledger, LaterPayloads later, ReplaySignal signal, IOptions<GatewayOptions> options, ILogger<ReplayWorker> logger) : BackgroundService
{
    /// <summary>Releases what the master knows by now and takes every replay to its end.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        foreach (var (tenant, items) in await ledger.OpenReleasesAsync(cancellationToken))
        {
            Log.Released(logger, tenant, items);
        }

        while (await step.RunAsync(cancellationToken))
        {
        }

        foreach (var (tenant, items) in await later.ResolveAsync(cancellationToken))
        {
            Log.Resolved(logger, tenant, items);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    await RunOnceAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    Log.ReplaysFailed(logger, exception);
                }

                await signal.WaitAsync(TimeSpan.FromSeconds(options.Value.SweepEverySeconds), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start takes up what is left.
        }
    }
}
