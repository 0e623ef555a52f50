using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RetailInsight.Dags.Engine;

/// <summary>
/// Claims ready tasks and runs them under a session that says every few seconds that it lives. Whenever the worker cannot be
/// sure what the database thinks of it, it gives the session up and opens another: leases it held run again elsewhere. When the
/// process has grown too large, it lets what runs end and stops the host, which whoever runs the process starts again.
/// </summary>
internal sealed class Worker(
    DagCatalogue catalogue,
    WorkerSessions sessions,
    TaskClaims claims,
    TaskRunner runner,
    EngineSignals signals,
    WorkerMemory memory,
    IHostApplicationLifetime host,
    EngineOptions options,
    TimeProvider clock,
    ILogger<Worker> logger) : BackgroundService
{
    private readonly string[] _capabilities = options.Warehouse ? [DagTask.Warehouse] : [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WorkAsync(await sessions.OpenAsync(catalogue.TaskNames, _capabilities, stoppingToken), stoppingToken);
                host.StopApplication();
                return;
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                Log.SessionGivenUp(logger, error);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
            }
        }
    }

    // Until the process has grown too large.
    private async Task WorkAsync(long session, CancellationToken stoppingToken)
    {
        using var lost = new CancellationTokenSource();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lost.Token);
        var running = new ConcurrentDictionary<long, Held>();
        var going = new ConcurrentDictionary<long, Task>();
        var heartbeat = BeatAsync(session, running, lost);
        try
        {
            await ClaimAsync(session, running, going, lost, ending.Token);
            await DrainAsync(session, running, going.Values, ending.Token);
        }
        finally
        {
            await EndAsync(session, going.Values, lost, heartbeat);
        }
    }

    private async Task ClaimAsync(
        long session, ConcurrentDictionary<long, Held> running, ConcurrentDictionary<long, Task> going, CancellationTokenSource lost, CancellationToken ending)
    {
        var tasks = catalogue.TaskNamesFor(_capabilities);
        while (!memory.IsOver)
        {
            ending.ThrowIfCancellationRequested();
            var free = options.Capacity - running.Count;

            // Not cancelled midway: a claim whose answer is lost is one that only the reaper finds.
            var claimed = free > 0 ? await claims.ClaimAsync(session, tasks, free, CancellationToken.None) : [];
            foreach (var task in claimed)
            {
                var held = new Held(CancellationTokenSource.CreateLinkedTokenSource(ending));
                running[task.LeaseToken] = held;
                going[task.LeaseToken] = held.Done.Task;
                _ = Task.Run(() => RunAsync(task, held, running, going, lost), CancellationToken.None);
            }

            // Less than there was room for is all there was.
            if (claimed.Count < free || free == 0)
            {
                await signals.Worker.WaitAsync(options.PollInterval, ending);
            }
        }
    }

    // The slot is free as soon as the try has ended; what stands behind it is found meanwhile.
    private async Task RunAsync(
        ClaimedTask task, Held held, ConcurrentDictionary<long, Held> running, ConcurrentDictionary<long, Task> going, CancellationTokenSource lost)
    {
        var ended = await runner.RunAsync(task, lost, held.Ending.Token);
        var wasFull = running.Count >= options.Capacity;
        running.TryRemove(task.LeaseToken, out _);
        held.Ending.Dispose();
        if (wasFull)
        {
            signals.Worker.Ring();
        }

        if (ended)
        {
            await runner.MoveOnAsync(task, lost.Token);
        }

        going.TryRemove(task.LeaseToken, out _);
        held.Done.SetResult();
    }

    private async Task BeatAsync(long session, ConcurrentDictionary<long, Held> running, CancellationTokenSource lost)
    {
        var last = clock.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(options.HeartbeatInterval, clock, lost.Token);
                try
                {
                    if (!await sessions.HeartbeatAsync(session, lost.Token))
                    {
                        Log.SessionDeclaredDead(logger, session);
                        await lost.CancelAsync();
                        return;
                    }

                    last = clock.GetTimestamp();
                    await StopTakenAsync(running, lost.Token);
                    if (memory.Measure())
                    {
                        signals.Worker.Ring();
                    }
                }
                catch (Exception error) when (!lost.IsCancellationRequested)
                {
                    // The clock of this machine, which never jumps: before the others may think us dead we stop by ourselves.
                    if (clock.GetElapsedTime(last) > options.HeartbeatTimeout * 2 / 3)
                    {
                        Log.HeartbeatFailed(logger, session, error);
                        await lost.CancelAsync();
                        return;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The session ended.
        }
    }

    // What was cleared or canceled meanwhile can write nothing any more: it need not go on.
    private async Task StopTakenAsync(ConcurrentDictionary<long, Held> running, CancellationToken cancellationToken)
    {
        if (running.IsEmpty)
        {
            return;
        }

        foreach (var token in await claims.OverAsync([.. running.Keys], cancellationToken))
        {
            await StopAsync(running.GetValueOrDefault(token));
        }
    }

    // Takes nothing more; what does not end in time goes back into the queue without the loss of a try.
    private async Task DrainAsync(long session, ConcurrentDictionary<long, Held> running, IEnumerable<Task> going, CancellationToken ending)
    {
        Log.WorkerDrains(logger, memory.Used, options.WorkerMemoryLimit, session);
        await sessions.DrainAsync(session, ending);
        try
        {
            await Task.WhenAll(going).WaitAsync(options.RecycleTimeout, clock, ending);
        }
        catch (TimeoutException)
        {
            Log.TasksGivenBack(logger, session, running.Count);
            await Task.WhenAll(running.Values.Select(StopAsync));
        }
    }

    private static async Task StopAsync(Held? held)
    {
        try
        {
            await (held?.Ending.CancelAsync() ?? Task.CompletedTask);
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself meanwhile.
        }
    }

    // A task that runs here.
    private sealed record Held(CancellationTokenSource Ending)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private async Task EndAsync(long session, IEnumerable<Task> running, CancellationTokenSource lost, Task heartbeat)
    {
        try
        {
            using var patience = new CancellationTokenSource(options.DrainTimeout, clock);
            if (!lost.IsCancellationRequested)
            {
                await sessions.DrainAsync(session, patience.Token);
            }

            await Task.WhenAll(running).WaitAsync(patience.Token);
            await sessions.CloseAsync(session, patience.Token);
        }
        catch (Exception error)
        {
            Log.DrainFailed(logger, session, error);
        }
        finally
        {
            await lost.CancelAsync();
            await heartbeat;
        }
    }
}
