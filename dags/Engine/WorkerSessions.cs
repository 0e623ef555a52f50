using System.ComponentModel;
using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>Which workers live, and what becomes of the tasks of those that do not. Time is the database's.</summary>
internal sealed class WorkerSessions([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, EngineOptions options)
{
    /// <summary>
    /// Opens a session. Sessions that a process of this host left behind when it was killed are closed at once, without
    /// waiting for their heartbeat to time out.
    /// </summary>
    /// <param name="tasks">What the worker knows, as <c>dag/task</c>.</param>
    /// <param name="capabilities">What it has beside the code; it takes no task that needs something else.</param>
    /// <param name="cancellationToken">Opens none.</param>
    public async Task<long> OpenAsync(string[] tasks, string[] capabilities, CancellationToken cancellationToken)
    {
        using var self = Process.GetCurrentProcess();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var siblings = await connection.QueryAsync<(long Session, int Process, DateTime Started)>(new CommandDefinition(
            "SELECT session_id, process_id, process_started_at FROM dags.worker_session WHERE host = @MachineName AND state <> 'dead'",
            new { Environment.MachineName },
            cancellationToken: cancellationToken));
        await CloseAsync(
            connection, [.. siblings.Where(sibling => !IsRunning(sibling.Process, sibling.Started)).Select(sibling => sibling.Session)], cancellationToken);
        return await connection.QuerySingleAsync<long>(new CommandDefinition(
            """
            INSERT INTO dags.worker_session (host, process_id, process_started_at, state, capacity, tasks, capabilities)
            VALUES (@MachineName, @ProcessId, @started, 'alive', @Capacity, @tasks, @capabilities) RETURNING session_id
            """,
            new { Environment.MachineName, Environment.ProcessId, started = self.StartTime.ToUniversalTime(), options.Capacity, tasks, capabilities },
            cancellationToken: cancellationToken));
    }

    /// <summary>Says that the worker lives.</summary>
    /// <returns>False when it has been declared dead: its leases are gone.</returns>
    public async Task<bool> HeartbeatAsync(long session, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE dags.worker_session SET heartbeat_at = now() WHERE session_id = @session AND state <> 'dead'",
            new { session },
            cancellationToken: cancellationToken)) == 1;
    }

    /// <summary>Says that the worker takes no more tasks.</summary>
    public async Task DrainAsync(long session, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE dags.worker_session SET state = 'draining' WHERE session_id = @session AND state = 'alive'",
            new { session },
            cancellationToken: cancellationToken));
    }

    /// <summary>Ends a session; what it still holds runs again.</summary>
    public async Task CloseAsync(long session, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await CloseAsync(connection, [session], cancellationToken);
    }

    /// <summary>Declares silent workers dead and takes the tasks of dead ones back.</summary>
    /// <returns>How many tasks were taken back.</returns>
    public async Task<int> ReapAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE dags.worker_session SET state = 'dead' WHERE session_id IN (
              SELECT session_id FROM dags.worker_session WHERE state <> 'dead' AND heartbeat_at < now() - @HeartbeatTimeout
              ORDER BY session_id FOR NO KEY UPDATE SKIP LOCKED)
            """,
            new { options.HeartbeatTimeout },
            cancellationToken: cancellationToken));

        // A row that is locked is being completed at this moment. What a session claimed while it was declared dead is found by the next pass.
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            WITH lost AS MATERIALIZED (
              SELECT t.* FROM dags.task_instance t JOIN dags.worker_session s USING (session_id)
              WHERE t.state = 'running' AND s.state = 'dead' ORDER BY t.ti_id FOR NO KEY UPDATE OF t SKIP LOCKED),
            tries AS (
              INSERT INTO dags.task_try (lease_token, ti_id, generation, try_number, session_id, outcome, started_at, error_class, error)
              SELECT lease_token, ti_id, generation, try_number, session_id, 'crashed', started_at, 'transient', 'the worker died' FROM lost),
            queue AS (
              DELETE FROM dags.task_queue q USING lost WHERE q.ti_id = lost.ti_id),
            events AS (
              INSERT INTO dags.ti_event (run_id, ti_id, kind) SELECT run_id, ti_id, 'failed' FROM lost WHERE crash_count + 1 >= @MaxCrashes)
            UPDATE dags.task_instance t SET lease_token = NULL, session_id = NULL, try_number = t.try_number - 1, crash_count = t.crash_count + 1,
              state = CASE WHEN t.crash_count + 1 >= @MaxCrashes THEN 'failed' ELSE 'retry_wait' END,
              eligible_at = now() + t.crash_count * interval '5 seconds',
              ended_at = CASE WHEN t.crash_count + 1 >= @MaxCrashes THEN now() END,
              reason = 'the worker died, ' || t.crash_count + 1 || ' of ' || @MaxCrashes || ' times'
            FROM lost WHERE t.ti_id = lost.ti_id
            """,
            new { options.MaxCrashes },
            cancellationToken: cancellationToken));
    }

    /// <summary>Fails ready tasks that no living worker can run: their definition is gone and their run would wait for ever.</summary>
    public async Task FailUnknownAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            WITH orphans AS MATERIALIZED (
              SELECT t.ti_id FROM dags.task_queue q JOIN dags.task_instance t USING (ti_id)
              WHERE q.state = 'ready' AND t.state = 'ready' AND q.enqueued_at < now() - @UnknownTaskTimeout
                AND EXISTS (SELECT FROM dags.worker_session s WHERE s.state = 'alive' AND s.opened_at < now() - @UnknownTaskTimeout)
                AND NOT EXISTS (
                  SELECT FROM dags.worker_session s WHERE s.state <> 'dead' AND q.task = ANY(s.tasks))
              ORDER BY t.ti_id FOR NO KEY UPDATE OF t SKIP LOCKED),
            queue AS (
              DELETE FROM dags.task_queue q USING orphans WHERE q.ti_id = orphans.ti_id),
            failed AS (
              UPDATE dags.task_instance t SET state = 'failed', ended_at = now(), reason = 'no living worker knows this task'
              FROM orphans WHERE t.ti_id = orphans.ti_id RETURNING t.run_id, t.ti_id)
            INSERT INTO dags.ti_event (run_id, ti_id, kind) SELECT run_id, ti_id, 'failed' FROM failed
            """,
            new { options.UnknownTaskTimeout },
            cancellationToken: cancellationToken));
    }

    private static Task<int> CloseAsync(NpgsqlConnection connection, long[] sessions, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE dags.worker_session SET state = 'dead' WHERE session_id = ANY(@sessions)",
            new { sessions },
            cancellationToken: cancellationToken));

    private static bool IsRunning(int processId, DateTime startedAt)
    {
        try
        {
            // A number is used again; the start time tells the processes apart, measured to about a second.
            using var process = Process.GetProcessById(processId);
            return Math.Abs((process.StartTime.ToUniversalTime() - startedAt).TotalSeconds) < 5;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (Win32Exception)
        {
            // It runs and belongs to somebody else: the heartbeat decides.
            return true;
        }
    }
}
