namespace RetailInsight.Dags.Engine;

/// <summary>The work of a task.</summary>
/// <param name="context">Which try of which task of which run.</param>
/// <param name="cancellationToken">Fires at the timeout, on shutdown, and when the worker has lost its lease.</param>
internal delegate Task<TaskOutput> TaskHandler(TaskContext context, CancellationToken cancellationToken);

/// <summary>One node of a graph.</summary>
/// <param name="Id">Unique in the DAG: lower-case letters, digits and underscores.</param>
/// <param name="Run">The work. It may run more than once: effects belong into <see cref="TaskOutput.Publish"/>.</param>
internal sealed record DagTask(string Id, TaskHandler Run)
{
    /// <summary>Tasks that must have succeeded before.</summary>
    public IReadOnlyList<string> Upstreams { get; init; } = [];

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

    /// <summary>How many runs may be under way at once, over all processes.</summary>
    public int MaxActiveRuns { get; init; } = 4;
}
