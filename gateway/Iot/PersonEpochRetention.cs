namespace RetailInsight.Gateway.Iot;

/// <summary>Destroys secrets of persons when their time is over: at start and every hour.</summary>
internal sealed class PersonEpochRetention(PersonEpochs epochs, TimeProvider clock, ILogger<PersonEpochRetention> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        try
        {
            do
            {
                try
                {
                    if (await epochs.DestroyAsync(stoppingToken) is > 0 and var destroyed)
                    {
                        Log.PersonSecretsDestroyed(logger, destroyed);
                    }
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    Log.PersonSecretsStand(logger, exception);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start looks first.
        }
    }
}
