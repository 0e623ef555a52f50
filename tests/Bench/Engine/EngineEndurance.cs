using System.Diagnostics;
using Dapper;
using RetailInsight.Bench.Harness;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Bench.Engine;

/// <summary>What wears an engine down: a long history, a horizon that is pinned, a large clear, a worker that is killed.</summary>
internal static class EngineEndurance
{
    private const int Cleared = 10_000;
    private const int HistoricRuns = 300_000;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(15);

    public static async Task AddAsync(BenchReport report, BenchServer server)
    {
        await using (var site = await server.CreateSiteAsync())
        {
            report.Add("10,000 tasks cleared, plan and apply", BenchReport.Number(await ClearAsync(site), "s"), "< 1 s");
        }

        var (before, after) = await HistoryAsync(server);
        report.Add("tasks a second behind 3,000,000 historic ones, beside none", after.Rate, before.Rate, "tasks/s", ">= 0.9");
        report.Add("… ready to started, half of them within", after.Half, before.Half, "ms", "< 50 ms");
        report.Add("… 99 of 100 within", after.Late, before.Late, "ms", "< 250 ms");

        await using (var site = await server.CreateSiteAsync())
        {
            await using var engine = await EngineProcess.StartAsync(site, EngineBench.Dags());
            var nominal = await EngineBench.ThroughputAsync(site, engine, runs: 1_000);
            await using var connection = await site.Owner.OpenConnectionAsync();
            await using var pin = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
            await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM dags.dag", transaction: pin);
            var pinned = await EngineBench.ThroughputAsync(site, engine, runs: 1_000);
            report.Add("tasks a second with the horizon pinned, beside not", pinned.Rate, nominal.Rate, "tasks/s", ">= 0.5");
        }

        await using (var site = await server.CreateSiteAsync())
        {
            report.Add("takeover of the task of a killed worker process", BenchReport.Number(await TakeOverAsync(site), "s"), "< 35 s");
        }
    }

    /// <summary>How fast the engine is without and with a long history. Writes no page.</summary>
    public static async Task RunHistoryAsync(BenchServer server)
    {
        var (before, after) = await HistoryAsync(server);
        Console.WriteLine(FormattableString.Invariant($"before {before}, after {after}: {after.Rate / before.Rate:0.00}"));
    }

    // Both times in the middle of seven rounds, as a checkpoint or the compiler may fall into one of them. A round before them takes what
    // a checkpoint leaves to whoever first writes to a page.
    private static async Task<(Speed Before, Speed After)> HistoryAsync(BenchServer server)
    {
        await using var site = await server.CreateSiteAsync();
        await using var engine = await EngineProcess.StartAsync(site, EngineBench.Dags());
        var before = await SpeedAsync(site, engine);
        await WriteHistoryAsync(site);
        await site.ExecuteAsync("DELETE FROM dags.task_try WHERE ti_id IN (SELECT ti_id FROM dags.dag_run JOIN dags.task_instance USING (run_id) WHERE dag_id = 'single')");
        await site.ExecuteAsync("DELETE FROM dags.task_instance WHERE run_id IN (SELECT run_id FROM dags.dag_run WHERE dag_id = 'single')");
        return (before, await SpeedAsync(site, engine));
    }

    private static async Task<Speed> SpeedAsync(BenchSite site, EngineProcess engine)
    {
        await EngineBench.ThroughputAsync(site, engine, runs: 300);
        var rates = new List<double>();
        while (rates.Count < 7)
        {
            rates.Add((await EngineBench.ThroughputAsync(site, engine, runs: 300)).Rate);
        }

        var (half, late) = await EngineBench.DispatchAsync(site, Length);
        return new Speed(rates.Order().ElementAt(3), half, late);
    }

    private static async Task<double> ClearAsync(BenchSite site)
    {
        await using var engine = await EngineProcess.StartAsync(site.Job, EngineBench.Dags(), new EngineOptions { Schedule = false, Work = false });
        await EngineBench.QueueAsync(site, "wide", 1, 0);
        await site.ExecuteAsync(
            $"""
            UPDATE dags.dag_run SET state = 'success', started_at = now(), ended_at = now();
            INSERT INTO dags.task_instance (run_id, task_id, map_index, map_key, mapped, state, max_tries, try_number, started_at, ended_at)
            SELECT run_id, '{EngineBench.Id(1)}', n - 1, 'k' || n, true, 'success', 3, 1, now(), now() FROM dags.dag_run, generate_series(1, {Cleared}) n;
            ANALYZE dags.task_instance;
            """);
        var run = await site.CountAsync("SELECT run_id FROM dags.dag_run");
        var began = Stopwatch.GetTimestamp();
        var plan = await engine.Plans.PlanAsync(run, new PlanSelection(PlanKind.Clear, []), "bench", CancellationToken.None);
        var result = await engine.Plans.ApplyAsync(plan!.PlanId, "bench", "", CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return result.ActionId is not null && plan.Tasks.Count == Cleared ? seconds : throw new InvalidOperationException($"Not cleared: {result.Refusal}");
    }

    // Written at once, without the checks of foreign keys that a million statements would have made.
    private static async Task WriteHistoryAsync(BenchSite site)
    {
        await site.ExecuteAsync(
            $"""
            BEGIN;
            SET LOCAL session_replication_role = replica;
            INSERT INTO dags.dag_run (dag_id, version_id, run_type, partition_key, state, created_at, started_at, ended_at)
            SELECT dag_id, current_version, 'manual', 'history/' || n, 'success', now() - interval '1 year', now() - interval '1 year', now() - interval '1 year'
            FROM dags.dag, generate_series(1, {HistoricRuns}) n WHERE dag_id = 'chain_work';
            COMMIT;
            """);
        await site.ExecuteAsync(
            """
            BEGIN;
            SET LOCAL session_replication_role = replica;
            INSERT INTO dags.task_instance (run_id, task_id, state, max_tries, try_number, started_at, ended_at)
            SELECT r.run_id, 't' || lpad(k::text, 5, '0'), 'success', 3, 1, r.started_at, r.ended_at
            FROM dags.dag_run r, generate_series(1, 10) k WHERE r.partition_key LIKE 'history/%';
            COMMIT;
            """);
        await site.ExecuteAsync(
            """
            BEGIN;
            SET LOCAL session_replication_role = replica;
            INSERT INTO dags.task_try (lease_token, ti_id, generation, try_number, outcome, started_at, ended_at)
            SELECT nextval('dags.fence_seq'), t.ti_id, 1, 1, 'success', t.started_at, t.ended_at
            FROM dags.dag_run r JOIN dags.task_instance t USING (run_id) WHERE r.partition_key LIKE 'history/%';
            COMMIT;
            """);
        await site.ExecuteAsync("VACUUM ANALYZE dags.dag_run, dags.task_instance, dags.task_try");

        // What was written by the way goes to the disk before the engine is measured, not beside it.
        await site.ExecuteAsync("CHECKPOINT");
    }

    private static async Task<double> TakeOverAsync(BenchSite site)
    {
        await using var scheduler = await EngineProcess.StartAsync(site.Job, [EngineProcess.Held(TimeSpan.Zero)], new EngineOptions { Work = false });
        using var holder = await EngineProcess.StartHolderAsync(site);
        try
        {
            await EngineBench.QueueAsync(site, "held", 1, 0);
            await UntilAsync(site, "SELECT count(*) FROM dags.task_instance WHERE state = 'running'");

            // It lives before the other one dies: only a new worker of the same host sees at once that a process is gone.
            await using var next = await EngineProcess.StartAsync(site.Job, [EngineProcess.Held(TimeSpan.Zero)], new EngineOptions { Schedule = false });
            await UntilAsync(site, "SELECT count(*) - 1 FROM dags.worker_session WHERE state = 'alive'");
            holder.Kill();
            var began = Stopwatch.GetTimestamp();
            await UntilAsync(site, "SELECT count(*) FROM dags.dag_run WHERE state = 'success'");
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
        finally
        {
            holder.Kill();
        }
    }

    private static async Task UntilAsync(BenchSite site, string count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await site.CountAsync(count) < 1)
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private readonly record struct Speed(double Rate, double Half, double Late);
}
