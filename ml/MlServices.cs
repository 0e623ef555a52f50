using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Features;
using RetailInsight.Ml.Targets;

namespace RetailInsight.Ml;

/// <summary>The door of the ml room.</summary>
public static class MlServices
{
    /// <summary>Registers <see cref="StoreClusters"/>, <see cref="StoreTargets"/> and their tables' migrations.</summary>
    public static IServiceCollection AddMl(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddSingleton(new SqlMigrations("ml", 40, typeof(MlServices).Assembly));
        services.AddSingleton<StoreDayReader>();
        services.AddSingleton(provider => new StoreClusters(provider.GetRequiredService<StoreDayReader>()));
        services.AddSingleton(provider => new StoreTargets(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRole.Job), provider.GetRequiredService<StoreDayReader>()));
        return services;
    }
}
