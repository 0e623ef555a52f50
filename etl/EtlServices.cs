using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RetailInsight.Core.Ports;
using RetailInsight.Etl.Datamart;
using RetailInsight.Etl.Models;
using RetailInsight.Etl.Stores;

namespace RetailInsight.Etl;

/// <summary>The door of the etl room.</summary>
public static class EtlServices
{
    /// <summary>
    /// Registers <see cref="ModelCatalogue"/>, <see cref="ModelRunner"/>, <see cref="DatamartPublisher"/>,
    /// <see cref="StoreMasterLoader"/> and the datamart's migrations.
    /// </summary>
    public static IServiceCollection AddEtl(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new SqlMigrations("etl", 30, typeof(EtlServices).Assembly));
        services.AddSingleton(_ => ModelCatalogue.Load());
        services.AddSingleton<ModelRunner>();
        services.AddSingleton<DatamartPublisher>();
        services.AddSingleton<StoreMasterLoader>();
        return services;
    }
}
