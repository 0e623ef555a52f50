using System.Globalization;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>What a task waits for.</summary>
public enum BlockerKind
{
    /// <summary>Nothing: it runs.</summary>
    Running,

    /// <summary>Nothing: it has ended.</summary>
    Ended,

    /// <summary>Its DAG is paused.</summary>
    Paused,

    /// <summary>The run gathers changes a little longer.</summary>
    Settling,

    /// <summary>Another run works on the same partition.</summary>
    PartitionBusy,

    /// <summary>The DAG has as many runs under way as it may.</summary>
    RunLimit,

    /// <summary>The scheduler looks at it next.</summary>
    Scheduler,

    /// <summary>Tasks before it.</summary>
    Upstream,

    /// <summary>The time of its next try.</summary>
    Retry,

    /// <summary>Somebody to say yes.</summary>
    Approval,

    /// <summary>The run of the day before.</summary>
    Past,

    /// <summary>Its pool is full.</summary>
    Pool,

    /// <summary>No living worker knows it.</summary>
    NoWorker,

    /// <summary>Every slot of the workers is taken, or others go first.</summary>
    Workers,
}

/// <summary>Why a task is not running.</summary>
/// <param name="Kind">What it waits for.</param>
/// <param name="Sentence">In one English sentence.</param>
/// <param name="Run">The run it waits for, where it is one.</param>
/// <param name="Until">When that ends, where it is known, UTC.</param>
public sealed record Blocker(BlockerKind Kind, string Sentence, long? Run = null, DateTimeOffset? Until = null)
{
    /// <summary>The names and numbers of the sentence in its order, for whoever says it in another language; points in time stand in <see cref="Until"/>.</summary>
    public IReadOnlyList<string> Facts { get; init; } = [];
}

/// <summary>Says of any task what it waits for, read from the rows the engine itself decides by.</summary>
internal sealed class Blockers([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const int Named = 3;

    private const string RunColumns = """
        r.run_id AS RunId, r.dag_id AS DagId, r.partition_key AS PartitionKey, r.state AS State, r.eligible_at AS EligibleAt, r.eligible_at > now() AS Settling, d.paused AS Paused,
          CASE greatest(r.priority_class, 1) WHEN 1 THEN d.max_active_runs WHEN 2 THEN d.max_active_repairs ELSE 500 END AS MostRuns,
          (SELECT count(*) FROM dags.dag_run o WHERE o.dag_id = r.dag_id AND o.state = 'running' AND greatest(o.priority_class, 1) = greatest(r.priority_class, 1)) AS Running,
          (SELECT CASE WHEN p.state <> 'success' THEN p.run_id END FROM dags.dag_run p
            WHERE (v.spec ->> 'depends_on_past')::boolean AND p.dag_id = r.dag_id AND p.tenant IS NOT DISTINCT FROM r.tenant AND p.partition_key < r.partition_key
            ORDER BY p.partition_key DESC, p.run_id DESC LIMIT 1) AS Past,
          (SELECT o.run_id FROM dags.dag_run o WHERE o.dag_id = r.dag_id AND o.partition_key = r.partition_key AND o.state = 'running') AS Busy
        """;

    private const string RunTables = "FROM dags.dag_run r JOIN dags.dag d USING (dag_id) JOIN dags.dag_version v ON v.version_id = r.version_id";

    /// <summary>What a task of a run waits for.</summary>
    /// <param name="run">The run.</param>
    /// <param name="task">The task's id.</param>
    /// <param name="key">Which of a mapped task; null for the first that has not ended.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Null where there is no such run or task.</returns>
    public async Task<Blocker?> OfAsync(long run, string task, string? key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<RunRow>(new CommandDefinition(
            $"""
            SELECT {RunColumns}, EXISTS (SELECT FROM jsonb_array_elements(v.spec -> 'tasks') t WHERE t ->> 'id' = @task) AS Known
            {RunTables} WHERE r.run_id = @run
            """,
            new { run, task },
            cancellationToken: cancellationToken));
        if (row is not { Known: true })
        {
            return null;
        }

        if (row.State == "queued")
        {
            return OfQueued(row);
        }

        var found = await connection.QueryFirstOrDefaultAsync<TaskRow>(new CommandDefinition(
            $"""
            SELECT ti_id AS TiId, map_index AS MapIndex, state AS State, reason AS Reason, pool AS Pool, eligible_at AS EligibleAt, started_at AS StartedAt, try_number AS TryNumber, max_tries AS MaxTries
            FROM dags.task_instance WHERE run_id = @run AND task_id = @task AND (@key::text IS NULL OR map_key = @key)
            ORDER BY state NOT IN {TaskStates.Open}, map_index LIMIT 1
            """,
            new { run, task, key },
            cancellationToken: cancellationToken));
        return found is null ? null : found.State switch
        {
            "waiting" when row.Paused => OfPaused(row),
            "waiting" => await OfWaitingAsync(connection, run, task, found, cancellationToken),
            "ready" => await OfReadyAsync(connection, found, cancellationToken),
            "retry_wait" => new Blocker(
                BlockerKind.Retry, $"Try {found.TryNumber} of {found.MaxTries} failed ({FirstLine(found.Reason)}); the next begins at {Clock(found.EligibleAt)} UTC.", Until: Utc(found.EligibleAt))
            {
                Facts = [$"{found.TryNumber}", $"{found.MaxTries}", FirstLine(found.Reason)],
            },
            "deferred" => new Blocker(BlockerKind.Retry, $"{FirstLine(found.Reason)}; it looks again at {Clock(found.EligibleAt)} UTC.", Until: Utc(found.EligibleAt)) { Facts = [FirstLine(found.Reason)] },
            "awaiting_input" => new Blocker(BlockerKind.Approval, $"It waits for somebody to say yes: {FirstLine(found.Reason)}.") { Facts = [FirstLine(found.Reason)] },
            "running" => new Blocker(BlockerKind.Running, $"It has been running since {Clock(found.StartedAt!.Value)} UTC."),
            _ => new Blocker(BlockerKind.Ended, found.Reason.Length == 0 ? $"It ended: {found.State}." : $"It ended: {found.State}, {FirstLine(found.Reason)}."),
        };
    }

    /// <summary>What runs wait for that have not begun.</summary>
    /// <param name="runs">Runs; those that began are left out.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<IReadOnlyDictionary<long, Blocker>> OfQueuedAsync(IReadOnlyCollection<long> runs, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<RunRow>(new CommandDefinition(
            $"SELECT {RunColumns}, true AS Known {RunTables} WHERE r.run_id = ANY(@runs) AND r.state = 'queued'",
            new { runs = runs.ToArray() },
            cancellationToken: cancellationToken))).ToDictionary(row => row.RunId, OfQueued);
    }

    private static Blocker OfQueued(RunRow row) => row switch
    {
        { Paused: true } => OfPaused(row),
        { Settling: true } => new Blocker(BlockerKind.Settling, $"The run gathers changes until {Clock(row.EligibleAt)} UTC.", Until: Utc(row.EligibleAt)),
        { Busy: { } busy } => new Blocker(BlockerKind.PartitionBusy, row.PartitionKey.Length == 0 ? $"Run {busy} of {row.DagId} is not through." : $"Run {busy} works on {row.PartitionKey}.", busy) { Facts = [row.DagId, row.PartitionKey] },
        { Past: { } past } => new Blocker(BlockerKind.Past, $"Run {past} of the partition before has not ended well.", past),
        _ when row.Running >= row.MostRuns => new Blocker(BlockerKind.RunLimit, $"{row.Running} of {row.MostRuns} runs of {row.DagId} are under way.") { Facts = [$"{row.Running}", $"{row.MostRuns}", row.DagId] },
        _ => new Blocker(BlockerKind.Scheduler, "The run starts at the scheduler's next round."),
    };

    private static async Task<Blocker> OfWaitingAsync(NpgsqlConnection connection, long run, string task, TaskRow found, CancellationToken cancellationToken)
    {
        var open = (await connection.QueryAsync<(string Name, string State)>(new CommandDefinition(
            $"""
            SELECT u.task_id || coalesce('[' || u.map_key || ']', ''), u.state
            FROM dags.dag_run r JOIN dags.task_edge e ON e.version_id = r.version_id AND e.downstream = @task
            JOIN dags.task_instance u ON u.run_id = r.run_id AND u.task_id = e.upstream AND (e.align = 'all' OR u.map_index = @MapIndex)
            WHERE r.run_id = @run AND u.state IN {TaskStates.Open}
            ORDER BY u.state <> 'running', u.task_id, u.map_index
            """,
            new { run, task, found.MapIndex },
            cancellationToken: cancellationToken))).AsList();
        return open.Count == 0 ? new Blocker(BlockerKind.Scheduler, "The scheduler looks at it next.")
            : new Blocker(BlockerKind.Upstream, $"It waits for {string.Join(", ", open.Take(Named).Select(one => $"{one.Name} ({one.State.Replace('_', ' ')})"))}{(open.Count > Named ? $" and {open.Count - Named} more" : "")}.")
            {
                Facts = [string.Join(", ", open.Take(Named).Select(one => one.Name)), $"{Math.Max(0, open.Count - Named)}"],
            };
    }

    private static async Task<Blocker> OfReadyAsync(NpgsqlConnection connection, TaskRow found, CancellationToken cancellationToken)
    {
        var queue = await connection.QuerySingleOrDefaultAsync<QueueRow>(new CommandDefinition(
            """
            SELECT p.slots AS Slots, q.slots AS Needed, coalesce((SELECT sum(l.slots) FROM dags.task_queue l WHERE l.pool = q.pool AND l.state = 'leased'), 0) AS Taken,
              (SELECT l.task FROM dags.task_queue l WHERE l.pool = q.pool AND l.state = 'leased' ORDER BY l.enqueued_at LIMIT 1) AS Holder,
              EXISTS (SELECT FROM dags.worker_session s WHERE s.state = 'alive' AND q.task = ANY(s.tasks)) AS Known, n.needs AS Needs,
              (SELECT coalesce(sum(s.capacity), 0) FROM dags.worker_session s WHERE s.state = 'alive' AND q.task = ANY(s.tasks) AND (n.needs IS NULL OR n.needs = ANY(s.capabilities))) AS Capacity,
              (SELECT count(*) FROM dags.task_queue o WHERE o.state = 'ready' AND o.pool = q.pool AND (o.prio > q.prio OR (o.prio = q.prio AND o.enqueued_at < q.enqueued_at))) AS Before
            FROM dags.task_queue q JOIN dags.pool p USING (pool)
            LEFT JOIN LATERAL (
              SELECT s ->> 'needs' AS needs FROM dags.task_instance t JOIN dags.dag_run r USING (run_id) JOIN dags.dag_version v USING (version_id), jsonb_array_elements(v.spec -> 'tasks') s
              WHERE t.ti_id = q.ti_id AND s ->> 'id' = t.task_id) n ON true
            WHERE q.ti_id = @TiId AND q.state = 'ready'
            """,
            new { found.TiId },
            cancellationToken: cancellationToken));
        return queue switch
        {
            null => new Blocker(BlockerKind.Scheduler, "A worker is taking it at this moment."),
            { Slots: { } slots } when queue.Needed > slots => new Blocker(BlockerKind.Pool, $"It needs {queue.Needed} slots and pool {found.Pool} has {slots}: it never runs unless that is raised.")
            {
                Facts = [found.Pool, $"{queue.Needed}", $"{slots}"],
            },
            { Slots: { } slots } when queue.Taken >= slots => new Blocker(BlockerKind.Pool, queue.Holder is null
                ? $"Pool {found.Pool} has no slots." : $"Pool {found.Pool} is full: {queue.Taken} of {slots} slots are taken, the longest by {queue.Holder}.")
            {
                Facts = [found.Pool, $"{queue.Taken}", $"{slots}", queue.Holder ?? ""],
            },
            { Known: false } => new Blocker(BlockerKind.NoWorker, "No living worker knows this task."),
            { Needs: { } needs, Capacity: 0 } => new Blocker(BlockerKind.NoWorker, $"It waits for the process that owns the {needs} file: no worker that lives reaches the {needs}.") { Facts = [needs] },
            _ => new Blocker(BlockerKind.Workers, queue.Before == 0
                ? $"It is next; all {queue.Capacity} slots of the workers are taken." : $"{queue.Before} tasks go first; the workers have {queue.Capacity} slots.")
            {
                Facts = [$"{queue.Before}", $"{queue.Capacity}"],
            },
        };
    }

    private static Blocker OfPaused(RunRow row) => new(BlockerKind.Paused, $"{row.DagId} is paused.") { Facts = [row.DagId] };

    private static string Clock(DateTime at) => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static DateTimeOffset Utc(DateTime at) => new(at, TimeSpan.Zero);

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim().TrimEnd('.');

    private sealed record RunRow
    {
        public required long RunId { get; init; }

        public required string DagId { get; init; }

        public required string PartitionKey { get; init; }

        public required string State { get; init; }

        public required DateTime EligibleAt { get; init; }

        public required bool Settling { get; init; }

        public required bool Paused { get; init; }

        public required int MostRuns { get; init; }

        public required long Running { get; init; }

        public long? Busy { get; init; }

        public long? Past { get; init; }

        public required bool Known { get; init; }
    }

    private sealed record TaskRow
    {
        public required long TiId { get; init; }

        public required int MapIndex { get; init; }

        public required string State { get; init; }

        public required string Reason { get; init; }

        public required string Pool { get; init; }

        public required DateTime EligibleAt { get; init; }

        public DateTime? StartedAt { get; init; }

        public required int TryNumber { get; init; }

        public required int MaxTries { get; init; }
    }

    private sealed record QueueRow
    {
        public int? Slots { get; init; }

        public required int Needed { get; init; }

        public required long Taken { get; init; }

        public string? Holder { get; init; }

        public required bool Known { get; init; }

        public string? Needs { get; init; }

        public required long Capacity { get; init; }

        public required long Before { get; init; }
    }
}
