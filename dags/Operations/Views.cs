using System.Text.Json;

namespace RetailInsight.Dags.Operations;

/// <summary>A DAG as the operations API shows it.</summary>
/// <param name="DagId">Its name.</param>
/// <param name="Schedule">Cron expression; null without a clock.</param>
/// <param name="TimeZone">IANA zone of the schedule.</param>
/// <param name="NextRunAfter">When its clock fires next, UTC; null without one.</param>
/// <param name="Paused">Whether nothing of it begins.</param>
/// <param name="Queued">Runs that wait.</param>
/// <param name="Running">Runs under way.</param>
/// <param name="Spec">Its graph as JSON.</param>
public sealed record DagView(
    string DagId, string? Schedule, string? TimeZone, DateTimeOffset? NextRunAfter, bool Paused, long Queued, long Running, JsonElement Spec);

/// <summary>A run.</summary>
/// <param name="RunId">Its number.</param>
/// <param name="DagId">Its DAG.</param>
/// <param name="RunType">scheduled, asset or manual.</param>
/// <param name="Tenant">Whose; null for none.</param>
/// <param name="PartitionKey"><c>tenant/yyyy-MM-dd</c>, or empty.</param>
/// <param name="State">queued, running, success, failed or canceled.</param>
/// <param name="Conf">What it works on, as JSON.</param>
/// <param name="Cause">What made it, as JSON.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="StartedAt">UTC; null before.</param>
/// <param name="EndedAt">UTC; null before.</param>
public sealed record RunView(
    long RunId,
    string DagId,
    string RunType,
    string? Tenant,
    string PartitionKey,
    string State,
    JsonElement Conf,
    JsonElement Cause,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt);

/// <summary>Runs, newest first.</summary>
/// <param name="Items">The runs.</param>
/// <param name="Before">Pass it on to get the next page; null on the last one.</param>
public sealed record RunPage(IReadOnlyList<RunView> Items, long? Before);

/// <summary>A run with its tasks.</summary>
/// <param name="Run">The run.</param>
/// <param name="Tasks">Its tasks in the order they were made.</param>
/// <param name="Deadline">When it should be through; null for no such time.</param>
public sealed record RunDetail(RunView Run, IReadOnlyList<TaskView> Tasks, DeadlineView? Deadline = null);

/// <summary>When a run should be through.</summary>
/// <param name="At">UTC.</param>
/// <param name="ExpectedEnd">When it is likely to be, UTC; null where it has ended or nothing is known of how long what is left takes.</param>
/// <param name="LikelyLateSince">Since when it was expected to be late, UTC; null where it was not.</param>
/// <param name="MissedSince">Since when it is or was late, UTC; null where it is not.</param>
public sealed record DeadlineView(DateTimeOffset At, DateTimeOffset? ExpectedEnd, DateTimeOffset? LikelyLateSince, DateTimeOffset? MissedSince);

/// <summary>A task of a run; tries that a crash took back stay listed.</summary>
/// <param name="TaskId">Its name.</param>
/// <param name="State">Its state.</param>
/// <param name="Upstreams">The tasks before it.</param>
/// <param name="TryNumber">The latest try; 0 before the first.</param>
/// <param name="MaxTries">How many it may have.</param>
/// <param name="CrashCount">How many tries a crash took back.</param>
/// <param name="Reason">Why it stands so.</param>
/// <param name="EligibleAt">When its next try may begin, UTC.</param>
/// <param name="StartedAt">UTC; null before.</param>
/// <param name="EndedAt">UTC; null before.</param>
/// <param name="Tries">Tries that have ended.</param>
public sealed record TaskView(
    string TaskId,
    string State,
    IReadOnlyList<string> Upstreams,
    int TryNumber,
    int MaxTries,
    int CrashCount,
    string Reason,
    DateTimeOffset EligibleAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    IReadOnlyList<TryView> Tries);

/// <summary>A try that has ended.</summary>
/// <param name="LeaseToken">Names it for ever.</param>
/// <param name="TryNumber">From 1.</param>
/// <param name="Outcome">success, failed, crashed, released, cleared or canceled.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="EndedAt">UTC.</param>
/// <param name="ErrorClass">What kind of error; null for none.</param>
/// <param name="Error">Its first line; null for none.</param>
public sealed record TryView(
    long LeaseToken, int TryNumber, string Outcome, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string? ErrorClass, string? Error);

/// <summary>What to run by hand.</summary>
/// <param name="Tenant">Required for a DAG that works on partitions.</param>
/// <param name="BusinessDate">Required for a DAG that works on partitions.</param>
/// <param name="Stores">The stores to work on; null for all of them.</param>
/// <param name="Parameters">Values of the DAG's parameters by name, as people write them; null for none.</param>
public sealed record TriggerRequest(
    string? Tenant = null, DateOnly? BusinessDate = null, IReadOnlyList<string>? Stores = null, IReadOnlyDictionary<string, string>? Parameters = null);
