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

    /// <summary>Hangs counters into the stores of each tenant, and lets its key push what they count.</summary>
    public async Task SeedDevicesAsync()
    {
        var stores = string.Join(',', _simulation.Stores.Select(store => $"'{store.Code}'"));
        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            await _site.ExecuteAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('{Name(tenant)}', 'doors', 'xovis', 'xovis');
                INSERT INTO tenancy.device_group (tenant, device_group, feed) VALUES ('{Name(tenant)}', 'doors', 'doors');
                INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds)
                  SELECT '{Name(tenant)}', 'door-' || lpad(d::text, 4, '0'), 'doors', 60 FROM generate_series(0, {DevicePayload.Devices - 1}) d;
                INSERT INTO tenancy.device_line (tenant, device, line, valid_from, store)
                  SELECT tenant, device, '*', '2020-01-01', (ARRAY[{stores}])[1 + abs(hashtext(device)) % {_simulation.Stores.Count}] FROM tenancy.device WHERE tenant = '{Name(tenant)}';
                UPDATE tenancy.api_key SET feeds = feeds || ARRAY['doors'] WHERE tenant = '{Name(tenant)}'
                """));
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
