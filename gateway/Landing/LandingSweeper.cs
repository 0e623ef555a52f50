using Microsoft.Extensions.Options;
using RetailInsight.Core.Ports;

namespace RetailInsight.Gateway.Landing;

/// <summary>
/// Finds payloads that were kept but have no outcome (the process died, the database was away) and converts them from
/// the lake. Runs at start and then every few seconds.
/// </summary>
internal sealed class LandingSweeper(
    IngestionLedger ledger, Reception reception, TimeProvider clock, IOptions<GatewayOptions> options, ILogger<LandingSweeper> logger) : BackgroundService
{
    private const int PerSweep = 1_000;

    /// <summary>Takes up what is due.</summary>
    /// <returns>How many payloads have their outcome now.</returns>
    public async Task<int> SweepOnceAsync(CancellationToken cancellationToken)
    {
        var due = await ledger.DueAsync(clock.GetUtcNow(), PerSweep, cancellationToken);
        if (due.Count == 0)
        {
            return 0;
        }

        Log.Swept(logger, due.Count);
        var landed = await await reception.ResumeAsync([.. due.Where(IsSmall).Select(ingestion => new Acknowledged(ingestion, null))], cancellationToken);
        var done = landed.Count(ingestion => ingestion.State != IngestionState.Landed);
        foreach (var ingestion in due.Where(ingestion => !IsSmall(ingestion)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            done += (await reception.ResumeAsync(ingestion, cancellationToken)).State == IngestionState.Landed ? 0 : 1;
        }

        return done;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.SweepEverySeconds), clock);
        try
        {
            do
            {
                try
                {
                    while (await SweepOnceAsync(stoppingToken) == PerSweep)
                    {
                    }
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    Log.SweepFailed(logger, exception);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start sweeps first.
        }
    }

    private static bool IsSmall(Ingestion ingestion) => ingestion.Raw.Length <= ILake.SegmentPayloadLimit;
}
