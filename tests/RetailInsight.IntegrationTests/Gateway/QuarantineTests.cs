using System.Text;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>What is held back can be found, understood and seen byte by byte; what waits for the master is released by it.</summary>
public sealed class QuarantineTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task One_cause_is_one_line_with_rows_and_yen()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 500, kind: "05"), VendorFiles.Sale("0002", 700, kind: "05"), VendorFiles.Sale("0003", 900, total: "901")));
        var causes = (await gateway.Acme.GetJsonAsync("/v1/quarantine/causes")).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(
            ["code_unknown 取引区分 2 1200 True", "total_mismatch 合計金額 1 901 False"],
            causes.Select(cause => $"{cause.Text("reason")} {cause.Text("field")} {cause.GetProperty("items")} {cause.GetProperty("money_at_risk").Text("JPY")} {cause.GetProperty("retryable").GetBoolean()}"));
    }

    [Fact]
    public async Task An_item_shows_the_bytes_it_was_read_from_also_out_of_a_packed_payload()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var body = VendorFiles.SalesCsv(VendorFiles.Sale("0001", 1000), VendorFiles.Sale("00\u000702", 500, kind: "05"));
        using var pushed = await gateway.Acme.PushAsync("vendor-a", VendorFiles.Gzip(body), encoding: "gzip");
        var listed = Assert.Single(await gateway.OpenItemsAsync());
        var item = await gateway.Acme.GetJsonAsync($"/v1/quarantine/{listed.GetProperty("id")}");
        var bytes = Convert.FromBase64String(item.Text("raw_base64"));
        Assert.Equal(body.AsSpan((int)item.GetProperty("raw_offset").GetInt64(), bytes.Length).ToArray(), bytes);
        Assert.StartsWith("P001,2026/11/01", item.Text("raw_text"), StringComparison.Ordinal);
        Assert.Contains("お茶", item.Text("raw_text"), StringComparison.Ordinal);
        Assert.DoesNotContain(item.Text("raw_text"), char.IsControl);
    }

    [Theory]
    [InlineData("state=open&reason=code_unknown", 2)]
    [InlineData("reason=store_unknown", 1)]
    [InlineData("store=S001", 1)]
    [InlineData("from=2026-11-02", 1)]
    [InlineData("to=2026-11-01", 2)]
    [InlineData("store_as_sent=P099", 1)]
    [InlineData("state=replayed", 0)]
    [InlineData("field=取引区分", 2)]
    public async Task The_list_is_filtered(string query, int expected)
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(
            VendorFiles.Sale("0001", 500, kind: "05"), VendorFiles.Sale("0002", 700, pos: "P002", date: "2026/11/02", kind: "05"), VendorFiles.Sale("0003", 900, pos: "P099")));
        Assert.Equal(expected, (await gateway.Acme.GetJsonAsync("/v1/quarantine?" + query)).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("state=closed")]
    [InlineData("reason=nothing")]
    [InlineData("receipt_id=x")]
    [InlineData("from=yesterday")]
    [InlineData("store=%00")]
    public async Task A_filter_that_makes_no_sense_is_refused(string query)
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        using var response = await gateway.Acme.GetAsync(new Uri("/v1/quarantine?" + query, UriKind.Relative));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Reasons_are_told_in_the_language_asked_for()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        var english = await gateway.Acme.GetJsonAsync("/v1/quarantine/reasons");
        var client = gateway.Client(GatewayHost.Key("acme"));
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("ja");
        var japanese = await client.GetJsonAsync("/v1/quarantine/reasons");
        foreach (var (one, other) in english.GetProperty("items").EnumerateArray().Zip(japanese.GetProperty("items").EnumerateArray()))
        {
            Assert.Equal(one.Text("code"), other.Text("code"));
            Assert.All(one.Text("fix"), letter => Assert.True(letter < 0x3000));
            Assert.Contains(other.Text("fix"), letter => letter is >= '\u3040' and <= '\u30ff');
        }
    }

    [Fact]
    public async Task A_register_put_into_the_master_releases_what_waits_for_it_on_its_dates_alone()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(
            VendorFiles.Sale("0001", 100, pos: "P005", date: "2026/09/30"),
            VendorFiles.Sale("0002", 200, pos: "P005", date: "2026/10/01"),
            VendorFiles.Sale("0003", 400, pos: "P005", date: "2026/11/01")));
        var unmapped = Assert.Single((await gateway.Acme.GetJsonAsync("/v1/masters/unmapped")).GetProperty("items").EnumerateArray());
        Assert.Equal(("P005", 3, "700"), (unmapped.Text("sent_as"), unmapped.GetProperty("receipts").GetInt32(), unmapped.Text("money_at_risk")));

        // It stood in S001 in October and moved to S002 in November; where it stood before nobody says.
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P005,S001,一号店,2026/10/01,2026/10/31", "P005,S002,二号店,2026/11/01,"));
        await GatewayHost.UntilAsync(async () => (await gateway.OpenItemsAsync()).Count == 1);
        var published = await new PublishedReceipts().ReadAsync(gateway);
        Assert.Equal("S001 10-01 1 200; S002 11-01 1 400", published.Days());
        var release = (await gateway.Operator.GetJsonAsync("/v1/quarantine/replays")).GetProperty("items")[0];
        Assert.Equal(("release", "store master"), (release.Text("kind"), release.Text("requested_by")));

        // What a person takes back, the master does not bring again.
        await gateway.UndoAsync(release.Id());
        await gateway.WorkAsync();
        Assert.Equal(3, (await gateway.OpenItemsAsync()).Count);
        Assert.Equal("", (await published.ReadAsync(gateway)).Days());
    }

    [Fact]
    public async Task Moving_a_register_moves_no_history()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var october = VendorFiles.SalesCsv(VendorFiles.Sale("0001", 100, date: "2026/10/15"), VendorFiles.Sale("0002", 200, date: "2026/10/15", kind: "05"));
        await gateway.Acme.LandAsync("vendor-a", october);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P001,S002,二号店,2026/11/01,"));
        await gateway.FixProfileAsync();
        var replay = await gateway.ReplayAsync(new { reason = "code_unknown" });
        Assert.Equal(["recovered S001 2026-10-15 1 200"], replay.Effects());
        Assert.Equal("S001 10-15 2 300", (await new PublishedReceipts().ReadAsync(gateway)).Days());
    }

    [Fact]
    public async Task A_void_that_comes_before_its_sale_waits_visibly_and_takes_it_back_when_it_comes()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0009", 500, kind: "03", original: "0008")));
        var waiting = Assert.Single((await gateway.Acme.GetJsonAsync("/v1/quarantine/waiting")).GetProperty("items").EnumerateArray());
        Assert.Equal(("0009", "-500"), (waiting.Text("receipt_number"), waiting.Text("gross")));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0008", 500), VendorFiles.Sale("0010", 300)));
        Assert.Empty((await gateway.Acme.GetJsonAsync("/v1/quarantine/waiting")).GetProperty("items").EnumerateArray());
        Assert.Equal("S001 11-01 1 300", (await new PublishedReceipts().ReadAsync(gateway)).Days());
    }
}
