using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RetailInsight.Api;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags;
using RetailInsight.Platform.Local.DuckDb;
using RetailInsight.Platform.OnnxRuntime;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// The API on a real port over a database with two companies, hosted from a project that is not its own.
/// </summary>
public sealed class ApiHost : IAsyncLifetime
{
    // Every test signs in from one address; the limit itself is tested on a host of its own.
    private static readonly Dictionary<string, string?> Settings = new() { ["Api:LoginAttemptsPerMinute"] = "10000", ["Api:ChangesPerMinute"] = "10000" };

    private readonly PostgresFixture _postgres = new();
    private WebApplication _app = null!;

    /// <summary>The database behind it.</summary>
    public TestDatabase Database { get; private set; } = null!;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        Database = await _postgres.CreateDatabaseAsync();
        await Company.FoundAsync(Database.Job);
        _app = await StartAsync(Database, Settings);
        Address = AddressOf(_app);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await Database.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    /// <summary>A database of one test, with no company in it.</summary>
    public Task<TestDatabase> EmptyDatabaseAsync() => _postgres.CreateDatabaseAsync();

    /// <summary>Starts another instance over the same database.</summary>
    public static async Task<WebApplication> StartAsync(
        TestDatabase database, Dictionary<string, string?> settings, string url = "http://127.0.0.1:0", Action<IServiceCollection>? arrange = null, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.Configuration.AddInMemoryCollection([new("Dags:LogStreamTime", "00:00:01")]);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddKeyedSingleton(DatabaseRole.App, database.App);
        builder.Services.AddKeyedSingleton(DatabaseRole.Job, database.Job);
        builder.Configuration.AddInMemoryCollection([new("Dags:Schedule", "false"), new("Dags:Work", "false")]);
        builder.Services.AddSingleton<IParquetWriter, DuckDbParquetWriter>();
        builder.Services.AddSingleton<IModelRuntime>(new OnnxModelRuntime());
        arrange?.Invoke(builder.Services);
        builder.Services.AddDags(builder.Configuration).AddApi(builder.Configuration);
        var app = builder.Build();
        app.MapApi();
        app.MapDags();
        await app.StartAsync();
        return app;
    }

    public static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>A client without a session, not following redirects.</summary>
    public HttpClient Stranger() => Client(Address);

    public static HttpClient Client(Uri address) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true }) { BaseAddress = address };

    /// <summary>A client signed in through the API.</summary>
    public Task<HttpClient> SignInAsync(string login) => SignInAsync(Address, login);

    public static async Task<HttpClient> SignInAsync(Uri address, string login)
    {
        var client = Client(address);
        var answer = await client.PostAsJsonAsync("/v1/session", new { login, password = Company.Password });
        answer.EnsureSuccessStatusCode();
        return client;
    }

    /// <summary>Waits until an export can be fetched.</summary>
    /// <param name="client">Who asked for it.</param>
    /// <param name="location">Address of its operation.</param>
    public static async Task<JsonElement> ExportReadyAsync(HttpClient client, string location)
    {
        for (var wait = 0; wait < 300; wait++)
        {
            var operation = await client.GetFromJsonAsync<JsonElement>(location);
            if (operation.GetProperty("state").GetString() is "ready" or "failed")
            {
                Assert.Equal("ready", operation.GetProperty("state").GetString());
                return operation;
            }

            await Task.Delay(100);
        }

        throw new TimeoutException("The export was not ready in 30 s.");
    }
}
