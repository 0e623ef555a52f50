using System.Net;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>Whatever comes in, the answer is a clear problem, never a 5xx, and what was kept is said.</summary>
public sealed class BadInputTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private GatewayHost _gateway = null!;

    public async Task InitializeAsync() => _gateway = await GatewayHost.StartAsync(postgres, new() { ["Gateway:MaxPayloadBytes"] = "50000000" });

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData(null, "api_key_missing")]
    [InlineData("", "api_key_invalid")]
    [InlineData("rk_test_nonsense", "api_key_invalid")]
    [InlineData("unknown", "api_key_invalid")]
    [InlineData("acme-revoked", "api_key_invalid")]
    [InlineData("acme-expired", "api_key_invalid")]
    public async Task Without_a_good_key_nothing_is_kept(string? key, string code)
    {
        var token = key is null or "" or "rk_test_nonsense" ? key : GatewayHost.Key(key);
        using var client = new HttpClient { BaseAddress = _gateway.Address };
        if (token is not null)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation("X-Api-Key", token);
        }

        using var response = await client.PushAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110)));
        await AssertProblemAsync(response, HttpStatusCode.Unauthorized, code);
        Assert.NotEmpty(response.Headers.WwwAuthenticate);
        Assert.Equal(0, await KeptAsync());
    }

    [Fact]
    public async Task A_key_opens_its_own_feeds_only()
    {
        var client = _gateway.Client(GatewayHost.Key("acme-b"));
        using var other = await client.PushAsync("vendor-a", [1]);
        await AssertProblemAsync(other, HttpStatusCode.Forbidden, "feed_forbidden");
        using var none = await client.PushAsync("vendor-z", [1]);
        await AssertProblemAsync(none, HttpStatusCode.NotFound, "feed_unknown");
        using var list = await client.GetAsync(new Uri("/v1/quarantine?feed=vendor-a", UriKind.Relative));
        await AssertProblemAsync(list, HttpStatusCode.Forbidden, "feed_forbidden");
        Assert.Equal(0, await KeptAsync());
    }

    [Fact]
    public async Task An_empty_body_is_refused()
    {
        using var response = await _gateway.Acme.PushAsync("vendor-a", []);
        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "payload_empty");
        Assert.Equal(0, await KeptAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_than_is_taken_is_refused_and_not_kept(bool lengthStated)
    {
        using var content = new StreamContent(new MemoryStream(new byte[60_000_000]));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ingest/vendor-a") { Content = content };
        request.Headers.TransferEncodingChunked = !lengthStated;
        using var response = await _gateway.Acme.SendAsync(request);
        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
        Assert.Equal(0, await KeptAsync());
        Assert.Empty(SpooledFiles());
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    public async Task An_unknown_content_encoding_is_refused_and_not_kept(string encoding)
    {
        using var content = new ByteArrayContent([1, 2, 3]);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var response = await _gateway.Acme.PostAsync(new Uri("/v1/ingest/vendor-a", UriKind.Relative), content);
        await AssertProblemAsync(response, HttpStatusCode.UnsupportedMediaType, "content_encoding_unsupported");
        Assert.Equal(0, await KeptAsync());
    }

    [Fact]
    public async Task Binary_garbage_is_kept_and_refused()
    {
        var garbage = new byte[5_000];
        new Random(7).NextBytes(garbage);
        foreach (var feed in (string[])["vendor-a", "vendor-b", "people-counter", "vendor-a-pos-master"])
        {
            using var response = await _gateway.Acme.PushAsync(feed, garbage);
            await AssertUnreadableAsync(response, feed, garbage.Length);
        }
    }

    [Fact]
    public async Task A_cut_off_gzip_is_kept_and_refused()
    {
        var whole = VendorFiles.Gzip(VendorFiles.SalesCsv([.. Enumerable.Range(1, 50).Select(i => VendorFiles.Sale($"{i}", 100 + i))]));
        using var response = await _gateway.Acme.PushAsync("vendor-a", whole[..^7], "gzip");
        Assert.Equal("payload_compression", (await AssertUnreadableAsync(response, "vendor-a", whole.Length - 7)).Text("code"));
    }

    [Fact]
    public async Task A_gzip_bomb_is_kept_and_refused()
    {
        var bomb = VendorFiles.Gzip(new byte[200_000_000]);
        using var response = await _gateway.Acme.PushAsync("vendor-a", bomb, "gzip");
        Assert.Equal("payload_too_large", (await AssertUnreadableAsync(response, "vendor-a", bomb.Length)).Text("code"));
    }

    [Fact]
    public async Task A_missing_column_is_named()
    {
        var body = VendorFiles.Csv(VendorFiles.CsvHeader.Replace("合計金額", "別の列", StringComparison.Ordinal), [VendorFiles.Sale("1", 110)]);
        using var response = await _gateway.Acme.PushAsync("vendor-a", body, fileName: "売上 2026-11-01.csv");
        var problem = await AssertUnreadableAsync(response, "vendor-a", body.Length);
        Assert.Equal("schema_changed", problem.Text("code"));
        Assert.Contains("合計金額", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("売上 2026-11-01.csv", problem.GetProperty("receipt").Text("file_name"));

        var reconciliation = await _gateway.Acme.GetJsonAsync("/v1/reconciliation");
        var file = reconciliation.GetProperty("files")[0];
        Assert.Equal("schema_changed", file.GetProperty("unreadable").Text("code"));
        Assert.Equal(0, file.GetProperty("rows_read").GetInt32());
        Assert.True(file.GetProperty("balanced").GetBoolean());
    }

    [Fact]
    public async Task Text_where_a_number_belongs_holds_its_receipt()
    {
        var receipt = await _gateway.Acme.LandAsync("vendor-b", VendorFiles.SalesJson("S011", "000001", "\"abc\""));
        Assert.Equal((1, 0, 0, 0, 1), receipt.Rows());
        Assert.Equal("field_type", receipt.GetProperty("verdicts")[0].GetProperty("reasons")[0].Text("code"));
    }

    [Fact]
    public async Task Hostile_text_in_fields_is_held_and_shown()
    {
        var row = VendorFiles.Sale("1\0\u0001", 110, pos: "P\0999");
        var receipt = await _gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(row));
        Assert.Equal(1, receipt.Rows().Quarantined);
        var page = await _gateway.Acme.GetJsonAsync("/v1/quarantine");
        Assert.Single(page.GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("GET", "/v1/ingest/vendor-a", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/quarantine?limit=0", HttpStatusCode.BadRequest, "request_invalid")]
    [InlineData("GET", "/v1/quarantine?limit=many", HttpStatusCode.BadRequest, "request_invalid")]
    [InlineData("GET", "/v1/quarantine?cursor=@@@", HttpStatusCode.BadRequest, "request_invalid")]
    [InlineData("GET", "/v1/reconciliation?from=yesterday", HttpStatusCode.BadRequest, "request_invalid")]
    [InlineData("GET", "/v1/receipts/1", HttpStatusCode.NotFound, "receipt_unknown")]
    [InlineData("GET", "/v1/receipts/00000000000000000000000000000000", HttpStatusCode.NotFound, "receipt_unknown")]
    [InlineData("POST", "/v1/ingest/%E3%81%82%27--", HttpStatusCode.NotFound, "feed_unknown")]
    public async Task Every_wrong_address_gets_a_problem(string method, string path, HttpStatusCode status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Accept.ParseAdd("text/csv");
        using var response = await _gateway.Acme.SendAsync(request);
        await AssertProblemAsync(response, status, code);
    }

    [Fact]
    public async Task A_file_name_with_control_characters_is_refused()
    {
        using var response = await _gateway.Acme.PushAsync("vendor-a", [1], fileName: "a\nb.csv");
        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "file_name_invalid");
    }

    private static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string? code)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        var problem = await response.JsonAsync();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.Text("title")));
        Assert.False(string.IsNullOrEmpty(problem.Text("detail")));
        Assert.StartsWith("urn:", problem.Text("type"), StringComparison.Ordinal);
        if (code is not null)
        {
            Assert.Equal(code, problem.Text("code"));
        }

        return problem;
    }

    private async Task<JsonElement> AssertUnreadableAsync(HttpResponseMessage response, string feed, long bytes)
    {
        var problem = await AssertProblemAsync(response, HttpStatusCode.UnprocessableEntity, null);
        var receipt = await _gateway.Acme.GetJsonAsync("/v1/receipts/" + problem.Text("receipt_id"));
        Assert.Equal("unreadable", receipt.Text("state"));
        Assert.Equal(feed, receipt.Text("feed"));
        Assert.Equal(bytes, receipt.GetProperty("bytes").GetInt64());
        Assert.Equal((0, 0, 0, 0, 0), receipt.Rows());
        return problem;
    }

    private Task<long> KeptAsync() => _gateway.CountAsync("SELECT count(*) FROM gateway.ingestion");

    private string[] SpooledFiles()
    {
        var spool = Path.Combine(_gateway.Directory, "spool");
        return Directory.Exists(spool) ? Directory.GetFiles(spool) : [];
    }
}
