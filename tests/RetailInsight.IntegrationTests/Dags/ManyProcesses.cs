using Dapper;
using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class ManyProcesses(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Runs = 200;
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        await EffectTable.CreateAsync(_database);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_schedulers_and_two_workers_do_every_task_of_200_runs_exactly_once(bool sessionsAreLost)
    {
        var options = TestEngine.Quick();
        options.MaxCrashes = 1000;
        await using var first = await TestEngine.StartAsync(_database, [Define()], options);
        await using var second = await TestEngine.StartAsync(_database, [Define()], options);
        for (var run = 0; run < Runs; run++)
        {
            await _database.QueueAsync("many", $"tenant-{run % 10}/2026-11-{1 + (run % 20):00}");
        }

        if (sessionsAreLost)
        {
            for (var part = 1; part <= 4; part++)
            {
                await _database.WaitUntilAsync("@done <= (SELECT count(*) FROM dags.dag_run WHERE state = 'success')", new { done = part * Runs / 8 });
                await using var connection = await _database.Job.OpenConnectionAsync();
                await connection.ExecuteAsync("UPDATE dags.worker_session SET state = 'dead'");
            }
        }

        await _database.WaitUntilAsync("@Runs = (SELECT count(*) FROM dags.dag_run WHERE state = 'success')", new { Runs });
        Assert.Equal(Runs * 4, await _database.ScalarAsync<long>("SELECT count(*) FROM public.effect"));
        Assert.Equal(Runs * 4, await _database.ScalarAsync<long>("SELECT count(DISTINCT (run_id, task)) FROM public.effect"));
        Assert.Equal(
            0,
            await _database.ScalarAsync<long>(
                "SELECT count(*) FROM public.effect e WHERE NOT EXISTS (SELECT FROM dags.task_try y WHERE y.lease_token = e.lease_token AND y.outcome = 'success')"));
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.ti_event"));
    }

    private static Dag Define()
    {
        static Task<TaskOutput> Write(TaskContext context, CancellationToken cancellationToken) => Task.FromResult(EffectTable.Write(context));
        return new Dag("many",
        [
            new DagTask("a", Write),
            new DagTask("b", Write) { Upstreams = ["a"] },
            new DagTask("c", Write) { Upstreams = ["a"] },
            new DagTask("d", Write) { Upstreams = ["b", "c"] },
        ])
        { MaxActiveRuns = 20 };
    }
}
