using System.Globalization;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A large file that could not be read at all is replayed part by part, and comes to what it comes to as a whole.</summary>
public sealed class LargeFileReplayTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Receipts = 1_500;

    // The profile of the feed calls the register's column otherwise until it is mended.
    private static readonly byte[] Day = LargeFormat.All["csv"].File(Receipts, 2);

    [Fact]
    public async Task In_parts_and_whole_a_replay_brings_in_the_same()
    {
        var whole = await ReplayedAsync(int.MaxValue / 4);
        var parts = await ReplayedAsync(20_000);
        Assert.Equal(whole.Figures, parts.Figures);
        Assert.Equal(whole.Days, parts.Days);
        Assert.Equal(whole.Preview, parts.Preview);
        Assert.Equal(Receipts - (Receipts / 100), whole.Identities);
        Assert.Equal(whole.Identities, parts.Identities);
        Assert.Equal(whole.Held, parts.Held);
        Assert.Equal(Receipts / 100, parts.Held.Count);
        Assert.Equal(0, parts.LeftAfterUndo);
    }

    private async Task<(string Figures, string Days, string Preview, long Identities, List<string> Held, long LeftAfterUndo)> ReplayedAsync(int partBytes)
    {
        await using var gateway = await ReplayHost.StartAsync(postgres, partBytes: partBytes);
        await gateway.FixProfileAsync("vendor-a-columns");
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        using (var answer = await gateway.Acme.PushAsync("vendor-a", Day, prefer: "respond-async"))
        {
            var address = "/v1/receipts/" + (await answer.JsonAsync()).Text("receipt_id");
            await GatewayHost.UntilAsync(async () => (await gateway.Acme.GetJsonAsync(address)).Text("state") == "unreadable");
        }

        await gateway.FixProfileAsync("vendor-a");
        var preview = await DoneAsync(gateway, (await gateway.PreviewAsync(new { reason = "schema_changed" })).Id());
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.identity"));
        var id = (await gateway.ReplayAsync(new { reason = "schema_changed" })).Id();
        var replay = await DoneAsync(gateway, id);
        var days = (await new PublishedReceipts().ReadAsync(gateway)).Days();
        var identities = await gateway.CountAsync("SELECT count(*) FROM gateway.identity");
        var held = (await gateway.OpenItemsAsync()).ConvertAll(item => $"{item.Text("key")} {item.GetProperty("rows")} {item.GetProperty("reason")} {item.GetProperty("row")}");
        await DoneAsync(gateway, (await gateway.UndoAsync(id)).Id());
        var left = await gateway.CountAsync("SELECT count(*) FROM gateway.identity WHERE NOT withdrawn");
        return (string.Join('\n', replay.Effects()), days, string.Join('\n', preview.Effects()), identities, held, left);
    }

    private static async Task<System.Text.Json.JsonElement> DoneAsync(GatewayHost gateway, long id)
    {
        var path = "/v1/quarantine/replays/" + id.ToString(CultureInfo.InvariantCulture);
        await GatewayHost.UntilAsync(async () =>
        {
            await gateway.WorkAsync();
            return (await gateway.Operator.GetJsonAsync(path)).Text("state") == "done";
        });
        return await gateway.Operator.GetJsonAsync(path);
    }
}
