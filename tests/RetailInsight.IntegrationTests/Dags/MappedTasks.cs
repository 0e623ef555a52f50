using System.Collections.Concurrent;
using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class MappedTasks(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_task_runs_once_for_each_key_and_its_sibling_follows_key_by_key()
    {
        var seen = new ConcurrentQueue<string>();
        var slow = new TaskCompletionSource();
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("stores",
        [
            Task("load", seen) with { Map = Keys("a", "b", "c") },
            new DagTask("check", async (context, _) =>
            {
                seen.Enqueue($"check {context.MapKey}");
                if (context.MapKey == "b")
                {
                    await slow.Task;
                }

                return TaskOutput.None;
            })
            {
                Upstreams = ["load"],
                MapWith = "load",
            },
            Task("publish", seen) with { Upstreams = ["check"], MapWith = "check" },
            Task("report", seen) with { Upstreams = ["publish"] },
        ])]);
        var run = await _database.QueueAsync("stores", "acme/2026-11-20");
        await _database.WaitUntilAsync("2 = (SELECT count(*) FROM dags.task_instance WHERE task_id = 'publish' AND state = 'success')");
        Assert.DoesNotContain("publish b", seen);
        Assert.DoesNotContain("report ", seen);
        slow.SetResult();

        Assert.Equal("success", await _database.EndOfAsync(run));
        Assert.Equal(["check a", "check b", "check c", "load a", "load b", "load c", "publish a", "publish b", "publish c", "report "], seen.Order(StringComparer.Ordinal));
        Assert.Equal("report ", seen.Last());
        Assert.Equal(
            ["check 0 a", "check 1 b", "check 2 c", "load 0 a", "load 1 b", "load 2 c", "publish 0 a", "publish 1 b", "publish 2 c", "report -1 "],
            await _database.ListAsync<string>("SELECT task_id || ' ' || map_index || ' ' || coalesce(map_key, '') FROM dags.task_instance ORDER BY task_id, map_index"));
    }

    [Fact]
    public async Task A_key_that_fails_holds_its_own_siblings_and_not_the_others()
    {
        var seen = new ConcurrentQueue<string>();
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("stores",
        [
            new DagTask("load", (context, _) => context.MapKey == "b" ? throw new FatalTaskException("no such store") : System.Threading.Tasks.Task.FromResult(TaskOutput.None))
            {
                Map = Keys("a", "b"),
            },
            Task("publish", seen) with { Upstreams = ["load"], MapWith = "load" },
            Task("strict", seen) with { Upstreams = ["publish"] },
            Task("cleanup", seen) with { Upstreams = ["publish"], Rule = TriggerRule.AllDone },
        ])]);
        var run = await _database.QueueAsync("stores");

        Assert.Equal("failed", await _database.EndOfAsync(run));
        Assert.Equal(["publish a", "cleanup "], seen);
        Assert.Equal(
            ["cleanup success ", "load a success ", "load b failed *", "publish a success ", "publish b upstream_failed upstream load [b] failed", "strict upstream_failed upstream publish [b] upstream_failed"],
            await _database.ListAsync<string>(
                "SELECT concat_ws(' ', task_id, map_key, state, CASE WHEN state = 'failed' THEN '*' ELSE reason END) FROM dags.task_instance ORDER BY task_id, map_index"));
    }

    [Fact]
    public async Task Nothing_to_run_for_skips_the_task_and_what_needs_it_but_not_what_tolerates_it()
    {
        var seen = new ConcurrentQueue<string>();
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("stores",
        [
            Task("load", seen) with { Map = Keys() },
            Task("publish", seen) with { Upstreams = ["load"], MapWith = "load" },
            Task("report", seen) with { Upstreams = ["publish"] },
            Task("anyhow", seen) with { Upstreams = ["publish"], Rule = TriggerRule.NoneFailed },
        ])]);
        var run = await _database.QueueAsync("stores");

        Assert.Equal("success", await _database.EndOfAsync(run));
        Assert.Equal(["anyhow "], seen);
        Assert.Equal(
            ["anyhow success", "load skipped", "publish skipped", "report skipped"],
            await _database.ListAsync<string>("SELECT task_id || ' ' || state FROM dags.task_instance ORDER BY 1"));
    }

    [Fact]
    public async Task A_sibling_whose_rule_could_run_it_before_the_keys_are_known_waits_for_them_and_is_skipped_when_there_are_none()
    {
        var seen = new ConcurrentQueue<string>();
        var slow = new TaskCompletionSource();
        DagTask[] Tasks(string[] keys) =>
        [
            Task("first", seen),
            new DagTask("list", async (_, _) =>
            {
                await slow.Task;
                return TaskOutput.None;
            }),
            Task("load", seen) with { Upstreams = ["list"], Map = Keys(keys) },
            Task("notify", seen) with { Upstreams = ["load", "first"], MapWith = "load", Rule = TriggerRule.OneSuccess },
            Task("announce", seen) with { Upstreams = ["load"], MapWith = "load", Rule = TriggerRule.Always },
        ];
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("stores", Tasks(["a", "b"])), new Dag("none", Tasks([]))]);
        var some = await _database.QueueAsync("stores");
        var none = await _database.QueueAsync("none");
        await _database.WaitUntilAsync("2 = (SELECT count(*) FROM dags.task_instance WHERE task_id = 'first' AND state = 'success')");
        slow.SetResult();

        Assert.Equal("success", await _database.EndOfAsync(some));
        Assert.Equal("success", await _database.EndOfAsync(none));
        Assert.Equal(["announce a", "announce b", "first ", "first ", "load a", "load b", "notify a", "notify b"], seen.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["announce skipped", "load skipped", "notify skipped"],
            await _database.ListAsync<string>("SELECT task_id || ' ' || state FROM dags.task_instance WHERE run_id = @none AND mapped ORDER BY 1", new { none }));
    }

    [Fact]
    public async Task A_sibling_of_a_sibling_that_is_through_does_not_wait_for_ever_for_the_keys()
    {
        var seen = new ConcurrentQueue<string>();
        IReadOnlyList<string> keys = [];
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("stores",
        [
            Task("first", seen),
            Task("load", seen) with { Map = (_, _, _, _) => System.Threading.Tasks.Task.FromResult(keys) },
            Task("check", seen) with { Upstreams = ["load"], MapWith = "load" },
            Task("tell", seen) with { Upstreams = ["check", "first"], MapWith = "check", Rule = TriggerRule.OneDone },
        ])]);
        var run = await _database.QueueAsync("stores");
        Assert.Equal("success", await _database.EndOfAsync(run));
        foreach (var generation in new[] { 2, 3 })
        {
            keys = generation == 2 ? [] : ["a", "b"];
            var plan = await engine.Get<RunPlans>().PlanAsync(run, new PlanSelection(PlanKind.Clear, ["load", "tell"], Downstream: false), "ann", CancellationToken.None);
            await engine.Get<RunPlans>().ApplyAsync(plan!.PlanId, "ann", "", CancellationToken.None);
            await _database.WaitUntilAsync("(SELECT generation = @generation AND state = 'success' FROM dags.dag_run WHERE run_id = @run)", new { run, generation });
        }

        Assert.Equal(["first ", "load a", "load b", "tell a", "tell b"], seen.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["check a skipped", "check b skipped", "first success", "load a success", "load b success", "tell a success", "tell b success"],
            await _database.ListAsync<string>("SELECT concat_ws(' ', task_id, map_key, state) FROM dags.task_instance ORDER BY 1"));
    }

    [Fact]
    public async Task A_tolerated_failure_does_not_fail_the_run_and_a_failure_in_the_middle_does_although_the_leaf_succeeds()
    {
        var seen = new ConcurrentQueue<string>();
        DagTask Fails(string id, params string[] upstreams) => new(id, (_, _) => throw new FatalTaskException("broken")) { Upstreams = upstreams };
        await using var engine = await TestEngine.StartAsync(_database,
        [
            new Dag("mild", [Task("work", seen), Fails("mail", "work") with { Tolerated = true }]),
            new Dag("hard", [Fails("middle"), Task("leaf", seen) with { Upstreams = ["middle"], Rule = TriggerRule.AllDone }]),
        ]);

        Assert.Equal("success", await _database.EndOfAsync(await _database.QueueAsync("mild")));
        Assert.Equal("failed", await _database.EndOfAsync(await _database.QueueAsync("hard")));
        Assert.Equal(["work ", "leaf "], seen);
    }

    private static DagTask Task(string id, ConcurrentQueue<string> seen) => new(id, (context, _) =>
    {
        seen.Enqueue($"{context.TaskId} {context.MapKey}");
        return System.Threading.Tasks.Task.FromResult(TaskOutput.None);
    });

    private static MapKeys Keys(params string[] keys) => (_, _, _, _) => System.Threading.Tasks.Task.FromResult<IReadOnlyList<string>>(keys);
}
