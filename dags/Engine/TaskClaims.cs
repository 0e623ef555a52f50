using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>One try of a task that this worker holds.</summary>
internal sealed record ClaimedTask(
    long TiId,
    long RunId,
    string DagId,
    string TaskId,
    string Tenant,
    string PartitionKey,
    string Conf,
    long LeaseToken,
    int TryNumber,
    int MaxTries);

/// <summary>Hands ready tasks to workers, each to one.</summary>
internal sealed class TaskClaims([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>Claims up to <paramref name="most"/> ready tasks among the named ones, oldest first.</summary>
    /// <param name="session">The worker's session.</param>
    /// <param name="tasks">What the worker can run, as <c>dag/task</c>.</param>
    /// <param name="most">Free slots.</param>
    /// <param name="cancellationToken">Stops before the claim.</param>
    public async Task<IReadOnlyList<ClaimedTask>> ClaimAsync(
        long session, string[] tasks, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<ClaimedTask>(new CommandDefinition(
            """
            WITH free AS MATERIALIZED (
              SELECT t.ti_id FROM dags.task_instance t JOIN dags.dag_run r USING (run_id)
              WHERE t.state = 'ready' AND r.dag_id || '/' || t.task_id = ANY(@tasks)
              ORDER BY t.eligible_at, t.ti_id LIMIT @most
              FOR NO KEY UPDATE OF t SKIP LOCKED)
            UPDATE dags.task_instance t SET state = 'running', try_number = t.try_number + 1, lease_token = nextval('dags.fence_seq'),
              session_id = @session, started_at = now(), ended_at = NULL, reason = ''
            FROM free, dags.dag_run r
            WHERE t.ti_id = free.ti_id AND r.run_id = t.run_id
              AND EXISTS (SELECT FROM dags.worker_session WHERE session_id = @session AND state = 'alive')
            RETURNING t.ti_id AS TiId, t.run_id AS RunId, r.dag_id AS DagId, t.task_id AS TaskId, coalesce(r.tenant, '') AS Tenant,
              r.partition_key AS PartitionKey, r.conf::text AS Conf, t.lease_token AS LeaseToken, t.try_number AS TryNumber, t.max_tries AS MaxTries
            """,
            new { session, tasks, most },
            cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Those of the tokens whose lease is over: what was staged under them will never be published.</summary>
    public async Task<IReadOnlyCollection<long>> OverAsync(IReadOnlyCollection<long> tokens, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<long>(new CommandDefinition(
            "SELECT unnest(@tokens) EXCEPT SELECT lease_token FROM dags.task_instance WHERE state = 'running'",
            new { tokens = tokens.ToArray() },
            cancellationToken: cancellationToken))).AsList();
    }
}
