using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>
/// Moves runs on after tasks ended: decides what waits behind them, queues what may run, ends runs that are through. Only what
/// stands behind a task that ended is looked at, and everything is counted anew from the rows, so evaluating twice, late or from
/// two processes at once changes nothing.
/// </summary>
internal sealed class RunEvaluator : IDisposable
{
    private const int RunsAtOnce = 200;

    // How the upstreams "u" of something stand.
    private const string Counts = """
        count(*) AS total, count(*) FILTER (WHERE u.state = 'success') AS success, count(*) FILTER (WHERE u.state = 'skipped') AS skipped,
                count(*) FILTER (WHERE u.state IN ('failed', 'canceled')) AS failed, count(*) FILTER (WHERE u.state = 'upstream_failed') AS upstream_failed
        """;

    private readonly NpgsqlDataSource _database;
    private readonly DagCatalogue _catalogue;
    private readonly Rounds<long, bool> _rounds;

    /// <summary>Creates it.</summary>
    public RunEvaluator([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, DagCatalogue catalogue)
    {
        (_database, _catalogue) = (database, catalogue);
        _rounds = new Rounds<long, bool>(async (runs, cancellationToken) =>
        {
            var asked = runs.ToHashSet();
            var (looked, ended) = await RoundAsync(asked, cancellationToken);
            return ended > 0 || looked < asked.Count;
        });
    }

    /// <summary>Evaluates a run, together with others that are asked for at the same time.</summary>
    /// <returns>Whether the scheduler has something to do: a run has ended and another may begin, or one was left to it.</returns>
    public Task<bool> EvaluateAsync(long run, CancellationToken cancellationToken) => _rounds.JoinAsync(run, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _rounds.Dispose();

    /// <summary>Evaluates the runs in the inbox.</summary>
    /// <param name="only">Only these; null for all. Those that another process evaluates at this moment are left to the next round.</param>
    /// <param name="cancellationToken">Stops between runs; what was begun is undone.</param>
    /// <returns>How many runs were looked at.</returns>
    public async Task<int> EvaluateAsync(IReadOnlyCollection<long>? only, CancellationToken cancellationToken) => (await RoundAsync(only, cancellationToken)).Looked;

    private async Task<(int Looked, int Ended)> RoundAsync(IReadOnlyCollection<long>? only, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // NO KEY: a task that completes adds an event that points at this row, and must not wait for us. What it adds from here on is the next round's.
        // The events come as rows of their own and are put to their runs here: a plan that was made while there were none would look through all of them for each run.
        var rows = (await connection.QueryAsync<Run>(new CommandDefinition(
            Planning.ByIndex + """
            WITH held AS MATERIALIZED (
              SELECT r.*, (SELECT paused FROM dags.dag d WHERE d.dag_id = r.dag_id) AS paused
              FROM dags.dag_run r
              WHERE dag_id = ANY(@known) AND run_id IN (
                SELECT DISTINCT run_id FROM dags.ti_event WHERE @only::bigint[] IS NULL OR run_id = ANY(@only) ORDER BY run_id LIMIT @RunsAtOnce)
              ORDER BY run_id FOR NO KEY UPDATE OF r SKIP LOCKED),
            events AS (
              DELETE FROM dags.ti_event WHERE run_id = ANY(ARRAY(SELECT run_id FROM held)) RETURNING run_id, ti_id)
            SELECT run_id AS RunId, dag_id AS DagId, tenant AS Tenant, partition_key AS PartitionKey, conf::text AS Conf, state AS State, paused AS Paused, NULL AS Event FROM held
            UNION ALL SELECT DISTINCT run_id, NULL, NULL, NULL, NULL, NULL, false, ti_id FROM events
            """,
            new { known = _catalogue.DagIds, only = only?.ToArray(), RunsAtOnce },
            transaction,
            cancellationToken: cancellationToken))).AsList();
        var runs = rows.Where(row => row.Event is null).ToDictionary(row => row.RunId);
        if (runs.Count == 0)
        {
            return (0, 0);
        }

        rows.ForEach(row => runs[row.RunId].Events.AddRange(row.Event is { } task ? [task] : []));

        var open = runs.Values.Where(run => run.State == "running").ToList();
        var started = open.Where(run => run.Events.Contains(0)).Select(run => run.RunId).ToArray();
        var ended = open.SelectMany(run => run.Events).Where(task => task != 0).ToArray();
        var going = new HashSet<long>();
        while (started.Length + ended.Length > 0)
        {
            ended = await DecideAsync(connection, transaction, runs, started, ended, going, cancellationToken);
            started = [];
        }

        // A run of which something was queued just now is not through.
        var through = 0;
        if (runs.Keys.Except(going).ToArray() is { Length: > 0 } ids)
        {
            through = await connection.ExecuteAsync(new CommandDefinition(
                $"""
                UPDATE dags.dag_run r SET ended_at = now(), state = CASE WHEN EXISTS (
                  SELECT FROM dags.task_instance WHERE run_id = r.run_id AND state IN {TaskStates.Failed} AND NOT tolerated)
                  THEN 'failed' ELSE 'success' END
                WHERE run_id = ANY(@ids) AND state = 'running' AND NOT EXISTS (
                  SELECT FROM dags.task_instance WHERE run_id = r.run_id AND state IN {TaskStates.Open})
                """,
                new { ids },
                transaction,
                cancellationToken: cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
        return (runs.Count, through);
    }

    // Returns what ended by being decided: what stands behind it is looked at next, down to the leaves. When a mapped task ends without
    // keys, whatever waits for keys is looked at too: not all of it need stand right behind.
    private async Task<long[]> DecideAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Dictionary<long, Run> runs, long[] started, long[] ended, HashSet<long> going, CancellationToken cancellationToken)
    {
        // Candidates and the counts of what stands before them come as rows of their own and are put together here: a plan that was
        // made while little was going on would look through all counts for each candidate. OFFSET 0 keeps the order of the steps: what is
        // known first, then the tasks of its runs. In the other order all that waits is read, or the whole history.
        var rows = (await connection.QueryAsync<Waiting>(new CommandDefinition(
            $"""
            WITH looked AS MATERIALIZED (
              SELECT run_id, task_id, map_index, mapped FROM dags.task_instance WHERE ti_id = ANY(@ended)),
            ended AS (
              SELECT run_id, task_id, map_index FROM looked
              UNION
              SELECT s.run_id, s.task_id, s.map_index FROM (SELECT DISTINCT run_id FROM looked WHERE mapped AND map_index = -1) u
              CROSS JOIN LATERAL (SELECT * FROM dags.task_instance t WHERE t.run_id = u.run_id AND t.mapped AND t.map_index = -1 OFFSET 0) s),
            behind AS (
              SELECT DISTINCT u.run_id, e.downstream, CASE WHEN e.align = 'same_index' THEN u.map_index END AS map_index
              FROM ended u JOIN dags.dag_run r USING (run_id) JOIN dags.task_edge e ON e.version_id = r.version_id AND e.upstream = u.task_id),
            candidates AS MATERIALIZED (
              SELECT t.ti_id, t.run_id, t.task_id, t.map_index, t.trigger_rule, t.mapped
              FROM behind b CROSS JOIN LATERAL (
                SELECT * FROM dags.task_instance w
                WHERE w.run_id = b.run_id AND w.task_id = b.downstream AND w.map_index = coalesce(b.map_index, w.map_index) AND w.state = 'waiting' OFFSET 0) t
              UNION
              SELECT t.ti_id, t.run_id, t.task_id, t.map_index, t.trigger_rule, t.mapped
              FROM unnest(@started) AS s(run_id) CROSS JOIN LATERAL (
                SELECT * FROM dags.task_instance w WHERE w.run_id = s.run_id AND w.state = 'waiting' OFFSET 0) t),
            tasks AS MATERIALIZED (
              SELECT DISTINCT run_id, task_id FROM candidates)
            SELECT ti_id AS TiId, run_id AS RunId, task_id AS TaskId, trigger_rule AS Rule, mapped AND map_index < 0 AS Unmapped,
              0 AS Total, 0 AS Success, 0 AS Skipped, 0 AS Failed, 0 AS UpstreamFailed FROM candidates
            UNION ALL
            SELECT NULL, c.run_id, c.task_id, NULL, NULL, {Counts}
            FROM tasks c JOIN dags.dag_run r USING (run_id) JOIN dags.task_edge e ON e.version_id = r.version_id AND e.downstream = c.task_id AND e.align = 'all'
            JOIN dags.task_instance u ON u.run_id = c.run_id AND u.task_id = e.upstream AND u.state <> 'removed'
            GROUP BY c.run_id, c.task_id
            UNION ALL
            SELECT c.ti_id, NULL, NULL, NULL, NULL, {Counts}
            FROM candidates c JOIN dags.dag_run r USING (run_id) JOIN dags.task_edge e ON e.version_id = r.version_id AND e.downstream = c.task_id AND e.align = 'same_index'
            JOIN dags.task_instance u ON u.run_id = c.run_id AND u.task_id = e.upstream AND u.map_index = c.map_index AND u.state <> 'removed'
            GROUP BY c.ti_id
            """,
            new { started, ended },
            transaction,
            cancellationToken: cancellationToken))).AsList();
        var whole = rows.Where(row => row.TiId == 0).ToDictionary(row => (row.RunId, row.TaskId), row => row.Counts);
        var siblings = rows.Where(row => row.TaskId.Length == 0).ToDictionary(row => row.TiId, row => row.Counts);
        var decided = rows.Where(row => row.Rule.Length > 0).OrderBy(row => row.TiId)
            .ToLookup(row => (whole.GetValueOrDefault((row.RunId, row.TaskId)) + siblings.GetValueOrDefault(row.TiId)).Decide(TriggerRuleNames.Parse(row.Rule)));
        var over = await EndAsync(connection, transaction, decided[TriggerDecision.Skip].Select(task => (task.TiId, "skipped"))
            .Concat(decided[TriggerDecision.UpstreamFailed].Select(task => (task.TiId, "upstream_failed"))), cancellationToken);

        // Of a paused DAG nothing new begins; resuming looks at its runs again.
        var free = decided[TriggerDecision.Run].Where(task => !runs[task.RunId].Paused).ToList();
        foreach (var task in free.Where(task => task.Unmapped))
        {
            over.AddRange(await MapAsync(connection, transaction, task, runs[task.RunId], cancellationToken));
        }

        var ready = free.Where(task => !task.Unmapped).ToList();
        going.UnionWith(ready.Select(task => task.RunId));
        await QueueAsync(connection, transaction, [.. ready.Select(task => task.TiId)], cancellationToken);
        return [.. over];
    }

    // One row stands for the task until its keys are known; then it becomes the first of them. Those mapped with it get the same keys.
    // Returns what to look behind: what ended, or the rows there are now.
    private async Task<IReadOnlyList<long>> MapAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Waiting task, Run run, CancellationToken cancellationToken)
    {
        var definition = _catalogue.Find(run.DagId, task.TaskId);
        if (definition is { MapWith: not null })
        {
            return await FollowAsync(connection, transaction, task, DagCatalogue.MapRoot(_catalogue.Dags.First(dag => dag.Id == run.DagId), definition), cancellationToken);
        }

        if (definition?.Map is not { } map)
        {
            return await EndAsync(connection, transaction, [(task.TiId, "failed")], cancellationToken);
        }

        await connection.ExecuteAsync(new CommandDefinition(Planning.AsUsual, transaction: transaction, cancellationToken: cancellationToken));
        var keys = await map(new RunRequest(run.Tenant, run.PartitionKey, run.Conf), connection, transaction, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(Planning.ByIndex, transaction: transaction, cancellationToken: cancellationToken));
        if (keys.Count == 0)
        {
            return await EndAsync(connection, transaction, [(task.TiId, "skipped")], cancellationToken);
        }

        var rows = (await connection.QueryAsync<(long Task, bool Ready)>(new CommandDefinition(
            """
            WITH mapped AS (
              SELECT t.* FROM dags.task_instance t WHERE t.run_id = @RunId AND t.map_index = -1 AND t.task_id IN (
                SELECT d ->> 'id' FROM dags.dag_run r JOIN dags.dag_version v USING (version_id), jsonb_array_elements(v.spec -> 'tasks') d
                WHERE r.run_id = @RunId AND d ->> 'map' = @TaskId)),
            others AS (
              INSERT INTO dags.task_instance (run_id, task_id, map_index, map_key, state, ended_at, reason, max_tries, trigger_rule, tolerated, mapped, pool, slots, prio)
              SELECT m.run_id, m.task_id, k.position - 1, k.key, m.state, m.ended_at, m.reason, m.max_tries, m.trigger_rule, m.tolerated, true, m.pool, m.slots, m.prio
              FROM mapped m, unnest(@keys) WITH ORDINALITY AS k(key, position) WHERE k.position > 1
              ORDER BY m.ti_id, k.position
              RETURNING ti_id, task_id),
            first AS (
              UPDATE dags.task_instance t SET map_index = 0, map_key = @first FROM mapped m WHERE t.ti_id = m.ti_id RETURNING t.ti_id, t.task_id)
            SELECT ti_id, task_id = @TaskId FROM others UNION ALL SELECT ti_id, task_id = @TaskId FROM first
            """,
            new { task.RunId, task.TaskId, keys = keys.ToArray(), first = keys[0] },
            transaction,
            cancellationToken: cancellationToken))).AsList();
        await QueueAsync(connection, transaction, [.. rows.Where(row => row.Ready).Select(row => row.Task)], cancellationToken);
        return [.. rows.Select(row => row.Task)];
    }

    // Whose keys are another's waits until that one has them, whatever its rule says before; who will never have any is skipped.
    private static async Task<List<long>> FollowAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Waiting task, string? root, CancellationToken cancellationToken)
    {
        var waits = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            $"""
            SELECT t.map_index >= 0 OR EXISTS (
              SELECT FROM dags.task_instance u WHERE u.run_id = t.run_id AND u.task_id = @root AND u.map_index = -1 AND u.state IN {TaskStates.Open})
            FROM dags.task_instance t WHERE t.ti_id = @TiId
            """,
            new { task.TiId, root },
            transaction,
            cancellationToken: cancellationToken));
        return waits ? [] : await EndAsync(connection, transaction, [(task.TiId, "skipped")], cancellationToken);
    }

    private static async Task<List<long>> EndAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<(long Task, string State)> ends, CancellationToken cancellationToken)
    {
        var list = ends.ToList();
        return list.Count == 0 ? [] : (await connection.QueryAsync<long>(new CommandDefinition(
            $"""
            UPDATE dags.task_instance t SET state = e.state, ended_at = now(), reason = CASE e.state
              WHEN 'failed' THEN 'the code does not know what it runs for any more'
              WHEN 'skipped' THEN 'by its rule ' || t.trigger_rule
              ELSE coalesce((
                SELECT 'upstream ' || u.task_id || CASE WHEN u.map_key IS NULL THEN '' ELSE ' [' || u.map_key || ']' END || ' ' || u.state
                FROM dags.dag_run r JOIN dags.task_edge d ON d.version_id = r.version_id AND d.downstream = t.task_id
                JOIN dags.task_instance u ON u.run_id = r.run_id AND u.task_id = d.upstream AND u.state IN {TaskStates.Failed}
                WHERE r.run_id = t.run_id ORDER BY u.ended_at, u.ti_id LIMIT 1), '') END
            FROM unnest(@tasks, @states) AS e(ti_id, state)
            WHERE t.ti_id = e.ti_id RETURNING t.ti_id
            """,
            new { tasks = list.Select(end => end.Task).ToArray(), states = list.Select(end => end.State).ToArray() },
            transaction,
            cancellationToken: cancellationToken))).AsList();
    }

    private static Task<int> QueueAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long[] tasks, CancellationToken cancellationToken) =>
        tasks.Length == 0 ? Task.FromResult(0) : connection.ExecuteAsync(new CommandDefinition(
            $"""
            WITH ready AS (
              UPDATE dags.task_instance SET state = 'ready', eligible_at = now() WHERE ti_id = ANY(@tasks) RETURNING *)
            {TaskQueue.InsertReady}
            """,
            new { tasks },
            transaction,
            cancellationToken: cancellationToken));

    private sealed record Run
    {
        public required long RunId { get; init; }

        public string DagId { get; init; } = "";

        public string? Tenant { get; init; }

        public string PartitionKey { get; init; } = "";

        public string Conf { get; init; } = "";

        public string State { get; init; } = "";

        public bool Paused { get; init; }

        // Of a row that stands for an event: the task that ended, 0 for the run itself.
        public long? Event { get; init; }

        public List<long> Events { get; } = [];
    }

    // A task that waits, or a row of counts: of what a task of a run waits for as a whole, without TiId, or of the siblings of one, without TaskId.
    private sealed record Waiting
    {
        public long TiId { get; init; }

        public long RunId { get; init; }

        public string TaskId { get; init; } = "";

        public string Rule { get; init; } = "";

        public bool Unmapped { get; init; }

        public long Total { get; init; }

        public long Success { get; init; }

        public long Skipped { get; init; }

        public long Failed { get; init; }

        public long UpstreamFailed { get; init; }

        public UpstreamCounts Counts => new((int)Total, (int)Success, (int)Skipped, (int)Failed, (int)UpstreamFailed);
    }
}
