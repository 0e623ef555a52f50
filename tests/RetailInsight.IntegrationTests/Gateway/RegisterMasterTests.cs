using System.Net;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>What a pushed register master changes, and what it lets in.</summary>
public sealed class RegisterMasterTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_push_answers_with_what_it_added_changed_and_ended_and_the_same_again_with_nothing()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        Assert.Equal(["P001 added S001 2026-01-01..", "P002 added S002 2026-01-01.."], Changes(await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster())));
        var second = await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster(
            "P001,S001,x,2026/01/01,2026/10/31", "P001,S011,x,2026/11/01,", "P002,S001,x,2026/01/01,", "P003,S002,x,2026/05/01,"));
        Assert.Equal(
            ["P001 ended S001 2026-01-01..2026-10-31", "P001 added S011 2026-11-01..", "P002 changed S001 2026-01-01.. was S002", "P003 added S002 2026-05-01.."], Changes(second));

        // A stay that begins while another is open ends that one.
        Assert.Equal(
            ["P003 added S011 2026-09-01..", "P003 ended S002 2026-05-01..2026-08-31"],
            Changes(await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P003,S002,x,2026/05/01,", "P003,S011,x,2026/09/01,"))));
        Assert.Empty(Changes(await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P003,S011,x,2026/09/01,"))));
    }

    [Fact]
    public async Task A_push_is_followed_to_the_held_receipts_it_let_in()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(
            VendorFiles.Sale("1", 1_000), VendorFiles.Sale("2", 500, date: "2026/11/02"), VendorFiles.Sale("3", 70, date: "2025/12/31"), VendorFiles.Sale("4", 9, pos: "P009")));
        Assert.Equal(4, (await gateway.Acme.GetJsonAsync("/v1/masters/unmapped")).GetProperty("items").EnumerateArray().Sum(item => item.GetProperty("receipts").GetInt32()));
        var receipt = await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        await gateway.WorkAsync();
        await GatewayHost.UntilAsync(async () => await gateway.CountAsync("SELECT count(*) FROM gateway.replay WHERE state = 'running'") == 0);
        var push = await gateway.Acme.GetJsonAsync("/v1/masters/pushes/" + receipt.Text("receipt_id"));
        Assert.Equal(2, push.GetProperty("changes").GetArrayLength());
        var (released, waiting) = (push.GetProperty("released"), push.GetProperty("waiting"));
        Assert.Equal((2, "1500"), (released.GetProperty("receipts").GetInt32(), released.Text("amount")));
        Assert.Equal(["2026-11-01", "2026-11-02"], released.GetProperty("store_days").EnumerateArray().Select(day => day.Text("business_date")));
        Assert.NotEmpty(released.GetProperty("replays").EnumerateArray());

        // Before the register stood there: still held.
        Assert.Equal((1, "70"), (waiting.GetProperty("receipts").GetInt32(), waiting.Text("amount")));
        foreach (var path in (string[])["00", new string('0', 32), (await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("9", 1)))).Text("receipt_id")])
        {
            using var unknown = await gateway.Acme.GetAsync(new Uri("/v1/masters/pushes/" + path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        }

        using var rival = await gateway.Client(GatewayHost.Key("rival")).GetAsync(new Uri("/v1/masters/pushes/" + receipt.Text("receipt_id"), UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, rival.StatusCode);
    }

    [Fact]
    public async Task Trap_I2_a_register_code_used_again_for_another_store_keeps_both_histories_apart()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P001,S001,旧店,2026/01/01,"));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 1_000, date: "2026/08/31"), VendorFiles.Sale("1", 7, date: "2026/09/15")));

        // S001 closed on 31 August; its code went to a register of S011 on 1 October.
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P001,S001,旧店,2026/01/01,2026/08/31", "P001,S011,新店,2026/10/01,"));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(
            VendorFiles.Sale("1", 2_000, date: "2026/10/01"), VendorFiles.Sale("2", 300, date: "2026/08/31"), VendorFiles.Sale("3", 40, date: "2026/09/20")));

        // Late sales are of the store of their day, nobody has those between, and what had landed stays where it was.
        var days = (await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days?feed=vendor-a")).GetProperty("items").EnumerateArray()
            .Select(day => $"{day.Text("business_date")} {day.Text("store")} {day.GetProperty("feeds")[0].GetProperty("totals")[0].Text("gross")}");
        Assert.Equal(["2026-10-01 S011 2000", "2026-09-15 S001 7", "2026-08-31 S001 1300"], days);
        var unmapped = Assert.Single((await gateway.Acme.GetJsonAsync("/v1/masters/unmapped")).GetProperty("items").EnumerateArray());
        Assert.Equal(("P001", "2026-09-20", "40"), (unmapped.Text("sent_as"), unmapped.Text("first_date"), unmapped.Text("money_at_risk")));
    }

    [Fact]
    public async Task A_store_code_given_to_another_store_is_held_until_the_master_says_from_when()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.FixProfileAsync("vendor-a-codes");
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P001,S001,旧店,2026/01/01,2026/08/31"));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 1_000, date: "2026/08/31"), VendorFiles.Sale("1", 2_000, date: "2026/10/01")));
        var held = Assert.Single((await gateway.Acme.GetJsonAsync("/v1/masters/unmapped")).GetProperty("items").EnumerateArray());
        Assert.Equal(("P001", "2026-10-01", "2000"), (held.Text("sent_as"), held.Text("first_date"), held.Text("money_at_risk")));

        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P001,S011,新店,2026/10/01,"));
        await gateway.WorkAsync();
        await GatewayHost.UntilAsync(async () => await gateway.CountAsync("SELECT count(*) FROM gateway.replay WHERE state = 'running'") == 0);
        var days = (await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days?feed=vendor-a")).GetProperty("items").EnumerateArray()
            .Select(day => $"{day.Text("business_date")} {day.Text("store")} {day.GetProperty("feeds")[0].GetProperty("totals")[0].Text("gross")}");
        Assert.Equal(["2026-10-01 S011 2000", "2026-08-31 S001 1000"], days);
    }

    private static IEnumerable<string> Changes(JsonElement receipt) => receipt.GetProperty("master_changes").EnumerateArray().Select(change =>
        $"{change.Text("terminal")} {change.Text("change")} {change.Text("store")} {change.Text("valid_from")}..{change.GetProperty("valid_to")}"
        + (change.Text("change") == "changed" ? " was " + change.Text("was_store") : ""));
}
