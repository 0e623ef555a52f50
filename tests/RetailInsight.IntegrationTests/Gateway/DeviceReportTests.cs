using System.IO.Compression;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>Counters and cameras send what they count: who may, how it is read, and what becomes of it.</summary>
public sealed class DeviceReportTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly string Profiles = Path.Combine(
        typeof(DeviceReportTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(one => one.Key == "RepositoryRoot").Value!, "gateway", "profiles", "vendors");

    [Fact]
    public async Task Running_sums_become_counts_whatever_order_they_come_in()
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres);
        var door = await gateway.EnrolAsync("ACCC8E1", "axis");
        Assert.Equal((1, 1, 0, 0, 0), await RowsAsync(door, Sums("ACCC8E1", "20261120090000", 10, 8)));
        Assert.Equal((1, 1, 0, 0, 0), await RowsAsync(door, Sums("ACCC8E1", "20261120100000", 40, 30)));
        Assert.Equal((1, 1, 0, 0, 0), await RowsAsync(door, Sums("ACCC8E1", "20261120093000", 25, 20)));
        Assert.Equal((1, 1, 0, 0, 0), await RowsAsync(door, Sums("ACCC8E1", "20261121010000", 2, 1)));

        // The same reading in other words; then a correction; then a fall nobody declared.
        Assert.Equal((1, 0, 1, 0, 0), await RowsAsync(door, Sums("ACCC8E1", "20261120093000", 25, 20, name: "East")));
        Assert.Equal((1, 0, 0, 1, 0), await RowsAsync(door, Sums("ACCC8E1", "20261120093000", 26, 20)));
        Assert.Equal((1, 0, 0, 0, 1), await RowsAsync(door, Sums("ACCC8E1", "20261120110000", 5, 30)));
        Assert.Equal(1, await gateway.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE reason = 'counter_fell' AND state = 'open'"));

        // Of the night of the 20th the camera's midnight is known: what it showed at one was counted since.
        Assert.Equal(
            ["ACCC8E1 S001 20 00:00-20 09:00 10 in 8 out", "ACCC8E1 S001 20 09:00-20 09:30 16 in 12 out", "ACCC8E1 S001 20 09:30-20 10:00 14 in 10 out", "ACCC8E1 S001 21 00:00-21 01:00 2 in 1 out"],
            await gateway.CountsAsync());
        Assert.Equal(1, await gateway.CountAsync("SELECT count(*) FROM tenancy.device_seen WHERE device = 'ACCC8E1' AND last_seen_at > now() - interval '1 minute'"));
    }

    [Fact]
    public async Task The_key_of_a_device_opens_its_reports_and_nothing_else()
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres);
        var door = await gateway.EnrolAsync("d1", "json");
        var receipt = await DoneAsync(await door.ReportAsync(Intervals("d1", (9, 12))));
        Assert.Equal("d1", receipt.Text("device"));
        using var push = await door.PushAsync("json", Encoding.UTF8.GetBytes(Intervals("d1", (10, 1))));
        Assert.Equal(HttpStatusCode.Forbidden, push.StatusCode);
        using var read = await door.GetAsync(new Uri("/v1/receipts/" + receipt.Text("receipt_id"), UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
        Assert.Equal(0, (await door.GetJsonAsync("/v1/feeds")).GetProperty("items").GetArrayLength());
        await RefusedAsync(await gateway.Acme.ReportAsync(Intervals("d1", (10, 1))), HttpStatusCode.Forbidden, "device_key_only");

        await gateway.ExecuteAsync("UPDATE tenancy.api_key SET revoked_at = now() WHERE device = 'd1'");
        await RefusedAsync(await door.ReportAsync(Intervals("d1", (10, 1))), HttpStatusCode.Unauthorized, "api_key_invalid");
        await RefusedAsync(await gateway.ReportOverAsync("sim", "440100000000001", "35-1", Intervals("d1", (10, 1)), "d1"), HttpStatusCode.Forbidden, "subscriber_unknown");
        Assert.Equal(1, await gateway.CountAsync("SELECT count(*) FROM gateway.ingestion"));
    }

    [Fact]
    public async Task A_device_that_is_retired_or_unknown_is_told_so()
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres);
        var door = await gateway.EnrolAsync("d1", "json");
        await gateway.ExecuteAsync("UPDATE tenancy.device SET retired_at = now() WHERE device = 'd1'");
        await RefusedAsync(await door.ReportAsync(Intervals("d1", (9, 1))), HttpStatusCode.Gone, "device_retired");
        await gateway.ExecuteAsync("UPDATE tenancy.api_key SET device = 'ghost' WHERE device = 'd1'");
        await RefusedAsync(await door.ReportAsync(Intervals("d1", (9, 1))), HttpStatusCode.Forbidden, "device_not_enrolled");
        await gateway.ExecuteAsync("UPDATE tenancy.api_key SET device = 'd1' WHERE device = 'ghost'; UPDATE tenancy.device SET retired_at = NULL; UPDATE tenancy.device_group SET profile_version = 9 WHERE device_group = 'json'");
        await RefusedAsync(await door.ReportAsync(Intervals("d1", (9, 1))), HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.ingestion"));
    }

    [Fact]
    public async Task What_a_network_says_counts_from_its_proxy_signed_and_nowhere_else()
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres);
        var door = await gateway.EnrolAsync("d1", "json", subscriber: "440100000000001");
        Assert.Equal((1, 1, 0, 0, 0), (await DoneAsync(await gateway.ReportOverAsync("sim", "440100000000001", "35-1", Intervals("d1", (9, 1)), "d1"))).Rows());
        var body = Intervals("d1", (10, 1));

        await RefusedAsync(await gateway.ReportOverAsync("far", "440100000000001", "35-1", body, "d1"), HttpStatusCode.Forbidden, "network_untrusted");
        await RefusedAsync(await gateway.ReportOverAsync("none", "440100000000001", "35-1", body, "d1"), HttpStatusCode.NotFound, "network_unknown");
        await RefusedAsync(await gateway.ReportOverAsync("sim", "440100000000001", "35-1", body, "d1", secret: "another-secret-that-is-long-enough-too"), HttpStatusCode.Unauthorized, "network_signature_invalid");
        await RefusedAsync(await door.ReportAsync(body, change: request => request.Headers.Add("X-Network-Subscriber", "440100000000001")), HttpStatusCode.Forbidden, "identity_untrusted");
        await RefusedAsync(await gateway.ReportOverAsync("sim", "440100000000001", "35-1", body, signedBy: null), HttpStatusCode.Unauthorized, "device_signature_missing");
        Assert.Equal(1, await gateway.CountAsync("SELECT count(*) FROM gateway.ingestion"));
    }

    [Fact]
    public async Task A_body_that_was_caught_and_sent_again_counts_nothing()
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres);
        var door = await gateway.EnrolAsync("d1", "json", subscriber: "440100000000001");
        var other = await gateway.EnrolAsync("d2", "json", subscriber: "440100000000002");
        var body = Intervals("d1", (9, 7));
        var first = await DoneAsync(await gateway.ReportOverAsync("sim", "440100000000001", "35-1", body, "d1"));

        // At once: the same receipt. Later: too old. Under another device: not its signature, and not its payload.
        using var again = await gateway.ReportOverAsync("sim", "440100000000001", "35-1", body, "d1");
        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replay").Single());
        Assert.Equal(first.Text("receipt_id"), (await again.JsonAsync()).Text("receipt_id"));
        await RefusedAsync(await gateway.ReportOverAsync("sim", "440100000000001", "35-1", body, "d1", TimeProvider.System.GetUtcNow().AddMinutes(-6)), HttpStatusCode.Unauthorized, "network_signature_invalid");
        await RefusedAsync(await door.ReportAsync(body, "d1", TimeProvider.System.GetUtcNow().AddMinutes(-6)), HttpStatusCode.Unauthorized, "device_signature_stale");
        await RefusedAsync(await gateway.ReportOverAsync("sim", "440100000000002", "35-2", body, "d1"), HttpStatusCode.Unauthorized, "device_signature_invalid");
        await RefusedAsync(await door.ReportAsync(body, "d1", change: request => request.Content = new StringContent(body + " ")), HttpStatusCode.Unauthorized, "device_signature_invalid");
        Assert.Equal((1, 0, 0, 0, 1), await RowsAsync(other, body));
        Assert.Equal("device_mismatch", await gateway.TextAsync("SELECT reason FROM gateway.quarantine"));
        Assert.Equal(["d1 S001 20 09:00-20 10:00 7 in 0 out"], await gateway.CountsAsync());
    }

    [Fact]
    public async Task A_SIM_in_other_hardware_is_held_until_the_hardware_is_confirmed()
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres);
        await gateway.EnrolAsync("d1", "json", subscriber: "440100000000001");
        await DoneAsync(await gateway.ReportOverAsync("sim", "440100000000001", "35-1", Intervals("d1", (9, 1)), "d1"));
        Assert.Equal("35-1", await gateway.TextAsync("SELECT equipment FROM tenancy.device WHERE device = 'd1'"));
        Assert.Equal(1, await gateway.CountAsync("SELECT count(*) FROM tenancy.device_audit WHERE device = 'd1' AND action = 'change'"));

        var swapped = await DoneAsync(await gateway.ReportOverAsync("sim", "440100000000001", "35-9", Intervals("d1", (10, 2)), "d1"));
        Assert.Equal((1, 0, 0, 0, 1), swapped.Rows());
        var reason = swapped.GetProperty("verdicts")[0].GetProperty("reasons")[0];
        Assert.Equal("subscriber_swapped", reason.Text("code"));
        Assert.Contains("'35-1'", reason.Text("detail"), StringComparison.Ordinal);
        Assert.Equal((1, 1, 0, 0, 0), (await DoneAsync(await gateway.ReportOverAsync("sim", "440100000000001", "35-1", Intervals("d1", (11, 3)), "d1"))).Rows());

        await gateway.ExecuteAsync("UPDATE tenancy.device SET equipment = '35-9' WHERE device = 'd1'");
        await ReleasedAsync(gateway);
        Assert.Equal(["d1 S001 20 09:00-20 10:00 1 in 0 out", "d1 S001 20 10:00-20 11:00 2 in 0 out", "d1 S001 20 11:00-20 12:00 3 in 0 out"], await gateway.CountsAsync());
    }

    [Fact]
    public async Task What_came_before_a_device_was_enrolled_is_released_when_it_is()
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres);
        await GatewayHost.AddKeyAsync(gateway.Database.Owner, GatewayHost.Key("cloud"), "cloud", "acme", ["json", "axis"]);
        var cloud = gateway.Client(GatewayHost.Key("cloud"));
        Assert.Equal((2, 0, 0, 0, 2), (await cloud.LandAsync("json", Encoding.UTF8.GetBytes(Intervals("late", (9, 4), (10, 5))))).Rows());
        Assert.Equal((1, 0, 0, 0, 1), (await cloud.LandAsync("axis", Encoding.UTF8.GetBytes(Sums("late-axis", "20261120090000", 10, 8)))).Rows());
        await gateway.EnrolAsync("late", "json", store: null);
        await gateway.EnrolAsync("late-axis", "axis");
        Assert.Equal((1, 0, 0, 0, 1), (await cloud.LandAsync("json", Encoding.UTF8.GetBytes(Intervals("late", (11, 6))))).Rows());
        await gateway.MapAsync("late", "S002");
        await ReleasedAsync(gateway);
        Assert.Equal((1, 1, 0, 0, 0), (await cloud.LandAsync("axis", Encoding.UTF8.GetBytes(Sums("late-axis", "20261120100000", 15, 9)))).Rows());
        Assert.Equal(
            [
                "late S002 20 09:00-20 10:00 4 in 0 out", "late S002 20 10:00-20 11:00 5 in 0 out", "late S002 20 11:00-20 12:00 6 in 0 out",
                "late-axis S001 20 00:00-20 09:00 10 in 8 out", "late-axis S001 20 09:00-20 10:00 5 in 1 out",
            ],
            await gateway.CountsAsync());
    }

    [Fact]
    public async Task Of_intervals_that_overlap_the_first_counts()
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres);
        var door = await gateway.EnrolAsync("d1", "json");
        await RowsAsync(door, Intervals("d1", (9, 4), (10, 5)));
        var whole = $$"""{"device":"d1","intervals":[{"line":"door","from":"2026-11-20T09:00:00","to":"2026-11-20T12:00:00","in":9}]}""";
        Assert.Equal((1, 0, 0, 0, 1), await RowsAsync(door, whole));
        Assert.Contains("09:00+09:00 to 2026-11-20T12:00+09:00 overlaps", await gateway.TextAsync("SELECT detail FROM gateway.quarantine WHERE reason = 'interval_overlap'"), StringComparison.Ordinal);

        // A correction of the same interval is none, nor is another line; two of one payload are.
        Assert.Equal((1, 0, 0, 1, 0), await RowsAsync(door, Intervals("d1", (9, 6))));
        Assert.Equal((1, 1, 0, 0, 0), await RowsAsync(door, whole.Replace("door", "back", StringComparison.Ordinal)));
        var twice = $$"""{"device":"d1","intervals":[{"line":"side","from":"2026-11-20T09:00:00","to":"2026-11-20T10:00:00","in":1},{"line":"side","from":"2026-11-20T09:30:00","to":"2026-11-20T10:30:00","in":1}]}""";
        Assert.Equal((2, 1, 0, 0, 1), await RowsAsync(door, twice));
    }

    [Fact]
    public async Task Of_intervals_that_overlap_one_counts_whichever_feeds_they_come_by_at_once()
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres);
        await gateway.EnrolAsync("d1", "json");
        await gateway.ExecuteAsync("INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('acme', 'cloud', 'people-counter', 'people-counter')");
        await GatewayHost.AddKeyAsync(gateway.Database.Owner, GatewayHost.Key("both"), "both", "acme", ["json", "cloud"]);
        await using var beside = await ReplayHost.StartBesideAsync(gateway);
        var (here, there) = (gateway.Client(GatewayHost.Key("both")), beside.Client(GatewayHost.Key("both")));
        var rows = await Task.WhenAll(Enumerable.Range(0, 40).SelectMany(n => new[]
        {
            here.LandAsync("json", Encoding.UTF8.GetBytes($$"""{"device":"d1","intervals":[{"line":"l{{n}}","from":"2026-11-20T09:00:00","to":"2026-11-20T10:00:00","in":1}]}""")),
            there.LandAsync("cloud", Encoding.UTF8.GetBytes($$"""{"device":"d1","store":"S001","intervals":[{"line":"l{{n}}","from":"2026-11-20T09:00:00+09:00","to":"2026-11-20T11:00:00+09:00","in":1,"out":0}]}""")),
        }));
        Assert.Equal((40, 40), (rows.Sum(row => row.Rows().Accepted), rows.Sum(row => row.Rows().Quarantined)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pictures_are_gone_before_anything_is_stored_and_the_receipt_says_so(bool packed)
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres);
        var door = await gateway.EnrolAsync("369362028335", "milesight");
        byte[] picture = [0xFF, 0xD8, 0xFF, 0xE0, .. Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a face ", 300)))];
        var base64 = Convert.ToBase64String(picture);
        var body = $$"""{"device_info":{"device_sn":"369362028335"},"time_info":{"timezone":"UTC+9:00","end_time":"2026/11/20 11:15:52"},"current_total":10,"snapshot":"data:image/jpeg;base64,{{base64}}"}""";
        using var content = new ByteArrayContent(packed ? Gzip(body) : Encoding.UTF8.GetBytes(body));
        if (packed)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        var sent = await content.ReadAsByteArrayAsync();
        var receipt = await DoneAsync(await door.PostAsync(new Uri("/v1/device-reports", UriKind.Relative), content));
        Assert.Equal((1, 1, 0, 0, 0), receipt.Rows());
        Assert.Equal(1, receipt.GetProperty("removed").GetProperty("values").GetInt32());
        Assert.True(receipt.GetProperty("removed").GetProperty("bytes").GetInt64() > base64.Length);
        Assert.Equal(sent.Length, receipt.GetProperty("bytes").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(sent)), receipt.Text("sha256"));
        foreach (var file in Directory.EnumerateFiles(gateway.Directory, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            var kept = await ReadSharedAsync(file);
            Assert.Equal(-1, kept.AsSpan().IndexOf(Encoding.ASCII.GetBytes(base64).AsSpan(0, 64)));
            Assert.Equal(-1, kept.AsSpan().IndexOf("a face a face"u8));
        }

        // Sent again it is the same payload, and what is stored can be read again.
        using var again = new ByteArrayContent(sent);
        if (packed)
        {
            again.Headers.ContentEncoding.Add("gzip");
        }

        using var answer = await door.PostAsync(new Uri("/v1/device-reports", UriKind.Relative), again);
        Assert.Equal("true", answer.Headers.GetValues("Idempotent-Replay").Single());
        Assert.Equal(receipt.GetRawText(), (await answer.JsonAsync()).GetRawText());
    }

    [Fact]
    public async Task What_cannot_be_looked_through_is_not_stored()
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres);
        var door = await gateway.EnrolAsync("d1", "json");
        using var content = new ByteArrayContent(Gzip(Intervals("d1", (9, 1)))[..^6]);
        content.Headers.ContentEncoding.Add("gzip");
        await RefusedAsync(await door.PostAsync(new Uri("/v1/device-reports", UriKind.Relative), content), HttpStatusCode.BadRequest, "payload_unsearchable");
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.ingestion"));
    }

    [Fact]
    public async Task One_group_is_read_by_a_new_version_and_the_others_stay_byte_for_byte_the_same()
    {
        var profiles = Directory.CreateTempSubdirectory("profiles-");
        var shipped = await File.ReadAllTextAsync(Path.Combine(Profiles, "counter-json", "counter-json.v1.yaml"));

        // The new version takes members for the device's own words: "passed" is what it counted.
        await File.WriteAllTextAsync(
            Path.Combine(profiles.FullName, "counter-json.v2.yaml"),
            shipped.Replace("version: 1", "version: 2", StringComparison.Ordinal).Replace("entered: { from: in,", "entered: { from: passed,", StringComparison.Ordinal));
        var settings = new Dictionary<string, string?> { ["Gateway:ProfilesDirectory"] = profiles.FullName };
        var before = await OfFleetAsync(settings, "UPDATE tenancy.device_group SET profile_version = 1 WHERE feed = 'json'");
        var after = await OfFleetAsync(settings, "UPDATE tenancy.device_group SET profile_version = 1 WHERE feed = 'json'; UPDATE tenancy.device_group SET profile_version = 2 WHERE device_group = 'canary'");
        Assert.Equal(before["d1"], after["d1"]);
        Assert.Equal(before["d2"], after["d2"]);
        Assert.NotEqual(before["canary-1"], after["canary-1"]);
        Assert.Contains("100 in", DeviceFleet.Counts([EventBatch.Parser.ParseFrom(Convert.FromBase64String(after["canary-1"]))]).Values.Single().Text, StringComparison.Ordinal);
        profiles.Delete(recursive: true);
    }

    private async Task<Dictionary<string, string>> OfFleetAsync(Dictionary<string, string?> settings, string routing)
    {
        await using var gateway = await DeviceFleet.StartAsync(postgres, settings);
        await gateway.ExecuteAsync(routing);
        foreach (var (device, group) in new[] { ("d1", "json"), ("d2", "json"), ("canary-1", "canary") })
        {
            var client = await gateway.EnrolAsync(device, group);
            await DoneAsync(await client.ReportAsync($$"""{"device":"{{device}}","intervals":[{"line":"door","from":"2026-11-20T09:00:00","to":"2026-11-20T10:00:00","in":7,"passed":100}]}"""));
        }

        var outputs = new Dictionary<string, string>();
        foreach (var batch in await gateway.PublishedAsync())
        {
            // When and where the bytes were kept is not what they say.
            (batch.ReceivedAtUs, batch.Raw) = (0, null);
            outputs.Add(batch.Strings[(int)batch.PeopleCounts.Device[0]], Convert.ToBase64String(batch.ToByteArray()));
        }

        return outputs;
    }

    private static async Task ReleasedAsync(GatewayHost gateway) =>
        await GatewayHost.UntilAsync(async () => await gateway.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE state = 'open'") == 0);

    private static async Task<(int Read, int Accepted, int Duplicate, int Superseding, int Quarantined)> RowsAsync(HttpClient client, string body) => (await DoneAsync(await client.ReportAsync(body))).Rows();

    private static async Task<JsonElement> DoneAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var json = await response.JsonAsync();
            Assert.True(response.StatusCode == HttpStatusCode.OK, json.ToString());
            return json;
        }
    }

    private static async Task RefusedAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        using (response)
        {
            var problem = await response.JsonAsync();
            Assert.Equal((status, code), (response.StatusCode, problem.Text("code")));
            Assert.True(status == HttpStatusCode.ServiceUnavailable || problem.Text("detail").Contains("Nothing was kept", StringComparison.Ordinal), problem.Text("detail"));
        }
    }

    private static string Sums(string serial, string timestamp, int entered, int left, string name = "Exit south") =>
        $$"""{"serial":"{{serial}}","name":"{{name}}","timestamp":"{{timestamp}}","in":{{entered}},"out":{{left}}}""";

    private static string Intervals(string device, params (int Hour, int Entered)[] hours) =>
        $$"""{"device":"{{device}}","intervals":[{{string.Join(',', hours.Select(one => $$"""{"line":"door","from":"2026-11-20T{{one.Hour:00}}:00:00","to":"2026-11-20T{{one.Hour + 1:00}}:00:00","in":{{one.Entered}},"out":0}"""))}}]}""";

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static async Task<byte[]> ReadSharedAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }
}
