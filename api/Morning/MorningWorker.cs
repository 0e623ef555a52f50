namespace RetailInsight.Api.Morning;

/// <summary>Makes a round every minute; any number of processes may run it.</summary>
internal sealed class MorningWorker(MorningRound round, TimeProvider clock, ILogger<MorningWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Poll, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await round.RunAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Mostly the database is away: what is due is found by the next round.
                Log.MorningRoundBrokeOff(logger, exception);
            }
        }
    }
}
