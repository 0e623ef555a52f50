using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace RetailInsight.Tests.Cli;

/// <summary>How <c>retail dags</c> behaves on a wire that breaks.</summary>
public sealed class DagsCommandTests
{
    private const string Line = """{"line":LINE,"at":"2026-11-22T10:00:0LINE+00:00","level":"information","message":"says LINE"}""";

    [Fact]
    public async Task A_log_that_breaks_off_is_followed_on_behind_the_last_line_until_its_end()
    {
        var asked = 0;
        await using var api = await StandInServer.StartAsync((request, context) => request.PathAndQuery == "/v1/session" ? CliRun.AnswerAsync(context, 200, "{}") : ++asked switch
        {
            1 => StreamAsync(context, Event("try", "7-0", """{"try_number":1}""") + Event("line", "7-1", Line.Replace("LINE", "1", StringComparison.Ordinal)), abort: true),
            2 => StreamAsync(context, Event("waiting", null, """{"state":"running"}"""), abort: false),
            _ => StreamAsync(context, Event("line", "7-2", Line.Replace("LINE", "2", StringComparison.Ordinal)) + Event("end", "7-2", """{"state":"failed"}"""), abort: false),
        });
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("dags", "logs", "12", "store_figures", "--map-key", "S 1", "-f", "--api", api.Address, "--login", "x", "--password", "p"));
        var streams = api.Requests.Where(request => request.PathAndQuery != "/v1/session").ToList();
        Assert.Equal(["", "7-1", "7-1"], streams.Select(request => request.Headers["Last-Event-ID"].ToString()));
        Assert.All(streams, request => Assert.Equal("/v1/ops/runs/12/logs/stream?task=store_figures&key=S%201", request.PathAndQuery));
        Assert.Equal(
            "2026-11-22 10:00:01 information says 1\n2026-11-22 10:00:02 information says 2\n", run.Output.ReplaceLineEndings("\n"));
        Assert.Contains("It ended: failed.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_asked_again_after_a_lost_answer_has_one_key()
    {
        var posts = 0;
        await using var api = await StandInServer.StartAsync((request, context) => request.PathAndQuery == "/v1/session" || posts++ > 1
            ? CliRun.AnswerAsync(context, 200, """{"action":{"action_id":3,"kind":"undo","run_id":12},"changes":[]}""") : CliRun.AnswerAsync(context, 503, "{}"));
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("dags", "undo", "2", "--reason", "wrong day", "--api", api.Address, "--login", "x", "--password", "p"));
        var sent = api.Requests.Where(request => request.PathAndQuery == "/v1/ops/actions/2/undo").ToList();
        Assert.Equal(3, sent.Count);
        Assert.Single(sent.Select(request => request.Headers["Idempotency-Key"].ToString()).Distinct(), key => key.Length == 32);
        Assert.Equal("wrong day", JsonDocument.Parse(sent[0].Body).RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_run_names_the_tenant_and_a_login_that_is_stated_needs_none_of_the_demo()
    {
        await using var api = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 201, """{"run":{"run_id":5},"tasks":[]}"""));
        using var run = new CliRun();
        string[] asked = ["dags", "run", "store_kpis", "--tenant", "aoba", "--date", "2026-11-14", "--stores", "S1", "S2", "--api", api.Address];
        Assert.Equal(2, await run.RunAsync(asked));
        Assert.Empty(api.Requests);
        Assert.Equal(0, await run.RunAsync([.. asked, "--login", "x", "--password", "p"]));
        Assert.Equal("""{"tenant":"aoba","business_date":"2026-11-14","stores":["S1","S2"],"parameters":null}""", string.Concat(Encoding.UTF8.GetString(api.Requests.Last().Body).Where(letter => !char.IsWhiteSpace(letter))));
        Assert.Contains("Run 5 is queued.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_touches_nothing_is_not_applied_and_without_somebody_to_ask_none_is()
    {
        await using var api = await StandInServer.StartAsync((request, context) => CliRun.AnswerAsync(context, 201,
            """{"plan_id":9,"run_id":12,"dag_id":"d","kind":"clear","as":null,"expires_at":"2026-11-22T10:30:00Z","tasks":[],"estimate":{"tasks":0,"p50_seconds":null,"p90_seconds":null,"by_task":[],"runs_waiting":[]}}"""));
        using var run = new CliRun();
        Assert.Equal(2, await run.RunAsync("dags", "clear", "12", "--reason", "x", "--api", api.Address, "--login", "x", "--password", "p"));
        Assert.Empty(api.Requests);
        Assert.Equal(0, await run.RunAsync("dags", "clear", "12", "a", "b[S 1]", "--only-failed", "--no-downstream", "--yes", "--reason", "x", "--api", api.Address, "--login", "x", "--password", "p"));
        Assert.Equal(["/v1/session", "/v1/ops/runs/12/plans"], api.Requests.Select(request => request.PathAndQuery));
        var body = JsonDocument.Parse(api.Requests.Last().Body).RootElement;
        Assert.Equal(
            ("clear", """["a","b[S 1]"]""", false, true),
            (body.GetProperty("kind").GetString(), string.Concat(body.GetProperty("tasks").GetRawText().Split('\n').Select(line => line.Trim())), body.GetProperty("downstream").GetBoolean(), body.GetProperty("only_failed").GetBoolean()));
    }

    [Fact]
    public async Task A_backfill_is_waited_for_to_its_end_and_days_that_failed_have_an_exit_code()
    {
        var looked = 0;
        static string Backfill(string state, int pending, int failed) =>
            $$"""{"backfill_id":4,"dag":"d","from":"2026-11-01","to":"2026-11-03","selector":"stale","state":"{{state}}","pending":{{pending}},"submitted":0,"succeeded":{{3 - pending - failed}},"failed":{{failed}},"canceled":0,"actor":"x","reason":"y"}""";
        await using var api = await StandInServer.StartAsync((request, context) => request.Method == "POST"
            ? CliRun.AnswerAsync(context, 201, Backfill("running", 3, 0))
            : CliRun.AnswerAsync(context, 200, ++looked switch { 1 => Backfill("paused", 2, 0), 2 => Backfill("running", 1, 0), _ => Backfill("done", 0, 1) }));
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("dags", "backfill", "apply", "9", "--reason", "y", "--wait", "--json", "--api", api.Address, "--login", "x", "--password", "p"));
        Assert.Equal(("done", 1, 3), (run.Document.GetProperty("state").GetString(), run.Document.GetProperty("failed").GetInt32(), looked));
        Assert.Equal("/v1/ops/backfills/plans/9/apply", api.Requests.ElementAt(1).PathAndQuery);
    }

    [Fact]
    public async Task A_backfill_that_cannot_be_applied_any_more_lists_the_days_and_exits_with_4()
    {
        await using var api = await StandInServer.StartAsync((request, context) => request.PathAndQuery == "/v1/session" ? CliRun.AnswerAsync(context, 200, "{}")
            : CliRun.AnswerAsync(context, 409, """{"title":"t","detail":"The days stand otherwise.","code":"action-outdated","differences":["2026-11-01 was S01, is not concerned."]}""", "application/problem+json"));
        using var run = new CliRun();
        Assert.Equal(4, await run.RunAsync("dags", "backfill", "apply", "9", "--reason", "y", "--wait", "--api", api.Address, "--login", "x", "--password", "p"));
        Assert.Equal("2026-11-01 was S01, is not concerned.", run.Output.Trim());
        Assert.Equal(2, api.Requests.Count);
    }

    private static string Event(string type, string? id, string data) => $"event: {type}\n{(id is null ? "" : $"id: {id}\n")}data: {data}\n\n";

    private static async Task StreamAsync(HttpContext context, string text, bool abort)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(text);
        await context.Response.Body.FlushAsync();
        if (abort)
        {
            // The lines have to be on their way before the line is cut.
            await Task.Delay(300);
            context.Abort();
        }
    }
}
