using Dapper;
using Npgsql;

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
    private const int RunsLookedAt = 20;
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
        await using var answers = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            WITH lately AS MATERIALIZED (
              SELECT o.run_id FROM dags.dag_run r JOIN dags.dag_run o ON o.dag_id = r.dag_id AND o.tenant IS NOT DISTINCT FROM r.tenant
              WHERE r.run_id = @run AND o.started_at IS NOT NULL ORDER BY o.run_id DESC LIMIT @RunsLookedAt)
            SELECT t.task_id, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY d.seconds), percentile_cont(0.9) WITHIN GROUP (ORDER BY d.seconds)
            FROM lately JOIN dags.task_instance t USING (run_id) JOIN dags.task_try y USING (ti_id), LATERAL (SELECT extract(epoch FROM y.ended_at - y.started_at)::float8 AS seconds) d
            WHERE t.task_id = ANY(@tasks) AND y.outcome = 'success' GROUP BY t.task_id;
            SELECT e.upstream, e.downstream FROM dags.task_edge e JOIN dags.dag_run r USING (version_id) WHERE r.run_id = @run;
            SELECT o.run_id, o.run_type, o.created_at FROM dags.dag_run r JOIN dags.dag_run o ON o.dag_id = r.dag_id AND o.partition_key = r.partition_key AND o.run_id <> r.run_id
            WHERE r.run_id = @run AND o.state = 'queued' ORDER BY o.run_id LIMIT @MostRuns
            """,
            new { run, tasks = counts.Keys.ToArray(), RunsLookedAt, MostRuns },
            cancellationToken: cancellationToken));
        var took = (await answers.ReadAsync<(string Task, long Tries, double P50, double P90)>()).ToDictionary(row => row.Task);
        var edges = (await answers.ReadAsync<(string Upstream, string Downstream)>()).ToLookup(edge => edge.Downstream, edge => edge.Upstream);
        var waiting = (await answers.ReadAsync<(long Run, string Type, DateTime At)>()).Select(row => new WaitingRunView(row.Run, row.Type, new DateTimeOffset(row.At, TimeSpan.Zero))).ToList();
        double? Longest(Func<(string Task, long Tries, double P50, double P90), double> seconds) => runs && took.Count > 0
            ? Rounded(Chain(edges, counts.Keys.Concat(edges.Select(edge => edge.Key)).Distinct(), task => counts.ContainsKey(task) && took.TryGetValue(task, out var lately) ? seconds(lately) : 0)) : null;
        return new PlanEstimate(
            touched.Count,
            Longest(lately => lately.P50),
            Longest(lately => lately.P90),
            [.. counts.OrderBy(task => task.Key, StringComparer.Ordinal).Select(task => took.TryGetValue(task.Key, out var lately)
                ? new TaskEstimate(task.Key, task.Value, lately.Tries, Rounded(lately.P50), Rounded(lately.P90))
                : new TaskEstimate(task.Key, task.Value, 0, null, null))],
            waiting);
    }

    // The largest sum down the graph; what is not touched takes no time.
    private static double Chain(ILookup<string, string> upstreams, IEnumerable<string> tasks, Func<string, double> seconds)
    {
        var until = new Dictionary<string, double>();
        double Until(string task) => until.TryGetValue(task, out var known) ? known : until[task] = seconds(task) + upstreams[task].Select(Until).DefaultIfEmpty(0).Max();
        return tasks.Select(Until).DefaultIfEmpty(0).Max();
    }

    private static double Rounded(double seconds) => Math.Round(seconds, 3, MidpointRounding.AwayFromZero);
}
