using Dapper;
using Npgsql;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>How long a task took lately.</summary>
/// <param name="Task">The task.</param>
/// <param name="Count">How many of it are touched; more than one of a mapped task.</param>
/// <param name="MeasuredTries">How many tries that succeeded in the last runs of the tenant were looked at; 0 where none is known.</param>
/// <param name="P50Seconds">Half of them were quicker; null where none is known.</param>
/// <param name="P90Seconds">Nine in ten were quicker; null where none is known.</param>
public sealed record TaskEstimate(string Task, long Count, long MeasuredTries, double? P50Seconds, double? P90Seconds);

/// <summary>A run that waits for the same partition.</summary>
/// <param name="RunId">The run.</param>
/// <param name="RunType">Why it is there.</param>
/// <param name="CreatedAt">UTC.</param>
public sealed record WaitingRunView(long RunId, string RunType, DateTimeOffset CreatedAt);

/// <summary>What a plan would cost.</summary>
/// <param name="Tasks">How many tasks it touches.</param>
/// <param name="P50Seconds">How long the longest chain of tasks takes when each takes its P50 and none waits for a worker; null where nothing runs or nothing is known.</param>
/// <param name="P90Seconds">Likewise with P90.</param>
/// <param name="ByTask">Each task by itself.</param>
/// <param name="RunsWaiting">Which runs wait for the same partition, the first hundred.</param>
public sealed record PlanEstimate(int Tasks, double? P50Seconds, double? P90Seconds, IReadOnlyList<TaskEstimate> ByTask, IReadOnlyList<WaitingRunView> RunsWaiting);

/// <summary>Says what a plan would cost, by what such tasks took lately.</summary>
internal static class PlanEstimates
{
    private const int MostRuns = 100;

    /// <summary>Estimates a plan.</summary>
    /// <param name="connection">Reads here, also within a transaction.</param>
    /// <param name="run">The plan's run.</param>
    /// <param name="touched">The id of each task it touches, as often as it does.</param>
    /// <param name="runs">Whether they run because of it: without, nothing takes time.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<PlanEstimate> OfAsync(NpgsqlConnection connection, long run, IReadOnlyList<string> touched, bool runs, CancellationToken cancellationToken)
    {
        var counts = touched.CountBy(task => task).ToDictionary();
        var durations = await TaskDurations.OfAsync(connection, run, cancellationToken);
        var waiting = (await connection.QueryAsync<(long Run, string Type, DateTime At)>(new CommandDefinition(
            """
            SELECT o.run_id, o.run_type, o.created_at FROM dags.dag_run r JOIN dags.dag_run o ON o.dag_id = r.dag_id AND o.partition_key = r.partition_key AND o.run_id <> r.run_id
            WHERE r.run_id = @run AND o.state = 'queued' ORDER BY o.run_id LIMIT @MostRuns
            """,
            new { run, MostRuns },
            cancellationToken: cancellationToken))).Select(row => new WaitingRunView(row.Run, row.Type, new DateTimeOffset(row.At, TimeSpan.Zero))).ToList();

        // What is not touched takes no time.
        double? Longest(Func<TaskDuration, double> seconds) => runs && counts.Keys.Any(durations.Took.ContainsKey)
            ? Rounded(durations.LongestChain(counts.Keys, task => counts.ContainsKey(task) && durations.Took.TryGetValue(task, out var lately) ? seconds(lately) : 0)) : null;
        return new PlanEstimate(
            touched.Count,
            Longest(lately => lately.P50),
            Longest(lately => lately.P90),
            [.. counts.OrderBy(task => task.Key, StringComparer.Ordinal).Select(task => durations.Took.TryGetValue(task.Key, out var lately)
                ? new TaskEstimate(task.Key, task.Value, lately.Tries, Rounded(lately.P50), Rounded(lately.P90))
                : new TaskEstimate(task.Key, task.Value, 0, null, null))],
            waiting);
    }

    private static double Rounded(double seconds) => Math.Round(seconds, 3, MidpointRounding.AwayFromZero);
}
