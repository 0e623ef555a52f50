using System.Diagnostics;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Operations;

namespace RetailInsight.IntegrationTests.Dags;

/// <summary>Worker processes that grow too large, and which process runs which task.</summary>
public sealed class WorkerProcesses(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly List<Process> _started = [];
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        await EffectTable.CreateAsync(_database);
    }

    public async Task DisposeAsync()
    {
        await EndProcessesAsync();
        _started.ForEach(process => process.Dispose());
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_worker_that_grew_too_large_lets_its_tasks_end_gives_the_rest_back_and_is_replaced()
    {
        var settings = new WorkerSettings(MemoryLimit: 400);
        await using var scheduler = await SchedulerAsync();
        var first = Start(settings with { Hangs = true });
        var run = await _database.QueueAsync("eating", "acme/2026-11-01");
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.worker_session WHERE state = 'draining')");
        Assert.Equal(["draining"], (await new QueueReads(_database.Job).ReadAsync(new Caller("x", null), CancellationToken.None)).Workers.Select(worker => worker.State));
        var meanwhile = await _database.QueueAsync("plain", "acme/2026-11-02");
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30)))
        {
            await first.WaitForExitAsync(patience.Token);
        }

        Assert.Equal(0, first.ExitCode);
        Assert.Equal(["after waiting 0", "eat success 1", "slow success 1", "stuck ready 0"], await StandingAsync(run));
        Assert.Equal(["dead"], await _database.ListAsync<string>("SELECT state FROM dags.worker_session"));

        // Whoever runs the process starts another.
        Start(settings);
        Assert.Equal(["success", "success"], [await _database.EndOfAsync(run), await _database.EndOfAsync(meanwhile)]);
        Assert.Equal(["after success 1", "eat success 1", "slow success 1", "stuck success 1"], await StandingAsync(run));
        Assert.Equal(["after", "eat", "slow", "stuck", "work"], await _database.ListAsync<string>("SELECT task FROM public.effect ORDER BY 1"));
        Assert.Equal(
            ["after success 2", "eat success 1", "slow success 1", "stuck released 1", "stuck success 2", "work success 2"],
            await _database.ListAsync<string>(
                """
                SELECT t.task_id || ' ' || y.outcome || ' ' || dense_rank() OVER (ORDER BY y.session_id) FROM dags.task_try y JOIN dags.task_instance t USING (ti_id) ORDER BY t.task_id, y.lease_token
                """));
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT sum(crash_count) FROM dags.task_instance"));
    }

    [Fact]
    public async Task What_needs_the_warehouse_runs_in_the_process_that_has_its_file_one_at_a_time_and_the_rest_anywhere()
    {
        const int Runs = 10;
        var file = Path.Combine(Directory.CreateTempSubdirectory("retail-spread-").FullName, "warehouse.duckdb");
        try
        {
            await using var scheduler = await SchedulerAsync();
            var workers = new[] { Start(new WorkerSettings(Capacity: 1)), Start(new WorkerSettings(Capacity: 1)) };
            await _database.WaitUntilAsync("2 = (SELECT count(*) FROM dags.worker_session WHERE state = 'alive')");
            var runs = new List<long>();
            for (var day = 1; day <= Runs; day++)
            {
                runs.Add(await _database.QueueAsync("spread", $"acme/2026-11-{day:00}"));
            }

            await _database.WaitUntilAsync("@Runs = (SELECT count(*) FROM dags.task_instance WHERE task_id = 'sum' AND state = 'success')", new { Runs });
            Assert.Equal(Runs, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.task_instance WHERE task_id = 'load' AND state = 'ready' AND try_number = 0"));
            var why = await scheduler.Get<Blockers>().OfAsync(runs[0], "load", null, CancellationToken.None);
            Assert.Equal((BlockerKind.NoWorker, "It waits for the process that owns the warehouse file: no worker that lives reaches the warehouse."), (why!.Kind, why.Sentence));

            // A second process could not open the file: a task that landed there would fail its run.
            var owner = Start(new WorkerSettings(file));
            await _database.WaitUntilAsync("@Runs = (SELECT count(*) FROM dags.dag_run WHERE state = 'success')", new { Runs });
            Assert.Equal([owner.Id], await ProcessesAsync("load"));
            Assert.Equal(workers.Select(worker => worker.Id).Order(), await ProcessesAsync("sum"));
            Assert.Equal(0, await _database.ScalarAsync<long>(
                """
                SELECT count(*) FROM dags.task_try a JOIN dags.task_try b ON b.lease_token > a.lease_token AND b.started_at < a.ended_at
                JOIN dags.task_instance t ON t.ti_id = a.ti_id AND t.task_id = 'load' JOIN dags.task_instance u ON u.ti_id = b.ti_id AND u.task_id = 'load'
                """));
            Assert.Equal(2 * Runs, await _database.ScalarAsync<long>("SELECT count(DISTINCT (run_id, task)) FROM public.effect HAVING count(*) = count(DISTINCT (run_id, task))"));
        }
        finally
        {
            await EndProcessesAsync();
            Directory.Delete(Path.GetDirectoryName(file)!, true);
        }
    }

    private async Task EndProcessesAsync()
    {
        foreach (var process in _started.Where(process => !process.HasExited))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private Process Start(WorkerSettings settings)
    {
        var process = WorkerProcess.Start(_database, settings);
        _started.Add(process);
        return process;
    }

    private Task<TestEngine> SchedulerAsync()
    {
        var options = WorkerProcess.Options(new WorkerSettings());
        options.Work = false;
        return TestEngine.StartAsync(_database, WorkerProcess.Define(new WorkerSettings()), options);
    }

    private Task<List<string>> StandingAsync(long run) =>
        _database.ListAsync<string>("SELECT task_id || ' ' || state || ' ' || try_number FROM dags.task_instance WHERE run_id = @run ORDER BY 1", new { run });

    private Task<List<int>> ProcessesAsync(string task) => _database.ListAsync<int>(
        "SELECT DISTINCT s.process_id FROM dags.task_try y JOIN dags.task_instance t USING (ti_id) JOIN dags.worker_session s ON s.session_id = y.session_id WHERE t.task_id = @task ORDER BY 1", new { task });
}
