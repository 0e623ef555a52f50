using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>
/// Takes a mark back, as long as the tasks stand as it left them and nothing behind them has begun because of it. What was only decided
/// because of it is decided anew.
/// </summary>
internal sealed class MarkUndo([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, EngineSignals signals)
{
    /// <summary>Takes a mark back.</summary>
    /// <param name="action">The entry of the mark.</param>
    /// <param name="actor">Who takes it back.</param>
    /// <param name="reason">Why.</param>
    /// <param name="alongside">What belongs into the same transaction; null for nothing.</param>
    /// <param name="cancellationToken">Stops before anything is done.</param>
    /// <returns>The entry of the undo, or why there is none.</returns>
    public async Task<PlanResult> UndoAsync(long action, string actor, string reason, Alongside<PlanResult>? alongside, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (alongside is not null)
        {
            await alongside.Before(connection, cancellationToken);
        }

        var row = await connection.QuerySingleOrDefaultAsync<MarkRow>(new CommandDefinition(
            """
            SELECT a.kind AS Kind, a.run_id AS RunId, a.at AS At, a.before::text AS Before, a.after::text AS After
            FROM dags.action a JOIN dags.dag_run r USING (run_id) WHERE a.action_id = @action FOR NO KEY UPDATE OF r
            """,
            new { action },
            transaction,
            cancellationToken: cancellationToken));
        if (row is not { Kind: "mark" })
        {
            return new PlanResult(null, "Only a mark can be undone.", []);
        }

        var before = JsonSerializer.Deserialize<List<PlannedTask>>(row.Before)!;
        var after = JsonSerializer.Deserialize<List<Standing>>(row.After)!.ToDictionary(task => task.TiId);
        var tasks = await LockAsync(connection, transaction, row, [.. after.Keys], cancellationToken);
        var differences = tasks.Select(task => after.TryGetValue(task.TiId, out var left)
            ? (left.State, left.Generation) == (task.State, task.Generation) ? null : $"{task.Name} was left {left.State} and is {task.State}{(left.State == task.State ? " anew" : "")}."
            : task.Begun ? $"{task.Name}, which stands behind, has begun since and is {task.State}." : null).OfType<string>().ToList();
        if (differences.Count > 0)
        {
            return new PlanResult(null, "The run has moved on since the mark.", differences);
        }

        var undo = await connection.QuerySingleAsync<long>(new CommandDefinition(
            """
            DELETE FROM dags.task_queue WHERE ti_id = ANY(@decided);
            UPDATE dags.task_instance SET state = 'waiting', ended_at = NULL, reason = '' WHERE ti_id = ANY(@decided);
            UPDATE dags.task_instance t SET state = b.state, generation = t.generation + 1, reason = 'mark undone by ' || @actor, ended_at = CASE b.state WHEN 'waiting' THEN NULL ELSE now() END
            FROM unnest(@ids, @states) AS b(ti_id, state) WHERE t.ti_id = b.ti_id;
            UPDATE dags.dag_run SET ended_at = NULL, eligible_at = now(), state = 'queued' WHERE run_id = @RunId AND state NOT IN ('queued', 'running');
            INSERT INTO dags.ti_event (run_id, ti_id, kind) SELECT run_id, unnest(@ids || 0::bigint), 'undone' FROM dags.dag_run WHERE run_id = @RunId AND state = 'running';
            INSERT INTO dags.action (actor, kind, tenant, dag_id, run_id, undoes, reason, before, after)
            SELECT @actor, 'undo', a.tenant, a.dag_id, a.run_id, a.action_id, @reason,
              (SELECT jsonb_agg(o || jsonb_build_object('State', l.value -> 'State', 'Generation', l.value -> 'Generation')) FROM jsonb_array_elements(a.before) o JOIN jsonb_array_elements(a.after) l ON l.value -> 'TiId' = o -> 'TiId'),
              (SELECT jsonb_agg(jsonb_build_object('TiId', t.ti_id, 'State', t.state, 'Generation', t.generation) ORDER BY t.ti_id) FROM dags.task_instance t WHERE t.ti_id = ANY(@ids))
            FROM dags.action a WHERE a.action_id = @action
            RETURNING action_id
            """,
            new
            {
                action,
                actor,
                reason,
                row.RunId,
                decided = tasks.Where(task => task.Decided).Select(task => task.TiId).ToArray(),
                ids = before.Select(task => task.TiId).ToArray(),

                // What had not ended is looked at by the scheduler as if it came new.
                states = before.Select(task => task.State is "ready" or "retry_wait" ? "waiting" : task.State).ToArray(),
            },
            transaction,
            cancellationToken: cancellationToken));
        var result = new PlanResult(undo, "", []);
        if (alongside is not null)
        {
            await alongside.After(connection, result, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        signals.RingAll();
        return result;
    }

    // The marked tasks and those behind them. A worker passes by a task that is locked, so none begins meanwhile.
    private static async Task<List<LockedTask>> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, MarkRow mark, long[] ids, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<LockedTask>(new CommandDefinition(
            $"""
            WITH RECURSIVE behind AS (
              SELECT task_id, CASE WHEN map_index >= 0 THEN map_index END AS map_index FROM dags.task_instance WHERE ti_id = ANY(@ids)
              {RunPlans.StepBehind})
            SELECT t.ti_id AS TiId, t.task_id || coalesce('[' || t.map_key || ']', '') AS Name, t.state AS State, t.generation AS Generation,
              t.state = 'running' OR coalesce(t.started_at >= @At, false) AS Begun,
              NOT t.ti_id = ANY(@ids) AND (t.state = 'ready' OR (t.state IN ('upstream_failed', 'skipped') AND t.ended_at >= @At)) AS Decided
            FROM dags.task_instance t
            WHERE t.run_id = @run AND t.state <> 'removed' AND (t.ti_id = ANY(@ids) OR EXISTS (SELECT FROM behind b WHERE b.task_id = t.task_id AND {RunPlans.StandsAt}))
            ORDER BY t.ti_id FOR NO KEY UPDATE OF t
            """,
            new { run = mark.RunId, mark.At, ids },
            transaction,
            cancellationToken: cancellationToken))).AsList();

    private sealed record Standing(long TiId, string State, int Generation);

    private sealed record MarkRow
    {
        public required string Kind { get; init; }

        public required long RunId { get; init; }

        public required DateTime At { get; init; }

        public required string Before { get; init; }

        public required string After { get; init; }
    }

    private sealed record LockedTask
    {
        public required long TiId { get; init; }

        public required string Name { get; init; }

        public required string State { get; init; }

        public required int Generation { get; init; }

        public required bool Begun { get; init; }

        public required bool Decided { get; init; }
    }
}
