namespace RetailInsight.Tests.Cli;

public sealed class ReconcileCommandTests
{
    [Fact]
    public async Task All_pages_are_read_and_a_balanced_ledger_ends_with_0()
    {
        await using var gateway = await StandInServer.StartAsync((request, context) => CliRun.AnswerAsync(context, 200, request.PathAndQuery.Contains("cursor=", StringComparison.Ordinal)
            ? Page(File("b", 10, 8), "null")
            : Page(File("a", 10, 8), "\"next page\"")));
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("reconcile", "--feed", "vendor-a", "--from", "2026-11-01", "--to", "2026-11-02", "--gateway", gateway.Address, "--key", "k", "--json"));
        Assert.True(run.Document.GetProperty("balanced").GetBoolean());
        Assert.Equal(2, run.Document.GetProperty("files").GetArrayLength());
        Assert.Equal(1, run.Document.GetProperty("feeds").GetArrayLength());
        Assert.Equal(
            ["/v1/reconciliation?feed=vendor-a&from=2026-11-01&to=2026-11-02", "/v1/reconciliation?feed=vendor-a&from=2026-11-01&to=2026-11-02&cursor=next%20page"],
            gateway.Requests.Select(request => request.PathAndQuery));
    }

    [Fact]
    public async Task A_file_that_does_not_add_up_ends_with_1_even_if_the_gateway_calls_it_balanced()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, Page(File("lost", 10, 7), "null")));
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("reconcile", "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k"));
        Assert.Matches(@"lost\.csv.*no \(\+1\)", run.Output);
        Assert.Matches(@"JPY +1,234,567 +98,765\.5 ", run.Output);
    }

    [Fact]
    public async Task Without_a_feed_every_key_of_the_demo_is_asked_and_each_file_counts_once()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, Page(File("a", 10, 8), "null")));
        using var run = new CliRun();
        run.File(".local/demo.json", SettingsTests.DemoJson(gateway.Address, gateway.Address));
        Assert.Equal(0, await run.RunAsync("reconcile", "--json"));
        Assert.Equal(["Bearer rk_test_a", "Bearer rk_test_b"], gateway.Requests.Select(request => (string)request.Headers.Authorization!));
        Assert.Equal(1, run.Document.GetProperty("files").GetArrayLength());
    }

    private static string Page(string file, string cursor) => $$"""
        {"feeds":[{"feed":"vendor-a","files":2,"rows_read":20,"accepted":16,"duplicate":2,"superseding":0,"quarantined":2,"balanced":true,
          "totals":[{"currency":"JPY","net":"1234567","tax":"98765.5","gross":"1333332.5"}]}],
         "files":[{{file}}],"next_cursor":{{cursor}}}
        """;

    private static string File(string name, int read, int accepted) => $$"""
        {"receipt_id":"{{name}}","feed":"vendor-a","file_name":"{{name}}.csv","received_at":"2026-11-02T00:00:00Z","sha256":"00","state":"converted",
         "rows_read":{{read}},"accepted":{{accepted}},"duplicate":1,"superseding":0,"quarantined":1,"balanced":true,"totals":[]}
        """;
}
