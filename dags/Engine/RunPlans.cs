using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>What is done to tasks of a run.</summary>
public enum PlanKind
{
    /// <summary>They run again.</summary>
    Clear,

    /// <summary>They count as ended, as a person says.</summary>
    Mark,

    /// <summary>What has not ended never runs.</summary>
    Cancel,
}

/// <summary>Which tasks of a run.</summary>
/// <param name="Kind">What is done to them.</param>
/// <param name="Tasks">Tasks by id, or <c>id[key]</c> for one of a mapped task; empty for all.</param>
/// <param name="Downstream">Clear: also everything behind them. Without, only what failed because of them.</param>
/// <param name="OnlyFailed">Of these only what failed, was canceled or never ran because of a failure.</param>
/// <param name="As">Mark: <c>success</c> or <c>failed</c>.</param>
public sealed record PlanSelection(PlanKind Kind, IReadOnlyList<string> Tasks, bool Downstream = true, bool OnlyFailed = false, string As = "success");

/// <summary>A task a plan touches, as it stands.</summary>
/// <param name="TiId">Its number.</param>
/// <param name="TaskId">Its name in the DAG.</param>
/// <param name="MapKey">Which of a mapped task; null for one that runs once.</param>
/// <param name="State">Its state.</param>
/// <param name="Generation">Rises each time it is cleared or marked.</param>
public sealed record PlannedTask(long TiId, string TaskId, string? MapKey, string State, int Generation);

/// <summary>What would be done.</summary>
/// <param name="PlanId">Apply it by this number.</param>
/// <param name="RunId">The run.</param>
/// <param name="Selection">What was asked for.</param>
/// <param name="Tasks">What it touches.</param>
/// <param name="ExpiresAt">Until when it can be applied, UTC.</param>
public sealed record ActionPlan(long PlanId, long RunId, PlanSelection Selection, IReadOnlyList<PlannedTask> Tasks, DateTimeOffset ExpiresAt);

/// <summary>What became of a plan.</summary>
/// <param name="ActionId">The entry of what was done; null when nothing was.</param>
/// <param name="Refusal">Why nothing was done; empty otherwise.</param>
/// <param name="Differences">What has changed since the plan: one sentence a task.</param>
public sealed record PlanResult(long? ActionId, string Refusal, IReadOnlyList<string> Differences);

/// <summary>
/// Clears, marks and cancels: first as a plan that names every task it touches, then exactly that or nothing. All of it under the
/// lock of the run's row; a task that runs loses its lease in the same transaction, before its worker hears of it.
/// </summary>
internal sealed class RunPlans([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, EngineSignals signals)
{
    /// <summary>A step of a recursive walk "behind" down the edges of the run @run: a task with a sibling of the same key, or all of the task.</summary>
    internal const string StepBehind = """
        UNION
              SELECT e.downstream, CASE WHEN e.align = 'same_index' THEN b.map_index END
              FROM behind b JOIN dags.dag_run r ON r.run_id = @run JOIN dags.task_edge e ON e.version_id = r.version_id AND e.upstream = b.task_id
        """;

    /// <summary>Whether a task "t" stands at an entry "b" of that walk.</summary>
    internal const string StandsAt = "(b.map_index IS NULL OR t.map_index < 0 OR t.map_index = b.map_index)";

    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(30);

    /// <summary>Makes a plan.</summary>
    /// <returns>Null when there is no such run; a plan that touches nothing has no tasks.</returns>
    /// <exception cref="ArgumentException">The selection names a task the run does not have, or marks tasks as something else than success or failed.</exception>
    public Task<ActionPlan?> PlanAsync(long run, PlanSelection selection, string actor, CancellationToken cancellationToken) => PlanAsync(run, selection, actor, null, cancellationToken);

    /// <inheritdoc cref="PlanAsync(long, PlanSelection, string, CancellationToken)"/>
    public async Task<ActionPlan?> PlanAsync(long run, PlanSelection selection, string actor, Alongside<ActionPlan>? alongside, CancellationToken cancellationToken)
    {
        if (selection is { Kind: PlanKind.Mark, As: not ("success" or "failed") })
        {
            throw new ArgumentException($"A task cannot be marked as '{selection.As}': success or failed.");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (alongside is not null)
        {
            await alongside.Before(connection, cancellationToken);
        }

        if (await connection.QuerySingleOrDefaultAsync<long?>(new CommandDefinition(
            "SELECT version_id FROM dags.dag_run WHERE run_id = @run", new { run }, transaction, cancellationToken: cancellationToken)) is null)
        {
            return null;
        }

        var tasks = await TouchedAsync(connection, transaction, run, selection, cancellationToken);
        var (plan, expires) = await connection.QuerySingleAsync<(long, DateTime)>(new CommandDefinition(
            """
            INSERT INTO dags.plan (kind, tenant, run_id, selection, state_hash, touched, actor, expires_at)
            SELECT @kind, tenant, run_id, @selection::jsonb, @hash, @touched::jsonb, @actor, now() + @Validity FROM dags.dag_run WHERE run_id = @run
            RETURNING plan_id, expires_at
            """,
            new
            {
                run,
                kind = Name(selection.Kind),
                selection = JsonSerializer.Serialize(selection),
                hash = HashOf(tasks),
                touched = JsonSerializer.Serialize(tasks),
                actor,
                Validity,
            },
            transaction,
            cancellationToken: cancellationToken));
        var made = new ActionPlan(plan, run, selection, tasks, new DateTimeOffset(expires, TimeSpan.Zero));
        if (alongside is not null)
        {
            await alongside.After(connection, made, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return made;
    }

    /// <summary>Does what a plan says, if the tasks still stand as it found them.</summary>
    /// <param name="plan">The plan's number.</param>
    /// <param name="actor">Who applies it.</param>
    /// <param name="reason">Why; asked for by marks.</param>
    /// <param name="cancellationToken">Stops before anything is done.</param>
    public Task<PlanResult> ApplyAsync(long plan, string actor, string reason, CancellationToken cancellationToken) => ApplyAsync(plan, actor, reason, null, cancellationToken);

    /// <inheritdoc cref="ApplyAsync(long, string, string, CancellationToken)"/>
    public async Task<PlanResult> ApplyAsync(long plan, string actor, string reason, Alongside<PlanResult>? alongside, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (alongside is not null)
        {
            await alongside.Before(connection, cancellationToken);
        }

        var row = await connection.QuerySingleOrDefaultAsync<PlanRow>(new CommandDefinition(
            """
            SELECT p.run_id AS RunId, p.selection::text AS Selection, p.state_hash AS Hash, p.touched::text AS Touched, r.state IN ('queued', 'running') AS Open,
              p.applied_at IS NOT NULL AS Applied, p.expires_at < now() AS Expired
            FROM dags.plan p JOIN dags.dag_run r USING (run_id) WHERE p.plan_id = @plan FOR NO KEY UPDATE OF r, p
            """,
            new { plan },
            transaction,
            cancellationToken: cancellationToken));
        if (row is null || row.Applied || row.Expired)
        {
            return new PlanResult(null, row is null ? "There is no such plan." : row.Applied ? "The plan was applied already." : "The plan has expired; make a new one.", []);
        }

        var selection = JsonSerializer.Deserialize<PlanSelection>(row.Selection)!;
        if (selection.Kind == PlanKind.Mark && string.IsNullOrWhiteSpace(reason))
        {
            return new PlanResult(null, "Say why the tasks are marked.", []);
        }

        var planned = JsonSerializer.Deserialize<List<PlannedTask>>(row.Touched)!;
        var tasks = await LockAsync(connection, transaction, await TouchedAsync(connection, transaction, row.RunId, selection, cancellationToken), cancellationToken);
        if (HashOf(tasks) != row.Hash)
        {
            return new PlanResult(null, "The run has moved on since the plan was made.", Differences(planned, tasks));
        }

        if (tasks.Count == 0 && !(selection.Kind == PlanKind.Cancel && row.Open))
        {
            return new PlanResult(null, "The plan touches nothing.", []);
        }

        var ids = tasks.Select(task => task.TiId).ToArray();
        await (selection.Kind switch
        {
            PlanKind.Clear => ClearAsync(connection, transaction, row.RunId, ids, cancellationToken),
            PlanKind.Mark => MarkAsync(connection, transaction, row.RunId, ids, selection.As, actor, cancellationToken),
            _ => CancelAsync(connection, transaction, row.RunId, ids, actor, cancellationToken),
        });
        var action = await connection.QuerySingleAsync<long>(new CommandDefinition(
            """
            UPDATE dags.plan SET applied_at = now() WHERE plan_id = @plan;
            INSERT INTO dags.action (actor, kind, tenant, dag_id, run_id, plan_id, reason, before, after)
            SELECT @actor, @kind, r.tenant, r.dag_id, r.run_id, @plan, @reason, p.touched,
              (SELECT coalesce(jsonb_agg(jsonb_build_object('TiId', t.ti_id, 'State', t.state, 'Generation', t.generation) ORDER BY t.ti_id), '[]')
               FROM dags.task_instance t WHERE t.ti_id = ANY(@ids))
            FROM dags.plan p JOIN dags.dag_run r USING (run_id) WHERE p.plan_id = @plan
            RETURNING action_id
            """,
            new { plan, actor, kind = Name(selection.Kind), reason, ids },
            transaction,
            cancellationToken: cancellationToken));
        var result = new PlanResult(action, "", []);
        if (alongside is not null)
        {
            await alongside.After(connection, result, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        signals.RingAll();
        return result;
    }

    /// <summary>Removes plans that could be applied until long ago; what was done by one stays in the record of actions.</summary>
    /// <param name="keep">How long they are kept after that.</param>
    /// <param name="cancellationToken">Stops; what was not removed is next time.</param>
    /// <returns>How many.</returns>
    public async Task<int> ForgetAsync(TimeSpan keep, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition("DELETE FROM dags.plan WHERE expires_at < now() - @keep", new { keep }, cancellationToken: cancellationToken));
    }

    // What is selected and, by the edges of the run's own version, what stands behind it: of a mapped task the sibling with the same key.
    private static async Task<List<PlannedTask>> TouchedAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long run, PlanSelection selection, CancellationToken cancellationToken)
    {
        var known = (await connection.QueryAsync<string>(new CommandDefinition(
            "SELECT DISTINCT task_id FROM dags.task_instance WHERE run_id = @run", new { run }, transaction, cancellationToken: cancellationToken))).ToHashSet();
        var named = selection.Tasks.Select(task => task.Split('[', 2)).Select(parts => (Task: parts[0], Key: parts.Length > 1 ? parts[1].TrimEnd(']') : null)).ToList();
        if (named.FirstOrDefault(task => !known.Contains(task.Task)).Task is { } unknown)
        {
            throw new ArgumentException($"The run has no task '{unknown}'. {(known.Count == 0 ? "It has not begun and has none yet." : $"It has {string.Join(", ", known.Order(StringComparer.Ordinal))}.")}");
        }

        return (await connection.QueryAsync<PlannedTask>(new CommandDefinition(
            $"""
            WITH RECURSIVE picked AS MATERIALIZED (
              SELECT t.* FROM dags.task_instance t
              WHERE t.run_id = @run AND t.state <> 'removed' AND (@all OR EXISTS (
                  SELECT FROM unnest(@tasks, @keys) AS n(task, key) WHERE n.task = t.task_id AND (n.key IS NULL OR n.key = t.map_key)))
                AND (NOT @OnlyFailed OR t.state IN {TaskStates.Failed})),
            behind AS (
              SELECT p.task_id, CASE WHEN p.map_index >= 0 THEN p.map_index END AS map_index FROM picked p WHERE @spread
              {StepBehind})
            SELECT t.ti_id AS TiId, t.task_id AS TaskId, t.map_key AS MapKey, t.state AS State, t.generation AS Generation
            FROM dags.task_instance t
            WHERE t.run_id = @run AND t.state <> 'removed' AND (t.ti_id IN (SELECT ti_id FROM picked) OR (
              (@Downstream OR t.state = 'upstream_failed') AND EXISTS (
                SELECT FROM behind b WHERE b.task_id = t.task_id AND {StandsAt}))) AND (@over OR t.state IN {TaskStates.Open})
              AND (NOT @marking OR t.state <> 'running')
            ORDER BY t.ti_id
            """,
            new
            {
                run,
                all = named.Count == 0,
                tasks = named.Select(task => task.Task).ToArray(),
                keys = named.Select(task => task.Key).ToArray(),
                selection.OnlyFailed,
                Downstream = selection.Kind == PlanKind.Clear && selection.Downstream,
                spread = selection.Kind == PlanKind.Clear,
                over = selection.Kind != PlanKind.Cancel,
                marking = selection.Kind == PlanKind.Mark,
            },
            transaction,
            cancellationToken: cancellationToken))).AsList();
    }

    // As they stand once nobody changes them any more: a worker may have claimed or ended one since they were looked for. The rows of the
    // queue come after those of the tasks, as everywhere.
    private static async Task<List<PlannedTask>> LockAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, List<PlannedTask> tasks, CancellationToken cancellationToken)
    {
        var stands = (await connection.QueryAsync<(long Task, string State, int Generation)>(new CommandDefinition(
            "SELECT ti_id, state, generation FROM dags.task_instance WHERE ti_id = ANY(@ids) ORDER BY ti_id FOR NO KEY UPDATE",
            new { ids = tasks.Select(task => task.TiId).ToArray() },
            transaction,
            cancellationToken: cancellationToken))).ToDictionary(row => row.Task);
        return [.. tasks.Select(task => task with { State = stands[task.TiId].State, Generation = stands[task.TiId].Generation })];
    }

    // The tries stay; the task gets as many new ones as its definition gives it. A run that had ended waits its turn to go on.
    private static Task<int> ClearAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long run, long[] ids, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            TakeLeases("cleared") + """
            UPDATE dags.task_instance t SET state = 'waiting', generation = t.generation + 1, lease_token = NULL, session_id = NULL, crash_count = 0,
              max_tries = t.try_number + d.max_tries, started_at = NULL, ended_at = NULL, reason = 'cleared'
            FROM dags.dag_run r JOIN dags.dag_version v USING (version_id), jsonb_to_recordset(v.spec -> 'tasks') AS d(id text, max_tries int)
            WHERE t.ti_id = ANY(@ids) AND r.run_id = t.run_id AND d.id = t.task_id;
            UPDATE dags.dag_run SET generation = generation + 1, ended_at = NULL, eligible_at = now(), state = CASE WHEN state = 'running' THEN state ELSE 'queued' END
            WHERE run_id = @run;
            INSERT INTO dags.ti_event (run_id, ti_id, kind) SELECT run_id, 0, 'cleared' FROM dags.dag_run WHERE run_id = @run AND state = 'running';
            """,
            new { run, ids },
            transaction,
            cancellationToken: cancellationToken));

    // What stands behind a task that failed and is now said to have succeeded is looked at again.
    private static Task<int> MarkAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long run, long[] ids, string state, string actor, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            $"""
            DELETE FROM dags.task_queue WHERE ti_id = ANY(@ids);
            UPDATE dags.task_instance SET state = @state, generation = generation + 1, ended_at = now(), reason = 'marked by ' || @actor
            WHERE ti_id = ANY(@ids);
            WITH RECURSIVE behind AS (
              SELECT task_id, CASE WHEN map_index >= 0 THEN map_index END AS map_index FROM dags.task_instance WHERE ti_id = ANY(@ids)
              {StepBehind})
            UPDATE dags.task_instance t SET state = 'waiting', ended_at = NULL, reason = ''
            FROM behind b WHERE t.run_id = @run AND t.task_id = b.task_id AND {StandsAt}
              AND t.state = 'upstream_failed' AND NOT t.ti_id = ANY(@ids);
            UPDATE dags.dag_run r SET ended_at = NULL, eligible_at = now(), state = 'queued' WHERE run_id = @run AND state NOT IN ('queued', 'running');
            INSERT INTO dags.ti_event (run_id, ti_id, kind)
            SELECT run_id, unnest(@ids || 0::bigint), 'marked' FROM dags.dag_run WHERE run_id = @run AND state = 'running';
            """,
            new { run, ids, state, actor },
            transaction,
            cancellationToken: cancellationToken));

    private static Task<int> CancelAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long run, long[] ids, string actor, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            TakeLeases("canceled") + $"""
            UPDATE dags.task_instance SET state = 'canceled', lease_token = NULL, session_id = NULL, ended_at = now(), reason = 'canceled by ' || @actor
            WHERE ti_id = ANY(@ids);
            INSERT INTO dags.ti_event (run_id, ti_id, kind) SELECT @run, unnest(@ids), 'canceled';
            UPDATE dags.dag_run r SET state = 'canceled', ended_at = now() WHERE run_id = @run AND state IN ('queued', 'running') AND NOT EXISTS (
              SELECT FROM dags.task_instance t WHERE t.run_id = r.run_id AND t.state IN {TaskStates.Open});
            """,
            new { run, ids, actor },
            transaction,
            cancellationToken: cancellationToken));

    private static string TakeLeases(string outcome) => $"""
        INSERT INTO dags.task_try (lease_token, ti_id, generation, try_number, session_id, outcome, started_at, ended_at)
        SELECT lease_token, ti_id, generation, try_number, session_id, '{outcome}', started_at, clock_timestamp()
        FROM dags.task_instance WHERE ti_id = ANY(@ids) AND state = 'running';
        DELETE FROM dags.task_queue WHERE ti_id = ANY(@ids);

        """;

    private static IReadOnlyList<string> Differences(List<PlannedTask> then, List<PlannedTask> now)
    {
        var before = then.ToDictionary(task => task.TiId);
        var after = now.ToDictionary(task => task.TiId);
        return [.. before.Values.UnionBy(after.Values, task => task.TiId).Select(task => (Name: NameOf(task), Was: before.GetValueOrDefault(task.TiId), Is: after.GetValueOrDefault(task.TiId)))
            .Where(pair => (pair.Was?.State, pair.Was?.Generation) != (pair.Is?.State, pair.Is?.Generation))
            .Select(pair => pair switch
            {
                { Was: null, Is: var found } => $"{pair.Name} is {found!.State} and was not touched.",
                { Was: var gone, Is: null } => $"{pair.Name} was {gone.State} and is not touched any more.",
                _ => $"{pair.Name} was {pair.Was.State} and is {pair.Is.State}.",
            })];
    }

    private static string NameOf(PlannedTask task) => task.MapKey is null ? task.TaskId : $"{task.TaskId}[{task.MapKey}]";

    private static string HashOf(IEnumerable<PlannedTask> tasks) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(tasks.Select(task => new { task.TiId, task.State, task.Generation }))));

    private static string Name(PlanKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private sealed record PlanRow
    {
        public required long RunId { get; init; }

        public required string Selection { get; init; }

        public required string Hash { get; init; }

        public required string Touched { get; init; }

        public required bool Open { get; init; }

        public required bool Applied { get; init; }

        public required bool Expired { get; init; }
    }
}
