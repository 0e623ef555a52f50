using System.Globalization;
using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.IntegrationTests.Etl;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>Where a sensor saw people, from the push to the warehouse: what their ways come to, once.</summary>
public sealed class VisitorTrackTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset Yesterday = new(TimeProvider.System.GetUtcNow().AddDays(-1).Date.AddHours(3), TimeSpan.Zero);

    [Fact]
    public async Task Ways_reach_the_warehouse_as_events_once_and_a_longer_stretch_brings_those_that_were_cut()
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres);
        await gateway.ExecuteAsync(
            """
            INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('acme', 'tracks', 'xovis', 'xovis-tracks');
            INSERT INTO tenancy.device_group (tenant, device_group, feed) VALUES ('acme', 'tracks', 'tracks');
            """);
        var sensor = await gateway.EnrolAsync("80:1F:1", "tracks");

        // 1 comes in, stays twelve seconds before the shelf and goes; 2 passes by; 3 is staff; 4 comes in and is in view at the end.
        var stretch = Enumerable.Range(0, 26).Select(second => (Second: second, Places: new (int Track, double X, double Y, string Tag)?[]
        {
            second is 1 or 19 ? (1, 0.1, -1.03125678901, "NO_TAG") : second is > 2 and < 16 ? (1, 2.00000012345, 3, "NO_TAG") : second is 2 or > 15 and < 19 ? (1, 0.1, 1, "NO_TAG") : null,
            second is > 1 and < 10 ? (2, second - 6, -2, "NO_TAG") : null,
            second is 5 or 6 ? (3, 0, (second * 2) - 11, "BADGE") : null,
            second is 23 or 24 ? (4, 0, (second * 2) - 47, "NO_TAG") : null,
        }.OfType<(int, double, double, string)>().ToArray())).ToArray();
        Assert.Equal((6, 5, 0, 0, 1), await RowsAsync(sensor, Push(1, stretch[..25])));
        Assert.Equal("track_cut", await gateway.TextAsync("SELECT reason FROM gateway.quarantine"));
        Assert.Equal((6, 1, 5, 0, 0), await RowsAsync(sensor, Push(2, stretch)));
        Assert.Equal(
            ["enter door 0 False", "enter door 0 False", "enter door 0 True", "exit door 0 False", "pass_by left end 0 False", "stop shelf 12000 False"],
            await WarehouseAsync(gateway));
    }

    private static string Push(int package, IEnumerable<(int Second, (int Track, double X, double Y, string Tag)[] Places)> frames) => JsonSerializer.Serialize(new
    {
        live_data = new
        {
            package_info = new { version = "5.0", id = package },
            sensor_info = new { serial_number = "80:1F:1" },
            frames = frames.Select(frame => new
            {
                time = Yesterday.AddSeconds(frame.Second).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                tracked_objects = frame.Places.Select(place => new { track_id = place.Track, type = "PERSON", position = new[] { place.X, place.Y, 1.7 }, attributes = new { tag = place.Tag } }),
            }),
        },
    });

    private static async Task<(int Read, int Accepted, int Duplicate, int Superseding, int Quarantined)> RowsAsync(HttpClient client, string body)
    {
        using var response = await client.ReportAsync(body);
        var receipt = await response.JsonAsync();
        Assert.True(response.IsSuccessStatusCode, receipt.ToString());
        return receipt.Rows();
    }

    private async Task<List<string>> WarehouseAsync(GatewayHost gateway)
    {
        await using var mart = await MartHarness.StartAsync(postgres, []);
        await mart.LoadAsync(await gateway.PublishedAsync());
        var rows = new List<string>();
        var query = new WarehouseQuery("SELECT kind, line, duration_ms, staff FROM visitor_event WHERE tenant = @tenant", new Dictionary<string, object> { ["tenant"] = "acme" }, "acme");
        await foreach (var block in mart.Warehouse.QueryAsync(query, CancellationToken.None))
        {
            for (var i = 0; i < block.RowCount; i++)
            {
                rows.Add($"{block["kind"].ValueAt(i)} {block["line"].ValueAt(i)} {block["duration_ms"].ValueAt(i)} {block["staff"].ValueAt(i)}");
            }
        }

        return [.. rows.Order(StringComparer.Ordinal)];
    }
}
