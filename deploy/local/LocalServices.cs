using System.Globalization;
using RetailInsight.Api;
using RetailInsight.Core.Ports;
using RetailInsight.Dags;
using RetailInsight.Gateway;
using RetailInsight.Ingest;
using RetailInsight.Platform;
using RetailInsight.Platform.Postgres;

namespace RetailInsight.Local;

/// <summary>
/// The services as two web applications: the gateway on its port; pages, API, streamer and DAGs on theirs, because DuckDB has
/// one writer process and everything that touches the warehouse shares it.
/// </summary>
internal sealed class LocalServices : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private readonly WebApplication _gateway;
    private readonly Func<WebApplication> _buildPages;
    private WebApplication _pages;

    private LocalServices(WebApplication gateway, Func<WebApplication> buildPages)
    {
        _gateway = gateway;
        _buildPages = buildPages;
        _pages = buildPages();
    }

    /// <summary>The migrations of every service.</summary>
    public IEnumerable<SqlMigrations> Migrations =>
        _gateway.Services.GetServices<SqlMigrations>().Concat(_pages.Services.GetServices<SqlMigrations>());

    /// <summary>Puts both applications together; nothing runs yet.</summary>
    /// <param name="options">Ports and directory.</param>
    /// <param name="postgres">The database.</param>
    /// <param name="settings">Configuration that goes before the local host's own; null for none.</param>
    public static LocalServices Build(LocalOptions options, PostgresOptions postgres, IReadOnlyDictionary<string, string?>? settings = null)
    {
        Directory.CreateDirectory(options.ProfilesDirectory);
        var gateway = Builder(options, postgres, options.GatewayAddress, settings);
        gateway.Services.AddGateway(gateway.Configuration);
        var gatewayApplication = gateway.Build();
        gatewayApplication.MapGateway();

        return new(gatewayApplication, () =>
        {
            var pages = Builder(options, postgres, options.ApiAddress, settings);
            pages.Services.AddIngest(pages.Configuration).AddDags(pages.Configuration).AddApi(pages.Configuration);
            var application = pages.Build();
            application.MapApi();
            application.MapDags();
            return application;
        });
    }

    /// <summary>Starts both; returns when they listen.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _pages.StartAsync(cancellationToken);
        await _gateway.StartAsync(cancellationToken);
    }

    /// <summary>
    /// Starts pages, API, streamer and DAGs anew whenever they have stopped by themselves, as a worker does that grew too large. Ends, with them
    /// stopped, when it is canceled; end it before disposing.
    /// </summary>
    public async Task KeepRunningAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _pages.WaitForShutdownAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            await _pages.DisposeAsync();
            _pages = _buildPages();
            try
            {
                await _pages.StartAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Its worker grew too large before it listened: it ends at once and is started again.
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(StopTimeout);
        await _gateway.StopAsync(timeout.Token);
        await _pages.StopAsync(timeout.Token);
        await _gateway.DisposeAsync();
        await _pages.DisposeAsync();
    }

    private static WebApplicationBuilder Builder(
        LocalOptions options, PostgresOptions postgres, string address, IReadOnlyDictionary<string, string?>? settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = "Local" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Platform:Adapters"] = "Local",
            ["Platform:DataDirectory"] = options.Home,
            ["Platform:Postgres:Host"] = postgres.Host,
            ["Platform:Postgres:Port"] = postgres.Port.ToString(CultureInfo.InvariantCulture),
            ["Platform:Postgres:Database"] = postgres.Database,
            ["Api:KeysDirectory"] = Path.Combine(options.Home, "session-keys"),
            ["Ml:Serving:Enabled"] = "true",
            ["Ml:Serving:CacheDirectory"] = Path.Combine(options.Home, "models"),
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration["Gateway:ProfilesDirectory"] ??= options.ProfilesDirectory;
        builder.WebHost.UseUrls(address);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);

        // Their warnings are about key storage and cache headers of a deployment; on one's own machine they only hide real ones.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        builder.Services.AddPlatform(builder.Configuration);
        return builder;
    }
}
