using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ml.Benchmarks;
using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Drift;
using RetailInsight.Ml.Features;
using RetailInsight.Ml.Forecasting;
using RetailInsight.Ml.Outlook;
using RetailInsight.Ml.Registry;
using RetailInsight.Ml.Review;
using RetailInsight.Ml.Serving;
using RetailInsight.Ml.Similarity;
using RetailInsight.Ml.Targets;
using RetailInsight.Ml.Training;

namespace RetailInsight.Ml;

/// <summary>The door of the ml room.</summary>
public static class MlServices
{
    /// <summary>Registers <see cref="StoreClusters"/>, <see cref="StoreTargets"/>, the registry and the server of models, and their tables' migrations.</summary>
    public static IServiceCollection AddMl(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddSingleton(new SqlMigrations("ml", 40, typeof(MlServices).Assembly));
        services.AddSingleton<StoreDayReader>();
        services.AddSingleton<StorePeriodReader>();
        services.AddSingleton(provider => new StoreSimilarity(provider.GetRequiredService<StorePeriodReader>(), provider.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRole.Job)));
        services.AddSingleton<ChainHistoryReader>();
        services.AddSingleton<TargetPlans>();
        services.AddSingleton<BenchmarkPublication>();
        services.AddSingleton<ForecastErrorBook>().AddSingleton<ReviewLabels>();
        services.AddSingleton(provider => new ReviewCases(provider.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRole.Job)));
        services.AddSingleton(provider => new ModelWatch(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRole.Job), provider.GetRequiredService<ForecastErrorBook>(), provider.GetRequiredService<StorePeriodReader>(),
            provider.GetRequiredService<ModelRegistry>(), provider.GetRequiredService<ModelAliases>()));
        services.AddSingleton(provider => new ForecastTraining(
            provider.GetRequiredService<ChainHistoryReader>(), provider.GetRequiredService<ModelRegistry>(), provider.GetRequiredService<ModelAliases>(), provider.GetRequiredService<ReviewLabels>()));
        services.AddSingleton(provider => new SalesOutlook(
            provider.GetRequiredService<ChainHistoryReader>(), provider.GetRequiredService<StorePeriodReader>(), provider.GetRequiredService<TargetPlans>(), provider.GetRequiredService<ForecastTraining>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new StoreClusters(provider.GetRequiredService<StoreDayReader>()));
        services.AddSingleton(provider => new StoreTargets(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRole.Job), provider.GetRequiredService<StoreDayReader>()));
        services.AddSingleton(provider => new ModelRegistry(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRole.Job), provider.GetRequiredService<ILake>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ModelAliases(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRole.Job), provider.GetRequiredService<TimeProvider>()));
        return services.AddServing(configuration.GetSection("Ml:Serving"));
    }

    private static IServiceCollection AddServing(this IServiceCollection services, IConfigurationSection section)
    {
        services.Configure<ServingOptions>(section);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ServingOptions>>().Value);
        services.AddSingleton(provider => new ModelCache(provider.GetRequiredService<ServingOptions>().CacheDirectory));
        services.AddSingleton<ServedCases>();
        services.AddSingleton<ModelServer>();
        services.AddSingleton<IPredictions>(provider => provider.GetRequiredService<ModelServer>());
        if (section.GetValue<bool>(nameof(ServingOptions.Enabled)))
        {
            services.AddHostedService<ModelRefresh>().AddHostedService(provider => provider.GetRequiredService<ServedCases>());
        }

        return services;
    }
}
