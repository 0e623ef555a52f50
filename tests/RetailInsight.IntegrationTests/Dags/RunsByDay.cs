using System.Diagnostics;
using Dapper;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Operations;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class RunsByDay(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Stores = 400;
    private const int Days = 90;
    private static readonly DateOnly First = new(2026, 8, 1);
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task The_grid_of_400_stores_over_90_days_shows_the_latest_run_of_each_day()
    {
        await using var engine = await TestEngine.CreateAsync(_database, [Dag("sales"), Dag("counts")]);
        await using var connection = await _database.Job.OpenConnectionAsync();

        // Every store's data made a run of its own each day, for two companies; the last of a day decides.
        await connection.ExecuteAsync(
            """
            INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, created_at, started_at, ended_at)
            SELECT d.dag_id, d.current_version, 'asset', t.tenant, t.tenant || '/' || to_char(@First::date + day, 'YYYY-MM-DD'),
              CASE WHEN store < @Stores THEN 'success' WHEN day % 10 = 3 THEN 'failed' ELSE 'canceled' END, @First::date + day + store * interval '1 minute', now(), now()
            FROM dags.dag d, unnest(ARRAY['a', 'b']) AS t(tenant), generate_series(0, @Days - 1) AS day, generate_series(1, @Stores) AS store;
            ANALYZE dags.dag_run;
            """,
            new { First, Days, Stores },
            commandTimeout: 120);
        var queries = Queries(engine);
        await queries.GridAsync("a", null, First, First, "Asia/Tokyo", CancellationToken.None);
        var clock = Stopwatch.StartNew();
        var cells = await queries.GridAsync("a", null, First, First.AddDays(Days - 1), "Asia/Tokyo", CancellationToken.None);
        output.WriteLine($"{2 * 2 * Stores * Days:N0} runs, grid of one company in {clock.ElapsedMilliseconds} ms");
        clock.Restart();
        var everybody = await queries.GridAsync(null, null, First, First.AddDays(Days - 1), "Asia/Tokyo", CancellationToken.None);
        output.WriteLine($"of both in {clock.ElapsedMilliseconds} ms");
        Assert.Equal((2 * Days, 4 * Days), (cells.Count, everybody.Count));
        Assert.All(cells, cell => Assert.Equal(("a", (long)Stores, (cell.Day.DayNumber - First.DayNumber) % 10 == 3 ? "failed" : "canceled"), (cell.Tenant, cell.Runs, cell.State)));
        var one = Assert.Single(await queries.GridAsync("a", "counts", First.AddDays(3), First.AddDays(3), "Asia/Tokyo", CancellationToken.None));
        Assert.Equal(("counts", "failed"), (one.DagId, one.State));
    }

    [Fact]
    public async Task What_waits_says_why_and_what_runs_says_how_far_it_is()
    {
        await using var engine = await TestEngine.CreateAsync(_database, [Dag("sales") with { MaxActiveRuns = 1 }]);
        var first = await _database.QueueAsync("sales", "a/2026-11-20");
        await engine.Scheduler.TickAsync(CancellationToken.None);
        var again = await _database.QueueAsync("sales", "a/2026-11-20");
        var other = await _database.QueueAsync("sales", "a/2026-11-21");
        await _database.QueueAsync("sales", "b/2026-11-21");

        var open = await Queries(engine).OpenAsync("a", 10, CancellationToken.None);
        Assert.Equal([first, again, other], open.Select(run => run.RunId));
        Assert.Equal((true, 2L, 0L), (open[0].IsRunning, open[0].Tasks, open[0].Ended));
        Assert.Equal(BlockerKind.NoWorker, open[0].Blocker!.Kind);
        Assert.Equal((BlockerKind.PartitionBusy, first), (open[1].Blocker!.Kind, open[1].Blocker!.Run!.Value));
        Assert.Equal((BlockerKind.RunLimit, "1 of 1 runs of sales are under way."), (open[2].Blocker!.Kind, open[2].Blocker!.Sentence));
        Assert.Equal(["1", "1", "sales"], open[2].Blocker!.Facts);
        Assert.Equal(4, (await Queries(engine).OpenAsync(null, 10, CancellationToken.None)).Count);
    }

    private RunGridQueries Queries(TestEngine engine) => new(_database.Job, engine.Get<Blockers>());

    private static Dag Dag(string id) => new(id,
    [
        new DagTask("load", (_, _) => Task.FromResult(TaskOutput.None)), new DagTask("sum", (_, _) => Task.FromResult(TaskOutput.None)) { Upstreams = ["load"] },
    ]);
}
