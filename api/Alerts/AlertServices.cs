namespace RetailInsight.Api.Alerts;

/// <summary>What alerts are made of.</summary>
internal static class AlertServices
{
    public static void AddAlerts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration.GetSection("Api:Alerts").Get<AlertOptions>() ?? new AlertOptions());
        services.AddSingleton<AlertRuleRegister>().AddSingleton<IncidentRegister>().AddSingleton<MetricWatch>().AddSingleton<DeviceWatch>().AddSingleton<IncidentBook>().AddSingleton<AlertTrial>();
        services.AddHostedService<AlertWorker>();
    }
}
