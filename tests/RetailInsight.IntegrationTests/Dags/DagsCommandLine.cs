using System.Text.Json;
using RetailInsight.Cli;
using RetailInsight.IntegrationTests.Api;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Dags;

/// <summary><c>retail dags …</c> against a running API and engine.</summary>
[Collection(ApiHost.Collection)]
public sealed class DagsCommandLine(ApiHost host, ITestOutputHelper console) : OperatingCompany(host)
{
    [Fact]
    public async Task A_failed_run_is_looked_into_cleared_after_a_question_and_waited_for()
    {
        Broken["b"] = true;
        await using var engine = await TestEngine.StartAsync(Database, [Diamond()]);
        var run = await RunAsync("failed");
        Assert.Contains("diamond", (await RetailAsync(0, "list")).Output, StringComparison.Ordinal);
        Assert.Contains("b, c", (await RetailAsync(0, "show", "diamond")).Output, StringComparison.Ordinal);
        Assert.Contains("aoba/2026-11-14  failed", Squeezed((await RetailAsync(0, "runs", "--state", "failed")).Output), StringComparison.Ordinal);
        Assert.Matches("^It ended: failed, .*broken\\.$", (await RetailAsync(0, "why", $"{run}", "b")).Output.Trim());
        Assert.Contains("error", (await RetailAsync(0, "logs", $"{run}", "b")).Output, StringComparison.Ordinal);
        Assert.Contains("It ended: failed.", (await RetailAsync(1, "logs", $"{run}", "b", "-f")).Error, StringComparison.Ordinal);

        Broken.Clear();
        var refused = await RetailAsync(2, "clear", $"{run}", "--only-failed", "--reason", "fixed");
        Assert.Contains("--yes", refused.Error, StringComparison.Ordinal);
        var no = await AskedAsync("n\n", 1, "clear", $"{run}", "--only-failed", "--reason", "fixed");
        Assert.Contains("b  failed", Squeezed(no.Output), StringComparison.Ordinal);
        Assert.Contains("d  upstream_failed", Squeezed(no.Output), StringComparison.Ordinal);
        Assert.Contains("Nothing was done.", no.Error, StringComparison.Ordinal);
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM dags.action"));
        var yes = await AskedAsync("y\n", 0, "clear", $"{run}", "--only-failed", "--reason", "fixed", "--wait");
        Assert.Contains("clear 2 tasks of run", yes.Output, StringComparison.Ordinal);
        Assert.Contains("d success", yes.Error, StringComparison.Ordinal);
        Assert.Contains($"Run {run}: success.", yes.Output, StringComparison.Ordinal);
        Assert.Contains("There is nothing to do.", (await RetailAsync(0, "clear", $"{run}", "--only-failed", "--yes", "--reason", "x")).Error, StringComparison.Ordinal);
        var actions = JsonDocument.Parse((await RetailAsync(0, "actions", "--run", $"{run}", "--json")).Output).RootElement.GetProperty("items");
        Assert.Equal("clear fixed", $"{actions[0].GetProperty("kind")} {actions[0].GetProperty("reason")}");
    }

    [Fact]
    public async Task What_has_changed_since_the_plan_is_listed_and_has_an_exit_code_of_its_own()
    {
        await using var engine = await TestEngine.StartAsync(Database, [Diamond()]);
        var run = await RunAsync("success");
        var plan = JsonDocument.Parse((await RetailAsync(0, "plan", "clear", $"{run}", "c", "--json")).Output).RootElement.GetProperty("plan_id").GetInt64();
        await RetailAsync(0, "mark", $"{run}", "d", "--as", "failed", "--yes", "--reason", "by hand");
        await EndAgainAsync(run);
        var drift = await RetailAsync(ExitCode.Outdated, "apply", $"{plan}", "--reason", "late");
        Assert.Equal("d was success and is failed.", drift.Output.Trim());
        var json = JsonDocument.Parse((await RetailAsync(ExitCode.Outdated, "apply", $"{plan}", "--reason", "late", "--json")).Output).RootElement.GetProperty("error");
        Assert.Equal(("action-outdated", 1), (json.GetProperty("code").GetString(), json.GetProperty("differences").GetArrayLength()));

        var action = await Database.ScalarAsync<long>("SELECT action_id FROM dags.action");
        Assert.Contains("undo of run", (await RetailAsync(0, "undo", $"{action}", "--reason", "wrong")).Error, StringComparison.Ordinal);
        Assert.Contains("was left failed and is success", (await RetailAsync(ExitCode.Outdated, "undo", $"{action}", "--reason", "wrong")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_started_followed_and_canceled()
    {
        var options = TestEngine.Quick();
        await using (var engine = await TestEngine.StartAsync(Database, [Partitioned()], options))
        {
            var done = await RetailAsync(0, "run", "diamond", "--tenant", "aoba", "--date", "2026-11-14", "--stores", "S01", "S02", "--wait");
            Assert.Contains("d success", done.Error, StringComparison.Ordinal);
            Assert.Contains(": success.", done.Output, StringComparison.Ordinal);
            Assert.Equal("aoba/2026-11-14 [\"S01\", \"S02\"]", await Database.ScalarAsync<string>("SELECT partition_key || ' ' || (conf -> 'stores') FROM dags.dag_run"));
            Broken["a"] = true;
            Assert.Contains("a failed", (await RetailAsync(1, "run", "diamond", "--date", "2026-11-13", "--wait")).Error, StringComparison.Ordinal);
        }

        var queued = JsonDocument.Parse((await RetailAsync(0, "run", "diamond", "--date", "2026-11-12", "--json")).Output).RootElement.GetProperty("run").GetProperty("run_id").GetInt64();
        Assert.Contains("cancel of run", (await RetailAsync(0, "cancel", $"{queued}", "--yes", "--reason", "wrong day")).Error, StringComparison.Ordinal);
        Assert.Equal("canceled", await Database.EndOfAsync(queued));
        Assert.Contains("409", (await RetailAsync(ExitCode.Outdated, "cancel", $"{queued}", "--yes", "--reason", "again", "--json")).Output, StringComparison.Ordinal);
        Assert.Contains("operator of the platform", (await RetailAsync(1, "pause", "diamond", "--reason", "stocktaking")).Error, StringComparison.Ordinal);
        Assert.Contains("404", (await RetailAsync(1, "why", "987654", "a")).Error, StringComparison.Ordinal);
        Assert.Contains("Worker", (await RetailAsync(0, "queue")).Output, StringComparison.Ordinal);
    }

    private Task<(string Output, string Error)> RetailAsync(int exit, params string[] args) => AskedAsync(null, exit, args);

    private async Task<(string Output, string Error)> AskedAsync(string? typed, int exit, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var input = typed is null ? null : new StringReader(typed);
        var code = await RetailCommand.RunAsync(
            ["dags", .. args, "--api", Address.ToString(), "--login", "engineer", "--password", Company.Password],
            new Surroundings(output, error, _ => null, Path.GetTempPath(), TimeProvider.System, false, 200, input), CancellationToken.None);
        console.WriteLine($"$ retail dags {string.Join(' ', args)}\n{error}{output}");
        Assert.True(code == exit, $"{string.Join(' ', args)}: {code}\n{output}\n{error}");
        return (output.ToString(), error.ToString());
    }

    // A table without the spaces that only fill it up.
    private static string Squeezed(string text) => string.Join('\n', text.Split('\n').Select(line => string.Join("  ", line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))));
}
