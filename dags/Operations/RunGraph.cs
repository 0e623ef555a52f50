using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>A run with its graph, every task of it and every try.</summary>
/// <param name="Run">The run.</param>
/// <param name="Nodes">The tasks as the run's own version defines them.</param>
/// <param name="Instances">What has been made of them; empty before the run began.</param>
/// <param name="Tries">Every try that began, oldest first.</param>
public sealed record RunGraph(RunHead Run, IReadOnlyList<GraphNode> Nodes, IReadOnlyList<NodeInstance> Instances, IReadOnlyList<NodeTry> Tries);

/// <summary>A run.</summary>
/// <param name="RunId">Its number.</param>
/// <param name="DagId">Its DAG.</param>
/// <param name="RunType">What made it: scheduled, asset or manual.</param>
/// <param name="Tenant">Whose; null for none.</param>
/// <param name="PartitionKey"><c>tenant/yyyy-MM-dd</c>, or empty.</param>
/// <param name="State">queued, running, success, failed or canceled.</param>
/// <param name="PriorityClass">0 fresh data, 1 by hand, 2 repair of old days, 3 backfill.</param>
/// <param name="Generation">Rises each time it is cleared.</param>
/// <param name="VersionId">The version of the graph it runs.</param>
/// <param name="VersionAt">When that version was made, UTC.</param>
/// <param name="IsCurrent">Whether the DAG still has that version.</param>
/// <param name="Schedule">The clock that caused it as cron expression and zone; null for another cause.</param>
/// <param name="Changes">How many changes of data caused it; null for another cause.</param>
/// <param name="Actor">Who started it; null for another cause.</param>
/// <param name="Stores">What it works on; null for every store.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="StartedAt">UTC; null before.</param>
/// <param name="EndedAt">UTC; null before.</param>
/// <param name="ClearedAt">When somebody last cleared tasks of it, UTC; null for never.</param>
/// <param name="Blocker">What it waits for while it is queued.</param>
/// <param name="Deadline">When it should be through; null for no such time.</param>
public sealed record RunHead(
    long RunId, string DagId, string RunType, string? Tenant, string PartitionKey, string State, int PriorityClass, int Generation, long VersionId, DateTimeOffset VersionAt,
    bool IsCurrent, string? Schedule, long? Changes, string? Actor, IReadOnlyList<string>? Stores, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt,
    DateTimeOffset? ClearedAt, Blocker? Blocker, DeadlineView? Deadline);

/// <summary>A task of a graph.</summary>
/// <param name="TaskId">Its name.</param>
/// <param name="Upstreams">The tasks before it.</param>
/// <param name="Rule">How those must have ended.</param>
/// <param name="IsMapped">Whether it runs once for each of several keys.</param>
/// <param name="Pool">Whose slots it takes.</param>
/// <param name="Blocker">Why it does not run, while it waits; of a mapped task of the first that waits.</param>
public sealed record GraphNode(string TaskId, IReadOnlyList<string> Upstreams, string Rule, bool IsMapped, string Pool, Blocker? Blocker);

/// <summary>A task of a run; of a mapped one the task of one key.</summary>
/// <param name="TiId">Its number.</param>
/// <param name="TaskId">Its name.</param>
/// <param name="MapKey">Which of a mapped task; null for one that runs once.</param>
/// <param name="State">Its state.</param>
/// <param name="TryNumber">The latest try; 0 before the first.</param>
/// <param name="MaxTries">How many it may have.</param>
/// <param name="Reason">Why it stands so; empty where it needs no reason.</param>
/// <param name="EligibleAt">When its next try may begin, UTC.</param>
/// <param name="StartedAt">When its latest try began, UTC; null before.</param>
/// <param name="EndedAt">When it ended, UTC; null before.</param>
public sealed record NodeInstance(
    long TiId, string TaskId, string? MapKey, string State, int TryNumber, int MaxTries, string Reason, DateTimeOffset EligibleAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);

/// <summary>A try.</summary>
/// <param name="LeaseToken">Names it for ever.</param>
/// <param name="TiId">The task it belongs to.</param>
/// <param name="TryNumber">From 1.</param>
/// <param name="Outcome">success, failed, crashed, released, cleared or canceled; running before it ended.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="EndedAt">UTC; null while it runs.</param>
/// <param name="Error">First line of what went wrong; null where nothing did.</param>
public sealed record NodeTry(long LeaseToken, long TiId, int TryNumber, string Outcome, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Error);

/// <summary>A part of what a try has logged.</summary>
/// <param name="Run">Its run.</param>
/// <param name="DagId">Its DAG.</param>
/// <param name="PartitionKey"><c>tenant/yyyy-MM-dd</c>, or empty.</param>
/// <param name="TaskId">Its task.</param>
/// <param name="MapKey">Which of a mapped task; null for one that runs once.</param>
/// <param name="Try">The try.</param>
/// <param name="Lines">Lines, oldest first.</param>
public sealed record TryLog(long Run, string DagId, string PartitionKey, string TaskId, string? MapKey, NodeTry Try, IReadOnlyList<TaskLogLine> Lines);
