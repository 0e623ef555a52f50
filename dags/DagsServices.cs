using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Definitions;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Operations;
using RetailInsight.Etl;
using RetailInsight.Ml;

namespace RetailInsight.Dags;

/// <summary>Names of the authorization policies the operations API asks for; whoever hosts it registers them.</summary>
public static class DagsPolicies
{
    /// <summary>May see DAGs and runs: those of the tenant in <see cref="TenantClaim"/>, without that claim those of all tenants.</summary>
    public const string View = "view";

    /// <summary>
    /// May change what <see cref="View"/> sees: start, clear, mark, cancel. What concerns all tenants, pausing a DAG and runs of a DAG
    /// without tenant, only without that claim.
    /// </summary>
    public const string Operate = "operate";

    /// <summary>May let pass what waits for a decision.</summary>
    public const string Approve = "approve";

    /// <summary>The claim that ties a person to a tenant; an operator of the platform has none.</summary>
    public const string TenantClaim = "tenant";
}

/// <summary>The door of the dags room.</summary>
public static class DagsServices
{
    /// <summary>
    /// Registers the engine, the DAGs of the product with the rooms they call (etl, ml), <see cref="DagsStatus"/> and what the
    /// operations API needs, configured by the section <c>Dags</c>. A process that only hosts the API sets <c>Dags:Schedule</c> and <c>Dags:Work</c> to false.
    /// </summary>
    /// <exception cref="ArgumentException">The section contradicts itself.</exception>
    public static IServiceCollection AddDags(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddEtl(configuration).AddMl(configuration);
        services.AddDagEngine(configuration.GetSection("Dags").Get<EngineOptions>() ?? new EngineOptions());
        services.AddSingleton(new SqlMigrations("dags", 50, typeof(DagsServices).Assembly));
        services.AddSingleton(StoreKpis.Define);
        services.AddSingleton(CustomersAndBaskets.Define);
        services.AddSingleton(StoreOutlook.Define);
        services.AddSingleton(RetrainForecast.Define);
        services.AddSingleton(Housekeeping.Define);
        services.AddSingleton(Benchmarks.Define);
        services.AddHealthChecks().AddCheck<EngineReadiness>("dags", tags: ["ready"]);
        services.TryAddSingleton<DagsStatus>();
        services.TryAddSingleton<RunQueries>();
        services.TryAddSingleton<RunTrigger>();
        services.TryAddSingleton(provider => new RunGridQueries(Database(provider), provider.GetRequiredService<Blockers>()));
        services.TryAddSingleton(provider => new RunGraphQueries(Database(provider), provider.GetRequiredService<Blockers>(), provider.GetRequiredService<TaskLogs>()));
        services.TryAddSingleton(provider => new RunActions(
            Database(provider), provider.GetRequiredService<RunPlans>(), provider.GetRequiredService<RunTrigger>(), provider.GetRequiredService<MarkUndo>(), provider.GetRequiredService<EngineSignals>()));
        services.TryAddSingleton<ActionQueries>();
        services.TryAddSingleton<ModelDesk>();
        services.TryAddSingleton<ModelDriftQueries>();
        services.TryAddSingleton<ReviewDesk>();
        services.TryAddSingleton<OwnRuns>();
        services.TryAddSingleton<TableColumns>();
        services.TryAddSingleton<DagVersions>();
        services.TryAddSingleton<TaskTries>();
        services.TryAddSingleton<LogStream>();
        services.TryAddSingleton<QueueReads>();
        services.AddSingleton(configuration.GetSection("Dags").Get<OperationsOptions>() ?? new OperationsOptions());
        return services;
    }

    /// <summary>
    /// Maps the operations API under <c>/v1/ops</c>, open to whom the policies of <see cref="DagsPolicies"/> let in. Operations marked with
    /// <see cref="HonoursIdempotencyKey"/> have one effect a key where the host gives their requests an <see cref="IRequestKey"/>.
    /// </summary>
    public static IEndpointRouteBuilder MapDags(this IEndpointRouteBuilder routes)
    {
        OperationsEndpoints.Map(routes);
        return routes;
    }

    private static NpgsqlDataSource Database(IServiceProvider provider) => provider.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRole.Job);
}
