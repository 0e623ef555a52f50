namespace RetailInsight.Tests.Cli;

public sealed class MetricsCommandTests
{
    private static readonly string[] Question =
        ["metrics", "query", "--metrics", "net_sales,conversion", "--from", "2026-11-01", "--to", "2026-11-02", "--by", "store", "--filter", "store:S01", "--filter", "store:S02", "--compare", "previous_week"];

    [Fact]
    public async Task All_pages_are_asked_for_and_shown_with_their_comparison()
    {
        await using var api = await StandInServer.StartAsync(AnswerAsync);
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync([.. Question, "--api", api.Address, "--login", "hq@demo", "--password", "secret"]));
        var asked = api.Requests.Where(request => request.Method == "GET").Select(request => Uri.UnescapeDataString(request.PathAndQuery)).ToList();
        Assert.Equal(2, asked.Count);
        Assert.Equal("/v1/metrics/query?metrics=net_sales,conversion&from=2026-11-01&to=2026-11-02&dimensions=store&compare=previous_week&filter=store:S01&filter=store:S02&limit=1000", asked[0]);
        Assert.EndsWith("&cursor=two", asked[1], StringComparison.Ordinal);
        Assert.Matches(@"S01 +JPY +1234\.5 +1000 +\+23\.5 % +– +0\.2500 +– +2/2", run.Output);
        Assert.Matches(@"S02 +JPY +900 +1000 +-10\.0 % +– +0\.2500 +– +1/2", run.Output);
    }

    [Fact]
    public async Task A_file_is_written_as_it_comes_and_what_cp932_cannot_hold_is_told()
    {
        await using var api = await StandInServer.StartAsync((request, context) =>
        {
            context.Response.Headers["Unwritable-Characters"] = "U+1F600;n=2";
            return request.Method == "POST" ? CliRun.AnswerAsync(context, 200, "{}") : CliRun.AnswerAsync(context, 200, "store\r\nS01\r\n", "text/csv");
        });
        using var run = new CliRun();
        var file = Path.Combine(AppContext.BaseDirectory, "metrics-command.csv");
        Assert.Equal(1, await run.RunAsync([.. Question, "--output", file, "--encoding", "cp932", "--api", api.Address, "--login", "hq@demo", "--password", "secret"]));
        Assert.Equal("store\r\nS01\r\n", await File.ReadAllTextAsync(file));
        Assert.Contains("U+1F600", run.Error, StringComparison.Ordinal);
        Assert.Contains("format=csv&encoding=cp932", api.Requests.Last().PathAndQuery, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Theory]
    [InlineData("csv", "store\r\nS01\r\n", "format=csv")]
    [InlineData("json", null, "limit=1000")]
    public async Task Export_writes_every_row_into_a_file_that_is_whole(string form, string? content, string asked)
    {
        await using var api = await StandInServer.StartAsync((request, context) =>
            content is null || request.Method == "POST" ? AnswerAsync(request, context) : CliRun.AnswerAsync(context, 200, content, "text/csv"));
        using var run = new CliRun();
        var file = Path.Combine(run.Directory, "export." + form);
        string[] question = ["export", .. Question.Skip(2), "--output", file, "--api", api.Address, "--login", "hq@demo", "--password", "secret", "--json"];
        Assert.Equal(0, await run.RunAsync(question));
        Assert.Contains(asked, api.Requests.Last(request => request.Method == "GET").PathAndQuery, StringComparison.Ordinal);
        Assert.False(File.Exists(file + ".part"));
        Assert.Equal(new FileInfo(file).Length, run.Document.GetProperty("bytes").GetInt64());
        if (content is not null)
        {
            Assert.Equal(content, await File.ReadAllTextAsync(file));
            return;
        }

        var rows = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(file)).RootElement.GetProperty("rows");
        Assert.Equal(["S01", "S02"], rows.EnumerateArray().Select(row => row.GetProperty("dimensions").GetProperty("store").GetString()));
    }

    [Theory]
    [InlineData("staff-hours", "/v1/staff-hours")]
    [InlineData("devices", "/v1/devices/enrolments")]
    public async Task Files_are_sent_as_they_are_and_bad_rows_are_told_with_what_to_mend(string command, string address)
    {
        await using var api = await StandInServer.StartAsync((request, context) => request.PathAndQuery == "/v1/session" ? CliRun.AnswerAsync(context, 200, "{}")
            : CliRun.AnswerAsync(context, 422, """{"status":422,"title":"The file has bad rows","detail":"x","errors":[{"row":3,"field":"hour","detail":"write 0 to 47."}]}""", "application/problem+json"));
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync(command, run.File("hours.csv", "store,business_date,hour,actual_hours"), "--api", api.Address, "--login", "hq@demo", "--password", "secret"));
        Assert.Matches(@"hours\.csv +3 +hour +write 0 to 47\.", run.Output);
        Assert.Equal("store,business_date,hour,actual_hours", System.Text.Encoding.UTF8.GetString(api.Requests.Last().Body));
        Assert.Equal(address, api.Requests.Last().PathAndQuery);
        Assert.StartsWith("text/csv", api.Requests.Last().Headers.ContentType.ToString(), StringComparison.Ordinal);
    }

    private static Task AnswerAsync(ReceivedRequest request, Microsoft.AspNetCore.Http.HttpContext context)
    {
        if (request.Method == "POST")
        {
            return CliRun.AnswerAsync(context, 200, "{}");
        }

        return CliRun.AnswerAsync(context, 200, request.PathAndQuery.Contains("cursor=", StringComparison.Ordinal)
            ? Page(Row("S02", "900", "-0.1000", 1), "null") : Page(Row("S01", "1234.5", "0.2345", 2), "\"two\""));
    }

    private static string Page(string rows, string cursor) => $$"""
        {"data_version":7,"compare":"previous_week","metrics":[{"id":"net_sales"},{"id":"conversion"}],"rows":[{{rows}}],"data":{"store_days_expected":4,"store_days_reported":3},"next_cursor":{{cursor}}}
        """;

    private static string Row(string store, string net, string change, int reported) => $$$"""
        {"dimensions":{"store":"{{{store}}}"},"currency":"JPY","values":{"net_sales":{"value":"{{{net}}}","comparison":"1000","change":"{{{change}}}"},"conversion":{"value":null,"comparison":"0.2500","change":null}},
        "data":{"store_days_expected":2,"store_days_reported":{{{reported}}},"coverage":null}}
        """;
}
