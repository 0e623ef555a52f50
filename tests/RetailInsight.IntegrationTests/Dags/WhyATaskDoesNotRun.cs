using Dapper;
using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class WhyATaskDoesNotRun(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly TaskCompletionSource<TaskOutput> _never = new();
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Every_task_says_in_one_sentence_what_it_waits_for()
    {
        await using var engine = await TestEngine.StartAsync(_database,
        [
            new Dag("work", [
                new DagTask("load", (_, _) => _never.Task) { Pool = "narrow" },
                new DagTask("after", (_, _) => Task.FromResult(TaskOutput.None)) { Upstreams = ["load"] },
                new DagTask("broken", (_, _) => throw new FatalTaskException("the column is gone")),
                new DagTask("flaky", (_, _) => throw new IOException("the line is dead")) { Retry = new RetryPolicy { MaxTries = 2, Delay = TimeSpan.FromMinutes(2) } },
            ])
            { MaxActiveRuns = 2 },
        ], Options());
        var first = await _database.QueueAsync("work", "acme/2026-11-01");
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.task_queue WHERE state = 'leased' AND task = 'work/load')");
        var second = await _database.QueueAsync("work", "acme/2026-11-02");
        await _database.WaitUntilAsync("2 = (SELECT count(*) FROM dags.task_instance WHERE state = 'retry_wait')");
        var third = await _database.QueueAsync("work", "acme/2026-11-03");
        var same = await _database.QueueAsync("work", "acme/2026-11-01");

        await SaysAsync(engine, first, "load", BlockerKind.Running, "It has been running since ");
        await SaysAsync(engine, first, "after", BlockerKind.Upstream, "It waits for load (running).");
        await SaysAsync(engine, first, "broken", BlockerKind.Ended, "It ended: failed, RetailInsight.Dags.Engine.FatalTaskException: the column is gone.");
        await SaysAsync(engine, first, "flaky", BlockerKind.Retry, "Try 1 of 2 failed (System.IO.IOException: the line is dead); the next begins at ");
        await SaysAsync(engine, second, "load", BlockerKind.Pool, "Pool narrow is full: 1 of 1 slots are taken, the longest by work/load.");
        await SaysAsync(engine, third, "load", BlockerKind.RunLimit, "2 of 2 runs of work are under way.");
        await SaysAsync(engine, same, "load", BlockerKind.PartitionBusy, $"Run {first} works on acme/2026-11-01.");
        Assert.Null(await engine.Get<Blockers>().OfAsync(first, "nothing", null, CancellationToken.None));
        Assert.Null(await engine.Get<Blockers>().OfAsync(0, "load", null, CancellationToken.None));

        await using var connection = await _database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync("UPDATE dags.dag SET paused = true; UPDATE dags.pool SET slots = 9 WHERE pool = 'narrow'; UPDATE dags.worker_session SET tasks = '{}'");
        await SaysAsync(engine, third, "load", BlockerKind.Paused, "work is paused.");
        _never.SetResult(TaskOutput.None);
    }

    [Fact]
    public async Task Without_a_worker_that_knows_it_a_task_says_so_and_with_too_few_how_many_go_first()
    {
        await using var engine = await TestEngine.CreateAsync(_database, [new Dag("work", [new DagTask("load", (_, _) => _never.Task)]) { MaxActiveRuns = 9 }]);
        var runs = new List<long>();
        for (var day = 1; day <= 3; day++)
        {
            runs.Add(await _database.QueueAsync("work", $"acme/2026-11-0{day}"));
            await engine.Scheduler.TickAsync(CancellationToken.None);
        }

        await SaysAsync(engine, runs[0], "load", BlockerKind.NoWorker, "No living worker knows this task.");
        await engine.Get<WorkerSessions>().OpenAsync(["work/load"], [], CancellationToken.None);
        await SaysAsync(engine, runs[0], "load", BlockerKind.Workers, "It is next; all 4 slots of the workers are taken.");
        await SaysAsync(engine, runs[2], "load", BlockerKind.Workers, "2 tasks go first; the workers have 4 slots.");
    }

    private static EngineOptions Options()
    {
        var quick = TestEngine.Quick();
        quick.Pools["narrow"] = 1;
        return quick;
    }

    private static async Task SaysAsync(TestEngine engine, long run, string task, BlockerKind kind, string sentence)
    {
        var blocker = await engine.Get<Blockers>().OfAsync(run, task, null, CancellationToken.None);
        Assert.Equal(kind, blocker?.Kind);
        Assert.StartsWith(sentence, blocker!.Sentence, StringComparison.Ordinal);
    }
}
