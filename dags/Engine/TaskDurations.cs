using Dapper;
using Npgsql;

namespace RetailInsight.Dags.Engine;

/// <summary>How long tries of a task took that succeeded lately.</summary>
/// <param name="Task">The task.</param>
/// <param name="Tries">How many were looked at.</param>
/// <param name="P50">Seconds; half of them were quicker.</param>
/// <param name="P90">Seconds; nine in ten were quicker.</param>
internal sealed record TaskDuration(string Task, long Tries, double P50, double P90);

/// <summary>How long the tasks of a run's DAG took in the last runs of its tenant, and which waits for which.</summary>
internal sealed class TaskDurations
{
    private const int RunsLookedAt = 20;

    private readonly ILookup<string, string> _upstreams;

    private TaskDurations(Dictionary<string, TaskDuration> took, ILookup<string, string> upstreams) => (Took, _upstreams) = (took, upstreams);

    /// <summary>By task; without those of which nothing is known.</summary>
    public IReadOnlyDictionary<string, TaskDuration> Took { get; }

    /// <summary>Reads them.</summary>
    /// <param name="connection">Reads here, also within a transaction.</param>
    /// <param name="run">A run of the DAG and the tenant.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<TaskDurations> OfAsync(NpgsqlConnection connection, long run, CancellationToken cancellationToken)
    {
        await using var answers = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            WITH lately AS MATERIALIZED (
              SELECT o.run_id FROM dags.dag_run r JOIN dags.dag_run o ON o.dag_id = r.dag_id AND o.tenant IS NOT DISTINCT FROM r.tenant
              WHERE r.run_id = @run AND o.started_at IS NOT NULL ORDER BY o.run_id DESC LIMIT @RunsLookedAt)
            SELECT t.task_id AS Task, count(*) AS Tries, percentile_cont(0.5) WITHIN GROUP (ORDER BY d.seconds) AS P50, percentile_cont(0.9) WITHIN GROUP (ORDER BY d.seconds) AS P90
            FROM lately JOIN dags.task_instance t USING (run_id) JOIN dags.task_try y USING (ti_id), LATERAL (SELECT extract(epoch FROM y.ended_at - y.started_at)::float8 AS seconds) d
            WHERE y.outcome = 'success' GROUP BY t.task_id;
            SELECT e.upstream, e.downstream FROM dags.task_edge e JOIN dags.dag_run r USING (version_id) WHERE r.run_id = @run
            """,
            new { run, RunsLookedAt },
            cancellationToken: cancellationToken));
        return new TaskDurations(
            (await answers.ReadAsync<TaskDuration>()).ToDictionary(task => task.Task),
            (await answers.ReadAsync<(string Upstream, string Downstream)>()).ToLookup(edge => edge.Downstream, edge => edge.Upstream));
    }

    /// <summary>The largest sum down the graph.</summary>
    /// <param name="tasks">Where chains may end.</param>
    /// <param name="seconds">What a task adds; nothing for one that does not run.</param>
    public double LongestChain(IEnumerable<string> tasks, Func<string, double> seconds)
    {
        var until = new Dictionary<string, double>();
        double Until(string task) => until.TryGetValue(task, out var known) ? known : until[task] = seconds(task) + _upstreams[task].Select(Until).DefaultIfEmpty(0).Max();
        return tasks.Concat(_upstreams.Select(edge => edge.Key)).Distinct().Select(Until).DefaultIfEmpty(0).Max();
    }
}
