using System.Diagnostics;
using System.Globalization;
using Dapper;
using RetailInsight.Dags.Engine;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>A worker process stopped for three leases and let go on: it wakes up convinced that it still holds its task.</summary>
public sealed class StoppedWorkers(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    [Fact]
    public Task A_worker_that_slept_while_it_computed_writes_nothing_when_it_wakes() => StopAsync("computing");

    // The server ends a transaction that is idle for a minute: too long for the suite.
    [Fact]
    public Task A_worker_that_slept_while_it_published_writes_nothing_when_it_wakes() => SoakSettings.IsHeavy ? StopAsync("publishing") : Task.CompletedTask;

    private async Task StopAsync(string point)
    {
        for (var round = 0; round < SoakSettings.Number("STOPS", 1); round++)
        {
            await using var database = await postgres.CreateDatabaseAsync();
            await PublishingWorker.PrepareAsync(database);
            await using (EngineInvariants.Watch(database))
            {
                await StopAsync(database, point);
            }
        }
    }

    private async Task StopAsync(TestDatabase database, string point)
    {
        var options = TestEngine.Quick();
        options.HeartbeatTimeout = Lease;
        await using var holder = await database.Owner.OpenConnectionAsync();
        await holder.ExecuteAsync("SELECT pg_advisory_lock(@Lock)", new { PublishingWorker.Lock });
        await using var other = await TestEngine.CreateAsync(database, PublishingWorker.Define(), options);
        var runs = await PublishingWorker.QueueAsync(database, other, 0, 3);
        using var child = PublishingWorker.Start(database, point);
        try
        {
            await database.WaitUntilAsync("3 = (SELECT count(*) FROM pg_stat_activity WHERE application_name = @name AND wait_event_type = 'Lock')", new { name = PublishingWorker.Name(point) });
            var session = await database.ScalarAsync<long>("SELECT max(session_id) FROM dags.worker_session");
            await SignalAsync("STOP", child);
            var stopped = Stopwatch.GetTimestamp();
            await holder.ExecuteAsync("SELECT pg_advisory_unlock_all()");
            await other.Get<Scheduler>().StartAsync(CancellationToken.None);
            await other.Get<Worker>().StartAsync(CancellationToken.None);

            // What it holds holds up nobody else.
            var free = await PublishingWorker.QueueAsync(database, other, 100, 3);
            await database.WaitUntilAsync("NOT EXISTS (SELECT FROM dags.dag_run WHERE run_id = ANY(@free) AND state <> 'success')", new { free });
            await SoakSettings.UntilAsync(() => database.ScalarAsync<bool>("SELECT NOT EXISTS (SELECT FROM dags.dag_run WHERE run_id = ANY(@runs) AND state <> 'success')", new { runs }));
            var taken = Stopwatch.GetElapsedTime(stopped);
            var rest = (3 * Lease) - taken;
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
            var before = await EffectsAsync(database);
            await SignalAsync("CONT", child);

            // It has understood when it works under a new session.
            await SoakSettings.UntilAsync(() => database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM dags.worker_session WHERE process_id = @Id AND session_id > @session AND state = 'alive')", new { child.Id, session }));
            await Task.Delay(Lease);
            Assert.Equal(before, await EffectsAsync(database));
            Assert.Equal(18, before.Count);
            Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM dags.task_try WHERE session_id = @session AND outcome = 'success'", new { session }));
            Assert.Equal(3, await database.ScalarAsync<long>("SELECT count(*) FROM dags.task_try WHERE session_id = @session AND outcome = 'crashed'", new { session }));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"stopped while {point}: its 3 tasks done by another worker after {taken.TotalSeconds:0.0} s, let go on after {Math.Max(taken.TotalSeconds, 3):0.0} s, nothing written"));
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync();
            await other.Get<Worker>().StopAsync(CancellationToken.None);
            await other.Get<Scheduler>().StopAsync(CancellationToken.None);
        }
    }

    private static Task<List<string>> EffectsAsync(TestDatabase database) => database.ListAsync<string>("SELECT e::text FROM public.effect e ORDER BY 1");

    private static async Task SignalAsync(string signal, Process process)
    {
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {process.Id}")]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
