using System.Text.Json;

namespace RetailInsight.Dags.Operations;

/// <summary>A DAG as the operations API shows it.</summary>
internal sealed record DagView(
    string DagId, string? Schedule, string? TimeZone, DateTimeOffset? NextRunAfter, bool Paused, long Queued, long Running, JsonElement Spec);

/// <summary>A run.</summary>
internal sealed record RunView(
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
internal sealed record RunPage(IReadOnlyList<RunView> Items, long? Before);

/// <summary>A run with its tasks.</summary>
internal sealed record RunDetail(RunView Run, IReadOnlyList<TaskView> Tasks);

/// <summary>A task of a run; tries that a crash took back stay listed.</summary>
internal sealed record TaskView(
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
internal sealed record TryView(
    long LeaseToken, int TryNumber, string Outcome, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string? ErrorClass, string? Error);

/// <summary>What to run by hand.</summary>
/// <param name="Tenant">Required for a DAG that works on partitions.</param>
/// <param name="BusinessDate">Required for a DAG that works on partitions.</param>
/// <param name="Stores">The stores to work on; null for all of them.</param>
public sealed record TriggerRequest(string? Tenant = null, DateOnly? BusinessDate = null, IReadOnlyList<string>? Stores = null);
