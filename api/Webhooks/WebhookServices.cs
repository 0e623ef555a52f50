using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace RetailInsight.Api.Webhooks;

/// <summary>What webhooks are made of.</summary>
internal static class WebhookServices
{
    public static void AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration.GetSection("Api:Webhooks").Get<WebhookOptions>() ?? new WebhookOptions());
        services.TryAddSingleton(new HostLookup(Dns.GetHostAddressesAsync));
        services.AddSingleton<WebhookAddress>().AddSingleton<WebhookSender>().AddSingleton<WebhookRegister>().AddSingleton<WebhookOutbox>();
        services.AddHostedService<WebhookWorker>();
    }
}
