using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Operations;

/// <summary>Says which runs a person sees.</summary>
internal sealed class OwnRuns([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>Whether there is such a run among those the person sees.</summary>
    public async Task<bool> HasAsync(long run, Caller caller, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM dags.dag_run WHERE run_id = @run AND (@Tenant::text IS NULL OR tenant = @Tenant))",
            new { run, caller.Tenant },
            cancellationToken: cancellationToken));
    }
}
