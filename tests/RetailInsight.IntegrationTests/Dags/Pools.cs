using System.Collections.Concurrent;
using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class Pools(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Two_workers_together_never_take_more_slots_than_a_pool_has()
    {
        var inside = 0;
        var most = 0;
        var options = Options(8, ("narrow", 3));
        Dag[] dags = [new Dag("many", [Task("work", async () =>
        {
            most = Math.Max(most, Interlocked.Add(ref inside, 2));
            await System.Threading.Tasks.Task.Delay(5);
            Interlocked.Add(ref inside, -2);
        }) with { Pool = "narrow", Slots = 2 }]) { MaxActiveRuns = 50 }];
        await using var one = await TestEngine.StartAsync(_database.Job, dags, options);
        await using var other = await TestEngine.StartAsync(_database.Job, dags, options);
        for (var i = 0; i < 30; i++)
        {
            await _database.QueueAsync("many", $"acme/2026-11-{i + 1:00}");
        }

        await _database.WaitUntilAsync("30 = (SELECT count(*) FROM dags.dag_run WHERE state = 'success')");
        Assert.Equal(2, most);
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.task_queue"));
    }

    [Fact]
    public async Task A_full_pool_does_not_hold_up_another_one()
    {
        var never = new TaskCompletionSource();
        var done = new ConcurrentQueue<string>();
        await using var engine = await TestEngine.StartAsync(_database.Job,
        [
            new Dag("stuck", [Task("stuck", () => never.Task) with { Pool = "narrow", Priority = 100 }]) { MaxActiveRuns = 50 },
            new Dag("free", [Task("free", () => Count(done, "free"))]),
        ], Options(4, ("narrow", 1)));
        for (var i = 0; i < 20; i++)
        {
            await _database.QueueAsync("stuck", $"acme/2026-11-{i + 1:00}");
        }

        await _database.WaitUntilAsync("1 = (SELECT count(*) FROM dags.task_queue WHERE state = 'leased') AND 19 = (SELECT count(*) FROM dags.task_queue WHERE state = 'ready')");
        Assert.Equal("success", await _database.EndOfAsync(await _database.QueueAsync("free")));
        never.SetResult();
    }

    [Fact]
    public async Task Tenants_take_turns_and_a_higher_priority_goes_first()
    {
        var order = new ConcurrentQueue<string>();
        DagTask Work(string id) => new(id, (context, _) =>
        {
            order.Enqueue($"{context.TaskId} {context.Tenant}");
            return System.Threading.Tasks.Task.FromResult(TaskOutput.None);
        });
        await using var scheduler = await TestEngine.CreateAsync(_database,
            [new Dag("work", [Work("plain"), Work("urgent") with { Priority = 1 }]) { MaxActiveRuns = 100 }], Options(1));
        for (var i = 1; i <= 20; i++)
        {
            await _database.QueueAsync("work", $"big/2026-11-{i:00}");
        }

        await _database.QueueAsync("work", "small/2026-11-01");
        await _database.QueueAsync("work", "small/2026-11-02");
        await scheduler.Scheduler.TickAsync(CancellationToken.None);
        Assert.Equal(44, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.task_queue WHERE state = 'ready'"));
        await scheduler.Get<Worker>().StartAsync(CancellationToken.None);
        await _database.WaitUntilAsync("0 = (SELECT count(*) FROM dags.task_queue)");

        // Twenty-two urgent ones, then the others; of either kind the small tenant's are not behind all of the big one's.
        var list = order.ToList();
        Assert.All(list.Take(22), entry => Assert.StartsWith("urgent", entry, StringComparison.Ordinal));
        Assert.True(list.LastIndexOf("urgent small") <= 4, string.Join(", ", list.Take(22)));
        Assert.True(list.LastIndexOf("plain small") - 22 <= 4, string.Join(", ", list.Skip(22)));
    }

    private static Task Count(ConcurrentQueue<string> done, string what)
    {
        done.Enqueue(what);
        return System.Threading.Tasks.Task.CompletedTask;
    }

    private static DagTask Task(string id, Func<Task> work) => new(id, async (_, _) =>
    {
        await work();
        return TaskOutput.None;
    });

    private static EngineOptions Options(int capacity, params (string Pool, int Slots)[] pools) => new()
    {
        PollInterval = TimeSpan.FromMilliseconds(20),
        HeartbeatInterval = TimeSpan.FromMilliseconds(200),
        HeartbeatTimeout = TimeSpan.FromSeconds(2),
        DrainTimeout = TimeSpan.FromSeconds(5),
        Capacity = capacity,
        Pools = pools.ToDictionary(pool => pool.Pool, pool => pool.Slots),
    };
}
