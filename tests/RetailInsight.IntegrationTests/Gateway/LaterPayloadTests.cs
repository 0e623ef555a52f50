using System.Text.Json;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>What is held closes by itself when the sender's mended file brings the same receipt, and opens again when that is taken back.</summary>
public sealed class LaterPayloadTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_mended_file_closes_what_was_held_of_its_receipts_and_no_row_is_counted_twice()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(
            VendorFiles.Sale("0001", 1000), VendorFiles.Sale("0002", 500, kind: "05"), VendorFiles.Sale("0003", 300, total: "301"), VendorFiles.Sale("0004", 700, pos: "P002", kind: "05")));
        var mended = await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0002", 500), VendorFiles.Sale("0003", 300)));
        Assert.Equal((2, 2, 0, 0, 0), mended.Rows());

        await gateway.WorkAsync();
        Assert.Equal(["P002 / 2026/11/01 / 0004"], (await gateway.OpenItemsAsync()).Select(item => item.Text("key")));
        var resolved = (await gateway.Acme.GetJsonAsync("/v1/quarantine?state=resolved")).GetProperty("items");
        Assert.Equal(2, resolved.GetArrayLength());
        Assert.All(resolved.EnumerateArray(), item =>
        {
            Assert.Equal(mended.Text("receipt_id"), item.Text("resolved_by"));
            Assert.Contains("later payload", item.Text("state_meaning"), StringComparison.Ordinal);
        });
        Assert.Equal("5 read: 3 accepted, 0 held, 0 released, 2 resolved; gross 1800; at risk ", await DayAsync(gateway, 5));

        // The audit says so, once; a further look finds nothing to do.
        await gateway.WorkAsync();
        var audit = (await gateway.Operator.GetJsonAsync("/v1/quarantine/replays")).GetProperty("items");
        Assert.Equal(["resolution"], audit.EnumerateArray().Select(one => one.Text("kind")));
        var account = await gateway.Operator.GetJsonAsync($"/v1/quarantine/replays/{audit[0].Id()}");
        Assert.Equal(("later payloads", 2), (account.Text("requested_by"), account.Outcome("resolved")));
        Assert.Equal(["resolved S001 2026-11-01 2 801"], account.Effects());
        using var undo = await gateway.Operator.PostAsync(new Uri($"/v1/quarantine/replays/{audit[0].Id()}/undo", UriKind.Relative), null);
        Assert.Equal("undo_impossible", (await undo.JsonAsync()).Text("code"));
    }

    [Fact]
    public async Task Only_what_came_later_by_the_same_tenant_and_by_the_vendors_own_count_closes_anything()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());

        // A correction of a sale that landed before is held: the sale itself does not close it, nor does the old file sent once more.
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 1000)));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 600, kind: "05")));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 1000), VendorFiles.Sale("0009", 1)));

        // The other tenant's receipt of the same number is another receipt.
        await gateway.Client(GatewayHost.Key("rival")).LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 900)));
        await gateway.WorkAsync();
        Assert.Equal(["0001"], (await gateway.OpenItemsAsync()).Select(item => item.Text("key")[^4..]));

        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 600)));
        await gateway.WorkAsync();
        Assert.Empty(await gateway.OpenItemsAsync());
        Assert.Equal(1, await gateway.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE tenant = 'rival' AND state = 'open'"));
    }

    [Fact]
    public async Task An_undo_of_the_replay_that_brought_the_receipt_opens_what_it_had_closed()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0002", 500, kind: "05")));
        var later = await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0002", 450, kind: "05")));
        await gateway.FixProfileAsync();
        var replay = await gateway.ReplayAsync(new { receipt_id = later.Text("receipt_id") });
        await gateway.WorkAsync();
        Assert.Empty(await gateway.OpenItemsAsync());
        Assert.Equal("2 read: 0 accepted, 0 held, 1 released, 1 resolved; gross 450; at risk ", await DayAsync(gateway, 2));

        await gateway.UndoAsync(replay.Id());
        await gateway.WorkAsync();
        Assert.Equal(2, (await gateway.OpenItemsAsync()).Count);
        var day = (await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days/S001/2026-11-01")).GetProperty("feeds")[0];
        Assert.Equal((2, 1, 1), (Rows(day, "rows_read"), Rows(day, "quarantined"), Rows(day, "withdrawn")));
        Assert.Equal("950", day.GetProperty("money_at_risk")[0].Text("amount"));
    }

    [Fact]
    public async Task A_count_that_was_held_is_closed_by_the_count_sent_again()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        var good = System.Text.Encoding.UTF8.GetString(VendorFiles.People(new DateTime(2026, 11, 1, 10, 0, 0)));
        await gateway.Acme.LandAsync("people-counter", System.Text.Encoding.UTF8.GetBytes(good.Replace("\"in\":12", "\"in\":-12", StringComparison.Ordinal)));
        Assert.Single(await gateway.OpenItemsAsync());
        await gateway.Acme.LandAsync("people-counter", System.Text.Encoding.UTF8.GetBytes(good));
        await gateway.WorkAsync();
        Assert.Empty(await gateway.OpenItemsAsync());
    }

    [Fact]
    public async Task The_states_are_a_closed_list_in_both_languages()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        using var client = gateway.Client(GatewayHost.Key("acme"));
        client.DefaultRequestHeaders.Add("Accept-Language", "ja");
        var states = (await client.GetJsonAsync("/v1/quarantine/states")).GetProperty("items");
        Assert.Equal(["open", "replayed", "resolved", "discarded"], states.EnumerateArray().Select(state => state.Text("code")));
        Assert.Contains("後の送信で解決済み", states[2].Text("meaning"), StringComparison.Ordinal);
        using var unknown = await client.GetAsync(new Uri("/v1/quarantine?state=closed", UriKind.Relative));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    private static async Task<string> DayAsync(GatewayHost gateway, int all)
    {
        var feed = (await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days/S001/2026-11-01")).GetProperty("feeds")[0];
        Assert.Equal(all, Rows(feed, "rows_read"));
        var parts = feed.GetProperty("rows").EnumerateObject().Where(one => one.Name != "rows_read").Sum(one => one.Value.GetInt32());
        Assert.Equal(all, parts);
        return $"{all} read: {Rows(feed, "accepted")} accepted, {Rows(feed, "quarantined")} held, {Rows(feed, "released")} released, {Rows(feed, "resolved")} resolved; "
            + $"gross {feed.GetProperty("totals")[0].Text("gross")}; at risk {string.Join(" ", feed.GetProperty("money_at_risk").EnumerateArray().Select(one => one.Text("amount")))}";
    }

    private static int Rows(JsonElement feed, string column) => feed.GetProperty("rows").GetProperty(column).GetInt32();
}
