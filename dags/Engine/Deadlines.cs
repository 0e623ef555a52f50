using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>Notices runs that are not through when they should be, and before that those that are not likely to be: each once, whatever started it.</summary>
internal sealed class Deadlines([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, ILogger<Deadlines> logger)
{
    // The nearest deadlines first: what is further away has time to be looked at.
    private const int MostPredicted = 100;

    /// <summary>Notes the runs that have become late since it was last asked.</summary>
    /// <returns>How many.</returns>
    public async Task<int> NoticeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var late = (await connection.QueryAsync<(long Run, string Dag, string Partition)>(new CommandDefinition(
            """
            UPDATE dags.dag_run SET missed_at = now() WHERE run_id IN (
              SELECT run_id FROM dags.dag_run WHERE deadline_at < now() AND missed_at IS NULL AND state IN ('queued', 'running')
              ORDER BY run_id FOR NO KEY UPDATE SKIP LOCKED)
            RETURNING run_id, dag_id, partition_key
            """,
            cancellationToken: cancellationToken))).AsList();
        foreach (var (run, dag, partition) in late)
        {
            Log.RunLate(logger, run, dag, partition);
        }

        return late.Count;
    }

    /// <summary>Notes the runs that are expected to end after their deadline, which they have not reached yet.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PredictAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var open = (await connection.QueryAsync<(long Run, string Dag, string Partition, DateTime Deadline)>(new CommandDefinition(
            """
            SELECT run_id, dag_id, partition_key, deadline_at FROM dags.dag_run
            WHERE deadline_at >= now() AND missed_at IS NULL AND likely_late_at IS NULL AND state IN ('queued', 'running')
            ORDER BY deadline_at, run_id LIMIT @MostPredicted
            """,
            new { MostPredicted },
            cancellationToken: cancellationToken))).AsList();
        var noticed = 0;
        foreach (var (run, dag, partition, deadline) in open)
        {
            if (await ExpectedEndAsync(connection, run, cancellationToken) is { } expected && expected > deadline && await connection.ExecuteAsync(new CommandDefinition(
                """
                UPDATE dags.dag_run SET likely_late_at = now(), expected_at = @expected
                WHERE run_id = @run AND likely_late_at IS NULL AND missed_at IS NULL AND state IN ('queued', 'running')
                """,
                new { run, expected },
                cancellationToken: cancellationToken)) == 1)
            {
                Log.RunLikelyLate(logger, run, dag, partition, deadline, expected);
                noticed++;
            }
        }

        return noticed;
    }

    /// <summary>When an open run is likely to be through: each task that is left takes as long as nine in ten lately, down the longest chain, and none waits for a worker.</summary>
    /// <returns>UTC; null where nothing is left, or nothing is known of what is.</returns>
    public static async Task<DateTime?> ExpectedEndAsync(NpgsqlConnection connection, long run, CancellationToken cancellationToken)
    {
        // What runs has some of its time behind it; what waits for its next try has that wait before it.
        var left = (await connection.QueryAsync<LeftRow>(new CommandDefinition(
            $"""
            SELECT s.id AS Task, clock_timestamp() + greatest(interval '0', CASE WHEN r.state = 'queued' THEN r.eligible_at - clock_timestamp() END) AS Begins,
              max(CASE WHEN t.state = 'running' THEN extract(epoch FROM t.started_at - clock_timestamp())
                WHEN t.state IN ('retry_wait', 'deferred') THEN greatest(0, extract(epoch FROM t.eligible_at - clock_timestamp())) ELSE 0 END)::float8 AS Lead
            FROM dags.dag_run r JOIN dags.dag_version v USING (version_id) CROSS JOIN LATERAL jsonb_to_recordset(v.spec -> 'tasks') AS s(id text)
            LEFT JOIN dags.task_instance t ON t.run_id = r.run_id AND t.task_id = s.id
            WHERE r.run_id = @run AND r.state IN ('queued', 'running') AND (t.ti_id IS NULL OR t.state IN {TaskStates.Open})
            GROUP BY s.id, r.state, r.eligible_at
            """,
            new { run },
            cancellationToken: cancellationToken))).ToDictionary(task => task.Task);
        var durations = await TaskDurations.OfAsync(connection, run, cancellationToken);
        return left.Keys.Any(durations.Took.ContainsKey)
            ? left.Values.Max(task => task.Begins).AddSeconds(durations.LongestChain(left.Keys, task =>
                left.TryGetValue(task, out var row) ? Math.Max(0, row.Lead + (durations.Took.TryGetValue(task, out var lately) ? lately.P90 : 0)) : 0))
            : null;
    }

    private sealed record LeftRow
    {
        public required string Task { get; init; }

        public required DateTime Begins { get; init; }

        public required double Lead { get; init; }
    }
}
