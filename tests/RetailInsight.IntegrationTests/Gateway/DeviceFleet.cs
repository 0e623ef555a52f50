using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A gateway with counters at the doors: groups, devices with lines in stores, keys and a network.</summary>
internal static class DeviceFleet
{
    public const string NetworkSecret = "the-secret-of-the-network-under-test";

    /// <summary>Starts a gateway that remembers nothing and knows two networks, of which the tests come from the first.</summary>
    public static async Task<GatewayHost> StartAsync(PostgresFixture postgres, Dictionary<string, string?>? settings = null)
    {
        var secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, NetworkSecret);
        var gateway = await GatewayHost.StartAsync(postgres, new(settings ?? [])
        {
            ["Gateway:CacheSeconds"] = "0",
            ["Gateway:SweepEverySeconds"] = "1",
            ["Gateway:Networks:0:Name"] = "sim",
            ["Gateway:Networks:0:Addresses:0"] = "127.0.0.0/8",
            ["Gateway:Networks:0:SecretFile"] = secret,
            ["Gateway:Networks:1:Name"] = "far",
            ["Gateway:Networks:1:Addresses:0"] = "203.0.113.0/24",
            ["Gateway:Networks:1:SecretFile"] = secret,
        });
        await gateway.ExecuteAsync(
            """
            INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES
              ('acme', 'axis', 'axis', 'axis-live'), ('acme', 'json', 'counter', 'counter-json'), ('acme', 'milesight', 'milesight', 'milesight');
            INSERT INTO tenancy.device_group (tenant, device_group, feed, profile_version) VALUES
              ('acme', 'axis', 'axis', NULL), ('acme', 'json', 'json', NULL), ('acme', 'canary', 'json', NULL), ('acme', 'milesight', 'milesight', NULL);
            """);
        return gateway;
    }

    /// <summary>Enrols a device with every line in a store from 2020 on and gives it a key of its name.</summary>
    public static async Task<HttpClient> EnrolAsync(this GatewayHost gateway, string device, string group, string? store = "S001", string? subscriber = null)
    {
        await gateway.ExecuteAsync(
            $"""
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds, network, subscriber)
              VALUES ('acme', '{device}', '{group}', 900, {(subscriber is null ? "NULL, NULL" : $"'sim', '{subscriber}'")});
            """);
        if (store is not null)
        {
            await gateway.MapAsync(device, store);
        }

        await GatewayHost.AddKeyAsync(gateway.Database.Owner, GatewayHost.Key(device), "device " + device, "acme", []);
        await gateway.ExecuteAsync($"UPDATE tenancy.api_key SET device = '{device}', live = true WHERE label = 'device {device}'");
        return gateway.Client(GatewayHost.Key(device));
    }

    public static Task MapAsync(this GatewayHost gateway, string device, string store) =>
        gateway.ExecuteAsync($"INSERT INTO tenancy.device_line (tenant, device, line, valid_from, store) VALUES ('acme', '{device}', '*', '2020-01-01', '{store}')");

    /// <summary>Sends a report with the key of the client, signed when a device is named.</summary>
    public static async Task<HttpResponseMessage> ReportAsync(this HttpClient client, string body, string? signedBy = null, DateTimeOffset? signedAt = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/device-reports") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        if (signedBy is not null)
        {
            Sign(request, signedBy, body, signedAt ?? TimeProvider.System.GetUtcNow());
        }

        change?.Invoke(request);
        return await client.SendAsync(request);
    }

    /// <summary>Sends a report as the proxy of a network does, signed by the device when one is named.</summary>
    public static async Task<HttpResponseMessage> ReportOverAsync(
        this GatewayHost gateway, string network, string subscriber, string equipment, string body, string? signedBy, DateTimeOffset? at = null, string secret = NetworkSecret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/networks/{network}/device-reports") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        var time = (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("X-Network-Subscriber", subscriber);
        request.Headers.Add("X-Network-Equipment", equipment);
        request.Headers.Add("X-Network-Timestamp", time);
        request.Headers.Add("X-Network-Signature", Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}\n{subscriber}\n{equipment}\n"))));
        if (signedBy is not null)
        {
            Sign(request, signedBy, body, at ?? TimeProvider.System.GetUtcNow());
        }

        return await gateway.Client(null).SendAsync(request);
    }

    /// <summary>The newest revision of every count on the bus: device, line, from, to, entered, left, whether it is not the whole.</summary>
    public static async Task<List<string>> CountsAsync(this GatewayHost gateway) => [.. Counts(await gateway.PublishedAsync()).Values.Select(count => count.Text).Order(StringComparer.Ordinal)];

    /// <summary>The newest revision of every count of batches, by event.</summary>
    public static Dictionary<(ulong, ulong), (uint Revision, string Text)> Counts(IEnumerable<EventBatch> batches)
    {
        var newest = new Dictionary<(ulong, ulong), (uint Revision, string Text)>();
        foreach (var batch in batches)
        {
            var counts = batch.PeopleCounts;
            for (var i = 0; i < (counts?.Store.Count ?? 0); i++)
            {
                string Clock(long us) => DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond).ToOffset(TimeSpan.FromHours(9)).ToString("dd HH:mm", CultureInfo.InvariantCulture);
                T At<T>(IList<T> column) => i < column.Count ? column[i] : default!;
                var id = (counts!.EventIdHi[i], counts.EventIdLo[i]);
                var text = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{batch.Strings[(int)counts.Device[i]]} {batch.Strings[(int)counts.Store[i]]} {Clock(counts.FromUs[i])}-{Clock(counts.ToUs[i])} {At(counts.Entered)} in {At(counts.Left)} out{(At(counts.Partial) ? " partial" : "")}{(At(counts.Kind) == CountKind.Withdrawn ? " withdrawn" : "")}");
                if (!newest.TryGetValue(id, out var known) || known.Revision < counts.Revision[i])
                {
                    newest[id] = (counts.Revision[i], text);
                }
            }
        }

        return newest;
    }

    private static void Sign(HttpRequestMessage request, string device, string body, DateTimeOffset at)
    {
        var time = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = Encoding.UTF8.GetBytes($"{time}\n{device}\n{body}");
        request.Headers.Add("X-Device-Timestamp", time);
        request.Headers.Add("X-Device-Signature", Convert.ToHexStringLower(HMACSHA256.HashData(ApiKey.Hash(GatewayHost.Key(device)), signed)));
    }
}
