using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags;

/// <summary>How many runs are in which state.</summary>
/// <param name="Queued">Wait to start.</param>
/// <param name="Running">Under way.</param>
/// <param name="Success">Ended well.</param>
/// <param name="Failed">Ended with at least one task failed.</param>
/// <param name="Canceled">Ended by a person.</param>
public sealed record RunCounts(long Queued, long Running, long Success, long Failed, long Canceled)
{
    /// <summary>Runs that have not ended.</summary>
    public long Open => Queued + Running;
}

/// <summary>What the engine has to do at the moment, over all processes.</summary>
/// <param name="database">Connects as <see cref="DatabaseRole.Job"/>.</param>
public sealed class DagsStatus([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>Counts runs by state.</summary>
    public async Task<RunCounts> CountAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<RunCounts>(new CommandDefinition(
            """
            SELECT count(*) FILTER (WHERE state = 'queued') AS Queued, count(*) FILTER (WHERE state = 'running') AS Running,
              count(*) FILTER (WHERE state = 'success') AS Success, count(*) FILTER (WHERE state = 'failed') AS Failed,
              count(*) FILTER (WHERE state = 'canceled') AS Canceled
            FROM dags.dag_run
            """,
            cancellationToken: cancellationToken));
    }
}
