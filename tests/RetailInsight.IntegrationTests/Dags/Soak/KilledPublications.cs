using System.Globalization;
using Dapper;
using Npgsql;
using RetailInsight.Dags.Engine;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>A worker process killed at every point of the transaction that publishes. RETAILINSIGHT_SOAK_KILLS asks for all points, so many times each.</summary>
public sealed class KilledPublications(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private const int RunsAtOnce = 3;
    private static readonly int Kills = SoakSettings.Number("KILLS", 0);
    private readonly Random _random = new(SoakSettings.Seed);

    [Fact]
    public async Task What_a_killed_worker_published_stands_once_and_what_it_had_not_is_published_by_the_next()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await PublishingWorker.PrepareAsync(database);
        var points = Kills == 0 ? ["commit"] : Enumerable.Repeat(PublishingWorker.Points, Kills).SelectMany(point => point).ToArray();
        _random.Shuffle(points);
        var tally = PublishingWorker.Points.ToDictionary(point => point, _ => (Kills: 0, Held: 0L, Stood: 0L));
        var invariants = EngineInvariants.Watch(database);
        await using (invariants)
        {
            for (var kill = 0; kill < points.Length; kill++)
            {
                var (held, stood) = await KillAsync(database, points[kill], kill * RunsAtOnce);
                var before = tally[points[kill]];
                tally[points[kill]] = (before.Kills + 1, before.Held + held, before.Stood + stood);
            }
        }

        foreach (var point in PublishingWorker.Points.Where(point => tally[point].Kills > 0))
        {
            output.WriteLine($"point {point}: killed {tally[point].Kills} times with {tally[point].Held} publications under way, {tally[point].Stood} of them stood");
        }

        var runs = await database.ScalarAsync<long>("SELECT count(*) FROM dags.dag_run");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {SoakSettings.Seed}, {points.Length} kills, {runs} runs: none lost, none twice; invariants looked at {invariants.Looks} times"));
    }

    private async Task<(long Held, long Stood)> KillAsync(TestDatabase database, string point, int firstDay)
    {
        await using var holder = await database.Owner.OpenConnectionAsync();
        await holder.ExecuteAsync("SELECT pg_advisory_lock(@Lock)", new { PublishingWorker.Lock });
        long[] runs;
        await using (var scheduler = await TestEngine.CreateAsync(database, PublishingWorker.Define()))
        {
            runs = await PublishingWorker.QueueAsync(database, scheduler, firstDay, RunsAtOnce);
        }

        long held;
        await using var rows = await database.Owner.OpenConnectionAsync();
        await using var locks = await rows.BeginTransactionAsync();
        if (point == "hold")
        {
            await rows.ExecuteAsync("SELECT FROM dags.asset_partition WHERE asset = 'figures' FOR UPDATE", transaction: locks);
        }

        using (var child = PublishingWorker.Start(database, point))
        {
            try
            {
                await WaitUntilHeldAsync(database, point);
                if (point == "fence")
                {
                    await rows.ExecuteAsync("SELECT FROM dags.task_instance WHERE run_id = ANY(@runs) FOR UPDATE", new { runs }, locks);
                    await holder.ExecuteAsync("SELECT pg_advisory_unlock_all()");
                    await database.WaitUntilAsync("EXISTS (SELECT FROM pg_stat_activity WHERE application_name = @name AND wait_event_type = 'Lock' AND wait_event <> 'advisory')", new { name = PublishingWorker.Name(point) });
                }

                await Task.Delay(_random.Next(50));
                held = await database.ScalarAsync<long>("SELECT count(DISTINCT pid) FROM pg_stat_activity WHERE application_name = @name AND xact_start IS NOT NULL", new { name = PublishingWorker.Name(point) });
            }
            finally
            {
                child.Kill();
                await child.WaitForExitAsync();
            }
        }

        await locks.RollbackAsync();
        await holder.ExecuteAsync("SELECT pg_advisory_unlock_all()");
        await database.WaitUntilAsync("NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = @name)", new { name = PublishingWorker.Name(point) });
        var stood = await database.ScalarAsync<long>(
            "SELECT count(*) FROM dags.task_try y JOIN dags.task_instance t USING (ti_id) WHERE t.run_id = ANY(@runs) AND t.task_id = 'work' AND y.outcome = 'success'", new { runs });
        Assert.True(PublishingWorker.IsCommitted(point) == stood > 0, $"Killed at {point}, {stood} publications stand.");

        var options = TestEngine.Quick();
        options.HeartbeatTimeout = TimeSpan.FromMinutes(5);
        options.MaxCrashes = 1_000;
        await using var next = await TestEngine.StartAsync(database, PublishingWorker.Define(), options);
        await database.WaitUntilAsync("NOT EXISTS (SELECT FROM dags.dag_run WHERE run_id = ANY(@runs) AND state <> 'success')", new { runs });
        Assert.Equal(
            [],
            await database.ListAsync<string>(
                """
                SELECT concat_ws(' ', r.run_id, @point, e.work, e.leases, e.after, v.versions, p.version, p.fence = e.lease)
                FROM unnest(@runs) AS r(run_id) JOIN dags.dag_run d USING (run_id)
                CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE task = 'work') AS work, count(DISTINCT lease_token) FILTER (WHERE task = 'work') AS leases,
                  max(lease_token) FILTER (WHERE task = 'work') AS lease, count(*) FILTER (WHERE task = 'after') AS after FROM public.effect WHERE run_id = r.run_id) e
                CROSS JOIN LATERAL (SELECT count(*) AS versions FROM dags.asset_version WHERE run_id = r.run_id) v
                LEFT JOIN dags.asset_partition p ON p.run_id = r.run_id
                WHERE (e.work, e.leases, e.after, v.versions, p.version, p.fence) IS DISTINCT FROM (2, 1, 1, 1, 1, e.lease)
                """,
                new { runs, point }));
        return (held, stood);
    }

    private static Task WaitUntilHeldAsync(TestDatabase database, string point) => database.WaitUntilAsync(
        "EXISTS (SELECT FROM pg_stat_activity WHERE application_name = @name AND (wait_event_type = 'Lock' OR query LIKE 'SELECT /* hangs */%'))", new { name = PublishingWorker.Name(point) });
}
