using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>
/// Moves a run on after tasks ended. Everything is computed anew from the rows, so evaluating twice, late or from two
/// processes at once changes nothing.
/// </summary>
internal sealed class RunEvaluator([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>Evaluates every run in the inbox.</summary>
    /// <returns>How many runs were looked at.</returns>
    public async Task<int> EvaluateAllAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var runs = (await connection.QueryAsync<long>(new CommandDefinition(
            "SELECT DISTINCT run_id FROM dags.ti_event ORDER BY run_id LIMIT 500", cancellationToken: cancellationToken))).ToList();
        foreach (var run in runs)
        {
            await EvaluateAsync(connection, run, cancellationToken);
        }

        return runs.Count;
    }

    /// <summary>Evaluates one run.</summary>
    public async Task EvaluateAsync(long run, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await EvaluateAsync(connection, run, cancellationToken);
    }

    private static async Task EvaluateAsync(NpgsqlConnection connection, long run, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // NO KEY: a task that completes adds an event that points at this row, and must not wait for us.
        var version = await connection.QuerySingleAsync<long>(new CommandDefinition(
            "SELECT version_id FROM dags.dag_run WHERE run_id = @run FOR NO KEY UPDATE",
            new { run },
            transaction,
            cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM dags.ti_event WHERE run_id = @run", new { run }, transaction, cancellationToken: cancellationToken));
        while (await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE dags.task_instance t SET state = 'upstream_failed', ended_at = now(), reason = 'upstream ' || u.task_id || ' ' || u.state
            FROM dags.task_edge e
            JOIN dags.task_instance u ON u.run_id = @run AND u.task_id = e.upstream AND u.state IN ('failed', 'upstream_failed', 'canceled')
            WHERE t.run_id = @run AND t.state = 'waiting' AND e.version_id = @version AND e.downstream = t.task_id
            """,
            new { run, version },
            transaction,
            cancellationToken: cancellationToken)) > 0)
        {
            // Failure spreads one edge a round, down to the leaves.
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE dags.task_instance t SET state = 'ready', eligible_at = now()
            WHERE t.run_id = @run AND t.state = 'waiting' AND NOT EXISTS (
              SELECT FROM dags.task_edge e
              JOIN dags.task_instance u ON u.run_id = @run AND u.task_id = e.upstream AND u.state <> 'success'
              WHERE e.version_id = @version AND e.downstream = t.task_id);
            UPDATE dags.dag_run SET ended_at = now(), state = CASE WHEN EXISTS (
              SELECT FROM dags.task_instance WHERE run_id = @run AND state <> 'success') THEN 'failed' ELSE 'success' END
            WHERE run_id = @run AND state = 'running' AND NOT EXISTS (
              SELECT FROM dags.task_instance WHERE run_id = @run AND state IN ('waiting', 'ready', 'running', 'retry_wait'));
            """,
            new { run, version },
            transaction,
            cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
    }
}
