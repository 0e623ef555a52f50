using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using NpgsqlTypes;
using RetailInsight.Bench.Harness;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway;
using RetailInsight.Local.Simulation;

namespace RetailInsight.Bench.Landing;

/// <summary>Tenants with the simulated chain's stores, feeds and keys, and a gateway process that serves them.</summary>
internal sealed class LandingSite
{
    private const int Tenants = 4;
    private readonly BenchSite _site;
    private readonly RetailSimulation _simulation;

    public LandingSite(BenchSite site, RetailSimulation simulation)
    {
        _site = site;
        _simulation = simulation;
    }

    /// <summary>One key a tenant.</summary>
    public string[] Keys { get; } = [.. Enumerable.Range(0, Tenants).Select(tenant => ApiKey.Create(SHA256.HashData(Encoding.UTF8.GetBytes(Name(tenant))), live: true))];

    /// <summary>Name of a tenant.</summary>
    public static string Name(int tenant) => string.Create(CultureInfo.InvariantCulture, $"shop-{tenant}");

    /// <summary>Creates the tenants.</summary>
    public async Task SeedAsync()
    {
        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            await _site.ExecuteAsync(
                $"""
                INSERT INTO tenancy.tenant VALUES ('{Name(tenant)}', '{Name(tenant)}', 'JPY', 'Asia/Tokyo');
                INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES
                  ('{Name(tenant)}', 'vendor-a', 'vendor-a', 'vendor-a'), ('{Name(tenant)}', 'vendor-a-pos-master', 'vendor-a', 'vendor-a-pos-master'),
                  ('{Name(tenant)}', 'vendor-b', 'vendor-b', 'vendor-b');
                """);
            foreach (var store in _simulation.Stores)
            {
                await _site.ExecuteAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    INSERT INTO tenancy.store (tenant, store, name, time_zone, cut_over_minute, opens_minute, closes_minute)
                    VALUES ('{Name(tenant)}', '{store.Code}', '{store.Code}', '{store.Zone}', {store.CutOverMinute}, {store.OpensMinute}, {store.ClosesMinute})
                    """));
            }

            await using var key = _site.Owner.CreateCommand("INSERT INTO tenancy.api_key (key_hash, tenant, vendor, label, feeds) VALUES ($1, $2, 'vendor-a', 'bench', $3)");
            key.Parameters.Add(new() { Value = ApiKey.Hash(Keys[tenant]) });
            key.Parameters.Add(new() { Value = Name(tenant) });
            key.Parameters.Add(new() { Value = new[] { "vendor-a", "vendor-a-pos-master", "vendor-b" }, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            await key.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Starts the gateway and gives it the register master.</summary>
    public async Task<ServiceProcess> StartGatewayAsync()
    {
        var gateway = await ServiceProcess.StartAsync(
            typeof(GatewayService).Assembly.Location,
            new Dictionary<string, string?>(_site.Settings) { ["Gateway:RequestsPerSecond"] = "1000000", ["Gateway:RequestBurst"] = "1000000" });
        foreach (var key in Keys)
        {
            using var client = Client(gateway, key);
            using var answer = await client.PostAsync(new Uri("/v1/ingest/vendor-a-pos-master", UriKind.Relative), new ByteArrayContent(_simulation.PosMaster().Content));
            answer.EnsureSuccessStatusCode();
        }

        return gateway;
    }

    /// <summary>A vendor's client.</summary>
    public static HttpClient Client(ServiceProcess gateway, string key)
    {
        var client = new HttpClient { BaseAddress = gateway.Address, Timeout = TimeSpan.FromMinutes(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }
}
