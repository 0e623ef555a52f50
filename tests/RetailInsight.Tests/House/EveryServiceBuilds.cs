using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RetailInsight.Api;
using RetailInsight.Core.Ports;
using RetailInsight.Dags;
using RetailInsight.Gateway;
using RetailInsight.Ingest;
using RetailInsight.Platform;

namespace RetailInsight.Tests.House;

/// <summary>Every service host is put together as its Program does, in each adapter set, without a network.</summary>
public sealed class EveryServiceBuilds : IDisposable
{
    /// <summary>Nobody listens on the discard port: whoever asks the network while he is made, fails.</summary>
    private const string Nowhere = "http://127.0.0.1:9";

    private readonly string _directory = Directory.CreateTempSubdirectory("hosts").FullName;

    /// <summary>One line an adapter set.</summary>
    public static TheoryData<AdapterSet> Sets => [AdapterSet.Local, AdapterSet.Google];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Sets))]
    public Task The_gateway(AdapterSet set) => BuildAsync(
        set, builder => builder.Services.AddGateway(builder.Configuration), app => app.MapGateway(),
        "/v1/ingest/{feed}", "/v1/receipts/{receiptId}", "/v1/quarantine", "/v1/reconciliation", "/healthz", "/readyz", "/openapi/{documentName}.json");

    [Theory]
    [MemberData(nameof(Sets))]
    public Task The_streamer(AdapterSet set) => BuildAsync(
        set, builder => builder.Services.AddIngest(builder.Configuration), app => app.MapIngest(), "/healthz", "/readyz");

    [Theory]
    [MemberData(nameof(Sets))]
    public Task The_dags(AdapterSet set) => BuildAsync(set, builder => builder.Services.AddDags(builder.Configuration), _ => { });

    [Theory]
    [MemberData(nameof(Sets))]
    public Task The_pages_and_the_API(AdapterSet set) => BuildAsync(
        set,
        builder => builder.Services.AddDags(builder.Configuration).AddApi(builder.Configuration),
        app =>
        {
            app.MapApi();
            app.MapDags();
        },
        "/", "/login", "/healthz", "/readyz", "/openapi/{documentName}.json");

    private async Task BuildAsync(AdapterSet set, Action<WebApplicationBuilder> add, Action<WebApplication> map, params string[] routes)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = _directory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Platform:Adapters"] = set.ToString(),
            ["Platform:DataDirectory"] = _directory,
            ["Platform:Postgres:Host"] = _directory,
            ["Platform:Google:Project"] = "house-rules",
            ["Platform:Google:Bucket"] = "house-rules",
            ["Platform:Google:PubSubEndpoint"] = Nowhere,
            ["Platform:Google:StorageEndpoint"] = Nowhere,
            ["Platform:Google:BigQueryEndpoint"] = Nowhere,
        });
        builder.Host.UseDefaultServiceProvider(options =>
        {
            options.ValidateOnBuild = true;
            options.ValidateScopes = true;
        });
        builder.Services.AddPlatform(builder.Configuration);
        add(builder);
        await using var app = builder.Build();
        map(app);

        // Made, not only described: factories are run too.
        Assert.NotNull(app.Services.GetRequiredService<ILake>());
        Assert.NotNull(app.Services.GetRequiredService<IMessageBus>());
        Assert.NotNull(app.Services.GetRequiredService<IWarehouse>());
        Assert.NotEmpty(app.Services.GetServices<IHostedService>());
        Assert.NotEmpty(app.Services.GetServices<SqlMigrations>());
        var mapped = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/').TrimEnd('/')).ToHashSet();
        Assert.All(routes, route => Assert.Contains(route, mapped));
    }
}
