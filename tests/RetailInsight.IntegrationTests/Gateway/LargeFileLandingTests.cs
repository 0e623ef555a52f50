using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using RetailInsight.Core.Canon.V1;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A file landed in parts ends as one landed whole, whatever happens on the way.</summary>
public sealed class LargeFileLandingTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>, IDisposable
{
    private const int LinesPerReceipt = 10;

    // RETAILINSIGHT_SOAK_MEGABYTES and RETAILINSIGHT_SOAK_KILLS ask for more than the suite does.
    private static readonly int Megabytes = Setting("RETAILINSIGHT_SOAK_MEGABYTES", 24);
    private static readonly int Kills = Setting("RETAILINSIGHT_SOAK_KILLS", 0);

    private const int Receipts = 3_000;
    private const int FewLines = 2;

    private static readonly byte[] Day = LargeFormat.All["csv"].File(Receipts, FewLines);
    private static readonly string Format = Environment.GetEnvironmentVariable("RETAILINSIGHT_SOAK_FORMAT") ?? "csv";

    private readonly DirectoryInfo _profiles = Directory.CreateTempSubdirectory("gateway-profiles-");

    public void Dispose() => _profiles.Delete(recursive: true);

    public static TheoryData<string> Formats() => [.. LargeFormat.All.Keys];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task In_parts_and_whole_a_file_has_one_outcome(string format)
    {
        foreach (var encoding in (string?[])[null, "gzip"])
        {
            var (whole, messages) = await LandAsync(format, encoding, partBytes: int.MaxValue / 4);
            var (parts, more) = await LandAsync(format, encoding, partBytes: 40_000);
            Assert.Equal(Shown(whole), Shown(parts));
            Assert.Equal(messages, more);
            Assert.Equal(Receipts * FewLines, parts.GetProperty("rows_read").GetInt32());
            Assert.Equal(Receipts * FewLines / 100, parts.GetProperty("quarantined").GetInt32());
        }
    }

    [Fact]
    public async Task A_file_whose_receipts_are_scattered_is_converted_whole()
    {
        var lines = Encoding.Latin1.GetString(Day).Split("\r\n");
        var scattered = Encoding.Latin1.GetBytes(string.Join("\r\n", [lines[0], .. lines[1..^1], lines[1], ""]));
        await using var gateway = await GatewayHost.StartAsync(postgres, Parts(40_000));
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var receipt = await PushAsync(gateway.Acme, "vendor-a", scattered, null);
        Assert.Equal((Receipts * FewLines) + 1, receipt.GetProperty("rows_read").GetInt32());
        Assert.Equal((Receipts * FewLines / 100) + FewLines + 1, receipt.GetProperty("quarantined").GetInt32());
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

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("xml")]
    public async Task A_gateway_killed_again_and_again_goes_on_where_it_was(string format)
    {
        var (whole, messages) = await LandAsync(format, null, partBytes: int.MaxValue / 4);
        var (feed, file) = (LargeFormat.All[format].Feed, LargeFormat.All[format].File(Receipts, FewLines));
        await using var keeper = await StartAsync(new() { ["Gateway:SweepEverySeconds"] = "3600" });
        var directory = Directory.CreateTempSubdirectory("gateway-killed-");
        try
        {
            var settings = new Dictionary<string, string> { ["Gateway__PartBytes"] = $"{file.Length / 60}", ["Gateway__ProfilesDirectory"] = _profiles.FullName };
            var random = new Random(20261121);
            string? id = null;
            for (var kill = 0; kill < 3; kill++)
            {
                await using var gateway = await GatewayProcess.StartAsync(keeper, directory.FullName, settings);
                id ??= (await (await gateway.Client.PushAsync(feed, file, prefer: "respond-async")).JsonAsync()).Text("receipt_id");
                var before = await ReachedAsync(keeper);
                await GatewayHost.UntilAsync(async () => await ReachedAsync(keeper) > before);
                await Task.Delay(random.Next(0, 60));
                gateway.Kill();
            }

            Assert.Equal(1, await keeper.CountAsync("SELECT count(*) FROM gateway.partial_landing"));
            await using var last = await GatewayProcess.StartAsync(keeper, directory.FullName, settings);
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
        await using var keeper = await StartAsync(new() { ["Gateway:SweepEverySeconds"] = "3600" });
        var directory = Directory.CreateTempSubdirectory("gateway-large-");
        try
        {
            var path = Path.Combine(directory.FullName, "sales");
            var rows = await WriteAsync(path);
            var clock = Stopwatch.StartNew();
            var (peak, id, uploaded) = (0, "", TimeSpan.Zero);
            for (var kill = 0; kill <= Kills; kill++)
            {
                await using var gateway = await GatewayProcess.StartAsync(keeper, directory.FullName, new() { ["Gateway__ProfilesDirectory"] = _profiles.FullName });
                if (id.Length == 0)
                {
                    using var client = new HttpClient { BaseAddress = gateway.Client.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
                    client.DefaultRequestHeaders.Authorization = gateway.Client.DefaultRequestHeaders.Authorization;
                    using var file = new StreamContent(File.OpenRead(path));
                    using var answer = await client.PostAsync(new Uri("/v1/ingest/" + LargeFormat.All[Format].Feed, UriKind.Relative), file);
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
                $"large file: {Format}, {new FileInfo(path).Length / 1e6:0} MB, {rows:N0} rows, {Kills} kills: uploaded after {uploaded.TotalSeconds:0} s, landed after {clock.Elapsed.TotalSeconds:0} s, peak memory of the gateway {peak} MB"));
            Assert.InRange(peak, 0, 700);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<int> WriteAsync(string path)
    {
        var format = LargeFormat.All[Format];
        await using var stream = File.Create(path);
        await stream.WriteAsync(format.Encoding.GetBytes(format.Head));
        var receipt = 1;
        for (; stream.Position < Megabytes * 1_000_000L; receipt++)
        {
            await stream.WriteAsync(format.Encoding.GetBytes((receipt == 1 ? "" : format.Between) + format.Receipt(receipt, LinesPerReceipt, false)));
        }

        await stream.WriteAsync(format.Encoding.GetBytes(format.Foot));
        return (receipt - 1) * LinesPerReceipt;
    }

    private async Task<GatewayHost> StartAsync(Dictionary<string, string?> settings)
    {
        await LargeFormat.WriteProfileAsync(_profiles.FullName);
        settings["Gateway:ProfilesDirectory"] = _profiles.FullName;
        var gateway = await GatewayHost.StartAsync(postgres, settings);
        await LargeFormat.AddFeedsAsync(gateway);
        return gateway;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    private static Task<long> ReachedAsync(GatewayHost keeper) => keeper.CountAsync("SELECT coalesce(sum(next_offset), 0)::bigint FROM gateway.partial_landing");

    private async Task<(System.Text.Json.JsonElement Receipt, List<string> Records)> LandAsync(string format, string? encoding, int partBytes)
    {
        await using var gateway = await StartAsync(Parts(partBytes));
        var (feed, file) = (LargeFormat.All[format].Feed, LargeFormat.All[format].File(Receipts, FewLines));
        var receipt = await PushAsync(gateway.Acme, feed, encoding is null ? file : VendorFiles.Gzip(file), encoding);
        return (receipt, Records(await gateway.PublishedAsync()));
    }

    private static async Task<System.Text.Json.JsonElement> PushAsync(HttpClient client, string feed, byte[] body, string? encoding)
    {
        using var answer = await client.PushAsync(feed, body, encoding, prefer: "respond-async");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var address = "/v1/receipts/" + (await answer.JsonAsync()).Text("receipt_id");
        await GatewayHost.UntilAsync(async () => (await client.GetJsonAsync(address)).Text("state") == "converted");
        return await client.GetJsonAsync(address);
    }

    private static Dictionary<string, string?> Parts(int bytes) => new()
    {
        ["Gateway:PartBytes"] = bytes.ToString(CultureInfo.InvariantCulture),
        ["Gateway:UsualPackRatio"] = "50",
        ["Gateway:MaxUnpackRatio"] = "1000",
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
}
