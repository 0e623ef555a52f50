using Npgsql;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Dags.Engine;

/// <summary>The work of a task.</summary>
/// <param name="context">Which try of which task of which run.</param>
/// <param name="cancellationToken">Fires at the timeout, on shutdown, and when the worker has lost its lease.</param>
internal delegate Task<TaskOutput> TaskHandler(TaskContext context, CancellationToken cancellationToken);

/// <summary>Lists what a mapped task runs for, by a quick read when it may start: an empty list skips it.</summary>
/// <param name="run">The run.</param>
/// <param name="connection">Reads within the transaction that makes the tasks.</param>
/// <param name="transaction">That transaction.</param>
/// <param name="cancellationToken">Stops the scheduler's round.</param>
internal delegate Task<IReadOnlyList<string>> MapKeys(RunRequest run, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken);

/// <summary>Says how much data trading days of a tenant hold, for estimates.</summary>
/// <param name="connection">Reads.</param>
/// <param name="transaction">The transaction of the plan.</param>
/// <param name="tenant">The tenant.</param>
/// <param name="days">The days.</param>
/// <param name="cancellationToken">Stops the read.</param>
internal delegate Task<(long? Rows, long? Bytes)> Volume(
    NpgsqlConnection connection, NpgsqlTransaction transaction, string tenant, IReadOnlyList<DateOnly> days, CancellationToken cancellationToken);

/// <summary>One node of a graph.</summary>
/// <param name="Id">Unique in the DAG: lower-case letters, digits and underscores.</param>
/// <param name="Run">The work. It may run more than once: effects belong into <see cref="TaskOutput.Publish"/>.</param>
internal sealed record DagTask(string Id, TaskHandler Run)
{
    /// <summary>The pool without a limit.</summary>
    public const string DefaultPool = "default";

    /// <summary>The need of tasks that read or write the warehouse, and the pool they take their slots of: with DuckDB they run in the one process that has its file open.</summary>
    public const string Warehouse = "warehouse";

    /// <summary>What a worker must have beside the code to run it, such as <see cref="Warehouse"/>; null for nothing: any worker does.</summary>
    public string? Needs { get; init; }

    /// <summary>Tasks that go before.</summary>
    public IReadOnlyList<string> Upstreams { get; init; } = [];

    /// <summary>How those must have ended.</summary>
    public TriggerRule Rule { get; init; } = TriggerRule.AllSuccess;

    /// <summary>Whether the run may succeed although this failed: a clean-up, a report.</summary>
    public bool Tolerated { get; init; }

    /// <summary>Runs the task once for each key it lists, all at once as far as there is room; null for a task that runs once.</summary>
    public MapKeys? Map { get; init; }

    /// <summary>Another mapped task, with whose keys this one runs: each waits for its own sibling and not for all of them.</summary>
    public string? MapWith { get; init; }

    /// <summary>Whose slots it takes.</summary>
    public string Pool { get; init; } = DefaultPool;

    /// <summary>How many it takes.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>Among tasks of runs of one class those with the larger number go first.</summary>
    public int Priority { get; init; }

    /// <summary>What it publishes, so that the engine keeps book of its partitions; the runs of its DAG work on a trading day of a tenant. Null for none.</summary>
    public Asset? Produces { get; init; }

    /// <summary>What happens after a failure.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>How long one try may take, publishing included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>A graph of tasks and what starts it. Runs of one DAG and one partition key never overlap.</summary>
/// <param name="Id">Unique: lower-case letters, digits and underscores.</param>
/// <param name="Tasks">At least one.</param>
internal sealed record Dag(string Id, IReadOnlyList<DagTask> Tasks)
{
    /// <summary>Starts runs by the clock.</summary>
    public CronSchedule? Schedule { get; init; }

    /// <summary>Starts runs by changed partitions.</summary>
    public PartitionTrigger? Partitions { get; init; }

    /// <summary>How many runs may be under way at once, over all processes, repairs of old days and backfills apart.</summary>
    public int MaxActiveRuns { get; init; } = 4;

    /// <summary>How many repairs of old days may be under way at once: what comes late never holds up today.</summary>
    public int MaxActiveRepairs { get; init; } = 2;

    /// <summary>A run is late so long after it was made, or after the firing of its schedule; null for never. Repairs of old days are in no hurry.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Whether a run begins only when the one of the partition before it has ended well.</summary>
    public bool DependsOnPast { get; init; }

    /// <summary>What a run by hand may be told.</summary>
    public IReadOnlyList<DagParameter> Parameters { get; init; } = [];

    /// <summary>How much data its runs read; null where nobody knows.</summary>
    public Volume? Volume { get; init; }

    /// <summary>Whether its runs work on a trading day of a tenant.</summary>
    public bool IsPartitioned => Partitions is not null || Schedule?.Runs is not null || Tasks.Any(task => task.Produces is not null);
}
