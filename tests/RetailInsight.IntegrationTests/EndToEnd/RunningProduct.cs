using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using RetailInsight.Core.Tenancy;
using RetailInsight.Local;
using RetailInsight.Local.Demo;
using RetailInsight.Local.Simulation;

namespace RetailInsight.IntegrationTests.EndToEnd;

/// <summary>The whole product in one process on a fresh database and an empty home: what <c>deploy/local</c> starts.</summary>
internal sealed class RunningProduct : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly LocalServices _services;
    private readonly LocalOptions _options;
    private readonly HttpClient _gateway;
    private readonly CancellationTokenSource _serving = new();
    private readonly Task _kept;

    private RunningProduct(TestDatabase database, LocalServices services, LocalOptions options, DemoFile company)
    {
        _database = database;
        _services = services;
        _options = options;
        Company = company;
        _gateway = new HttpClient { BaseAddress = new Uri(options.GatewayAddress) };
        _kept = services.KeepRunningAsync(_serving.Token);
    }

    public DemoFile Company { get; }

    /// <summary>Ends when the services could not be kept running.</summary>
    public Task Kept => _kept;

    public TestDatabase Database => _database;

    public static async Task<RunningProduct> StartAsync(PostgresFixture postgres, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var options = new LocalOptions { PortBase = FreePorts.Pair(), Home = Directory.CreateTempSubdirectory("retailinsight-test-").FullName };
        var database = await postgres.CreateDatabaseAsync();
        var services = LocalServices.Build(options, database.Options, settings);
        var company = await DemoCompany.EnsureAsync(database.Owner, options, CancellationToken.None);
        await services.StartAsync(CancellationToken.None);
        return new(database, services, options, company);
    }

    public async Task<JsonElement> PushAsync(string feed, string fileName, byte[] content, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/ingest/{feed}") { Content = new ByteArrayContent(content) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? Company.KeyFor(feed));
        request.Headers.Add("X-File-Name", Uri.EscapeDataString(fileName));
        using var response = await _gateway.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{fileName}: {(int)response.StatusCode} {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    public Task<JsonElement> PushAsync(SimulatedFile file, string? key = null) => PushAsync(file.Feed, file.FileName, file.Content, key);

    public Task<JsonElement> ReconciliationAsync(string feed) => GetAsync(_gateway, $"/v1/reconciliation?feed={feed}&limit=1000", Company.KeyFor(feed));

    /// <summary>An API client signed in as a demo login.</summary>
    public async Task<HttpClient> SignInAsync(string login)
    {
        var password = Company.Tenants.SelectMany(tenant => tenant.Logins).Single(candidate => candidate.Login == login).Password;
        var client = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = new Uri(_options.ApiAddress) };
        using var response = await client.PostAsJsonAsync("/v1/session", new { login, password });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return client;
    }

    public static async Task<JsonElement> GetAsync(HttpClient client, string path, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>Adds a second chain with the stores of the simulation, to compare what the same day gives in another format.</summary>
    public async Task<string> AddTenantAsync(string tenant, RetailSimulation simulation, params string[] feeds)
    {
        var key = ApiKey.Create(System.Security.Cryptography.RandomNumberGenerator.GetBytes(20), live: true);
        await using var connection = await _database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync("INSERT INTO tenancy.tenant VALUES (@tenant, @tenant, 'JPY', 'Asia/Tokyo')", new { tenant });
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.store (tenant, store, name, time_zone, cut_over_minute, opens_minute, closes_minute, door_lines)
            VALUES (@tenant, @Code, @Name, @Zone, @CutOverMinute, @OpensMinute, @ClosesMinute, @DoorLines)
            """,
            simulation.Stores.Select(store => new { tenant, store.Code, store.Name, store.Zone, store.CutOverMinute, store.OpensMinute, store.ClosesMinute, store.DoorLines }));
        await connection.ExecuteAsync(
            "INSERT INTO gateway.feed SELECT @tenant, feed, vendor, profile FROM gateway.feed WHERE tenant = 'demo' AND feed = ANY(@feeds)", new { tenant, feeds });
        await connection.ExecuteAsync(
            "INSERT INTO tenancy.api_key (key_hash, tenant, vendor, label, feeds) SELECT @hash, @tenant, vendor, 'test', @feeds FROM gateway.feed WHERE tenant = @tenant AND feed = @feed",
            new { hash = ApiKey.Hash(key), tenant, feeds, feed = feeds[0] });
        return key;
    }

    /// <summary>Waits until everything pushed so far is in the datamart.</summary>
    public async Task DrainAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await new Pipeline(_database.Owner, TimeProvider.System).DrainAsync(_ => { }, timeout.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _gateway.Dispose();
        await _serving.CancelAsync();
        await _kept.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _serving.Dispose();
        await _services.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_options.Home, recursive: true);
    }
}
