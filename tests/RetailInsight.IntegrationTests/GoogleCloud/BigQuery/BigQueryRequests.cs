using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes;

namespace RetailInsight.IntegrationTests.GoogleCloud.BigQuery;

/// <summary>What the BigQuery fake answers to requests Google's clients do not send by themselves.</summary>
public sealed class BigQueryRequests : IAsyncLifetime, IDisposable
{
    private const string Root = "/bigquery/v2/projects/p1";
    private const string Endless = "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS a, UNNEST(GENERATE_ARRAY(1, 100000)) AS b, UNNEST(GENERATE_ARRAY(1, 1000)) AS c WHERE a + b > c";

    private readonly string _directory = Directory.CreateTempSubdirectory("bigquery-requests-").FullName;
    private FakeGoogle _google = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _google = await FakeGoogle.StartAsync(_directory);
        _client = new HttpClient { BaseAddress = new Uri(_google.Address) };
        await SendAsync(HttpMethod.Post, $"{Root}/datasets", """{"datasetReference":{"datasetId":"d"}}""");
        await SendAsync(HttpMethod.Post, $"{Root}/datasets/d/tables", """{"tableReference":{"tableId":"t"},"schema":{"fields":[{"name":"k","type":"STRING","mode":"REQUIRED"},{"name":"n","type":"INT64"}]}}""");
    }

    public async Task DisposeAsync()
    {
        await _google.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_job_is_pending_then_running_then_done_and_its_id_is_taken_for_good()
    {
        _google.BigQuery.Settings.Pending = TimeSpan.FromMilliseconds(400);
        _google.BigQuery.Settings.Running = TimeSpan.FromMilliseconds(400);
        var body = """{"jobReference":{"jobId":"j1"},"configuration":{"query":{"query":"SELECT 1","useLegacySql":false}}}""";
        Assert.Equal("PENDING", State(await SendAsync(HttpMethod.Post, $"{Root}/jobs", body)));
        Assert.Equal(409, Code(await SendAsync(HttpMethod.Post, $"{Root}/jobs", body)));
        Assert.False((bool)(await SendAsync(HttpMethod.Get, $"{Root}/queries/j1?timeoutMs=0"))["jobComplete"]!);
        Assert.True((bool)(await SendAsync(HttpMethod.Get, $"{Root}/queries/j1"))["jobComplete"]!);
        Assert.Equal("DONE", State(await SendAsync(HttpMethod.Get, $"{Root}/jobs/j1")));
    }

    [Fact]
    public async Task A_request_id_runs_a_query_once()
    {
        var body = """{"query":"INSERT INTO d.t VALUES ('a', 1)","useLegacySql":false,"requestId":"r1"}""";
        var first = await SendAsync(HttpMethod.Post, $"{Root}/queries", body);
        var again = await SendAsync(HttpMethod.Post, $"{Root}/queries", body);
        Assert.Equal((string?)first["jobReference"]!["jobId"], (string?)again["jobReference"]!["jobId"]);
        Assert.Equal("1", (string?)(await SendAsync(HttpMethod.Get, $"{Root}/datasets/d/tables/t"))["numRows"]);
    }

    [Fact]
    public async Task A_cancelled_job_stops_and_says_so()
    {
        await SendAsync(HttpMethod.Post, $"{Root}/jobs", """{"jobReference":{"jobId":"endless"},"configuration":{"query":{"query":"ENDLESS","useLegacySql":false}}}""".Replace("ENDLESS", Endless, StringComparison.Ordinal));
        await Task.Delay(300);
        Assert.NotNull((await SendAsync(HttpMethod.Post, $"{Root}/jobs/endless/cancel", ""))["job"]);
        Assert.Equal("stopped", Reason(await SendAsync(HttpMethod.Get, $"{Root}/queries/endless?timeoutMs=20000")));
    }

    [Fact]
    public async Task A_query_over_its_limit_is_refused_with_what_it_takes()
    {
        await SendAsync(HttpMethod.Post, $"{Root}/queries", """{"query":"INSERT INTO d.t VALUES ('a', 1)","useLegacySql":false}""");
        var refusal = await SendAsync(HttpMethod.Post, $"{Root}/queries", """{"query":"SELECT n FROM d.t","useLegacySql":false,"maximumBytesBilled":"1000"}""");
        Assert.Equal("bytesBilledLimitExceeded", Reason(refusal));
        Assert.Contains("10485760 or higher required", (string?)refusal["error"]!["message"], StringComparison.Ordinal);
        Assert.Null((await SendAsync(HttpMethod.Post, $"{Root}/queries", """{"query":"SELECT n FROM d.t","useLegacySql":false,"maximumBytesBilled":10485760}"""))["error"]);
    }

    [Fact]
    public async Task Loads_of_a_table_run_out_and_a_bad_row_takes_back_all_of_its_load()
    {
        _google.BigQuery.Settings.ModificationsPerDay = 2;
        Assert.Contains("Missing required field: k", await LoadAsync("l1", "{\"k\":\"a\",\"n\":1}\n{\"n\":2}\n"), StringComparison.Ordinal);
        Assert.Equal("", await LoadAsync("l2", "{\"k\":\"a\",\"n\":\"9223372036854775807\"}\n"));
        Assert.Contains("quota", await LoadAsync("l3", "{\"k\":\"a\"}\n"), StringComparison.Ordinal);
        Assert.Equal("1", (string?)(await SendAsync(HttpMethod.Get, $"{Root}/datasets/d/tables/t"))["numRows"]);
    }

    [Fact]
    public async Task An_insert_id_counts_once_within_a_minute_and_pages_end()
    {
        var body = """{"rows":[{"insertId":"i1","json":{"k":"a","n":1}},{"insertId":"i2","json":{"k":"b","n":"2"}},{"json":{"k":"c"}}]}""";
        await SendAsync(HttpMethod.Post, $"/projects/p1/datasets/d/tables/t/insertAll", body);
        await SendAsync(HttpMethod.Post, $"/projects/p1/datasets/d/tables/t/insertAll", body);
        var page = await SendAsync(HttpMethod.Get, "/projects/p1/datasets/d/tables/t/data?maxResults=3&selectedFields=k");
        Assert.Equal(["a", "b", "c"], page["rows"]!.AsArray().Select(row => (string?)row!["f"]![0]!["v"]));
        var last = await SendAsync(HttpMethod.Get, $"/projects/p1/datasets/d/tables/t/data?maxResults=3&pageToken={Uri.EscapeDataString((string)page["pageToken"]!)}");
        Assert.Equal("4", (string?)last["totalRows"]);
        Assert.Null(last["pageToken"]);
    }

    [Fact]
    public async Task Garbage_is_refused_in_bigquerys_shape()
    {
        Assert.Equal("invalid", Reason(await SendAsync(HttpMethod.Post, $"{Root}/jobs", "{")));
        Assert.Equal("invalid", Reason(await SendAsync(HttpMethod.Post, $"{Root}/jobs", "[]")));
        Assert.Equal("invalid", Reason(await SendAsync(HttpMethod.Post, $"{Root}/jobs", """{"configuration":{"query":5}}""")));
        Assert.Equal("invalid", Reason(await SendAsync(HttpMethod.Get, $"{Root}/datasets/d/tables/t/data?pageToken=x")));
        Assert.Equal("notFound", Reason(await SendAsync(HttpMethod.Get, $"{Root}/queries/none")));
        Assert.Equal("invalid", Reason(await SendAsync(HttpMethod.Patch, $"{Root}/datasets/d/tables/t", """{"schema":{"fields":[{"name":"k","type":"INT64","mode":"REQUIRED"},{"name":"n","type":"INT64"}]}}""")));
    }

    /// <summary>A load in two chunks of a resumable upload; what is wrong with it, or nothing.</summary>
    private async Task<string> LoadAsync(string job, string rows)
    {
        var body = """{"jobReference":{"jobId":"JOB"},"configuration":{"load":{"sourceFormat":"NEWLINE_DELIMITED_JSON","destinationTable":{"projectId":"p1","datasetId":"d","tableId":"t"}}}}"""
            .Replace("JOB", job, StringComparison.Ordinal);
        var session = (await _client.PostAsync(new Uri($"/upload{Root}/jobs?uploadType=resumable", UriKind.Relative), new StringContent(body))).Headers.Location!;
        var data = Encoding.UTF8.GetBytes(rows);
        Assert.Equal(HttpStatusCode.PermanentRedirect, (await PutAsync(session, data[..5], 0, data.Length)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(session, data[5..], 5, data.Length)).StatusCode);
        for (var tries = 0; tries < 200; tries++)
        {
            var status = (await SendAsync(HttpMethod.Get, $"{Root}/jobs/{job}"))["status"]!;
            if ((string?)status["state"] == "DONE")
            {
                return (string?)status["errorResult"]?["message"] ?? "";
            }

            await Task.Delay(50);
        }

        throw new TimeoutException(job);
    }

    private async Task<HttpResponseMessage> PutAsync(Uri session, byte[] chunk, int start, int total)
    {
        using var content = new ByteArrayContent(chunk);
        content.Headers.ContentRange = new ContentRangeHeaderValue(start, start + chunk.Length - 1, total);
        return await _client.PutAsync(session, content);
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await _client.SendAsync(request);
        return await response.Content.ReadFromJsonAsync<JsonNode>() ?? new JsonObject();
    }

    private static string? State(JsonNode job) => (string?)job["status"]!["state"];

    private static int? Code(JsonNode answer) => (int?)answer["error"]?["code"];

    private static string? Reason(JsonNode answer) => (string?)answer["error"]?["errors"]?[0]?["reason"];
}
