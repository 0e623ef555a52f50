using System.Net;
using System.Text;
using System.Text.Json;
using RetailInsight.Profiles;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A profile is tried before it is published, over HTTP, and nothing changes by it.</summary>
public sealed class DraftTryOutTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private GatewayHost _gateway = null!;

    public async Task InitializeAsync() => _gateway = await GatewayHost.StartAsync(postgres, new() { ["Gateway:TryOutBytes"] = "1000000", ["Gateway:InlineBytes"] = "100000" });

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_draft_that_reads_its_file_is_level_A_and_is_not_published()
    {
        var before = await _gateway.TraceAsync();
        var found = await TryAsync(CornerShop.Profile, CornerShop.Sales.Replace("total\n", "total,mood\n", StringComparison.Ordinal).Replace(",100\n", ",100,good\n", StringComparison.Ordinal));
        Assert.Equal(("A", "corner-shop", 1), (found.Text("level"), found.Text("profile"), found.GetProperty("rows_accepted").GetInt32()));
        Assert.Equal("100", found.GetProperty("totals")[0].Text("gross"));
        Assert.Equal("S011", found.GetProperty("totals_by_day")[0].Text("store"));
        var note = Assert.Single(found.GetProperty("notes").EnumerateArray());
        Assert.Equal(("column_unknown", "mood"), (note.Text("code"), note.Text("field")));
        Assert.True(note.GetProperty("fix").Text("ja").Length > 5);
        Assert.Null(_gateway.Service<ProfileCatalog>().Find("corner-shop"));
        Assert.Equal(before, await _gateway.TraceAsync());
    }

    [Fact]
    public async Task A_draft_that_holds_nothing_and_contradicts_the_money_of_its_file_says_so_with_the_receipt()
    {
        // No check is asked for: every row is read, and what the till took is not what the lines come to.
        var draft = CornerShop.Profile.Replace("checks: { total: true }", "", StringComparison.Ordinal);
        var found = await TryAsync(draft, CornerShop.Sales + "S011,2,8,2026-11-01 10:05,tea,2,50,90\n");
        Assert.Equal(("A", true, 0), (found.Text("level"), found.GetProperty("money_differs").GetBoolean(), found.GetProperty("finding_count").GetInt32()));
        var note = Assert.Single(found.GetProperty("notes").EnumerateArray());
        Assert.Equal(("total_difference", "2 / 8", "total"), (note.Text("code"), note.Text("key"), note.Text("field")));
        Assert.False((await TryAsync(draft, CornerShop.Sales)).GetProperty("money_differs").GetBoolean());
        Assert.False((await TryAsync(CornerShop.Profile.Replace("total: true", "total: note", StringComparison.Ordinal), CornerShop.Sales + "S011,2,8,2026-11-01 10:05,tea,2,50,90\n")).GetProperty("money_differs").GetBoolean());
    }

    [Fact]
    public async Task What_the_draft_cannot_read_is_told_with_row_offset_and_fix()
    {
        var header = CornerShop.Sales[..(CornerShop.Sales.IndexOf('\n', StringComparison.Ordinal) + 1)];
        var found = await TryAsync(CornerShop.Profile, CornerShop.Sales + "S011,1,8,2026-11-01 10:05,tea,two,50,100\n" + "S999,1,9,2026-11-01 10:06,tea,1,50,50\n");
        Assert.Equal(("B", 1, 2), (found.Text("level"), found.GetProperty("rows_accepted").GetInt32(), found.GetProperty("rows_held").GetInt32()));
        var findings = found.GetProperty("findings").EnumerateArray().ToList();
        Assert.Equal(["field_type", "store_unknown"], findings.Select(finding => finding.Text("code")));
        Assert.Equal((2, "qty", (long)CornerShop.Sales.Length), (findings[0].GetProperty("row").GetInt32(), findings[0].Text("field"), findings[0].GetProperty("byte_offset").GetInt64()));
        Assert.All(findings, finding => Assert.True(finding.GetProperty("fix").Text("ja").Length > 5 && finding.GetProperty("fix").Text("en").Length > 10));
        Assert.Equal("C", (await TryAsync(CornerShop.Profile, header.Replace("qty", "quantity", StringComparison.Ordinal) + "S011,1,7,2026-11-01 10:00,tea,2,50,100\n")).Text("level"));
    }

    [Fact]
    public async Task Every_mistake_of_the_yaml_comes_with_line_key_and_fix()
    {
        var wrong = CornerShop.Profile.Replace("clock: terminal", "clok: terminal", StringComparison.Ordinal).Replace("type: decimal", "type: number", StringComparison.Ordinal);
        var found = await TryAsync(wrong, CornerShop.Sales);
        Assert.Equal(("C", 0), (found.Text("level"), found.GetProperty("rows_read").GetInt32()));
        var mistakes = found.GetProperty("mistakes").EnumerateArray().ToDictionary(mistake => mistake.Text("key") + " " + mistake.Text("code"));
        var unknown = mistakes["clok key_unknown"];
        Assert.Equal(1 + wrong.Split('\n').ToList().FindIndex(line => line.StartsWith("clok", StringComparison.Ordinal)), unknown.GetProperty("line").GetInt32());
        Assert.Contains("'clock' is meant?", unknown.Text("detail"), StringComparison.Ordinal);
        Assert.Contains("'clock' is missing", mistakes[" key_missing"].Text("detail"), StringComparison.Ordinal);
        Assert.Contains("'number' is not one of", mistakes["line.quantity.type value_wrong"].Text("detail"), StringComparison.Ordinal);
        Assert.All(mistakes.Values, mistake => Assert.True(mistake.GetProperty("fix").Text("ja").Length > 5 && mistake.GetProperty("fix").Text("en").Length > 10));
    }

    [Theory]
    [InlineData("id: [", "yaml_invalid")]
    [InlineData("id: a\nid: b", "yaml_invalid")]
    [InlineData("a: &x [1]\nb: *x", "yaml_invalid")]
    [InlineData("", "yaml_invalid")]
    [InlineData("- 1", "parts_contradict")]
    public async Task What_is_no_profile_is_told_so(string yaml, string code) =>
        Assert.Contains((await TryAsync(yaml, CornerShop.Sales)).GetProperty("mistakes").EnumerateArray(), mistake => mistake.Text("code") == code);

    [Fact]
    public async Task A_hostile_draft_is_refused_and_the_gateway_goes_on()
    {
        string[] hostile = [new('[', 200_000), new string('[', 100_000) + new string(']', 100_000), string.Concat(Enumerable.Repeat("? ", 100_000)), string.Concat(Enumerable.Range(0, 24_000).Select(i => $"k{i}: 1\n"))];
        foreach (var yaml in hostile)
        {
            Assert.Equal("yaml_invalid", (await TryAsync(yaml, CornerShop.Sales)).GetProperty("mistakes")[0].Text("code"));
        }

        using var bytes = new ByteArrayContent([0xC0, 0x0A, 0xFF]);
        using var file = new StringContent(CornerShop.Sales);
        using var form = new MultipartFormDataContent { { bytes, "profile" }, { file, "file" } };
        Assert.Equal("yaml_invalid", (await SendAsync(form, HttpStatusCode.OK)).GetProperty("mistakes")[0].Text("code"));
        Assert.Equal("A", (await TryAsync(CornerShop.Profile, CornerShop.Sales)).Text("level"));
    }

    [Fact]
    public async Task A_compressed_file_and_one_that_goes_through_the_disk_are_read()
    {
        var rows = string.Concat(Enumerable.Range(1, 4_000).Select(i => FormattableString.Invariant($"S011,1,{i},2026-11-01 10:00,tea,2,50,100\n")));
        var large = CornerShop.Sales.Split('\n')[0] + "\n" + rows;
        Assert.Equal(("A", 4_000), ((await TryAsync(CornerShop.Profile, large)).Text("level"), (await TryAsync(CornerShop.Profile, large)).GetProperty("rows_accepted").GetInt32()));
        using var yaml = new StringContent(CornerShop.Profile);
        using var packed = new ByteArrayContent(VendorFiles.Gzip(Encoding.UTF8.GetBytes(large)));
        using var form = new MultipartFormDataContent { { packed, "file", "sales.csv.gz" }, { yaml, "profile" } };
        Assert.Equal(4_000, (await SendAsync(form, HttpStatusCode.OK)).GetProperty("rows_accepted").GetInt32());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_gateway.Directory, "spool")));
    }

    [Fact]
    public async Task What_is_missing_too_large_or_broken_is_refused_with_its_fix()
    {
        using var yaml = new StringContent(CornerShop.Profile);
        using var alone = new MultipartFormDataContent { { yaml, "profile" } };
        Assert.Equal("draft_incomplete", (await SendAsync(alone, HttpStatusCode.BadRequest)).Text("code"));
        using var plain = new StringContent(CornerShop.Profile);
        Assert.Equal("draft_incomplete", (await SendAsync(plain, HttpStatusCode.BadRequest)).Text("code"));
        using var cut = new StringContent("--b\r\nContent-Disposition: form-data; name=\"profile\"\r\n\r\nid: x");
        cut.Headers.ContentType = new("multipart/form-data") { Parameters = { new("boundary", "b") } };
        Assert.Equal("draft_incomplete", (await SendAsync(cut, HttpStatusCode.BadRequest)).Text("code"));
        using var twice = new MultipartFormDataContent { { new StringContent(CornerShop.Profile), "profile" }, { new StringContent(CornerShop.Profile), "profile" } };
        Assert.Equal("draft_incomplete", (await SendAsync(twice, HttpStatusCode.BadRequest)).Text("code"));
        using var longYaml = new MultipartFormDataContent { { new ByteArrayContent(new byte[300_000]), "profile" }, { new StringContent(CornerShop.Sales), "file" } };
        Assert.Equal("draft_too_large", (await SendAsync(longYaml, HttpStatusCode.RequestEntityTooLarge)).Text("code"));
        using var longFile = new MultipartFormDataContent { { new StringContent(CornerShop.Profile), "profile" }, { new ByteArrayContent(new byte[1_100_000]), "file" } };
        Assert.Equal("draft_too_large", (await SendAsync(longFile, HttpStatusCode.RequestEntityTooLarge)).Text("code"));
        using var nobody = await _gateway.Client(null).PostAsync(new Uri("/v1/profile-drafts/test", UriKind.Relative), new MultipartFormDataContent());
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    [Fact]
    public async Task A_draft_that_takes_too_long_is_stopped()
    {
        await using var hurried = await GatewayHost.StartAsync(postgres, new() { ["Gateway:DraftSeconds"] = "0" });
        var rows = string.Concat(Enumerable.Range(1, 100_000).Select(i => FormattableString.Invariant($"S011,1,{i},2026-11-01 10:00,tea,2,50,100\n")));
        using var form = Form(CornerShop.Profile, CornerShop.Sales + rows);
        using var answer = await hurried.Acme.PostAsync(new Uri("/v1/profile-drafts/test", UriKind.Relative), form);
        Assert.Contains((await answer.JsonAsync()).Text("code"), (string[])["draft_too_slow", "unavailable"]);
    }

    [Fact]
    public async Task A_key_of_some_stores_sees_no_other_and_a_test_key_may_try()
    {
        using var scoped = Form(CornerShop.Profile, CornerShop.Sales);
        using var answer = await _gateway.Client(GatewayHost.Key("acme-s001")).PostAsync(new Uri("/v1/profile-drafts/test", UriKind.Relative), scoped);
        Assert.Equal("store_unknown", (await answer.JsonAsync()).GetProperty("findings")[0].Text("code"));
    }

    [Fact]
    public async Task The_schema_is_public()
    {
        using var answer = await _gateway.Client(null).GetAsync(new Uri("/v1/profile-schema.json", UriKind.Relative));
        Assert.Equal("application/schema+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (await answer.JsonAsync()).Text("$schema"));
        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/profile-schema.json", UriKind.Relative)) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await _gateway.Client(null).SendAsync(again)).StatusCode);
    }

    private static MultipartFormDataContent Form(string yaml, string file) =>
        new() { { new StringContent(yaml), "profile", "draft.yaml" }, { new StringContent(file), "file", "sales.csv" } };

    private async Task<JsonElement> TryAsync(string yaml, string file)
    {
        using var form = Form(yaml, file);
        return await SendAsync(form, HttpStatusCode.OK);
    }

    private async Task<JsonElement> SendAsync(HttpContent content, HttpStatusCode expected)
    {
        using var answer = await _gateway.Acme.PostAsync(new Uri("/v1/profile-drafts/test", UriKind.Relative), content);
        var json = await answer.JsonAsync();
        Assert.True(expected == answer.StatusCode, json.ToString());
        return json;
    }
}
