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
            gateway.Requests.Select(request => request.PathAndQuery).Where(path => !path.Contains("store-days", StringComparison.Ordinal)));
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
        Assert.Equal(["Bearer rk_test_a", "Bearer rk_test_b"], gateway.Requests.Select(request => (string)request.Headers.Authorization!).Distinct());
        Assert.Equal(1, run.Document.GetProperty("files").GetArrayLength());
    }

    [Fact]
    public async Task Store_days_are_listed_with_a_mark_on_differences_and_their_causes()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, """
            {"items":[
              {"store":"S001","business_date":"2026-11-02","status":"difference","feeds":[{"feed":"vendor-a","payloads":2,
                "rows":{"rows_read":1234,"accepted":1200,"duplicate":30,"superseding":1,"outdated":0,"quarantined":3,"withdrawn":0,"released":0,"resolved":0},
                "totals":[{"currency":"JPY","receipts":3,"net":"1000","tax":"100","gross":"1100","taxes":[]}],"money_at_risk":[]}],
               "declared":[{"vendor":"vendor-a","terminal":"P001","status":"difference","difference":"1500","causes":[
                 {"code":"quarantined","amount":"1200","text":{"en":"Held.","ja":"保留"}},{"code":"unexplained","amount":"300","text":{"en":"Nobody knows.","ja":"不明"}}]}]},
              {"store":"S001","business_date":"2026-11-01","status":"matched","feeds":[{"feed":"vendor-a","payloads":1,
                "rows":{"rows_read":1,"accepted":1,"duplicate":0,"superseding":0,"outdated":0,"quarantined":0,"withdrawn":0,"released":0,"resolved":0},"totals":[],"money_at_risk":[]}],
               "declared":[{"vendor":"vendor-a","terminal":null,"status":"matched","difference":"0","causes":[]}]}],
             "unassigned":[],"next_cursor":null}
            """));
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("reconcile", "--feed", "vendor-a", "--store", "S001", "--from", "2026-11-01", "--gateway", gateway.Address, "--key", "k"));
        Assert.Equal(["/v1/reconciliation/store-days?feed=vendor-a&from=2026-11-01&store=S001"], gateway.Requests.Select(request => request.PathAndQuery));
        Assert.Matches(@"≠ +2026-11-02 +S001 +vendor-a +1,234 +1,200 +30 +1 +0 +3 +0 +0 +0 +1,000 +100 +1,100", run.Output);
        Assert.Matches(@"= +2026-11-01 +S001 +vendor-a +1 ", run.Output);
        Assert.Matches(@"2026-11-02 +S001 +P001 +1,500 +quarantined +1,200 +Held\.", run.Output);
        Assert.Matches(@"unexplained +300 +Nobody knows\.", run.Output);
        using var json = new CliRun();
        Assert.Equal(1, await json.RunAsync("reconcile", "--store", "S001", "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k", "--json"));
        Assert.Equal("difference", json.Document.GetProperty("store_days")[0].GetProperty("status").GetString());
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
