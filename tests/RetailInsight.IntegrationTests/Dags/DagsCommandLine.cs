using System.Text.Json;
using Dapper;
using RetailInsight.Cli;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.IntegrationTests.Api;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Dags;

/// <summary><c>retail dags …</c> against a running API and engine.</summary>
[Collection(ApiCollections.Contract)]
public sealed class DagsCommandLine(ApiHost host, ITestOutputHelper console) : OperatingCompany(host)
{
    private string _login = "engineer";

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
        Assert.Contains("operators of the platform", (await RetailAsync(1, "pause", "diamond", "--reason", "stocktaking")).Error, StringComparison.Ordinal);
        Assert.Contains("404", (await RetailAsync(1, "why", "987654", "a")).Error, StringComparison.Ordinal);
        Assert.Contains("Worker", (await RetailAsync(0, "queue")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backfill_is_planned_applied_paused_resumed_and_waited_for()
    {
        using var gate = new SemaphoreSlim(0);
        await using var engine = await TestEngine.StartAsync(Database, [Figures(gate)]);
        await using (var connection = await Database.Owner.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                "INSERT INTO dags.asset_partition (tenant, asset, business_date, store, version) SELECT 'aoba', @data, date '2026-11-01' + n, 'S01', 1 FROM generate_series(0, 2) n", new { data = Datasets.PosTransaction });
        }

        string[] plan = ["backfill", "plan", "store_kpis", "--from", "2026-11-01", "--to", "2026-11-14"];
        Assert.Matches("2026-11-03 +S01[^$]*Plan [0-9]+: 3 days, [0-9]+ tasks, 0 rows\\.", (await RetailAsync(0, plan)).Output);
        var late = JsonDocument.Parse((await RetailAsync(0, [.. plan, "--json"])).Output).RootElement.GetProperty("plan_id").GetInt64();
        var first = JsonDocument.Parse((await RetailAsync(0, [.. plan, "--runs", "1", "--json"])).Output).RootElement.GetProperty("plan_id").GetInt64();
        Assert.Contains("running", (await RetailAsync(0, "backfill", "apply", $"{first}", "--reason", "new tax rate")).Output, StringComparison.Ordinal);
        var backfill = $"{await Database.ScalarAsync<long>("SELECT backfill_id FROM dags.backfill")}";
        Assert.Contains("paused", (await RetailAsync(0, "backfill", "pause", backfill, "--reason", "peak hour")).Output, StringComparison.Ordinal);
        Assert.Contains("new tax rate", (await RetailAsync(0, "backfill", "list")).Output, StringComparison.Ordinal);
        Assert.Contains("running", (await RetailAsync(0, "backfill", "resume", backfill, "--reason", "over")).Output, StringComparison.Ordinal);
        gate.Release(3);
        Assert.Contains("missing  done  0  0  3  0  0  engineer", Squeezed((await RetailAsync(0, "backfill", "show", backfill, "--wait")).Output), StringComparison.Ordinal);

        var outdated = await RetailAsync(ExitCode.Outdated, "backfill", "apply", $"{late}", "--reason", "again");
        Assert.Contains("2026-11-01 was S01, is not concerned.", outdated.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was done", (await RetailAsync(ExitCode.Outdated, "backfill", "cancel", backfill, "--reason", "x")).Error, StringComparison.Ordinal);
        Assert.Contains("There is nothing to do.", (await RetailAsync(0, plan)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stands_is_looked_into_restored_and_released()
    {
        using var gate = new SemaphoreSlim(0);
        await using var engine = await TestEngine.CreateAsync(Database, [Figures(gate)]);
        await using (var connection = await Database.Owner.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO dags.asset_partition (tenant, asset, business_date, store, version, fence, kpi) VALUES ('aoba', 'store_figures', '2026-10-01', 'S01', 2, -1, '{"net": "90", "receipts": 9}');
                INSERT INTO dags.asset_version (tenant, asset, business_date, store, version, fence, published_at, reason, kpi) VALUES
                  ('aoba', 'store_figures', '2026-10-01', 'S01', 1, -2, now(), 'asset', '{"net": "100", "receipts": 10}'), ('aoba', 'store_figures', '2026-10-01', 'S01', 2, -1, now(), 'manual', '{"net": "90", "receipts": 9}');
                INSERT INTO mart.replaced_rows (tenant, store, business_date, table_name, replaced_by, rows) VALUES ('aoba', 'S01', '2026-10-01', 'mart.kpi_store_day', -1, '[]');
                """);
        }

        Assert.Contains("net 90", (await RetailAsync(0, "partitions", "store_figures", "--from", "2026-10-01", "--to", "2026-10-02")).Output, StringComparison.Ordinal);
        Assert.Matches("2 .* manual +net 100 receipts 10 +net 90 receipts 9", (await RetailAsync(0, "partitions", "store_figures", "2026-10-01", "--store", "S01")).Output);
        Assert.Contains("name the store", (await RetailAsync(1, "partitions", "store_figures", "2026-10-01")).Error, StringComparison.Ordinal);
        Assert.Contains("no date", (await RetailAsync(2, "partitions", "store_figures", "yesterday")).Error, StringComparison.Ordinal);
        Assert.Contains("Version 2 stands; run ", (await RetailAsync(0, "restore", "store_figures", "2026-10-01", "1", "--store", "S01", "--reason", "the month is closed")).Output, StringComparison.Ordinal);
        Assert.Contains("engineer holds it", (await RetailAsync(0, "partitions", "store_figures", "2026-10-01", "--store", "S01")).Output, StringComparison.Ordinal);
        Assert.Contains("run ", (await RetailAsync(0, "release", "store_figures", "2026-10-01", "--store", "S01", "--reason", "mended")).Output, StringComparison.Ordinal);
        Assert.Contains("Nobody holds", (await RetailAsync(ExitCode.Outdated, "release", "store_figures", "2026-10-01", "--store", "S01", "--reason", "mended")).Error, StringComparison.Ordinal);
        Assert.Contains("store_kpis/store_figures  pos_transaction  mart.kpi_store_day", Squeezed((await RetailAsync(0, "lineage")).Output), StringComparison.Ordinal);
        var related = await RetailAsync(0, "lineage", "pos_transaction");
        Assert.Contains("store_figures", related.Output, StringComparison.Ordinal);
        Assert.Contains("there are ", (await RetailAsync(1, "lineage", "nothing")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_a_yes_shows_was_and_is_and_is_answered_by_head_office_alone()
    {
        await using var engine = await TestEngine.CreateAsync(Database, [Diamond()]);
        await using (var connection = await Database.Owner.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                WITH run AS (
                  INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, started_at)
                  SELECT dag_id, current_version, 'manual', 'aoba', 'aoba/2026-11-0' || n, 'running', now() FROM dags.dag, generate_series(1, 2) n WHERE dag_id = 'diamond' RETURNING run_id),
                task AS (INSERT INTO dags.task_instance (run_id, task_id, state, max_tries) SELECT run_id, 'a', 'awaiting_input', 1 FROM run RETURNING run_id, ti_id)
                INSERT INTO dags.approval (tenant, run_id, ti_id, digest, question, detail)
                SELECT 'aoba', run_id, ti_id, 'x', '1 of 1 stores differ', '[{"store":"S01","netWas":1000000000,"netIs":1500000000,"receiptsWas":10,"receiptsIs":12,"visitorsWas":null,"visitorsIs":30}]' FROM task;
                """);
        }

        Assert.Contains("S01  1,000  1,500  10  12  30", Squeezed((await RetailAsync(0, "approvals")).Output), StringComparison.Ordinal);
        var questions = await Database.ListAsync<long>("SELECT approval_id FROM dags.approval ORDER BY 1");
        Assert.Contains("403", (await RetailAsync(1, "approvals", "yes", $"{questions[0]}", "--reason", "seen")).Error, StringComparison.Ordinal);
        _login = "honbu";
        Assert.Contains("is approved.", (await RetailAsync(0, "approvals", "yes", $"{questions[0]}", "--reason", "seen")).Output, StringComparison.Ordinal);
        Assert.Contains("is refused.", (await RetailAsync(0, "approvals", "no", $"{questions[1]}", "--reason", "too much")).Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was done", (await RetailAsync(ExitCode.Outdated, "approvals", "no", $"{questions[1]}", "--reason", "too much")).Error, StringComparison.Ordinal);
        Assert.Contains("Nothing waits", (await RetailAsync(0, "approvals", "list")).Error, StringComparison.Ordinal);
    }

    // The figures of store-days, made of what comes in, as soon as the gate lets them.
    private static Dag Figures(SemaphoreSlim gate) => new("store_kpis",
    [
        new DagTask("store_figures", async (context, cancellationToken) =>
        {
            await gate.WaitAsync(cancellationToken);
            var stores = context.TextList("stores")!;
            return new TaskOutput((publication, _) =>
            {
                stores.ToList().ForEach(store => publication.Changed(store));
                return Task.CompletedTask;
            })
            {
                Stores = stores,
            };
        })
        {
            Produces = new Asset("store_figures", PartitionGrain.StoreDay, [new AssetInput(Datasets.PosTransaction)]) { Tables = ["mart.kpi_store_day"] },
        },
    ]);

    private Task<(string Output, string Error)> RetailAsync(int exit, params string[] args) => AskedAsync(null, exit, args);

    private async Task<(string Output, string Error)> AskedAsync(string? typed, int exit, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var input = typed is null ? null : new StringReader(typed);
        var code = await RetailCommand.RunAsync(
            ["dags", .. args, "--api", Address.ToString(), "--login", _login, "--password", Company.Password],
            new Surroundings(output, error, _ => null, Path.GetTempPath(), TimeProvider.System, false, 200, input), CancellationToken.None);
        console.WriteLine($"$ retail dags {string.Join(' ', args)}\n{error}{output}");
        Assert.True(code == exit, $"{string.Join(' ', args)}: {code}\n{output}\n{error}");
        return (output.ToString(), error.ToString());
    }

    // A table without the spaces that only fill it up.
    private static string Squeezed(string text) => string.Join('\n', text.Split('\n').Select(line => string.Join("  ", line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))));
}
