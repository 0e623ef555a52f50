using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine.Approvals;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Dags.Engine.Backfills;

namespace RetailInsight.Dags.Engine;

/// <summary>The door of the engine. It needs a data source keyed <see cref="DatabaseRole.Job"/> and any number of <see cref="Dag"/>.</summary>
internal static class EngineServices
{
    /// <summary>Registers the engine. Wrong definitions stop the host at start.</summary>
    /// <exception cref="ArgumentException">The heartbeats leave no room for a late one.</exception>
    public static IServiceCollection AddDagEngine(this IServiceCollection services, EngineOptions options)
    {
        if (options.HeartbeatTimeout < options.HeartbeatInterval * 3 || options.Capacity < 1 || options.MaxCrashes < 1 || options.WorkerMemoryLimit < 1)
        {
            throw new ArgumentException("Dags: HeartbeatTimeout must be at least three times HeartbeatInterval, Capacity, MaxCrashes and WorkerMemoryLimit at least 1.", nameof(options));
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<DagCatalogue>();
        services.AddSingleton<DagRegistration>();
        services.AddSingleton<RunMaterialiser>();
        services.AddSingleton<RunStarter>();
        services.AddSingleton<RunEvaluator>();
        services.AddSingleton<RunPlans>();
        services.AddSingleton<AssetPartitions>();
        services.AddSingleton<PartitionHistory>();
        services.AddSingleton(provider => new PartitionRestore(Database(provider), provider.GetRequiredService<DagCatalogue>(), provider.GetRequiredService<EngineSignals>()));
        services.AddSingleton(provider => new ApprovalDesk(Database(provider), provider.GetRequiredService<EngineSignals>()));
        services.AddSingleton(provider => new BackfillPlans(Database(provider), provider.GetRequiredService<DagCatalogue>(), provider.GetRequiredService<EngineSignals>()));
        services.AddSingleton(provider => new BackfillQueue(Database(provider), provider.GetRequiredService<EngineSignals>()));
        services.AddSingleton<Deadlines>();
        services.AddSingleton<MarkUndo>();
        services.AddSingleton<Blockers>();
        services.AddSingleton<DagSwitch>();
        services.AddSingleton<TaskClaims>();
        services.AddSingleton<TaskCompletion>();
        services.AddSingleton<TaskLogs>();
        services.AddSingleton<TaskRunner>();
        services.AddSingleton<WorkerSessions>();
        services.AddSingleton<WorkerMemory>();
        services.AddSingleton<EngineSignals>();
        services.AddSingleton<Scheduler>();
        services.AddSingleton<Worker>();
        services.AddSingleton<EngineNotices>();
        if (options.Notify && (options.Schedule || options.Work))
        {
            services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<EngineNotices>());
        }

        if (options.Schedule)
        {
            services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<Scheduler>());
        }

        if (options.Work)
        {
            // Stops after the worker: hosted services stop in the opposite order.
            services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<TaskLogs>());
            services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<Worker>());
        }

        return services;
    }

    private static NpgsqlDataSource Database(IServiceProvider provider) => provider.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRole.Job);
}
