using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.GoogleCloud.CloudStorage;

/// <summary>What the fake must do as the service does, or tests against it would prove nothing.</summary>
public sealed class FakeStorageTests : StorageTests, IDisposable
{
    private const string Bucket = "storage/v1/b/" + FakeBucket.Name;

    private readonly Lazy<HttpClient> _client;

    public FakeStorageTests() => _client = new(() => new HttpClient { BaseAddress = new Uri(Google.Address) });

    private HttpClient Client => _client.Value;

    public void Dispose() => _client.Value.Dispose();

    [Fact]
    public async Task Preconditions_hold_or_refuse()
    {
        var first = await PutAsync("a", "one", "ifGenerationMatch=0");
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await MediaAsync("a", "two", "ifGenerationMatch=0")).StatusCode);
        var second = await PutAsync("a", "two", $"ifGenerationMatch={first}");
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await MediaAsync("a", "three", $"ifGenerationMatch={first}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(HttpMethod.Get, $"{Bucket}/o/a?ifGenerationNotMatch={second}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, $"{Bucket}/o/a?ifGenerationNotMatch={first}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Get, $"{Bucket}/o/a?generation={first}"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(HttpMethod.Patch, $"{Bucket}/o/a?ifMetagenerationMatch=2", "{}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Patch, $"{Bucket}/o/a?ifMetagenerationMatch=1", """{"metadata":{"k":"v"}}"""));
        Assert.Equal("2", (await JsonAsync($"{Bucket}/o/a")).GetProperty("metageneration").GetString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(HttpMethod.Delete, $"{Bucket}/o/a?ifGenerationMatch={first}"));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(HttpMethod.Delete, $"{Bucket}/o/a?ifGenerationMatch={second}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Delete, $"{Bucket}/o/a"));
    }

    [Fact]
    public async Task A_race_for_a_free_name_has_one_winner_also_among_sessions()
    {
        var sessions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StartAsync("race", "ifGenerationMatch=0")));
        var statuses = await Task.WhenAll(sessions.Select(async (session, i) => (await ChunkAsync(session, Encoding.ASCII.GetBytes($"{i}"), "bytes 0-0/1")).StatusCode));
        Assert.Single(statuses, HttpStatusCode.OK);
        Assert.Equal(7, statuses.Count(status => status == HttpStatusCode.PreconditionFailed));
    }

    [Theory]
    [InlineData("x-goog-hash", "crc32c=AAAAAA==")]
    [InlineData("x-goog-hash", "crc32c=4tY6NA==,md5=AAAAAAAAAAAAAAAAAAAAAA==")]
    public async Task A_declared_checksum_that_is_wrong_is_refused(string header, string value)
    {
        var refused = await MediaAsync("a", "hello", "", (header, value));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("invalid", JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetProperty("errors")[0].GetProperty("reason").GetString());
        Assert.Empty(await NamesAsync());
        var session = await StartAsync("a", "", """{"crc32c":"AAAAAA=="}""");
        Assert.Equal(HttpStatusCode.BadRequest, (await ChunkAsync(session, "hello"u8.ToArray(), "bytes 0-4/5")).StatusCode);
        Assert.Empty(await NamesAsync());
        Assert.Equal(HttpStatusCode.OK, (await MediaAsync("a", "hello", "", ("x-goog-hash", "crc32c=mnG7TA==,md5=XUFAKrxLKna5cZ2REBfFkg=="))).StatusCode);
    }

    [Theory]
    [InlineData("bytes=1-3", 206, "ell")]
    [InlineData("bytes=3-", 206, "lo")]
    [InlineData("bytes=-2", 206, "lo")]
    [InlineData("bytes=3-99", 206, "lo")]
    [InlineData("bytes=-99", 206, "hello")]
    [InlineData("bytes=5-", 416, null)]
    [InlineData("bytes=x", 200, "hello")]
    public async Task A_range_is_answered(string range, int status, string? body)
    {
        await PutAsync("a/b c%2F", "hello", "");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"b/{FakeBucket.Name}/o/{Uri.EscapeDataString("a/b c%2F")}?alt=media");
        request.Headers.TryAddWithoutValidation("Range", range);
        using var response = await Client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        if (body is not null)
        {
            Assert.Equal(body, await response.Content.ReadAsStringAsync());
            Assert.Contains("crc32c=mnG7TA==", response.Headers.GetValues("x-goog-hash").Single(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_session_keeps_whole_granules_and_says_how_far_it_is()
    {
        const int Granule = 256 * 1024;
        var content = Content(Granule * 2 + 100);
        var session = await StartAsync("a", "");
        Assert.Null(Kept(await ChunkAsync(session, [], "bytes */*")));
        Assert.Equal("bytes=0-262143", Kept(await ChunkAsync(session, content[..(Granule + 77)], $"bytes 0-{Granule + 76}/*")));
        Assert.Equal("bytes=0-262143", Kept(await ChunkAsync(session, [], $"bytes */{content.Length}")));
        Assert.Equal("bytes=0-524287", Kept(await ChunkAsync(session, content[..(2 * Granule)], $"bytes 0-{2 * Granule - 1}/*")));
        var done = await ChunkAsync(session, content[(2 * Granule)..], $"bytes {2 * Granule}-{content.Length - 1}/{content.Length}");
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ChunkAsync(session, [], "bytes */*")).StatusCode);
        Assert.Equal(content, await Client.GetByteArrayAsync($"download/{Bucket}/o/a?alt=media"));
        Assert.Equal(HttpStatusCode.BadRequest, (await ChunkAsync(await StartAsync("b", ""), content, $"bytes 5-{content.Length + 4}/*")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ChunkAsync(await StartAsync("empty", ""), [], "bytes */0")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await ChunkAsync(session.Replace("upload_id=", "upload_id=0", StringComparison.Ordinal), [], "bytes */*")).StatusCode);
    }

    [Theory]
    [InlineData("POST", "upload/storage/v1/b/retail-lake/o?uploadType=multipart", "garbage", 400)]
    [InlineData("POST", "upload/storage/v1/b/retail-lake/o?uploadType=nonsense", "", 400)]
    [InlineData("POST", "upload/storage/v1/b/retail-lake/o?uploadType=media", "no name", 400)]
    [InlineData("POST", "upload/storage/v1/b/none/o?uploadType=media&name=a", "x", 404)]
    [InlineData("POST", "storage/v1/b", "{\"name\":\"../up\"}", 400)]
    [InlineData("POST", "storage/v1/b", "{\"name\":\"retail-lake\"}", 409)]
    [InlineData("POST", "storage/v1/b", "{", 400)]
    [InlineData("GET", "storage/v1/b/retail-lake/o?maxResults=many", "", 400)]
    [InlineData("GET", "storage/v1/b/retail-lake/o?pageToken=*", "", 400)]
    [InlineData("GET", "storage/v1/b/none/o", "", 404)]
    [InlineData("GET", "storage/v1/b/retail-lake/nothing", "", 404)]
    [InlineData("POST", "storage/v1/b/retail-lake/o/a/compose", "{}", 400)]
    [InlineData("POST", "storage/v1/b", "{\"name\":5}", 400)]
    [InlineData("POST", "upload/storage/v1/b/retail-lake/o?uploadType=resumable&name=a", "{\"crc32c\":5,\"contentType\":[1]}", 400)]
    [InlineData("POST", "storage/v1/b/retail-lake/o/a/compose", "{\"sourceObjects\":[{\"name\":\"a\",\"generation\":\"x\"}]}", 400)]
    public async Task Nonsense_is_refused_in_googles_shape(string method, string path, string body, int status)
    {
        using var response = await Client.SendAsync(new(new HttpMethod(method), path) { Content = method == "GET" ? null : new StringContent(body) });
        Assert.Equal(status, (int)response.StatusCode);
        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        Assert.Equal(status, error.GetProperty("code").GetInt32());
        Assert.NotEmpty(error.GetProperty("errors")[0].GetProperty("reason").GetString()!);
    }

    [Theory]
    [InlineData("\r\n", "\"{0}\"")]
    [InlineData("\n", "'{0}'")]
    [InlineData("\n", "{0}; charset=utf-8")]
    public async Task A_multipart_body_may_quote_and_end_lines_as_googles_tools_do(string newLine, string quoting)
    {
        const string Boundary = "===============123==";
        var body = string.Join(newLine, $"--{Boundary}", "Content-Type: application/json", "", """{"name":"a/b","metadata":{"k":"v"}}""", $"--{Boundary}", "Content-Type: text/csv", "", "1,2\r\n3\n", $"--{Boundary}--", "");
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/related; boundary=" + string.Format(System.Globalization.CultureInfo.InvariantCulture, quoting, Boundary));
        using var response = await Client.PostAsync($"resumable/upload/{Bucket}/o?uploadType=multipart", content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/csv", (await JsonAsync($"{Bucket}/o/a%2Fb")).GetProperty("contentType").GetString());
        Assert.Equal("1,2\r\n3\n", await Client.GetStringAsync($"{Bucket}/o/a%2Fb?alt=media"));
    }

    private static string? Kept(HttpResponseMessage response)
    {
        Assert.Equal(308, (int)response.StatusCode);
        return response.Headers.TryGetValues("Range", out var range) ? range.Single() : null;
    }

    private async Task<string> PutAsync(string name, string content, string query)
    {
        using var response = await MediaAsync(name, content, query);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("generation").GetString()!;
    }

    private Task<HttpResponseMessage> MediaAsync(string name, string content, string query, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"upload/{Bucket}/o?uploadType=media&name={Uri.EscapeDataString(name)}&{query}") { Content = new StringContent(content) };
        foreach (var (header, value) in headers)
        {
            request.Headers.Add(header, value);
        }

        return Client.SendAsync(request);
    }

    private async Task<string> StartAsync(string name, string query, string metadata = "{}")
    {
        using var response = await Client.PostAsync($"upload/{Bucket}/o?uploadType=resumable&name={name}&{query}", new StringContent(metadata));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Headers.Location!.ToString();
    }

    private Task<HttpResponseMessage> ChunkAsync(string session, byte[] bytes, string range)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentRange = null;
        content.Headers.TryAddWithoutValidation("Content-Range", range);
        return Client.PutAsync(session, content);
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string? body = null)
    {
        using var response = await Client.SendAsync(new(method, path) { Content = body is null ? null : new StringContent(body, new MediaTypeHeaderValue("application/json")) });
        return response.StatusCode;
    }

    private async Task<JsonElement> JsonAsync(string path) => JsonDocument.Parse(await Client.GetStringAsync(path)).RootElement;
}
