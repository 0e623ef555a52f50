using System.Net;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A test key is answered in full and changes nothing.</summary>
public sealed class SandboxTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly string[] Tables = ["gateway.ingestion", "gateway.identity", "gateway.quarantine", "gateway.outbox", "gateway.pos_assignment"];

    private GatewayHost _gateway = null!;

    private HttpClient Vendor => _gateway.Client(GatewayHost.TestKey("sandbox"));

    public async Task InitializeAsync()
    {
        _gateway = await GatewayHost.StartAsync(postgres);
        await GatewayHost.AddKeyAsync(_gateway.Database.Owner, GatewayHost.TestKey("sandbox"), "sandbox", "acme", ["vendor-a", "vendor-a-pos-master"]);
        await _gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        await _gateway.PublishedAsync();
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_payload_gets_its_verdicts_and_a_signed_receipt_and_leaves_no_trace()
    {
        var before = await CountsAsync();
        var files = Directory.EnumerateFiles(_gateway.Directory, "*", SearchOption.AllDirectories).Count();
        var body = VendorFiles.SalesCsv(VendorFiles.Sale("1", 110), VendorFiles.Sale("1", 110, total: "5"), VendorFiles.Sale("2", 220));
        using var answer = await Vendor.PushAsync("vendor-a", body);
        var text = await answer.Content.ReadAsStringAsync();
        var receipt = await answer.JsonAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(receipt.GetProperty("sandbox").GetBoolean());
        Assert.Equal("220", receipt.GetProperty("totals")[0].Text("gross"));
        Assert.Equal((3, 1, 0, 0, 2), receipt.Rows());
        Assert.True(await SignedReceiptTests.VerifiesAsync(_gateway, text));
        await Vendor.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P001,S002,二号店,2026/01/01,"));
        Assert.Equal(before, await CountsAsync());
        Assert.Equal(files, Directory.EnumerateFiles(_gateway.Directory, "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task The_same_bytes_get_the_same_receipt_and_the_live_key_lands_them_as_new()
    {
        var body = VendorFiles.SalesCsv(VendorFiles.Sale("7", 110));
        using var first = await Vendor.PushAsync("vendor-a", body);
        using var second = await Vendor.PushAsync("vendor-a", body);
        var text = await first.Content.ReadAsStringAsync();
        var id = (await first.JsonAsync()).Text("receipt_id");
        Assert.Equal(text, await second.Content.ReadAsStringAsync());
        Assert.Equal("true", second.Headers.GetValues("Idempotent-Replay").Single());
        Assert.Equal(text, await Vendor.GetStringAsync(new Uri("/v1/receipts/" + id, UriKind.Relative)));

        var live = await _gateway.Acme.LandAsync("vendor-a", body);
        Assert.Equal((1, 1, 0, 0, 0), live.Rows());
        Assert.False(live.TryGetProperty("sandbox", out _));
        Assert.NotEqual(id, live.Text("receipt_id"));
        using var hidden = await Vendor.GetAsync(new Uri("/v1/receipts/" + live.Text("receipt_id"), UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.Empty((await Vendor.GetJsonAsync("/v1/reconciliation")).GetProperty("files").EnumerateArray());
        Assert.Empty((await Vendor.GetJsonAsync("/v1/quarantine?feed=vendor-a")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_as_a_live_key_would_see_it()
    {
        using var answer = await Vendor.PushAsync("vendor-a", "\u0000\u0001"u8.ToArray());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.True((await answer.JsonAsync()).GetProperty("receipt").GetProperty("sandbox").GetBoolean());
        using var large = await Vendor.PushAsync("vendor-a", VendorFiles.SalesCsv([.. Enumerable.Range(1, 12_000).Select(i => VendorFiles.Sale($"{i}", 100))]));
        Assert.Equal(HttpStatusCode.OK, large.StatusCode);
        Assert.Equal((12_000, 12_000, 0, 0, 0), (await large.JsonAsync()).Rows());
    }

    private async Task<long[]> CountsAsync()
    {
        var counts = new List<long>();
        foreach (var table in Tables)
        {
            counts.Add(await _gateway.CountAsync($"SELECT count(*) FROM {table}"));
        }

        return [.. counts];
    }
}
