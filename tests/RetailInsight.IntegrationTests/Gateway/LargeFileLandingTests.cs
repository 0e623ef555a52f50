using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using RetailInsight.Core.Canon.V1;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A file landed in parts ends as one landed whole, whatever happens on the way.</summary>
public sealed class LargeFileLandingTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private const int LinesPerReceipt = 10;

    // RETAILINSIGHT_SOAK_MEGABYTES and RETAILINSIGHT_SOAK_KILLS ask for more than the suite does.
    private static readonly int Megabytes = Setting("RETAILINSIGHT_SOAK_MEGABYTES", 24);
    private static readonly int Kills = Setting("RETAILINSIGHT_SOAK_KILLS", 0);

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

    [Fact]
    public async Task Memory_does_not_grow_with_the_file()
    {
        await using var keeper = await GatewayHost.StartAsync(postgres, new() { ["Gateway:SweepEverySeconds"] = "3600" });
        await keeper.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var directory = Directory.CreateTempSubdirectory("gateway-large-");
        try
        {
            var path = Path.Combine(directory.FullName, "sales.csv");
            var rows = await WriteAsync(path);
            var clock = Stopwatch.StartNew();
            var (peak, id, uploaded) = (0, "", TimeSpan.Zero);
            for (var kill = 0; kill <= Kills; kill++)
            {
                await using var gateway = await GatewayProcess.StartAsync(keeper, directory.FullName);
                if (id.Length == 0)
                {
                    using var client = new HttpClient { BaseAddress = gateway.Client.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
                    client.DefaultRequestHeaders.Authorization = gateway.Client.DefaultRequestHeaders.Authorization;
                    using var file = new StreamContent(File.OpenRead(path));
                    using var answer = await client.PostAsync(new Uri("/v1/ingest/vendor-a", UriKind.Relative), file);
                    Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
                    (id, uploaded) = ((await answer.JsonAsync()).Text("receipt_id"), clock.Elapsed);
                }

                // A kill comes somewhere in its share of the file.
                var until = kill < Kills ? (kill + 0.5) / (Kills + 1) * rows : double.MaxValue;
                while (await keeper.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE state = 'landed'") > 0
                    && await keeper.CountAsync("SELECT coalesce(max(next_row), 0)::bigint FROM gateway.partial_landing") < until)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100));
                }

                peak = Math.Max(peak, gateway.PeakMegabytes);
                gateway.Kill();
            }

            var receipt = await keeper.Acme.GetJsonAsync("/v1/receipts/" + id);
            Assert.Equal((rows, rows, 0, 0, 0), receipt.Rows());
            Assert.Equal(rows / LinesPerReceipt, await keeper.CountAsync("SELECT count(*) FROM gateway.identity"));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"large file: {new FileInfo(path).Length / 1e6:0} MB, {rows:N0} rows, {Kills} kills: uploaded after {uploaded.TotalSeconds:0} s, landed after {clock.Elapsed.TotalSeconds:0} s, peak memory of the gateway {peak} MB"));
            Assert.InRange(peak, 0, 700);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<int> WriteAsync(string path)
    {
        await using var writer = new StreamWriter(path, false, Encoding.Latin1) { NewLine = "\r\n" };
        var header = Encoding.Latin1.GetString(VendorFiles.SalesCsv()).TrimEnd();
        await writer.WriteLineAsync(header);
        var total = LinesPerReceipt * 100;
        var line = Encoding.Latin1.GetString(VendorFiles.Csv("x", [VendorFiles.Sale("NUMBER", 100, total: $"{total}")])).Split("\r\n")[1]
            .Replace(",9,,", $",{total * 10 / 110},,", StringComparison.Ordinal);
        var rows = 0;
        for (var receipt = 1; writer.BaseStream.Position < Megabytes * 1_000_000L; receipt++)
        {
            var number = receipt.ToString("0000000", CultureInfo.InvariantCulture);
            for (var i = 0; i < LinesPerReceipt; i++, rows++)
            {
                await writer.WriteLineAsync(line.Replace("NUMBER", number, StringComparison.Ordinal));
            }
        }

        return rows;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

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
