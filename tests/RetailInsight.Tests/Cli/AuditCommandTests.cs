namespace RetailInsight.Tests.Cli;

public sealed class AuditCommandTests
{
    [Theory]
    [InlineData("""{"intact":true,"chains":[{"chain":"tenant","intact":true,"entries":12,"hash":"ab","fault":null}]}""", 0, "12")]
    [InlineData("""{"intact":false,"chains":[{"chain":"tenant","intact":false,"entries":6,"hash":"ab","fault":{"seq":7,"reason":"its content is not what was written"}}]}""", 1, "7: its content is not what was written")]
    public async Task A_broken_chain_names_its_row_and_fails_the_command(string answer, int exit, string said)
    {
        await using var api = await StandInServer.StartAsync((request, context) => CliRun.AnswerAsync(context, 200, request.PathAndQuery == "/v1/session" ? "{}" : answer));
        using var run = new CliRun();
        Assert.Equal(exit, await run.RunAsync("audit", "verify", "--anchor", "3:ff", "--api", api.Address, "--login", "hq", "--password", "p"));
        Assert.Equal("/v1/audit/verification?anchor=3%3Aff", api.Requests.Last().PathAndQuery);
        Assert.Contains(said, run.Output, StringComparison.Ordinal);
    }
}
