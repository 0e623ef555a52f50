using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway;
using RetailInsight.Platform;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A gateway on a port of its own, over a database and a lake of its own, with two tenants and their keys.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    public const string Subscription = "test";

    private readonly WebApplication _app;
    private readonly List<HttpClient> _clients = [];

    private GatewayHost(WebApplication app, TestDatabase database, string directory)
    {
        _app = app;
        Database = database;
        Directory = directory;
    }

    public TestDatabase Database { get; }

    public string Directory { get; }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public HttpClient Acme => Client(Key("acme"));

    public HttpClient Operator => Client(Key("acme-operator"));

    public static string Key(string name) => ApiKey.Create(SHA256.HashData(Encoding.UTF8.GetBytes(name)), live: true);

    public static string TestKey(string name) => ApiKey.Create(SHA256.HashData(Encoding.UTF8.GetBytes(name)), live: false);

    public static async Task<GatewayHost> StartAsync(
        PostgresFixture postgres, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? replace = null)
    {
        var database = await postgres.CreateDatabaseAsync();
        await SeedAsync(database.Owner);
        var directory = System.IO.Directory.CreateTempSubdirectory("gateway-").FullName;
        return await StartAsync(database, directory, settings, replace);
    }

    public static async Task<GatewayHost> StartAsync(
        TestDatabase database, string directory, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(Settings(database, directory));
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Services.AddPlatform(builder.Configuration).AddGateway(builder.Configuration);
        replace?.Invoke(builder.Services);
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGateway();
        var bus = app.Services.GetRequiredService<IMessageBus>();
        await bus.EnsureSubscriptionAsync(Topics.EventBatches, Subscription, new SubscriptionOptions(TimeSpan.FromSeconds(30), 10), default);
        await app.StartAsync();
        return new GatewayHost(app, database, directory);
    }

    public static Dictionary<string, string?> Settings(TestDatabase database, string directory) => new()
    {
        ["Platform:DataDirectory"] = directory,
        ["Platform:Postgres:Host"] = database.Options.Host,
        ["Platform:Postgres:Port"] = database.Options.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Platform:Postgres:Database"] = database.Options.Database,
        ["Gateway:SpoolDirectory"] = Path.Combine(directory, "spool"),
    };

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public HttpClient Client(string? key)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        _clients.Add(client);
        return client;
    }

    /// <summary>How much there is of everything a push leaves behind.</summary>
    public async Task<string> TraceAsync()
    {
        await using var command = Database.Owner.CreateCommand(
            """
            SELECT concat_ws(',', (SELECT count(*) FROM gateway.ingestion), (SELECT count(*) FROM gateway.identity), (SELECT count(*) FROM gateway.quarantine),
              (SELECT count(*) FROM gateway.outbox), (SELECT count(*) FROM gateway.sandbox_receipt), (SELECT count(*) FROM gateway.pos_assignment))
            """);
        return (string)(await command.ExecuteScalarAsync())! + System.IO.Directory.EnumerateFiles(Directory, "*", SearchOption.AllDirectories).Count();
    }

    /// <summary>Every event batch on the bus, once the outbox is empty.</summary>
    public async Task<List<EventBatch>> PublishedAsync()
    {
        await UntilAsync(async () => await CountAsync("SELECT count(*) FROM gateway.outbox") == 0);
        var bus = Service<IMessageBus>();
        var batches = new List<EventBatch>();
        while (true)
        {
            var deliveries = await bus.PullAsync(Subscription, 100, TimeSpan.FromMilliseconds(50), default);
            if (deliveries.Count == 0)
            {
                return batches;
            }

            batches.AddRange(deliveries.SelectMany(delivery => EventBundle.Unpack(EventBatch.Parser.ParseFrom(delivery.Message.Data.Span))));
            await bus.AckAsync(Subscription, [.. deliveries.Select(delivery => delivery.AckId)], default);
        }
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task<string> TextAsync(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Database.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static async Task SeedAsync(NpgsqlDataSource owner)
    {
        await using var command = owner.CreateCommand(
            """
            INSERT INTO tenancy.tenant VALUES ('acme', 'Acme', 'JPY', 'Asia/Tokyo'), ('rival', 'Rival', 'JPY', 'Asia/Tokyo');
            INSERT INTO tenancy.store (tenant, store, name, time_zone, cut_over_minute, opens_minute, closes_minute)
              SELECT t, s, s, 'Asia/Tokyo', 300, 600, 1320 FROM unnest(ARRAY['acme', 'rival']) t, unnest(ARRAY['S001', 'S002', 'S011']) s;
            INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES
              ('acme', 'vendor-a', 'vendor-a', 'vendor-a'), ('acme', 'vendor-a-pos-master', 'vendor-a', 'vendor-a-pos-master'),
              ('acme', 'vendor-b', 'vendor-b', 'vendor-b'), ('acme', 'people-counter', 'people-counter', 'people-counter'),
              ('rival', 'vendor-a', 'vendor-a', 'vendor-a'), ('rival', 'vendor-b', 'vendor-b', 'vendor-b');
            """);
        await command.ExecuteNonQueryAsync();
        await AddKeyAsync(owner, Key("acme"), "acme", "acme", ["vendor-a", "vendor-a-pos-master", "vendor-b", "people-counter"]);
        await AddKeyAsync(owner, Key("acme-b"), "acme-b", "acme", ["vendor-b"]);
        await AddKeyAsync(owner, Key("acme-s001"), "acme-s001", "acme", ["vendor-a", "vendor-b"], stores: ["S001"]);
        await AddKeyAsync(owner, Key("acme-revoked"), "acme-revoked", "acme", ["vendor-a"], revoked: true);
        await AddKeyAsync(owner, Key("acme-expired"), "acme-expired", "acme", ["vendor-a"], expired: true);
        await AddKeyAsync(owner, Key("rival"), "rival", "rival", ["vendor-a", "vendor-b"]);
        await AddKeyAsync(owner, Key("acme-operator"), "acme-operator", "acme", ["vendor-a", "vendor-a-pos-master", "vendor-b", "people-counter"]);
        await AddKeyAsync(owner, Key("rival-operator"), "rival-operator", "rival", ["vendor-a", "vendor-b"]);
        await using var operators = owner.CreateCommand("UPDATE tenancy.api_key SET operator = true WHERE label LIKE '%-operator'");
        await operators.ExecuteNonQueryAsync();
    }

    public static async Task AddKeyAsync(
        NpgsqlDataSource owner, string key, string name, string tenant, string[] feeds, string[]? stores = null, bool revoked = false, bool expired = false)
    {
        await using var command = owner.CreateCommand(
            """
            INSERT INTO tenancy.api_key (key_hash, tenant, vendor, label, feeds, stores, expires_at, revoked_at)
            VALUES ($1, $2, 'vendor-a', $3, $4, $5, CASE WHEN $6 THEN now() - interval '1 minute' END, CASE WHEN $7 THEN now() END)
            """);
        command.Parameters.Add(new() { Value = ApiKey.Hash(key) });
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = feeds });
        command.Parameters.Add(new() { Value = (object?)stores ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = expired });
        command.Parameters.Add(new() { Value = revoked });
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>Pushing and reading as a vendor does.</summary>
internal static class VendorClient
{
    public static async Task<HttpResponseMessage> PushAsync(this HttpClient client, string feed, byte[] body, string? encoding = null, string? fileName = null, string? prefer = null)
    {
        using var content = new ByteArrayContent(body);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ingest/" + feed) { Content = content };
        if (fileName is not null)
        {
            request.Headers.Add("X-File-Name", Uri.EscapeDataString(fileName));
        }

        if (prefer is not null)
        {
            request.Headers.Add("Prefer", prefer);
        }

        return await client.SendAsync(request);
    }

    /// <summary>Pushes what must be taken, and gives the receipt.</summary>
    public static async Task<JsonElement> LandAsync(this HttpClient client, string feed, byte[] body)
    {
        using var response = await client.PushAsync(feed, body);
        var json = await response.JsonAsync();
        Assert.True(response.IsSuccessStatusCode, json.ToString());
        return json;
    }

    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        var json = await response.JsonAsync();
        Assert.True(response.IsSuccessStatusCode, json.ToString());
        return json;
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.Clone();

    public static (int Read, int Accepted, int Duplicate, int Superseding, int Quarantined) Rows(this JsonElement receipt) => (
        receipt.GetProperty("rows_read").GetInt32(),
        receipt.GetProperty("accepted").GetInt32(),
        receipt.GetProperty("duplicate").GetInt32(),
        receipt.GetProperty("superseding").GetInt32(),
        receipt.GetProperty("quarantined").GetInt32());

    public static string Text(this JsonElement json, string property) => json.GetProperty(property).GetString()!;
}
