using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Platform.GoogleCloud.BigQuery;
using RetailInsight.Platform.GoogleCloud.CloudStorage;
using RetailInsight.Platform.GoogleCloud.PubSub;
using RetailInsight.Platform.Local.DirectoryLake;
using RetailInsight.Platform.Local.DuckDb;
using RetailInsight.Platform.Local.PostgresBus;
using RetailInsight.Platform.OnnxRuntime;

namespace RetailInsight.Platform;

/// <summary>The door of the platform: everything a service needs from outside.</summary>
public static class PlatformServices
{
    /// <summary>The platform's own migrations: tenancy and the bus.</summary>
    public static SqlMigrations Migrations { get; } = new("platform", 0, typeof(PlatformServices).Assembly);

    /// <summary>
    /// Registers the clock, one data source a database role (keyed by <see cref="DatabaseRole"/>) and the adapters of the
    /// configured set behind <see cref="ILake"/>, <see cref="IMessageBus"/> and <see cref="IWarehouse"/>, the writer of Parquet files and the runtime of models. Each is created on first use.
    /// </summary>
    public static IServiceCollection AddPlatform(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.Configure<PlatformOptions>(configuration.GetSection("Platform"));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(Migrations);
        services.AddSingleton<IParquetWriter, DuckDbParquetWriter>();
        services.AddSingleton<IModelRuntime>(new OnnxModelRuntime());
        foreach (var role in (string[])[DatabaseRole.Job, DatabaseRole.App])
        {
            services.AddKeyedSingleton(role, (provider, _) => NpgsqlDataSource.Create(Options(provider).Postgres.ConnectionString(role)));
        }

        return configuration.GetValue<AdapterSet>("Platform:Adapters") switch
        {
            AdapterSet.Google => services.AddGoogleAdapters(),
            _ => services.AddLocalAdapters(),
        };
    }

    private static IServiceCollection AddLocalAdapters(this IServiceCollection services)
    {
        services.AddSingleton<ILake>(provider => DirectoryLake.Open(
            new DirectoryLakeOptions { Root = Path.Combine(Options(provider).DataDirectory, "lake") },
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DirectoryLake>>()));
        services.AddSingleton<IMessageBus>(provider => new PostgresMessageBus(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRole.Job),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PostgresMessageBus>>()));
        services.AddSingleton<IWarehouse>(provider => new DuckDbWarehouse(
            new DuckDbWarehouseOptions
            {
                Path = Path.Combine(Options(provider).DataDirectory, "warehouse.duckdb"),
                MemoryLimit = $"{Options(provider).WarehouseMemoryMegabytes}MiB",
            },
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DuckDbWarehouse>>()));
        return services;
    }

    private static IServiceCollection AddGoogleAdapters(this IServiceCollection services)
    {
        services.AddSingleton<ILake>(provider => new CloudStorageLake(
            Options(provider).Google,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CloudStorageLake>>()));
        services.AddSingleton<IMessageBus>(provider => new PubSubMessageBus(
            Options(provider).Google,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PubSubMessageBus>>()));
        services.AddSingleton<IWarehouse>(provider => new BigQueryWarehouse(
            Options(provider).Google,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BigQueryWarehouse>>()));
        return services;
    }

    private static PlatformOptions Options(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<PlatformOptions>>().Value;
}
