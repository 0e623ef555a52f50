using System.Collections.Concurrent;
using Dapper;
using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class ClearingAndMarking(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _seen = [];
    private readonly ConcurrentDictionary<string, bool> _broken = [];
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_cleared_task_runs_again_with_what_stands_behind_it_and_nothing_else()
    {
        await using var engine = await TestEngine.StartAsync(_database, [Diamond()]);
        var run = await RunAsync("success");

        var plan = await PlanAsync(engine, run, new PlanSelection(PlanKind.Clear, ["b"]));
        Assert.Equal(["b", "d"], plan.Tasks.Select(task => task.TaskId).Order(StringComparer.Ordinal));
        Assert.Equal(["a", "b", "c", "d"], _seen.Order(StringComparer.Ordinal));

        _seen.Clear();
        Assert.NotNull((await ApplyAsync(engine, plan)).ActionId);
        Assert.Equal("success", await EndAsync(run, generation: 2));
        Assert.Equal(["b", "d"], _seen);
        Assert.Equal(
            ["a 1 1", "b 2 2", "c 1 1", "d 2 2"],
            await _database.ListAsync<string>("SELECT task_id || ' ' || generation || ' ' || try_number FROM dags.task_instance ORDER BY 1"));
        Assert.Equal(6, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.task_try WHERE outcome = 'success'"));
    }

    [Fact]
    public async Task Without_downstream_only_what_failed_because_of_it_runs_too()
    {
        _broken["b"] = true;
        await using var engine = await TestEngine.StartAsync(_database, [Diamond()]);
        var run = await RunAsync("failed");
        _broken.Clear();
        _seen.Clear();

        var plan = await PlanAsync(engine, run, new PlanSelection(PlanKind.Clear, [], Downstream: false, OnlyFailed: true));
        Assert.Equal(["b failed", "d upstream_failed"], plan.Tasks.Select(task => $"{task.TaskId} {task.State}").Order(StringComparer.Ordinal));
        await ApplyAsync(engine, plan);
        Assert.Equal("success", await EndAsync(run, generation: 2));
        Assert.Equal(["b", "d"], _seen);
    }

    [Fact]
    public async Task A_plan_whose_run_has_moved_on_is_refused_with_what_changed()
    {
        await using var engine = await TestEngine.StartAsync(_database, [Diamond()]);
        var run = await RunAsync("success");
        var one = await PlanAsync(engine, run, new PlanSelection(PlanKind.Clear, ["d"]));
        var other = await PlanAsync(engine, run, new PlanSelection(PlanKind.Clear, ["c"]));
        await ApplyAsync(engine, one);
        await EndAsync(run, generation: 2);

        var refused = await ApplyAsync(engine, other);
        Assert.Null(refused.ActionId);
        Assert.Equal("The run has moved on since the plan was made.", refused.Refusal);
        Assert.Equal(["d was success and is success."], refused.Differences);
        Assert.Equal("The plan was applied already.", (await ApplyAsync(engine, one)).Refusal);
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.action"));
    }

    [Fact]
    public async Task What_runs_when_it_is_cleared_writes_nothing_and_runs_again()
    {
        await EffectTable.CreateAsync(_database);
        var first = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("slow", [new DagTask("slow", async (context, _) =>
        {
            if (reached.TrySetResult())
            {
                await first.Task;
            }

            return EffectTable.Write(context);
        })])]);
        var run = await _database.QueueAsync("slow");
        await reached.Task;

        var plan = await PlanAsync(engine, run, new PlanSelection(PlanKind.Clear, ["slow"]));
        Assert.Equal("running", Assert.Single(plan.Tasks).State);
        await ApplyAsync(engine, plan);
        Assert.Equal("success", await EndAsync(run, generation: 2));
        first.SetResult();
        await engine.StopAsync();

        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM public.effect"));
        Assert.Equal(["cleared", "success"], await _database.ListAsync<string>("SELECT outcome FROM dags.task_try ORDER BY lease_token"));
    }

    [Fact]
    public async Task Of_a_mapped_task_only_the_sibling_with_the_same_key_follows()
    {
        _broken["load b"] = true;
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("stores",
        [
            Task("load") with { Map = (_, _, _, _) => System.Threading.Tasks.Task.FromResult<IReadOnlyList<string>>(["a", "b", "c"]) },
            Task("publish") with { Upstreams = ["load"], MapWith = "load" },
            Task("report") with { Upstreams = ["publish"] },
        ])]);
        var run = await RunAsync("failed", "stores");
        _broken.Clear();
        _seen.Clear();

        var plan = await PlanAsync(engine, run, new PlanSelection(PlanKind.Clear, ["load[b]"]));
        Assert.Equal(["load b", "publish b", "report "], plan.Tasks.Select(task => $"{task.TaskId} {task.MapKey}").Order(StringComparer.Ordinal));
        await ApplyAsync(engine, plan);
        Assert.Equal("success", await EndAsync(run, generation: 2));
        Assert.Equal(["load b", "publish b", "report"], _seen);
    }

    [Fact]
    public async Task A_failed_task_that_is_said_to_have_succeeded_lets_the_rest_go_on()
    {
        _broken["b"] = true;
        await using var engine = await TestEngine.StartAsync(_database, [Diamond()]);
        var run = await RunAsync("failed");
        _seen.Clear();

        var plan = await PlanAsync(engine, run, new PlanSelection(PlanKind.Mark, ["b"]));
        Assert.Equal("Say why the tasks are marked.", (await engine.Get<RunPlans>().ApplyAsync(plan.PlanId, "ann", " ", CancellationToken.None)).Refusal);
        Assert.NotNull((await ApplyAsync(engine, plan)).ActionId);
        Assert.Equal("success", await _database.EndOfAsync(run));
        Assert.Equal(["d"], _seen);
        Assert.Equal(
            "ann mark it was loaded by hand failed success",
            await _database.ScalarAsync<string>("SELECT concat_ws(' ', actor, kind, reason, before -> 0 ->> 'State', after -> 0 ->> 'State') FROM dags.action"));
    }

    [Fact]
    public async Task A_canceled_run_ends_at_once_and_its_partition_is_free()
    {
        var never = new TaskCompletionSource<TaskOutput>();
        var calls = 0;
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("stuck", [
            new DagTask("stuck", (_, _) => Interlocked.Increment(ref calls) == 1 ? never.Task : System.Threading.Tasks.Task.FromResult(TaskOutput.None)),
            Task("after") with { Upstreams = ["stuck"] },
        ])]);
        var run = await _database.QueueAsync("stuck", "acme/2026-11-20");
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.task_instance WHERE state = 'running')");
        var next = await _database.QueueAsync("stuck", "acme/2026-11-20");

        await ApplyAsync(engine, await PlanAsync(engine, run, new PlanSelection(PlanKind.Cancel, [])));
        Assert.Equal("canceled", await _database.EndOfAsync(run));
        Assert.Equal("success", await _database.EndOfAsync(next));
        Assert.Equal(
            ["after canceled by ann", "stuck canceled by ann"],
            await _database.ListAsync<string>("SELECT task_id || ' ' || reason FROM dags.task_instance WHERE run_id = @run ORDER BY 1", new { run }));
        never.SetResult(TaskOutput.None);
    }

    [Fact]
    public async Task A_task_that_listens_is_told_that_it_was_canceled()
    {
        var told = new TaskCompletionSource();
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("long", [new DagTask("long", async (_, cancellationToken) =>
        {
            await using var registration = cancellationToken.Register(told.SetResult);
            await System.Threading.Tasks.Task.Delay(Timeout.Infinite, cancellationToken);
            return TaskOutput.None;
        })])]);
        var run = await _database.QueueAsync("long");
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.task_instance WHERE state = 'running')");
        await ApplyAsync(engine, await PlanAsync(engine, run, new PlanSelection(PlanKind.Cancel, [])));

        await told.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("canceled", await _database.EndOfAsync(run));
    }

    [Fact]
    public async Task A_task_the_run_does_not_have_is_named()
    {
        await using var engine = await TestEngine.StartAsync(_database, [Diamond()]);
        var run = await RunAsync("success");
        var error = await Assert.ThrowsAsync<ArgumentException>(() => PlanAsync(engine, run, new PlanSelection(PlanKind.Clear, ["x"])));
        Assert.Equal("The run has no task 'x'. It has a, b, c, d.", error.Message);
        error = await Assert.ThrowsAsync<ArgumentException>(() => PlanAsync(engine, run, new PlanSelection(PlanKind.Mark, ["a"], As: "done")));
        Assert.Equal("A task cannot be marked as 'done': success or failed.", error.Message);
        var nothing = await PlanAsync(engine, run, new PlanSelection(PlanKind.Clear, [], OnlyFailed: true));
        Assert.Equal("The plan touches nothing.", (await ApplyAsync(engine, nothing)).Refusal);
        Assert.Equal("success", await _database.ScalarAsync<string>("SELECT state FROM dags.dag_run"));
        Assert.Null(await engine.Get<RunPlans>().PlanAsync(run + 1, new PlanSelection(PlanKind.Clear, []), "ann", CancellationToken.None));
    }

    [Fact]
    public async Task What_a_worker_claims_while_a_plan_is_applied_is_a_difference()
    {
        await using var engine = await TestEngine.CreateAsync(_database, [new Dag("two", [Task("a"), Task("b")])]);
        var run = await _database.QueueAsync("two");
        await engine.Scheduler.TickAsync(CancellationToken.None);
        var session = await engine.Get<WorkerSessions>().OpenAsync(["two/a", "two/b"], [], CancellationToken.None);
        var plan = await PlanAsync(engine, run, new PlanSelection(PlanKind.Clear, []));

        await using var connection = await _database.Owner.OpenConnectionAsync();
        await using var holds = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SELECT FROM dags.task_instance WHERE task_id = 'a' FOR UPDATE", transaction: holds);
        var applied = ApplyAsync(engine, plan);
        await _database.WaitUntilAsync("EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')");
        Assert.Equal("b", Assert.Single(await engine.Get<TaskClaims>().ClaimAsync(session, ["two/a", "two/b"], 2, CancellationToken.None)).TaskId);
        await holds.RollbackAsync();

        Assert.Equal(["b was ready and is running."], (await applied).Differences);
        Assert.Equal(["a 1 ready", "b 1 running"], await _database.ListAsync<string>("SELECT concat_ws(' ', task_id, generation, state) FROM dags.task_instance ORDER BY 1"));
        Assert.Empty(await Soak.EngineInvariants.BrokenAsync(_database));
    }

    private Dag Diamond() => new("diamond", [Task("a"), Task("b") with { Upstreams = ["a"] }, Task("c") with { Upstreams = ["a"] }, Task("d") with { Upstreams = ["b", "c"] }]);

    private DagTask Task(string id) => new(id, (context, _) =>
    {
        var name = $"{context.TaskId} {context.MapKey}".TrimEnd();
        _seen.Enqueue(name);
        return _broken.ContainsKey(name) ? throw new FatalTaskException("broken") : System.Threading.Tasks.Task.FromResult(TaskOutput.None);
    });

    private async Task<long> RunAsync(string end, string dag = "diamond")
    {
        var run = await _database.QueueAsync(dag);
        Assert.Equal(end, await _database.EndOfAsync(run));
        return run;
    }

    private async Task<string> EndAsync(long run, int generation)
    {
        await _database.WaitUntilAsync("(SELECT generation = @generation AND state NOT IN ('queued', 'running') FROM dags.dag_run WHERE run_id = @run)", new { run, generation });
        return await _database.EndOfAsync(run);
    }

    private static async Task<ActionPlan> PlanAsync(TestEngine engine, long run, PlanSelection selection) =>
        (await engine.Get<RunPlans>().PlanAsync(run, selection, "ann", CancellationToken.None))!;

    private static Task<PlanResult> ApplyAsync(TestEngine engine, ActionPlan plan) =>
        engine.Get<RunPlans>().ApplyAsync(plan.PlanId, "ann", "it was loaded by hand", CancellationToken.None);
}
