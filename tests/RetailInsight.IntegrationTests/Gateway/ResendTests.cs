using System.Net;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>What a resend means is declared: append, delta or replace. Nothing a shorter resend leaves out goes away by itself.</summary>
public sealed class ResendTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Trap_V5_a_shorter_resend_deletes_nothing_until_an_operator_confirms_it_and_that_can_be_undone()
    {
        await using var gateway = await StartAsync("replace");
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(
            VendorFiles.Sale("0001", 1000), VendorFiles.Sale("0002", 500), VendorFiles.Sale("0003", 300), VendorFiles.Sale("0004", 700, date: "2026/11/02")));
        var shorter = await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 1000), VendorFiles.Sale("0002", 450)));
        Assert.Equal((2, 0, 1, 1, 0), shorter.Rows());

        // It is asked about, with rows and yen of the store-day; until then it counts. The day that is not in the file is not asked about.
        var published = await new PublishedReceipts().ReadAsync(gateway);
        Assert.Equal("S001 11-01 3 1750; S001 11-02 1 700", published.Days());
        var omission = Assert.Single(await OpenAsync(gateway));
        Assert.Equal("vendor-a S001 2026-11-01 1 1 300 JPY", Line(omission));
        Assert.Equal(shorter.Text("receipt_id"), omission.Text("receipt_id"));
        Assert.Matches("vendor-a +S001 +2026-11-01 +1 +1 +300 +JPY +open", await FeedTests.RunAsync(gateway, "acme", 1, "omission", "list"));
        var id = omission.Id();
        Assert.Matches("P001 +0003 ", await FeedTests.RunAsync(gateway, "acme", 0, "omission", "show", $"{id}"));

        using (var refused = await gateway.Acme.PostAsync(new Uri($"/v1/omissions/{id}/confirm", UriKind.Relative), null))
        {
            Assert.Equal((HttpStatusCode.Forbidden, "operator_only"), (refused.StatusCode, (await refused.JsonAsync()).Text("code")));
        }

        for (var round = 0; round < 2; round++)
        {
            Assert.Equal("5 read: 3 accepted, 1 duplicate, 1 superseding, 0 withdrawn; gross 1750", await DayAsync(gateway));
            var withdrawal = await gateway.Operator.PostJsonAsync($"/v1/omissions/{id}/confirm", new { });
            Assert.Equal(("withdrawal", "done", "acme-operator"), (withdrawal.Text("kind"), withdrawal.Text("state"), withdrawal.Text("requested_by")));
            Assert.Equal(["withdrawn S001 2026-11-01 1 300"], withdrawal.Effects());
            Assert.Equal(withdrawal.Id(), (await gateway.Operator.PostJsonAsync($"/v1/omissions/{id}/confirm", new { })).Id());
            Assert.Equal("S001 11-01 2 1450; S001 11-02 1 700", (await published.ReadAsync(gateway)).Days());
            Assert.Equal("5 read: 2 accepted, 1 duplicate, 1 superseding, 1 withdrawn; gross 1450", await DayAsync(gateway));
            Assert.Empty(await OpenAsync(gateway));

            var undo = await gateway.UndoAsync(withdrawal.Id());
            Assert.Equal(undo.Id(), (await gateway.UndoAsync(withdrawal.Id())).Id());
            Assert.StartsWith("restored S001 2026-11-01", undo.Effects().Single(), StringComparison.Ordinal);
            Assert.Equal("S001 11-01 3 1750; S001 11-02 1 700", (await published.ReadAsync(gateway)).Days());
            Assert.Equal(id, Assert.Single(await OpenAsync(gateway)).Id());
        }

        // The old file sent once more still says nothing new: what was withdrawn and returned is known.
        Assert.Equal((3, 0, 3, 0, 0), (await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 1000), VendorFiles.Sale("0002", 500), VendorFiles.Sale("0003", 300)))).Rows());
        Assert.Empty(await OpenAsync(gateway));
    }

    [Fact]
    public async Task What_was_withdrawn_and_comes_again_counts_again_and_an_undo_leaves_it()
    {
        await using var gateway = await StartAsync("replace");
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 100), VendorFiles.Sale("0002", 200)));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 100), VendorFiles.Sale("0002", 250)));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 100), ""));
        var withdrawal = await gateway.Operator.PostJsonAsync($"/v1/omissions/{(await OpenAsync(gateway)).Single().Id()}/confirm", new { });
        var again = await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 100), VendorFiles.Sale("0002", 200), ""));
        Assert.Equal((2, 1, 1, 0, 0), again.Rows());
        var published = await new PublishedReceipts().ReadAsync(gateway);
        Assert.Equal("S001 11-01 2 300", published.Days());

        Assert.StartsWith("kept", (await gateway.UndoAsync(withdrawal.Id())).Effects().Single(), StringComparison.Ordinal);
        Assert.Equal("S001 11-01 2 300", (await published.ReadAsync(gateway)).Days());
        Assert.Empty(await OpenAsync(gateway));
    }

    [Fact]
    public async Task What_was_dismissed_is_asked_about_again_only_after_a_file_had_it_again()
    {
        await using var gateway = await StartAsync("replace");
        var all = new[] { VendorFiles.Sale("0001", 100), VendorFiles.Sale("0002", 200) };
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(all));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(all[0]));
        var id = (await OpenAsync(gateway)).Single().Id();
        var dismissed = await gateway.Operator.PostJsonAsync($"/v1/omissions/{id}/dismiss", new { });
        Assert.Equal(("dismissed", "acme-operator"), (dismissed.Text("state"), dismissed.Text("decided_by")));
        using (var late = await gateway.Operator.PostAsync(new Uri($"/v1/omissions/{id}/confirm", UriKind.Relative), null))
        {
            Assert.Equal((HttpStatusCode.Conflict, "omission_decided"), (late.StatusCode, (await late.JsonAsync()).Text("code")));
        }

        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(all[0], ""));
        Assert.Empty(await OpenAsync(gateway));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv([.. all, ""]));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(all[0], "", ""));
        Assert.NotEqual(id, (await OpenAsync(gateway)).Single().Id());
        Assert.Equal("S001 11-01 2 300", (await new PublishedReceipts().ReadAsync(gateway)).Days());
    }

    [Fact]
    public async Task A_receipt_that_is_held_in_the_newer_file_is_contained_in_it()
    {
        await using var gateway = await StartAsync("replace");
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 100), VendorFiles.Sale("0002", 200)));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 100), VendorFiles.Sale("0002", 250, kind: "05")));
        Assert.Empty(await OpenAsync(gateway));

        // And one that a replay brings into a store-day whose newest file does not have it is asked about.
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 100), ""));
        var asked = Assert.Single(await OpenAsync(gateway));
        Assert.Equal("vendor-a S001 2026-11-01 1 1 200 JPY", Line(asked));
        await gateway.FixProfileAsync();
        await gateway.ReplayAsync(new { reason = "code_unknown" });
        Assert.Equal("vendor-a S001 2026-11-01 1 1 250 JPY", Line(Assert.Single(await OpenAsync(gateway))));
    }

    [Theory]
    [InlineData("append")]
    [InlineData("delta")]
    public async Task A_feed_that_does_not_replace_is_asked_nothing(string resend)
    {
        await using var gateway = await StartAsync(resend);
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 100), VendorFiles.Sale("0002", 200)));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 150)));
        Assert.Empty(await OpenAsync(gateway));
        Assert.Equal("S001 11-01 2 350", (await new PublishedReceipts().ReadAsync(gateway)).Days());
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.generation_receipt"));
    }

    [Fact]
    public async Task A_file_that_lands_in_parts_is_compared_as_a_whole_and_another_tenant_sees_nothing()
    {
        await using var gateway = await StartAsync("replace", new() { ["Gateway:PartBytes"] = "40000" });
        string[] Rows(int count) => [.. Enumerable.Range(1, count).Select(i => VendorFiles.Sale($"{i:0000}", 10))];
        await LandAsync(gateway, VendorFiles.SalesCsv(Rows(2000)));
        await LandAsync(gateway, VendorFiles.SalesCsv(Rows(1993)));
        var omission = Assert.Single(await OpenAsync(gateway));
        Assert.Equal("vendor-a S001 2026-11-01 7 7 70 JPY", Line(omission));

        var rival = gateway.Client(GatewayHost.Key("rival-operator"));
        Assert.Equal(0, (await rival.GetJsonAsync("/v1/omissions")).GetProperty("items").GetArrayLength());
        using var unknown = await rival.PostAsync(new Uri($"/v1/omissions/{omission.Id()}/confirm", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private static async Task LandAsync(GatewayHost gateway, byte[] file)
    {
        using var pushed = await gateway.Acme.PushAsync("vendor-a", file);
        var receipt = "/v1/receipts/" + (await pushed.JsonAsync()).Text("receipt_id");
        await GatewayHost.UntilAsync(async () =>
        {
            Assert.Equal("", await gateway.TextAsync("SELECT coalesce(max(last_error), '') FROM gateway.ingestion"));
            return (await gateway.Acme.GetJsonAsync(receipt)).Text("state") == "converted";
        });
    }

    private async Task<GatewayHost> StartAsync(string resend, Dictionary<string, string?>? settings = null)
    {
        var gateway = await ReplayHost.StartAsync(postgres, settings);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/v1/feeds/vendor-a") { Content = System.Net.Http.Json.JsonContent.Create(new { resend }) };
        using var changed = await gateway.Operator.SendAsync(request);
        Assert.Equal(resend, (await changed.JsonAsync()).Text("resend"));
        return gateway;
    }

    private static async Task<List<JsonElement>> OpenAsync(GatewayHost gateway) =>
        [.. (await gateway.Operator.GetJsonAsync("/v1/omissions?state=open")).GetProperty("items").EnumerateArray()];

    private static string Line(JsonElement omission) =>
        $"{omission.Text("feed")} {omission.Text("store")} {omission.Text("business_date")} {omission.GetProperty("receipts")} {omission.GetProperty("rows")} {omission.Text("gross")} {omission.Text("currency")}";

    private static async Task<string> DayAsync(GatewayHost gateway)
    {
        var feed = (await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days/S001/2026-11-01")).GetProperty("feeds")[0];
        var rows = feed.GetProperty("rows");
        Assert.Equal(rows.GetProperty("rows_read").GetInt32(), rows.EnumerateObject().Where(one => one.Name != "rows_read").Sum(one => one.Value.GetInt32()));
        return $"{rows.GetProperty("rows_read")} read: {rows.GetProperty("accepted")} accepted, {rows.GetProperty("duplicate")} duplicate, {rows.GetProperty("superseding")} superseding, "
            + $"{rows.GetProperty("withdrawn")} withdrawn; gross {feed.GetProperty("totals")[0].Text("gross")}";
    }
}
