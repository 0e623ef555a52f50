using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>Notices runs that are not through when they should be: each once, whatever started it.</summary>
internal sealed class Deadlines([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, ILogger<Deadlines> logger)
{
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
}
