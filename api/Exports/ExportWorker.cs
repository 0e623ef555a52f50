namespace RetailInsight.Api.Exports;

/// <summary>Makes bulk exports one after the other; any number of processes may run it.</summary>
internal sealed class ExportWorker(ExportWork work, TimeProvider clock, ILogger<ExportWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Poll, clock);
        do
        {
            try
            {
                while (await work.ClaimAsync(stoppingToken) is { } export)
                {
                    await work.RunAsync(export, stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The lease runs out and the export is taken up again, here or elsewhere; after some attempts it fails for good.
                Log.ExportBrokeOff(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
