using System.Net;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>What a replay brought of counts is taken back: what counted before counts again, and nobody is lost.</summary>
public sealed class CountUndoTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task The_count_that_a_released_correction_took_the_place_of_counts_again()
    {
        await using var gateway = await StartAsync();
        var published = new List<EventBatch>();
        var door = await gateway.EnrolAsync("d1", "json");
        await LandAsync(door, Interval(9, 12), held: false);
        await UnmapAsync(gateway, "d1");
        await LandAsync(door, Interval(9, 15), held: true);
        await LandAsync(door, Interval(10, 4), held: true);
        await gateway.MapAsync("d1", "S001");
        await ReleasedAsync(gateway);
        Assert.Equal(["d1 S001 20 09:00-20 10:00 15 in 0 out", "d1 S001 20 10:00-20 11:00 4 in 0 out"], await CountsAsync(gateway, published));

        await UndoAllAsync(gateway);
        Assert.Equal(["d1 S001 20 09:00-20 10:00 12 in 0 out"], await CountsAsync(gateway, published));
        Assert.Equal(2, await gateway.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE state = 'open'"));

        // The interval is free again for another length, and the correction still can be brought in by a person.
        await LandAsync(door, """{"device":"d1","intervals":[{"line":"door","from":"2026-11-20T10:00:00","to":"2026-11-20T12:00:00","in":9,"out":0}]}""", held: false);
        await ReplayOpenAsync(gateway);
        Assert.Equal(["d1 S001 20 09:00-20 10:00 15 in 0 out", "d1 S001 20 10:00-20 12:00 9 in 0 out"], await CountsAsync(gateway, published));
        Assert.Equal("interval_overlap", await gateway.TextAsync("SELECT reason FROM gateway.quarantine WHERE state = 'open'"));
    }

    [Fact]
    public async Task Readings_are_taken_back_and_those_after_them_counted_anew()
    {
        await using var gateway = await StartAsync();
        var published = new List<EventBatch>();
        var door = await gateway.EnrolAsync("ax", "axis");
        await LandAsync(door, Sums("090000", 10), held: false);
        await LandAsync(door, Sums("110000", 60), held: false);
        await UnmapAsync(gateway, "ax");
        await LandAsync(door, Sums("100000", 30), held: true);
        await LandAsync(door, Sums("110000", 65), held: true);
        await LandAsync(door, Sums("120000", 70), held: true);
        string[] before = ["ax S001 20 00:00-20 09:00 10 in 0 out", "ax S001 20 09:00-20 11:00 50 in 0 out"];
        string[] after = ["ax S001 20 00:00-20 09:00 10 in 0 out", "ax S001 20 09:00-20 10:00 20 in 0 out", "ax S001 20 10:00-20 11:00 35 in 0 out", "ax S001 20 11:00-20 12:00 5 in 0 out"];
        Assert.Equal(before, await CountsAsync(gateway, published));
        await gateway.MapAsync("ax", "S001");
        await ReleasedAsync(gateway);
        Assert.Equal(after, await CountsAsync(gateway, published));

        await UndoAllAsync(gateway);
        Assert.Equal(before, await CountsAsync(gateway, published));
        Assert.Equal(2, await gateway.CountAsync("SELECT count(*) FROM gateway.counter_reading"));
        Assert.Equal(3, await gateway.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE state = 'open'"));

        await ReplayOpenAsync(gateway);
        Assert.Equal(after, await CountsAsync(gateway, published));

        // Once more, with one of them corrected in between: that one stays, and what counts from it.
        await LandAsync(door, Sums("100000", 31), held: false);
        await UndoAllAsync(gateway);
        Assert.Equal(["ax S001 20 00:00-20 09:00 10 in 0 out", "ax S001 20 09:00-20 10:00 21 in 0 out", "ax S001 20 10:00-20 11:00 29 in 0 out"], await CountsAsync(gateway, published));
    }

    [Fact]
    public async Task What_falls_when_it_is_released_is_held_for_that_and_counted_from()
    {
        await using var gateway = await StartAsync();
        var published = new List<EventBatch>();
        var door = await gateway.EnrolAsync("ax", "axis");
        await LandAsync(door, Sums("090000", 500), held: false);
        await UnmapAsync(gateway, "ax");
        await LandAsync(door, Sums("100000", 12), held: true);
        await gateway.MapAsync("ax", "S001");
        await GatewayHost.UntilAsync(async () => await gateway.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE state = 'open' AND reason = 'counter_fell'") == 1);
        await LandAsync(door, Sums("110000", 20), held: false);
        Assert.Equal(["ax S001 20 00:00-20 09:00 500 in 0 out", "ax S001 20 10:00-20 11:00 8 in 0 out"], await CountsAsync(gateway, published));
    }

    private async Task<GatewayHost> StartAsync()
    {
        var gateway = await DeviceFleet.StartAsync(postgres);
        await gateway.ExecuteAsync("UPDATE tenancy.api_key SET feeds = feeds || ARRAY['json', 'axis'] WHERE label = 'acme-operator'");
        return gateway;
    }

    private static Task UnmapAsync(GatewayHost gateway, string device) => gateway.ExecuteAsync($"DELETE FROM tenancy.device_line WHERE device = '{device}'");

    private static async Task LandAsync(HttpClient door, string body, bool held)
    {
        using var response = await door.ReportAsync(body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(held ? 1 : 0, (await response.JsonAsync()).Rows().Quarantined);
    }

    private static Task ReleasedAsync(GatewayHost gateway) => GatewayHost.UntilAsync(async () =>
        await gateway.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE state = 'open'") == 0 && await gateway.CountAsync("SELECT count(*) FROM gateway.replay WHERE state = 'running'") == 0);

    // Every replay and release that stands, the newest first.
    private static async Task UndoAllAsync(GatewayHost gateway)
    {
        var replays = (await gateway.TextAsync(
            "SELECT coalesce(string_agg(r.id::text, ',' ORDER BY r.id DESC), '') FROM gateway.replay r WHERE r.kind IN ('replay', 'release') AND NOT EXISTS (SELECT 1 FROM gateway.replay u WHERE u.undoes = r.id)"))
            .Split(',', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(replays);
        foreach (var id in replays)
        {
            await gateway.UndoAsync(long.Parse(id, System.Globalization.CultureInfo.InvariantCulture));
            await GatewayHost.UntilAsync(async () => await gateway.CountAsync("SELECT count(*) FROM gateway.replay WHERE state = 'running'") == 0);
        }

        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.replay WHERE payloads_failed > 0"));
    }

    private static async Task ReplayOpenAsync(GatewayHost gateway)
    {
        await gateway.ReplayAsync(new { feed = (await gateway.OpenItemsAsync())[0].Text("feed") });
        await GatewayHost.UntilAsync(async () => await gateway.CountAsync("SELECT count(*) FROM gateway.replay WHERE state = 'running'") == 0);
    }

    private static async Task<List<string>> CountsAsync(GatewayHost gateway, List<EventBatch> published)
    {
        published.AddRange(await gateway.PublishedAsync());
        return [.. DeviceFleet.Counts(published).Values.Select(count => count.Text).Where(text => !text.EndsWith("withdrawn", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private static string Interval(int hour, int entered) =>
        $$"""{"device":"d1","intervals":[{"line":"door","from":"2026-11-20T{{hour:00}}:00:00","to":"2026-11-20T{{hour + 1:00}}:00:00","in":{{entered}},"out":0}]}""";

    private static string Sums(string time, int entered) => $$"""{"serial":"ax","name":"door","timestamp":"20261120{{time}}","in":{{entered}},"out":0}""";
}
