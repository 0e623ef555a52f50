namespace RetailInsight.Tests.Cli;

public sealed class QuarantineCommandTests
{
    [Fact]
    public async Task A_replay_is_followed_to_its_end_and_what_stays_held_ends_with_1()
    {
        var asked = 0;
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, asked++ == 0 ? 202 : 200, Replay(asked > 1 ? "done" : "running")));
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("quarantine", "replay", "--reason", "code_unknown", "--item", "3", "--item", "4", "--gateway", gateway.Address, "--key", "k"));
        Assert.Equal(["/v1/quarantine/replays", "/v1/quarantine/replays/7"], gateway.Requests.Select(request => request.PathAndQuery));
        Assert.Matches("recovered +S001 +2026-11-01 .* 1000 +JPY", run.Output);
    }

    [Fact]
    public async Task Causes_are_listed_one_a_line()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, """
            {"items":[{"feed":"vendor-a","reason":"code_unknown","field":"区分","items":12,"payloads":2,"rows":30,"money_at_risk":{"JPY":"4500"},"fix":"Have it put in."}],"truncated":false}
            """));
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("quarantine", "list", "--causes", "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k"));
        Assert.Equal("/v1/quarantine/causes?feed=vendor-a", gateway.Requests.Single().PathAndQuery);
        Assert.Contains("JPY 4500", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_asks_once_and_ends_with_0()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, Replay("done").Replace("\"held\":1", "\"reopened\":1", StringComparison.Ordinal)));
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("quarantine", "undo", "7", "--gateway", gateway.Address, "--key", "k", "--json"));
        Assert.Equal("/v1/quarantine/replays/7/undo", gateway.Requests.Single().PathAndQuery);
        Assert.Equal("done", run.Document.GetProperty("state").GetString());
    }

    private static string Replay(string state) => $$"""
        {"id":7,"kind":"replay","state":"{{state}}","items":2,"payloads":1,"payloads_done":1,"payloads_failed":0,"outcomes":{"recovered":1,"held":1},
         "effects":[{"effect":"recovered","store":"S001","business_date":"2026-11-01","currency":"JPY","reason":null,"field":null,"receipts":1,"rows":2,"net":"910","tax":"90","gross":"1000"}]}
        """;
}
