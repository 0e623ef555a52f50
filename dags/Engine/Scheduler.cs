using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine.Backfills;

namespace RetailInsight.Dags.Engine;

/// <summary>
/// Turns clock and partition changes into runs and runs into ready tasks. Any number of processes may schedule at once: what
/// they do is decided by rows and unique keys.
/// </summary>
internal sealed class Scheduler(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database,
    DagRegistration registration,
    RunMaterialiser materialiser,
    RunStarter starter,
    RunEvaluator evaluator,
    WorkerSessions sessions,
    BackfillQueue backfills,
    Deadlines deadlines,
    EngineSignals signals,
    EngineOptions options,
    TimeProvider clock,
    ILogger<Scheduler> logger) : BackgroundService
{
    private static readonly TimeSpan RoundInterval = TimeSpan.FromSeconds(1);

    // Looks at the history of each run that has a deadline.
    private static readonly TimeSpan PredictionInterval = TimeSpan.FromSeconds(10);

    private long? _predicted;

    /// <summary>One pass over everything.</summary>
    /// <returns>Whether something moved.</returns>
    public async Task<bool> TickAsync(CancellationToken cancellationToken)
    {
        await GoRoundAsync(cancellationToken);
        return await MoveAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await UntilItWorksAsync(registration.RegisterAsync, stoppingToken);
        var lastRound = clock.GetTimestamp() - clock.TimestampFrequency * 60;
        while (!stoppingToken.IsCancellationRequested)
        {
            var moved = false;
            await UntilItWorksAsync(
                async cancellationToken =>
                {
                    // However busy it is: clock and dead workers are looked after.
                    if (clock.GetElapsedTime(lastRound) >= RoundInterval)
                    {
                        await GoRoundAsync(cancellationToken);
                        lastRound = clock.GetTimestamp();
                    }

                    moved = await MoveAsync(cancellationToken);
                },
                stoppingToken);
            if (moved)
            {
                signals.RingAll();
            }
            else
            {
                await signals.Scheduler.WaitAsync(options.PollInterval, stoppingToken);
            }
        }
    }

    private async Task GoRoundAsync(CancellationToken cancellationToken)
    {
        var created = await materialiser.FromClockAsync(cancellationToken);
        if (created > 0)
        {
            Log.RunsScheduled(logger, created);
        }

        var reaped = await sessions.ReapAsync(cancellationToken);
        if (reaped > 0)
        {
            Log.TasksTakenBack(logger, reaped);
        }

        await sessions.FailUnknownAsync(cancellationToken);
        await deadlines.NoticeAsync(cancellationToken);
        if (_predicted is not { } predicted || clock.GetElapsedTime(predicted) >= PredictionInterval)
        {
            await deadlines.PredictAsync(cancellationToken);
            _predicted = clock.GetTimestamp();
        }
    }

    private async Task<bool> MoveAsync(CancellationToken cancellationToken)
    {
        var taken = await materialiser.FromPartitionsAsync(cancellationToken);
        var promoted = await PromoteAsync(cancellationToken) + await backfills.AdvanceAsync(cancellationToken);
        var started = await starter.StartAsync(cancellationToken);
        var evaluated = await evaluator.EvaluateAsync(null, cancellationToken);
        return taken + promoted + evaluated + started > 0;
    }

    private async Task<int> PromoteAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            WITH ready AS (
              UPDATE dags.task_instance SET state = 'ready' WHERE ti_id IN (
                SELECT ti_id FROM dags.task_instance WHERE state IN ('retry_wait', 'deferred') AND eligible_at <= now() ORDER BY ti_id FOR NO KEY UPDATE SKIP LOCKED)
              RETURNING *)
            """ + TaskQueue.InsertReady,
            cancellationToken: cancellationToken));
    }

    private async Task UntilItWorksAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await work(cancellationToken);
                return;
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                Log.SchedulerFailed(logger, error);
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(10, failures)), clock, cancellationToken);
            }
        }
    }
}
