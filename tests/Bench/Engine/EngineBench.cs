using System.Diagnostics;
using System.Globalization;
using Dapper;
using RetailInsight.Bench.Harness;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Bench.Engine;

/// <summary>The DAG engine: tasks a second with edges between them, time from ready to started, wide fan-out, and the lag of 1,000 tasks as Airflow published it.</summary>
internal static class EngineBench
{
    private const int Wide = 10_000;
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(10);

    public static async Task RunAsync(BenchServer server, BenchPlan plan)
    {
        var report = new BenchReport("engine", "DAG engine");
        // The best of some rounds: the first one pays for the compiler.
        var best = (Rate: 0.0, Commits: 0.0);
        for (var round = 0; round < plan.Rounds; round++)
        {
            await using var site = await server.CreateSiteAsync();
            await using var engine = await EngineProcess.StartAsync(site, Dags());
            var found = await ThroughputAsync(site, engine, runs: 300);
            best = found.Rate > best.Rate ? found : best;
        }

        report.Add("tasks a second, 300 runs of 10 tasks in a chain, 10 ms each", BenchReport.Number(best.Rate, "tasks/s"), ">= 1,000 tasks/s");
        report.Add("… commits a task", BenchReport.Number(best.Commits, ""));

        await using (var site = await server.CreateSiteAsync())
        {
            await using var engine = await EngineProcess.StartAsync(site, Dags());
            var (half, late) = await DispatchAsync(site, TimeSpan.FromSeconds(plan.Seconds));
            report.Add("ready to started, 20 runs a second, half of them within", BenchReport.Number(half, "ms"), "< 50 ms");
            report.Add("… 99 of 100 within", BenchReport.Number(late, "ms"), "< 250 ms");
        }

        await using (var site = await server.CreateSiteAsync())
        {
            await using var engine = await EngineProcess.StartAsync(site, Dags());
            report.Add($"{Wide.ToString("N0", CultureInfo.InvariantCulture)} mapped tasks made and queued", BenchReport.Number(await ExpandAsync(site), "s"), "< 2 s");
        }

        foreach (var (name, dag, runs, published) in new[] { ("100 runs of a chain of 10", "chain_10", 100, 11.6), ("10 runs of a chain of 100", "chain_100", 10, 14.3), ("10 runs of a binary tree of 100", "tree_100", 10, 12.0) })
        {
            await using var site = await server.CreateSiteAsync();
            await using var engine = await EngineProcess.StartAsync(site, Dags());
            report.Add($"total lag of 1,000 tasks, {name}", await LagAsync(site, dag, runs, TimeSpan.Zero), published, "s");
        }

        await using (var site = await server.CreateSiteAsync())
        {
            await using var engine = await EngineProcess.StartAsync(site, Dags());
            report.Add("… 100 runs of a chain of 10, one begun every 25 ms", await LagAsync(site, "chain_10", 100, TimeSpan.FromMilliseconds(25)), 11.6, "s");
        }

        await EngineEndurance.AddAsync(report, server);

        report.Note($"One process schedules and works with {EngineProcess.Capacity} slots; PostgreSQL with fsync on. A chain's task waits for the one before it. Lag is the sum over all tasks of the time between the end of the last upstream, or the start of the run, and the start of the task; the figures beside it are those Astronomer published for Airflow 2.0, on other hardware.");
        report.Note($"That sum depends on how many tasks wait side by side. Of 100 chains begun at once 100 tasks wait at any moment, so their lag adds up to 100 times the length of the whole run and says again what the rate in the first row says; 10 chains show what a single step costs. The published figures tell neither how many runs were under way nor how long a task took: 100 chains at once with a sum of 11.6 s would have been 8,600 tasks a second, beyond what Airflow's scheduler looks at. The ratios of the rows with much side by side therefore compare unlike things, and no floor is set on them; the row with a run every 25 ms shows the lag of an engine that is not saturated.");
        report.Note($"History is 300,000 runs with 3,000,000 tasks and tries of the DAG that is measured. The pinned horizon is a transaction that stays open from before the first of 10,000 tasks to behind the last. A takeover is the time from the SIGKILL of a worker process to the start of its task in another one, with the options as they come: a worker is given 30 s.");
        report.Finish();
    }

    /// <summary>Tasks a second and lag alone, with the processor time of both sides: to compare two builds by turns. Writes no page.</summary>
    public static async Task RunRateAsync(BenchServer server, BenchPlan plan)
    {
        for (var round = 0; round < plan.Rounds; round++)
        {
            await using (var site = await server.CreateSiteAsync())
            {
                await using var engine = await EngineProcess.StartAsync(site, Dags());
                var (ownBefore, serverBefore) = (Environment.CpuUsage.TotalTime, server.ProcessorTime());
                var (rate, commits) = await ThroughputAsync(site, engine, runs: 300);
                var (own, database) = (Environment.CpuUsage.TotalTime - ownBefore, server.ProcessorTime() - serverBefore);
                Console.WriteLine(FormattableString.Invariant($"{rate:0} tasks/s, {commits:0.00} commits a task, processor ms a task: engine {own.TotalMilliseconds / 3_200:0.00}, database {database.TotalMilliseconds / 3_200:0.00}"));
            }

            foreach (var (dag, runs) in new[] { ("chain_10", 100), ("chain_100", 10), ("tree_100", 10) })
            {
                await using var site = await server.CreateSiteAsync();
                await using var engine = await EngineProcess.StartAsync(site, Dags());
                Console.WriteLine(FormattableString.Invariant($"  lag of {runs} x {dag}: {await LagAsync(site, dag, runs, TimeSpan.Zero):0.0} s"));
            }
        }
    }

    internal static IEnumerable<Dag> Dags()
    {
        yield return Chain("chain_work", 10, Work);
        yield return Chain("chain_10", 10, TimeSpan.Zero);
        yield return Chain("chain_100", 100, TimeSpan.Zero);
        yield return new Dag("tree_100", [.. Enumerable.Range(1, 100).Select(number => Task(number, TimeSpan.Zero) with { Upstreams = number == 1 ? [] : [Id(number / 2)] })]) { MaxActiveRuns = 1_000 };
        yield return new Dag("single", [Task(1, TimeSpan.Zero)]) { MaxActiveRuns = 1_000 };
        yield return new Dag("wide", [Task(1, TimeSpan.Zero) with { Map = (_, _, _, _) => System.Threading.Tasks.Task.FromResult<IReadOnlyList<string>>([.. Enumerable.Range(0, Wide).Select(Id)]) }]);
    }

    private static Dag Chain(string id, int length, TimeSpan work) =>
        new(id, [.. Enumerable.Range(1, length).Select(number => Task(number, work) with { Upstreams = number == 1 ? [] : [Id(number - 1)] })]) { MaxActiveRuns = 1_000 };

    private static DagTask Task(int number, TimeSpan work) => new(Id(number), async (_, cancellationToken) =>
    {
        if (work > TimeSpan.Zero)
        {
            await System.Threading.Tasks.Task.Delay(work, cancellationToken);
        }

        return TaskOutput.None;
    });

    internal static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"t{number:00000}");

    internal static async Task<(double Rate, double Commits)> ThroughputAsync(BenchSite site, EngineProcess engine, int runs)
    {
        await QueueAsync(site, "chain_work", 20, 0);
        await EndAsync(site);
        const string Commits = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()";
        await using var connection = await site.Owner.OpenConnectionAsync();
        var before = await connection.ExecuteScalarAsync<long>(Commits);
        var began = Stopwatch.GetTimestamp();
        await QueueAsync(site, "chain_work", runs, 1_000);
        engine.Wake();
        await EndAsync(site);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await System.Threading.Tasks.Task.Delay(1_500);
        return (runs * 10 / seconds, (await connection.ExecuteScalarAsync<long>(Commits) - before) / (runs * 10.0));
    }

    internal static async Task<(double Half, double Late)> DispatchAsync(BenchSite site, TimeSpan length)
    {
        await QueueAsync(site, "single", 50, 0);
        await EndAsync(site);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var runs = (int)(length.TotalMilliseconds / 50);
        for (var run = 0; run < runs; run++)
        {
            await pace.WaitForNextTickAsync();
            await QueueAsync(site, "single", 1, 1_000 + run);
        }

        await EndAsync(site);
        await using var connection = await site.Owner.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(double, double)>(
            """
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms), percentile_cont(0.99) WITHIN GROUP (ORDER BY ms)
            FROM (SELECT extract(epoch FROM t.started_at - t.eligible_at) * 1000 AS ms FROM dags.dag_run r JOIN dags.task_instance t USING (run_id) WHERE r.dag_id = 'single' ORDER BY ti_id OFFSET 50) waited
            """);
    }

    private static async Task<double> ExpandAsync(BenchSite site)
    {
        var began = Stopwatch.GetTimestamp();
        await QueueAsync(site, "wide", 1, 0);
        await using var connection = await site.Owner.OpenConnectionAsync();
        while (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM dags.task_instance") < Wide)
        {
            await System.Threading.Tasks.Task.Delay(5);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<double> LagAsync(BenchSite site, string dag, int runs, TimeSpan every)
    {
        await QueueAsync(site, "single", 20, 0);
        await EndAsync(site);
        if (every == TimeSpan.Zero)
        {
            await QueueAsync(site, dag, runs, 1_000);
        }
        else
        {
            using var pace = new PeriodicTimer(every);
            for (var run = 0; run < runs; run++)
            {
                await pace.WaitForNextTickAsync();
                await QueueAsync(site, dag, 1, 1_000 + run);
            }
        }

        await EndAsync(site);
        await using var connection = await site.Owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<double>(
            """
            SELECT sum(extract(epoch FROM t.started_at - coalesce(u.ended_at, r.started_at)))
            FROM dags.dag_run r JOIN dags.task_instance t USING (run_id)
            LEFT JOIN LATERAL (
              SELECT max(p.ended_at) AS ended_at FROM dags.task_edge e JOIN dags.task_instance p ON p.run_id = r.run_id AND p.task_id = e.upstream
              WHERE e.version_id = r.version_id AND e.downstream = t.task_id) u ON true
            WHERE r.dag_id = @dag
            """,
            new { dag });
    }

    internal static async Task QueueAsync(BenchSite site, string dag, int runs, int from)
    {
        await using var connection = await site.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO dags.dag_run (dag_id, version_id, run_type, partition_key, state)
            SELECT dag_id, current_version, 'manual', (@from + n)::text, 'queued' FROM dags.dag, generate_series(1, @runs) n WHERE dag_id = @dag
            """,
            new { dag, runs, from });
    }

    internal static async Task EndAsync(BenchSite site)
    {
        await using var connection = await site.Owner.OpenConnectionAsync();
        while (await connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT FROM dags.dag_run WHERE state IN ('queued', 'running'))"))
        {
            await System.Threading.Tasks.Task.Delay(5);
        }
    }
}
