using System.Text.Json;
using Microsoft.Extensions.Logging;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Dags.Engine;

/// <summary>Runs one claimed task to its end and reports it.</summary>
internal sealed class TaskRunner(
    DagCatalogue catalogue,
    TaskCompletion completion,
    AssetPartitions partitions,
    RunEvaluator evaluator,
    EngineSignals signals,
    TaskLogs logs,
    TimeProvider clock,
    ILoggerFactory loggers)
{
    private const int LongestError = 4000;

    private readonly ILogger _logger = loggers.CreateLogger<TaskRunner>();

    /// <summary>Runs the task. Never throws: a result that cannot be reported ends the session.</summary>
    /// <param name="task">What was claimed.</param>
    /// <param name="session">Cancelled when the session is lost, by others or from here.</param>
    /// <param name="ending">Fires when the worker stops or the session is lost.</param>
    /// <returns>Whether the try was ended from here: its run wants to be moved on.</returns>
    public async Task<bool> RunAsync(ClaimedTask task, CancellationTokenSource session, CancellationToken ending)
    {
        var definition = catalogue.Task(task.DagId, task.TaskId);
        using var timeout = new CancellationTokenSource(definition.Timeout, clock);
        using var trying = CancellationTokenSource.CreateLinkedTokenSource(ending, timeout.Token);
        try
        {
            var held = await TryAsync(task, definition, trying.Token, timeout.Token, ending, session.Token);
            if (!held)
            {
                Log.LeaseLost(_logger, task.DagId, task.TaskId, task.RunId, task.LeaseToken);
            }

            return held;
        }
        catch (Exception) when (session.IsCancellationRequested)
        {
            // The reaper gives the task to another worker.
        }
        catch (Exception error)
        {
            // Nobody would ever end this task while the session lives: it has to go.
            Log.ReportFailed(_logger, task.DagId, task.TaskId, task.RunId, error);
            await session.CancelAsync();
        }

        return false;
    }

    /// <summary>Moves the run on after a try. Only to be quick: the scheduler finds the run in its inbox. Never throws.</summary>
    /// <param name="task">What has ended.</param>
    /// <param name="cancellationToken">Leaves it to the scheduler.</param>
    public async Task MoveOnAsync(ClaimedTask task, CancellationToken cancellationToken)
    {
        var left = true;
        try
        {
            left = await evaluator.EvaluateAsync(task.RunId, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Another process, or this one when it is started again.
        }
        catch (Exception error)
        {
            Log.EvaluationLeft(_logger, task.RunId, error);
        }

        // The scheduler's round is not for free: it is woken when it has something to do and not by every task.
        signals.Worker.Ring();
        signals.Others.Ring();
        if (left)
        {
            signals.Scheduler.Ring();
        }
    }

    private async Task<bool> TryAsync(
        ClaimedTask task, DagTask definition, CancellationToken trying, CancellationToken timeout, CancellationToken stopping, CancellationToken session)
    {
        var logger = logs.For(task.LeaseToken, loggers.CreateLogger($"dags.{task.DagId}.{task.TaskId}"));
        try
        {
            var context = Context(task, logger);
            var inputs = definition.Produces is { } asset ? await partitions.ReadAsync(asset, context.Day, context.TextList("stores"), trying) : null;

            // A task that does not listen is left behind: its lease is checked before anything it does can count.
            var output = await Task.Run(() => definition.Run(context with { Pinned = inputs?.Pinned ?? context.Pinned }, trying), CancellationToken.None).WaitAsync(trying);
            return await completion.SucceedAsync(task, output, definition.Produces, inputs, trying);
        }
        catch (Exception error) when (!session.IsCancellationRequested)
        {
            if (timeout.IsCancellationRequested)
            {
                Log.TaskTimedOut(logger, task.DagId, task.TaskId, task.RunId, definition.Timeout);
                return await completion.FailAsync(task, definition.Retry, ErrorClass.Transient, $"It took longer than {definition.Timeout}.", session);
            }

            if (stopping.IsCancellationRequested)
            {
                return await completion.ReleaseAsync(task, session);
            }

            var errorClass = definition.Retry.Classify(error);
            Log.TaskFailed(logger, task.DagId, task.TaskId, task.RunId, task.TryNumber, errorClass, error);
            var text = error.ToString();
            return await completion.FailAsync(task, definition.Retry, errorClass, text[..Math.Min(text.Length, LongestError)], session);
        }
    }

    private static TaskContext Context(ClaimedTask task, ILogger logger)
    {
        using var conf = JsonDocument.Parse(task.Conf);
        return new TaskContext
        {
            DagId = task.DagId,
            TaskId = task.TaskId,
            RunId = task.RunId,
            Tenant = task.Tenant,
            PartitionKey = task.PartitionKey,
            Conf = conf.RootElement.Clone(),
            PriorityClass = task.PriorityClass,
            MapKey = task.MapKey,
            LeaseToken = task.LeaseToken,
            TryNumber = task.TryNumber,
            Logger = logger,
        };
    }
}
