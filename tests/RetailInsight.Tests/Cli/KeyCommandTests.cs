using System.Text;
using System.Text.Json;

namespace RetailInsight.Tests.Cli;

public sealed class KeyCommandTests
{
    private const string Made = """{"secret":"rk_live_secret","key":{"key_id":"0123","label":"x"}}""";

    [Fact]
    public async Task A_key_is_asked_for_as_stated_and_its_secret_printed_once()
    {
        await using var api = await ServeAsync(201);
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("key", "create", "--vendor", "vendor-a", "--feed", "vendor-a", "--feed", "vendor-b", "--store", "S001", "--label", "レジ", "--test", "--expires", "2027-01-31", "--api", api.Address, "--login", "hq", "--password", "p"));
        var request = api.Requests.Last();
        Assert.Equal(("POST", "/v1/keys"), (request.Method, request.PathAndQuery));
        var body = JsonDocument.Parse(request.Body).RootElement;
        Assert.Equal("[\"vendor-a\",\"vendor-b\"]", body.GetProperty("feeds").GetRawText().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
        Assert.False(body.GetProperty("live").GetBoolean());
        Assert.Equal("2027-01-31T00:00:00Z", body.GetProperty("expires_at").GetString());
        Assert.Equal("rk_live_secret", run.Output.Trim());
    }

    [Fact]
    public async Task A_key_whose_answer_was_lost_is_not_asked_for_twice()
    {
        await using var api = await ServeAsync(503);
        using var run = new CliRun();
        Assert.Equal(3, await run.RunAsync("key", "rotate", "0123", "--overlap-hours", "5", "--api", api.Address, "--login", "hq", "--password", "p"));
        var request = Assert.Single(api.Requests, request => request.PathAndQuery != "/v1/session");
        Assert.Equal("/v1/keys/0123/rotate", request.PathAndQuery);
        Assert.Equal(5, JsonDocument.Parse(Encoding.UTF8.GetString(request.Body)).RootElement.GetProperty("overlap_hours").GetInt32());
    }

    private static Task<StandInServer> ServeAsync(int status) => StandInServer.StartAsync((request, context) =>
        request.PathAndQuery == "/v1/session" ? CliRun.AnswerAsync(context, 200, "{}") : CliRun.AnswerAsync(context, status, Made));
}
