using System.Collections.Concurrent;
using Dapper;
using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class RunningTasks(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Tasks_run_after_their_upstreams()
    {
        var order = new ConcurrentQueue<string>();
        DagTask Task(string id, params string[] upstreams) => new(id, (context, _) =>
        {
            order.Enqueue(context.TaskId);
            return System.Threading.Tasks.Task.FromResult(TaskOutput.None);
        })
        { Upstreams = upstreams };

        await using var engine = await TestEngine.StartAsync(
            _database, [new Dag("diamond", [Task("d", "b", "c"), Task("b", "a"), Task("c", "a"), Task("a")])]);
        var run = await _database.QueueAsync("diamond");

        Assert.Equal("success", await _database.EndOfAsync(run));
        Assert.Equal(["a", "b", "c", "d"], [order.First(), .. order.Skip(1).Take(2).Order(), order.Last()]);
    }

    [Fact]
    public async Task A_task_learns_what_it_runs_for()
    {
        var seen = new TaskCompletionSource<TaskContext>();
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("look", [new DagTask("look", (context, _) =>
        {
            seen.SetResult(context);
            return Task.FromResult(TaskOutput.None);
        })])]);
        var run = await _database.QueueAsync("look", "acme/2026-11-20", """{"stores":["s1","s2"]}""");
        await _database.EndOfAsync(run);

        var context = await seen.Task;
        Assert.Equal(
            ("look", "look", run, "acme", "acme/2026-11-20", 1),
            (context.DagId, context.TaskId, context.RunId, context.Tenant, context.PartitionKey, context.TryNumber));
        Assert.Equal(new DayPartition("acme", new DateOnly(2026, 11, 20)), context.Day);
        Assert.Equal(["s1", "s2"], context.TextList("stores"));
        Assert.Null(context.TextList("other"));
    }

    [Fact]
    public async Task A_passing_failure_is_tried_again_and_what_waited_for_it_runs()
    {
        var tries = 0;
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("flaky", [
            new DagTask("flaky", (context, _) => Interlocked.Increment(ref tries) < 3 ? throw new IOException($"try {context.TryNumber}") : Task.FromResult(TaskOutput.None))
            {
                Retry = new RetryPolicy { MaxTries = 3, Delay = TimeSpan.FromMilliseconds(20) },
            },
            new DagTask("after", (_, _) => Task.FromResult(TaskOutput.None)) { Upstreams = ["flaky"] },
        ])]);
        var run = await _database.QueueAsync("flaky");

        Assert.Equal("success", await _database.EndOfAsync(run));
        var log = await _database.ListAsync<string>(
            """
            SELECT y.try_number || ' ' || y.outcome || ' ' || coalesce(trim(E'\r' FROM split_part(y.error, E'\n', 1)), '')
            FROM dags.task_try y JOIN dags.task_instance t USING (ti_id) WHERE t.run_id = @run AND t.task_id = 'flaky' ORDER BY y.lease_token
            """,
            new { run });
        Assert.Equal(["1 failed System.IO.IOException: try 1", "2 failed System.IO.IOException: try 2", "3 success "], log);
    }

    [Fact]
    public async Task A_fatal_failure_is_not_tried_again_and_fails_everything_downstream_but_nothing_beside_it()
    {
        var tries = 0;
        static Task<TaskOutput> Nothing(TaskContext context, CancellationToken cancellationToken) => Task.FromResult(TaskOutput.None);
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("broken", [
            new DagTask("broken", (_, _) =>
            {
                Interlocked.Increment(ref tries);
                throw new FatalTaskException("the column is gone");
            }),
            new DagTask("child", Nothing) { Upstreams = ["broken"] },
            new DagTask("grandchild", Nothing) { Upstreams = ["child", "beside"] },
            new DagTask("beside", Nothing),
        ])]);
        var run = await _database.QueueAsync("broken");

        Assert.Equal("failed", await _database.EndOfAsync(run));
        Assert.Equal(1, tries);
        Assert.Equal(
            ["beside success", "broken failed", "child upstream_failed", "grandchild upstream_failed"],
            await _database.ListAsync<string>("SELECT task_id || ' ' || state FROM dags.task_instance WHERE run_id = @run ORDER BY 1", new { run }));
    }

    [Fact]
    public async Task A_task_that_does_not_listen_is_left_at_its_timeout()
    {
        var release = new TaskCompletionSource<TaskOutput>();
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("slow", [
            new DagTask("slow", (context, _) => context.TryNumber == 1 ? release.Task : Task.FromResult(TaskOutput.None))
            {
                Timeout = TimeSpan.FromMilliseconds(200),
                Retry = new RetryPolicy { MaxTries = 2, Delay = TimeSpan.FromMilliseconds(20) },
            },
        ])]);
        var run = await _database.QueueAsync("slow");

        Assert.Equal("success", await _database.EndOfAsync(run));
        Assert.Equal(
            ["failed It took longer than 00:00:00.2000000.", "success "],
            await _database.ListAsync<string>("SELECT outcome || ' ' || coalesce(error, '') FROM dags.task_try ORDER BY lease_token"));
        release.SetResult(TaskOutput.None);
    }

    [Fact]
    public async Task A_failed_publish_leaves_nothing_behind()
    {
        await EffectTable.CreateAsync(_database);
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("half", [
            new DagTask("half", (context, _) => Task.FromResult(new TaskOutput(async (publication, _) =>
            {
                await publication.Connection.ExecuteAsync("INSERT INTO public.effect VALUES (@RunId, 'half', @LeaseToken)", context, publication.Transaction);
                if (context.TryNumber == 1)
                {
                    throw new IOException("in the middle");
                }
            })))
            {
                Retry = new RetryPolicy { MaxTries = 2, Delay = TimeSpan.FromMilliseconds(20) },
            },
        ])]);
        var run = await _database.QueueAsync("half");

        Assert.Equal("success", await _database.EndOfAsync(run));
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM public.effect"));
    }

    [Fact]
    public async Task Of_a_paused_dag_nothing_begins_until_it_is_resumed()
    {
        var go = new TaskCompletionSource<TaskOutput>();
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("work", [
            new DagTask("first", (_, _) => go.Task), new DagTask("second", (_, _) => Task.FromResult(TaskOutput.None)) { Upstreams = ["first"] },
        ])]);
        var run = await _database.QueueAsync("work");
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.task_instance WHERE state = 'running')");
        var dag = engine.Get<DagSwitch>();
        Assert.True(await dag.SetAsync("work", true, "ann", "the warehouse is being moved", CancellationToken.None));
        Assert.True(await dag.SetAsync("work", true, "ann", "once more", CancellationToken.None));
        Assert.False(await dag.SetAsync("none", true, "ann", "", CancellationToken.None));
        go.SetResult(TaskOutput.None);
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.task_instance WHERE state = 'success') AND NOT EXISTS (SELECT FROM dags.ti_event)");
        var other = await _database.QueueAsync("work", "acme/2026-11-01");
        await engine.Scheduler.TickAsync(CancellationToken.None);
        Assert.Equal("waiting", await _database.ScalarAsync<string>("SELECT state FROM dags.task_instance WHERE task_id = 'second'"));
        Assert.Equal("queued", await _database.ScalarAsync<string>("SELECT state FROM dags.dag_run WHERE run_id = @other", new { other }));

        await dag.SetAsync("work", false, "ann", "", CancellationToken.None);
        Assert.Equal("success", await _database.EndOfAsync(run));
        Assert.Equal("success", await _database.EndOfAsync(other));
        Assert.Equal(["pause the warehouse is being moved", "resume "], await _database.ListAsync<string>("SELECT kind || ' ' || reason FROM dags.action ORDER BY action_id"));
    }

    [Fact]
    public async Task Runs_of_one_partition_follow_each_other()
    {
        var inside = 0;
        var most = 0;
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("serial", [new DagTask("work", async (_, cancellationToken) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await _database.ScalarAsync<int>("SELECT count(*) FROM dags.dag_run");
            Interlocked.Decrement(ref inside);
            return TaskOutput.None;
        })])]);
        for (var i = 0; i < 10; i++)
        {
            await _database.QueueAsync("serial", "acme/2026-11-20");
        }

        await _database.WaitUntilAsync("10 = (SELECT count(*) FROM dags.dag_run WHERE state = 'success')");
        Assert.Equal(1, most);
    }
}

internal static class EffectTable
{
    public static async Task CreateAsync(TestDatabase database)
    {
        await using var connection = await database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "CREATE TABLE public.effect (run_id bigint NOT NULL, task text NOT NULL, lease_token bigint NOT NULL); GRANT ALL ON public.effect TO retail_job");
    }

    public static TaskOutput Write(TaskContext context) => new((publication, _) =>
        publication.Connection.ExecuteAsync("INSERT INTO public.effect VALUES (@RunId, @TaskId, @LeaseToken)", context, publication.Transaction));
}
