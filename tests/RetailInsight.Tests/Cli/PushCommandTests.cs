using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace RetailInsight.Tests.Cli;

public sealed class PushCommandTests
{
    [Fact]
    public async Task A_file_arrives_byte_for_byte_with_its_name_and_the_key()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, CliRun.Receipt()));
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("push", run.File("S004_訂正.csv", "レシート"), "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "rk_test_x"));
        var request = Assert.Single(gateway.Requests);
        Assert.Equal(("POST", "/v1/ingest/vendor-a", "レシート"), (request.Method, request.PathAndQuery, Encoding.UTF8.GetString(request.Body)));
        Assert.Equal("Bearer rk_test_x", request.Headers.Authorization);
        Assert.Equal("S004_訂正.csv", Uri.UnescapeDataString(request.Headers["X-File-Name"]!));
        Assert.False(request.Headers.ContainsKey("Content-Encoding"));
        Assert.Contains("0123456789abcdef0123456789abcdef", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gz_file_is_sent_as_it_is_and_declared_as_gzip()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, CliRun.Receipt()));
        using var run = new CliRun();
        var path = run.File("day.csv.gz");
        await using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            await gzip.WriteAsync("packed"u8.ToArray());
        }

        Assert.Equal(0, await run.RunAsync("push", path, "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k"));
        var request = Assert.Single(gateway.Requests);
        Assert.Equal("gzip", request.Headers.ContentEncoding);
        Assert.Equal(await File.ReadAllBytesAsync(path), request.Body);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task A_busy_gateway_gets_the_whole_file_again(int status)
    {
        var calls = 0;
        await using var gateway = await StandInServer.StartAsync((_, context) =>
        {
            context.Response.Headers.RetryAfter = "1";
            return Interlocked.Increment(ref calls) <= 2 ? CliRun.AnswerAsync(context, status, "{}") : CliRun.AnswerAsync(context, 200, CliRun.Receipt());
        });
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("push", run.File("a.csv"), "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k"));
        Assert.Equal(3, gateway.Requests.Count);
        Assert.All(gateway.Requests, request => Assert.Equal("content", Encoding.UTF8.GetString(request.Body)));
    }

    [Fact]
    public async Task A_connection_cut_before_the_answer_is_no_reason_to_give_up()
    {
        var calls = 0;
        await using var gateway = await StandInServer.StartAsync((_, context) =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            return CliRun.AnswerAsync(context, 200, CliRun.Receipt());
        });
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("push", run.File("a.csv"), "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k"));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_file_converted_later_is_followed_to_its_outcome()
    {
        var looks = 0;
        await using var gateway = await StandInServer.StartAsync((request, context) =>
        {
            context.Response.Headers.Location = "/v1/receipts/abc";
            return request.Method == "POST" || Interlocked.Increment(ref looks) < 3
                ? CliRun.AnswerAsync(context, request.Method == "POST" ? 202 : 200, CliRun.Receipt(0, 0, "landed"))
                : CliRun.AnswerAsync(context, 200, CliRun.Receipt(41));
        });
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("push", run.File("a.csv"), "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k", "--json"));
        Assert.Equal(41, run.Document.GetProperty("totals").GetProperty("accepted").GetInt32());
        Assert.Equal(3, looks);
        Assert.All(gateway.Requests, request => Assert.Equal("Bearer k", request.Headers.Authorization));
    }

    [Fact]
    public async Task The_key_does_not_follow_a_status_address_to_another_server()
    {
        await using var elsewhere = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, CliRun.Receipt()));
        await using var gateway = await StandInServer.StartAsync((_, context) =>
        {
            context.Response.Headers.Location = elsewhere.Address + "/v1/receipts/abc";
            return CliRun.AnswerAsync(context, 202, CliRun.Receipt(0, 0, "landed"));
        });
        using var run = new CliRun();
        Assert.Equal(3, await run.RunAsync("push", run.File("a.csv"), "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k"));
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task A_refused_file_says_why_and_the_others_go_on()
    {
        await using var gateway = await StandInServer.StartAsync((request, context) => request.Headers["X-File-Name"] == "bad.csv"
            ? CliRun.AnswerAsync(context, 422, """{"title":"Unreadable","status":422,"code":"payload_unreadable","detail":"No header row.","receipt_id":"feed01"}""", "application/problem+json")
            : CliRun.AnswerAsync(context, 200, CliRun.Receipt()));
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("push", run.File("bad.csv"), run.File("good.csv"), "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k"));
        Assert.Contains("bad.csv: 422 Unreadable: No header row. (kept as feed01)", run.Error, StringComparison.Ordinal);
        Assert.Matches("good.csv +done +3", run.Output);
    }

    [Fact]
    public async Task Held_receipts_are_named_with_row_field_and_reason()
    {
        const string Verdicts = """
            ,"verdicts":[{"key":"300102/2026-11-04/000012","store":"S001","business_date":"2026-11-04","verdict":"quarantined","rows":2,
             "reasons":[{"code":"field_type","field":"金額","row":17,"byte_offset":900,"detail":"'#VALUE!' is no amount."}]}]
            """;
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, CliRun.Receipt(3, 2, "converted", Verdicts)));
        using var run = new CliRun();
        var path = run.File("a.csv");
        Assert.Equal(1, await run.RunAsync("push", path, "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k"));
        Assert.Contains("a.csv: held 300102/2026-11-04/000012, row 17, field_type in 金額: '#VALUE!' is no amount.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verdicts_that_do_not_add_up_are_no_success()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) =>
            CliRun.AnswerAsync(context, 200, CliRun.Receipt().Replace("\"rows_read\":3", "\"rows_read\":4", StringComparison.Ordinal)));
        using var run = new CliRun();
        Assert.Equal(3, await run.RunAsync("push", run.File("a.csv"), "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k"));
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_is_named_and_ends_with_3()
    {
        using var run = new CliRun();
        Assert.Equal(3, await run.RunAsync("push", run.File("a.csv"), "--feed", "vendor-a", "--gateway", "http://127.0.0.1:1", "--key", "k", "--retries", "1"));
        Assert.Contains("http://127.0.0.1:1", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_with_130_and_without_a_stack_trace()
    {
        using var interrupt = new CancellationTokenSource();
        await using var gateway = await StandInServer.StartAsync((_, context) =>
        {
            interrupt.Cancel();
            return Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var run = new CliRun();
        Assert.Equal(130, await run.RunAsync(interrupt.Token, "push", run.File("a.csv"), "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k"));
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vendor-a-pos-master", 1)]
    [InlineData("vendor-a", 3)]
    public async Task Masters_go_one_by_one_in_order_and_other_files_together(string feed, int together)
    {
        var under = 0;
        var most = 0;
        var all = new TaskCompletionSource();
        await using var gateway = await StandInServer.StartAsync(async (_, context) =>
        {
            var now = Interlocked.Increment(ref under);
            lock (all)
            {
                most = Math.Max(most, now);
            }

            if (now == together)
            {
                all.TrySetResult();
            }

            await all.Task.WaitAsync(TimeSpan.FromSeconds(20));
            Interlocked.Decrement(ref under);
            await CliRun.AnswerAsync(context, 200, CliRun.Receipt());
        });
        using var run = new CliRun();
        string[] files = [.. Enumerable.Range(1, 6).Select(at => run.File(string.Create(CultureInfo.InvariantCulture, $"{at}.csv")))];
        Assert.Equal(0, await run.RunAsync(["push", .. files, "--feed", feed, "--parallel", "3", "--gateway", gateway.Address, "--key", "k"]));
        Assert.Equal(together, most);
        if (together == 1)
        {
            Assert.Equal(["1.csv", "2.csv", "3.csv", "4.csv", "5.csv", "6.csv"], gateway.Requests.Select(request => (string)request.Headers["X-File-Name"]!));
        }
    }
}
