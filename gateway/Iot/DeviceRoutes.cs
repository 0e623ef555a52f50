using RetailInsight.Gateway.OpenApi;

namespace RetailInsight.Gateway.Iot;

/// <summary>The services and addresses of devices.</summary>
internal static class DeviceRoutes
{
    /// <summary>Registers what takes in the reports of devices.</summary>
    public static void AddDevices(this IServiceCollection services) =>
        services.AddSingleton<DeviceRegister>().AddSingleton<SeenDevices>().AddSingleton<PictureGate>().AddSingleton<DeviceReportEndpoint>()
            .AddSingleton<PersonEpochs>().AddHostedService<PersonEpochRetention>();

    /// <summary>Maps <c>/device-reports</c>, for devices with a key of their own.</summary>
    public static void MapDevices(this RouteGroupBuilder v1) =>
        v1.MapPost("/device-reports", (DeviceReportEndpoint endpoint, HttpContext context) => endpoint.ReportAsync(context))
            .DescribePush(
                "Send what a device counted",
                "The body is what the device sends, as it is, at most 32 MiB, sent with the device's own key. The group of the device says how it is read. Pictures are taken out before anything is stored; the receipt says so.");

    /// <summary>Maps <c>/v1/networks/{network}/device-reports</c>, for devices their network knows.</summary>
    public static void MapNetworks(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/networks/{network}/device-reports", (string network, DeviceReportEndpoint endpoint, HttpContext context) => endpoint.ReportAsync(network, context))
            .DescribePush(
                "Send what a device counted, over a network that knows it",
                "As /v1/device-reports, without a key: the network's proxy names the subscriber and signs that, and the device signs the body with its key (X-Device-Timestamp, X-Device-Signature).",
                StatusCodes.Status401Unauthorized,
                StatusCodes.Status404NotFound,
                StatusCodes.Status429TooManyRequests,
                StatusCodes.Status503ServiceUnavailable);
}
