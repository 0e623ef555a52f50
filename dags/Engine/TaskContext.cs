using System.Text.Json;
using Microsoft.Extensions.Logging;
using RetailInsight.Dags.Engine.Approvals;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Dags.Engine;

/// <summary>What a task is told about the try it runs in.</summary>
internal sealed record TaskContext
{
    /// <summary>The DAG.</summary>
    public required string DagId { get; init; }

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>The run.</summary>
    public required long RunId { get; init; }

    /// <summary>Whose data; empty when the run belongs to no tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>What the run works on; empty when the DAG has no partitions.</summary>
    public required string PartitionKey { get; init; }

    /// <summary>Which of its keys a mapped task runs for; empty for a task that runs once.</summary>
    public string MapKey { get; init; } = "";

    /// <summary>The configuration of the run: a JSON object.</summary>
    public required JsonElement Conf { get; init; }

    /// <summary>Names this try for ever; a later try has a larger one. Staging tables and files carry it in their name.</summary>
    public required long LeaseToken { get; init; }

    /// <summary>From 1.</summary>
    public required int TryNumber { get; init; }

    /// <summary>How urgent the run is: 0 fresh data, 1 by hand, 2 repair of an old day, 3 backfill.</summary>
    public int PriorityClass { get; init; }

    /// <summary>Stores of this day whose content somebody has pinned: the task must not publish them.</summary>
    public IReadOnlySet<string> Pinned { get; init; } = new HashSet<string>();

    /// <summary>Writes with run, task and try attached.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>The trading day the run works on.</summary>
    /// <exception cref="FormatException">The partition key is of another form.</exception>
    public DayPartition Day => DayPartition.Parse(PartitionKey);

    /// <summary>The texts of an array in <see cref="Conf"/>; null when it is not there.</summary>
    /// <exception cref="FatalTaskException">It is there and no array of texts.</exception>
    public IReadOnlyList<string>? TextList(string name)
    {
        if (!Conf.TryGetProperty(name, out var list))
        {
            return null;
        }

        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
            : throw new FatalTaskException($"conf.{name} of run {RunId} is not an array of texts.");
    }
}

/// <summary>What a task leaves behind.</summary>
/// <param name="Publish">
/// Writes the result. It runs inside the transaction that completes the task, after the check that the worker still holds
/// the lease, so it takes effect exactly once or not at all. It must be quick: the heavy part belongs into the task.
/// </param>
internal sealed record TaskOutput(Func<Publication, CancellationToken, Task>? Publish = null)
{
    /// <summary>Nothing to publish.</summary>
    public static TaskOutput None { get; } = new();

    /// <summary>The partitions of the task's asset that it computed, by store; one empty text for an asset cut by day alone. Whatever is not named must not be written.</summary>
    public IReadOnlyList<string> Stores { get; init; } = [];

    /// <summary>Somebody has to say yes before it is published; null when nobody has to.</summary>
    public ApprovalQuestion? Approval { get; init; }

    /// <summary>Nothing yet: what it needs is not there. The task runs again after this time, without a slot and without the loss of a try.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Why it has to wait; shown to people.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Nothing yet.</summary>
    /// <param name="delay">When to look again.</param>
    /// <param name="reason">What is missing, in one sentence.</param>
    public static TaskOutput Later(TimeSpan delay, string reason) => new() { RetryAfter = delay, Reason = reason };
}
