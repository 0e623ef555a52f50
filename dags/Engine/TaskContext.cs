using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;

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
internal sealed record TaskOutput(Func<NpgsqlConnection, NpgsqlTransaction, CancellationToken, Task>? Publish = null)
{
    /// <summary>Nothing to publish.</summary>
    public static TaskOutput None { get; } = new();
}
