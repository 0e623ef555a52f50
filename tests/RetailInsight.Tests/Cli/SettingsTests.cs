namespace RetailInsight.Tests.Cli;

public sealed class SettingsTests
{
    [Fact]
    public async Task The_key_of_the_feed_comes_from_the_nearest_demo_file_upwards()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, CliRun.Receipt()));
        using var run = new CliRun();
        run.File(".local/demo.json", DemoJson(gateway.Address, gateway.Address));
        run.Directory = Directory.CreateDirectory(Path.Combine(run.Directory, "a", "b")).FullName;
        Assert.Equal(0, await run.RunAsync("push", run.File("a.json"), "--feed", "vendor-b"));
        Assert.Equal("Bearer rk_test_b", Assert.Single(gateway.Requests).Headers.Authorization);
    }

    [Fact]
    public async Task An_option_beats_the_environment_and_that_beats_the_demo_file()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, CliRun.Receipt()));
        using var run = new CliRun();
        run.File(".local/demo.json", DemoJson("http://127.0.0.1:1", gateway.Address));
        run.Variables["RETAIL_KEY"] = "from-environment";
        var file = run.File("a.csv");
        Assert.Equal(0, await run.RunAsync("push", file, "--feed", "vendor-a"));
        Assert.Equal(0, await run.RunAsync("push", file, "--feed", "vendor-a", "--key", "from-option"));
        Assert.Equal(["Bearer from-environment", "Bearer from-option"], gateway.Requests.Select(request => (string)request.Headers.Authorization!));
    }

    [Fact]
    public async Task A_demo_key_is_not_sent_to_another_server()
    {
        using var run = new CliRun();
        run.File(".local/demo.json", DemoJson("http://127.0.0.1:1", "http://127.0.0.1:1"));
        Assert.Equal(2, await run.RunAsync("push", run.File("a.csv"), "--feed", "vendor-a", "--gateway", "https://gateway.example"));
        Assert.Contains("--key", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("push")]
    [InlineData("push", "no-such-file.csv", "--feed", "vendor-a", "--key", "k")]
    [InlineData("reconcile", "--from", "01/11/2026")]
    [InlineData("reconcile", "--gateway", "ftp://x")]
    [InlineData("reconcile")]
    [InlineData("kpi", "--store", "S001", "--from", "2026-11-02", "--to", "2026-11-01", "--login", "a", "--password", "b")]
    [InlineData("kpi", "--store", "S001")]
    [InlineData("sell")]
    [InlineData("reconcile", "--retries", "-1", "--key", "k")]
    public async Task A_wrong_command_line_sends_nothing_and_ends_with_2(params string[] args)
    {
        using var run = new CliRun();
        Assert.Equal(2, await run.RunAsync(args));
        Assert.Empty(run.Output);
        Assert.NotEmpty(run.Error);
        Assert.Equal(2, await run.RunAsync([.. args, "--json"]));
        Assert.NotEmpty(run.Document.GetProperty("error").GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task Help_tells_the_exit_codes_and_every_command()
    {
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("--help"));
        Assert.All(["push", "reconcile", "kpi", "--json", "--gateway", "Exit codes"], word => Assert.Contains(word, run.Output, StringComparison.Ordinal));
    }

    internal static string DemoJson(string api, string gateway) => $$"""
        {"api":"{{api}}","gateway":"{{gateway}}","tenants":[{"tenant":"demo","name":"みなとマート",
         "keys":[{"key":"rk_test_a","vendor":"vendor-a","feeds":["vendor-a","vendor-a-pos-master"]},{"key":"rk_test_b","vendor":"vendor-b","feeds":["vendor-b"]}],
         "logins":[{"login":"hq@demo","password":"secret","role":"head_office"}]}]}
        """;
}
