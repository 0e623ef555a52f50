using System.Globalization;
using System.Net;
using System.Text;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A file landed in parts ends as one landed whole, whatever happens on the way.</summary>
public sealed class LargeFileLandingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Receipts = 9_000;

    // One in a hundred is held for its register, one in a hundred and one takes back another, and the first repeats at the end of the file.
    private static readonly byte[] Day = VendorFiles.SalesCsv(
    [
        .. Enumerable.Range(1, Receipts).Select(i => VendorFiles.Sale(
            Number(i), 100 + (i % 900), pos: i % 100 == 7 ? "P999" : i % 2 == 0 ? "P001" : "P002", date: i % 3 == 0 ? "2026/11/02" : "2026/11/01",
            kind: i > 202 && i % 101 == 0 ? "03" : "01", original: i > 202 && i % 101 == 0 ? Number(i - 202) : "")),
    ]);

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    public async Task In_parts_and_whole_a_file_has_one_outcome(string? encoding)
    {
        var (whole, messages) = await LandAsync(encoding, partBytes: int.MaxValue / 4);
        var (parts, more) = await LandAsync(encoding, partBytes: 40_000);
        Assert.Equal(Shown(whole), Shown(parts));
        Assert.Equal(messages.Count, more.Count);
        Assert.Equal(messages, more);
        Assert.Equal(Receipts, parts.GetProperty("rows_read").GetInt32());
        Assert.Equal(Receipts / 100, parts.GetProperty("quarantined").GetInt32());
    }

    [Fact]
    public async Task A_file_whose_receipts_are_scattered_is_converted_whole()
    {
        var lines = Encoding.Latin1.GetString(Day).Split("\r\n");
        var scattered = Encoding.Latin1.GetBytes(string.Join("\r\n", [lines[0], .. lines[1..^1], lines[1], ""]));
        await using var gateway = await GatewayHost.StartAsync(postgres, Parts(40_000));
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var receipt = await PushAsync(gateway.Acme, scattered, null);
        Assert.Equal(Receipts + 1, receipt.GetProperty("rows_read").GetInt32());
        Assert.Equal((Receipts / 100) + 2, receipt.GetProperty("quarantined").GetInt32());
    }

    [Fact]
    public async Task A_gzip_that_was_cut_off_is_refused_before_any_of_it_lands()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, Parts(40_000));
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var packed = VendorFiles.Gzip(Day);
        using var answer = await gateway.Acme.PushAsync("vendor-a", packed[..^200], "gzip");
        var address = (await answer.JsonAsync()).Text("receipt_id");
        await GatewayHost.UntilAsync(async () => (await gateway.Acme.GetJsonAsync("/v1/receipts/" + address)).Text("state") == "unreadable");
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.identity"));
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.partial_landing"));
    }

    [Fact]
    public async Task A_gateway_killed_again_and_again_goes_on_where_it_was()
    {
        var (whole, messages) = await LandAsync(null, partBytes: int.MaxValue / 4);
        await using var keeper = await GatewayHost.StartAsync(postgres, new() { ["Gateway:SweepEverySeconds"] = "3600" });
        await keeper.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var directory = Directory.CreateTempSubdirectory("gateway-killed-");
        try
        {
            var random = new Random(20261121);
            string? id = null;
            for (var kill = 0; kill < 4; kill++)
            {
                await using var gateway = await GatewayProcess.StartAsync(keeper, directory.FullName, new() { ["Gateway__PartBytes"] = "20000" });
                id ??= (await (await gateway.Client.PushAsync("vendor-a", Day, prefer: "respond-async")).JsonAsync()).Text("receipt_id");
                var before = await ReachedAsync(keeper);
                await GatewayHost.UntilAsync(async () => await ReachedAsync(keeper) > before);
                await Task.Delay(random.Next(0, 60));
                gateway.Kill();
            }

            Assert.Equal(1, await keeper.CountAsync("SELECT count(*) FROM gateway.partial_landing"));
            await using var last = await GatewayProcess.StartAsync(keeper, directory.FullName, new() { ["Gateway__PartBytes"] = "20000" });
            await GatewayHost.UntilAsync(async () => await keeper.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE state = 'landed'") == 0);
            Assert.Equal(Shown(whole), Shown(await keeper.Acme.GetJsonAsync("/v1/receipts/" + id)));
            Assert.Equal(messages, Records(await keeper.PublishedAsync()));
            Assert.Equal(0, await keeper.CountAsync("SELECT count(*) FROM gateway.partial_landing"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static Task<long> ReachedAsync(GatewayHost keeper) => keeper.CountAsync("SELECT coalesce(sum(next_offset), 0)::bigint FROM gateway.partial_landing");

    private async Task<(System.Text.Json.JsonElement Receipt, List<string> Records)> LandAsync(string? encoding, int partBytes)
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, Parts(partBytes));
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var receipt = await PushAsync(gateway.Acme, encoding is null ? Day : VendorFiles.Gzip(Day), encoding);
        return (receipt, Records(await gateway.PublishedAsync()));
    }

    private static async Task<System.Text.Json.JsonElement> PushAsync(HttpClient client, byte[] body, string? encoding)
    {
        using var answer = await client.PushAsync("vendor-a", body, encoding, prefer: "respond-async");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var address = "/v1/receipts/" + (await answer.JsonAsync()).Text("receipt_id");
        await GatewayHost.UntilAsync(async () => (await client.GetJsonAsync(address)).Text("state") == "converted");
        return await client.GetJsonAsync(address);
    }

    private static Dictionary<string, string?> Parts(int bytes) => new()
    {
        ["Gateway:PartBytes"] = bytes.ToString(CultureInfo.InvariantCulture),
        ["Gateway:UsualPackRatio"] = "50",
        ["Gateway:SweepAfterSeconds"] = "0",
        ["Gateway:SweepEverySeconds"] = "1",
    };

    // What is said of the payload, without when it came and who signed.
    private static string Shown(System.Text.Json.JsonElement receipt) => string.Join(
        '\n', receipt.EnumerateObject().Where(member => member.Name is not ("received_at" or "signature")).Select(member => $"{member.Name} {member.Value.GetRawText()}"));

    private static List<string> Records(List<EventBatch> batches) =>
    [
        .. batches.DistinctBy(batch => batch.BatchId).SelectMany(batch => batch.Transactions.ReceiptNumber.Select((number, i) =>
            $"{batch.Strings[(int)number]} {batch.Transactions.EventIdHi[i]:x} {batch.Transactions.ContentHashHi[i]:x} {batch.Transactions.Revision[i]} {batch.Transactions.SourceRow[i]} {batch.Transactions.SourceOffset[i]}")).Order(StringComparer.Ordinal),
    ];

    private static string Number(int i) => i.ToString("000000", CultureInfo.InvariantCulture);
}
