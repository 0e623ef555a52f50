using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ingest.Ledger;
using RetailInsight.Ingest.Streaming;

namespace RetailInsight.Ingest;

/// <summary>The door of the streamer.</summary>
public static class IngestServices
{
    /// <summary>Registers the streamer as a hosted service, configured by the section <c>Ingest</c>.</summary>
    public static IServiceCollection AddIngest(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<IngestOptions>().Bind(configuration.GetSection("Ingest")).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new SqlMigrations("ingest", 20, typeof(IngestServices).Assembly));
        services.AddSingleton<PartitionLedger>();
        services.AddSingleton<MicroBatchLoader>();
        services.AddSingleton<Streamer>();
        services.AddHostedService(provider => provider.GetRequiredService<Streamer>());
        services.AddHealthChecks().AddCheck<StreamerReadiness>("ingest", tags: ["ready"]);
        return services;
    }

    /// <summary>
    /// Maps <c>/healthz</c> (the process answers) and <c>/readyz</c> (messages are being taken and the ledger can be reached).
    /// </summary>
    public static WebApplication MapIngest(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/readyz", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
        return app;
    }

    private sealed class StreamerReadiness(Streamer streamer, [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            if (!streamer.IsStreaming)
            {
                return HealthCheckResult.Unhealthy("Warehouse tables or bus subscription are not there yet.");
            }

            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }
}
