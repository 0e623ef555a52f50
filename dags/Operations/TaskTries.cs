using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>A try of a task, also the one under way and those a crash took back.</summary>
/// <param name="LeaseToken">Names the try for ever; a larger one is later.</param>
/// <param name="TryNumber">Of as many as the task has; a try that a crash took back does not count, the next has its number.</param>
/// <param name="Outcome">Null while it runs.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="EndedAt">UTC; null while it runs.</param>
internal sealed record AttemptView(long LeaseToken, int TryNumber, string? Outcome, DateTimeOffset StartedAt, DateTimeOffset? EndedAt);

/// <summary>A task and its tries, oldest first.</summary>
/// <param name="Task">Its id.</param>
/// <param name="Key">Of a mapped task.</param>
/// <param name="State">As it stands; <c>waiting</c> where its run has not begun.</param>
/// <param name="Ended">Whether nothing more will come of it unless it is cleared.</param>
/// <param name="Tries">What became of it so far.</param>
internal sealed record TaskAttempts(string Task, string? Key, string State, bool Ended, IReadOnlyList<AttemptView> Tries);

/// <summary>Reads the tries of a task.</summary>
internal sealed class TaskTries([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>A task of a run the person sees, with its tries.</summary>
    /// <param name="run">The run.</param>
    /// <param name="task">The task's id.</param>
    /// <param name="key">Which of a mapped task; null for the first that has not ended, or the first.</param>
    /// <param name="leaseToken">The one of a mapped task that had this try; null for any.</param>
    /// <param name="tenant">Whose runs; null for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Null where there is no such run or task.</returns>
    public async Task<TaskAttempts?> OfAsync(long run, string task, string? key, long? leaseToken, string? tenant, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            SELECT t.map_key AS MapKey, coalesce(t.state, CASE WHEN r.state IN ('queued', 'running') THEN 'waiting' ELSE r.state END) AS State,
              coalesce(t.state NOT IN {TaskStates.Open}, r.state NOT IN ('queued', 'running')) AS Ended,
              y.lease_token AS LeaseToken, y.try_number AS TryNumber, y.outcome AS Outcome, y.started_at AS StartedAt, y.ended_at AS EndedAt
            FROM dags.dag_run r
            LEFT JOIN LATERAL (
              SELECT * FROM dags.task_instance i WHERE run_id = r.run_id AND task_id = @task AND (@key::text IS NULL OR map_key = @key)
                AND (@leaseToken::bigint IS NULL OR lease_token = @leaseToken OR EXISTS (SELECT FROM dags.task_try p WHERE p.ti_id = i.ti_id AND p.lease_token = @leaseToken))
              ORDER BY state NOT IN {TaskStates.Open}, map_index LIMIT 1) t ON true
            LEFT JOIN LATERAL (
              SELECT lease_token, try_number, outcome, started_at, ended_at FROM dags.task_try WHERE ti_id = t.ti_id
              UNION ALL
              SELECT t.lease_token, t.try_number, NULL, t.started_at, NULL WHERE t.lease_token IS NOT NULL
              ORDER BY lease_token) y ON true
            WHERE r.run_id = @run AND (@tenant::text IS NULL OR r.tenant = @tenant)
              AND (t.ti_id IS NOT NULL OR @key::text IS NULL) AND EXISTS (
                SELECT FROM dags.dag_version v, jsonb_array_elements(v.spec -> 'tasks') d WHERE v.version_id = r.version_id AND d ->> 'id' = @task)
            ORDER BY y.lease_token
            """,
            new { run, task, key, leaseToken, tenant },
            cancellationToken: cancellationToken))).AsList();
        if (rows is not [var first, ..])
        {
            return null;
        }

        // A run that was canceled before it began has no tasks, and gets none: its state is theirs.
        return new TaskAttempts(task, first.MapKey, first.State, first.Ended, [.. rows.Where(row => row.LeaseToken is not null).Select(row => new AttemptView(
            row.LeaseToken!.Value, row.TryNumber!.Value, row.Outcome, new DateTimeOffset(row.StartedAt!.Value, TimeSpan.Zero), row.EndedAt is { } end ? new DateTimeOffset(end, TimeSpan.Zero) : null))]);
    }

    private sealed record Row
    {
        public string? MapKey { get; init; }

        public required string State { get; init; }

        public required bool Ended { get; init; }

        public long? LeaseToken { get; init; }

        public int? TryNumber { get; init; }

        public string? Outcome { get; init; }

        public DateTime? StartedAt { get; init; }

        public DateTime? EndedAt { get; init; }
    }
}
