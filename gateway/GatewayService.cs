using System.Text.Json;
using System.Text.Json.Serialization;
using RetailInsight.Core.Ports;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Health;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Gateway.Iot;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.OpenApi;
using RetailInsight.Gateway.Problems;
using RetailInsight.Gateway.Quarantine;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Gateway.Reconciliation;
using RetailInsight.Gateway.Resends;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway;

/// <summary>The gateway: takes vendor files over HTTP, keeps them, converts them and says what became of every row.</summary>
public static class GatewayService
{
    /// <summary>
    /// Registers the gateway, its migrations and its background work (relay to the bus, conversion of large payloads,
    /// sweeper). Wants the keyed <c>NpgsqlDataSource</c> of the job role, <see cref="ILake"/>, <see cref="IMessageBus"/>
    /// and <see cref="TimeProvider"/>. Configuration: section <c>Gateway</c>, see <see cref="GatewayOptions"/>.
    /// </summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.Configure<GatewayOptions>(configuration.GetSection("Gateway"));
        // The framework tells of every request with its whole address, in which a caller may have put a key.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning));
        services.AddSingleton(new SqlMigrations("gateway", 10, typeof(GatewayService).Assembly));
        services.AddSingleton(_ => ProfileCatalog.LoadEmbedded());
        services.AddSingleton<KeyDirectory>().AddSingleton<TenantLimits>().AddSingleton<FeedDirectory>().AddSingleton<StoreMaster>();
        services.AddSingleton<ReceiptSigningKeys>().AddSingleton<PayloadIntake>().AddSingleton<IdempotencyKeys>().AddSingleton<Sandbox>();
        services.AddSingleton<LargeUploads>().AddSingleton<RawStore>().AddSingleton<IngestionLedger>().AddSingleton<Reception>();
        services.AddSingleton<PayloadConversion>().AddSingleton<LandingTransaction>().AddSingleton<LargeFileLanding>();
        services.AddSingleton<OutboxSignal>().AddSingleton<ConversionProgress>().AddSingleton<ConversionQueue>();

        // Hosted services start in this order: what is taken up at the start may need a profile of the directory.
        services.AddSingleton<ProfileFolder>().AddHostedService(provider => provider.GetRequiredService<ProfileFolder>());
        services.AddSingleton<OutboxRelay>().AddHostedService(provider => provider.GetRequiredService<OutboxRelay>());
        services.AddSingleton<LandingSweeper>().AddHostedService(provider => provider.GetRequiredService<LandingSweeper>());
        services.AddHostedService<ConversionWorker>();
        services.AddSingleton<IngestEndpoint>().AddSingleton<ProfileTestEndpoint>().AddSingleton<DraftIntake>().AddSingleton<DraftTestEndpoint>().AddSingleton<DraftWriteEndpoint>().AddSingleton<ReceiptEndpoint>();
        services.AddFeeds();
        services.AddDevices();
        services.AddResends();
        services.AddQuarantine();
        services.AddReconciliation();
        services.AddSingleton<HealthEndpoints>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = GatewayJson.Default.Options.PropertyNamingPolicy;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, GatewayJson.Default);
        });
        return services.AddGatewayDocument();
    }

    /// <summary>Puts the gateway's middleware and endpoints into a web application of its own.</summary>
    public static WebApplication MapGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseProblemPages();
        app.UseRouting();
        app.UseMiddleware<ApiKeyGate>();
        app.MapOpenApi();
        app.MapGet("/healthz", HealthEndpoints.Alive).Describe("The process answers", typeof(HealthStatus));
        app.MapGet("/readyz", (HealthEndpoints health, HttpContext context) => health.ReadyAsync(context))
            .Describe("The database and the lake answer", typeof(HealthStatus), StatusCodes.Status503ServiceUnavailable);

        app.MapGet("/v1/receipt-keys", (ReceiptSigningKeys keys, CancellationToken cancellationToken) => keys.ListAsync(cancellationToken))
            .Describe("The public keys receipts are signed with", typeof(ReceiptKeyList), StatusCodes.Status503ServiceUnavailable);

        app.MapGet("/v1/profile-schema.json", (HttpContext context) => ProfileSchemaAnswer.Of(context))
            .Describe("The JSON Schema of profiles", typeof(JsonElement));

        var v1 = app.MapGroup("/v1").WithMetadata(new RequiresApiKey());
        v1.MapPost("/ingest/{feed}", (string feed, IngestEndpoint endpoint, HttpContext context) => endpoint.PushAsync(feed, context))
            .DescribePush("Push a payload", "The body is the vendor's file, byte for byte, at most 50 MiB.", StatusCodes.Status404NotFound);
        v1.MapPost("/profiles/{profile}/test", (string profile, ProfileTestEndpoint endpoint, HttpContext context) => endpoint.TestAsync(profile, context)).DescribeTry();
        v1.MapPost("/profile-drafts", (string? id, DraftWriteEndpoint endpoint, HttpContext context) => endpoint.WriteAsync(id, context)).DescribeDraftWriting();
        v1.MapPost("/profile-drafts/test", (DraftTestEndpoint endpoint, HttpContext context) => endpoint.TestAsync(context)).DescribeDraft();
        v1.MapGet("/receipts/{receiptId}", (string receiptId, ReceiptEndpoint endpoint, HttpContext context) => endpoint.GetAsync(receiptId, context))
            .Describe("The receipt of a payload", typeof(Receipt), StatusCodes.Status404NotFound);
        v1.MapDevices();
        app.MapNetworks();
        v1.MapFeeds();
        v1.MapResends();
        v1.MapQuarantine();
        v1.MapReconciliation();
        return app;
    }
}
