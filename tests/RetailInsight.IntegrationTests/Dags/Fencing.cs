using Dapper;
using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class Fencing(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly Dag OneTask = new("one", [new DagTask("work", (context, _) => Task.FromResult(EffectTable.Write(context)))]);
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        await EffectTable.CreateAsync(_database);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_worker_whose_lease_was_reaped_publishes_nothing()
    {
        await using var engine = await TestEngine.CreateAsync(_database, [OneTask]);
        var (session, claimed) = await ClaimAsync(engine);
        await SilenceAsync(session);
        await engine.Scheduler.TickAsync(CancellationToken.None);

        Assert.False(await engine.Get<TaskCompletion>().SucceedAsync(claimed, Effect(claimed), null, null, CancellationToken.None));
        Assert.False(await engine.Get<TaskCompletion>().FailAsync(claimed, new RetryPolicy(), ErrorClass.Fatal, "late", CancellationToken.None));
        Assert.False(await engine.Get<TaskCompletion>().ReleaseAsync(claimed, CancellationToken.None));
        Assert.False(await engine.Get<WorkerSessions>().HeartbeatAsync(session, CancellationToken.None));
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM public.effect"));
        Assert.Equal("ready 0 1", await _database.ScalarAsync<string>("SELECT concat_ws(' ', state, try_number, crash_count) FROM dags.task_instance"));
    }

    [Fact]
    public async Task The_next_holder_publishes_once_and_the_late_one_still_nothing()
    {
        await using var engine = await TestEngine.CreateAsync(_database, [OneTask]);
        var (session, late) = await ClaimAsync(engine);
        await SilenceAsync(session);
        await engine.Scheduler.TickAsync(CancellationToken.None);
        await engine.Scheduler.TickAsync(CancellationToken.None);
        var (_, next) = await ClaimAsync(engine, queue: false);

        Assert.True(next.LeaseToken > late.LeaseToken);
        Assert.False(await engine.Get<TaskCompletion>().SucceedAsync(late, Effect(late), null, null, CancellationToken.None));
        Assert.True(await engine.Get<TaskCompletion>().SucceedAsync(next, Effect(next), null, null, CancellationToken.None));
        Assert.False(await engine.Get<TaskCompletion>().SucceedAsync(late, Effect(late), null, null, CancellationToken.None));
        Assert.Equal([next.LeaseToken], await _database.ListAsync<long>("SELECT lease_token FROM public.effect"));
        Assert.Equal(["crashed", "success"], await _database.ListAsync<string>("SELECT outcome FROM dags.task_try ORDER BY lease_token"));
    }

    [Fact]
    public async Task The_reaper_leaves_a_task_alone_that_is_publishing()
    {
        await using var engine = await TestEngine.CreateAsync(_database, [OneTask]);
        var (session, claimed) = await ClaimAsync(engine);
        var output = new TaskOutput(async (publication, cancellationToken) =>
        {
            await SilenceAsync(session);
            await engine.Scheduler.TickAsync(cancellationToken);
            await EffectTable.Write(Context(claimed)).Publish!(publication, cancellationToken);
        });

        Assert.True(await engine.Get<TaskCompletion>().SucceedAsync(claimed, output, null, null, CancellationToken.None));
        await engine.Scheduler.TickAsync(CancellationToken.None);
        Assert.Equal("success", await _database.ScalarAsync<string>("SELECT state FROM dags.dag_run"));
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM public.effect"));
    }

    [Fact]
    public async Task A_task_that_takes_every_worker_down_fails_in_the_end()
    {
        var options = TestEngine.Quick();
        options.MaxCrashes = 2;
        await using var engine = await TestEngine.CreateAsync(_database, [OneTask], options);
        var (session, _) = await ClaimAsync(engine);
        await SilenceAsync(session);
        await engine.Scheduler.TickAsync(CancellationToken.None);
        await engine.Scheduler.TickAsync(CancellationToken.None);
        (session, _) = await ClaimAsync(engine, queue: false);
        await SilenceAsync(session);
        await engine.Scheduler.TickAsync(CancellationToken.None);

        Assert.Equal("failed", await _database.ScalarAsync<string>("SELECT state FROM dags.dag_run"));
        Assert.Equal("the worker died, 2 of 2 times", await _database.ScalarAsync<string>("SELECT reason FROM dags.task_instance"));
    }

    [Fact]
    public async Task A_dead_session_claims_nothing()
    {
        await using var engine = await TestEngine.CreateAsync(_database, [OneTask]);
        var session = await engine.Get<WorkerSessions>().OpenAsync(["one/work"], [], CancellationToken.None);
        await engine.Get<WorkerSessions>().CloseAsync(session, CancellationToken.None);
        await _database.QueueAsync("one");
        await engine.Scheduler.TickAsync(CancellationToken.None);

        Assert.Empty(await engine.Get<TaskClaims>().ClaimAsync(session, ["one/work"], 10, CancellationToken.None));
    }

    private static TaskOutput Effect(ClaimedTask task) => EffectTable.Write(Context(task));

    private static TaskContext Context(ClaimedTask task) => new()
    {
        DagId = task.DagId,
        TaskId = task.TaskId,
        RunId = task.RunId,
        Tenant = task.Tenant,
        PartitionKey = task.PartitionKey,
        Conf = default,
        LeaseToken = task.LeaseToken,
        TryNumber = task.TryNumber,
        Logger = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
    };

    private async Task<(long Session, ClaimedTask Task)> ClaimAsync(TestEngine engine, bool queue = true)
    {
        if (queue)
        {
            await _database.QueueAsync("one");
        }

        await engine.Scheduler.TickAsync(CancellationToken.None);
        var session = await engine.Get<WorkerSessions>().OpenAsync(["one/work"], [], CancellationToken.None);
        return (session, Assert.Single(await engine.Get<TaskClaims>().ClaimAsync(session, ["one/work"], 10, CancellationToken.None)));
    }

    private async Task SilenceAsync(long session)
    {
        await using var connection = await _database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync("UPDATE dags.worker_session SET heartbeat_at = now() - interval '1 hour' WHERE session_id = @session", new { session });
    }
}
