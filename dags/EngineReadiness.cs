using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags;

/// <summary>Ready when the engine's tables can be read: until then scheduler and worker wait for them.</summary>
internal sealed class EngineReadiness([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("SELECT count(*) FROM dags.dag");
        return await command.ExecuteScalarAsync(cancellationToken) is > 0L
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("No DAG is registered yet.");
    }
}
