using System.Globalization;
using Dapper;
using RetailInsight.Dags.Engine;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>Two processes whose clocks are ten minutes apart and that tell each other nothing.</summary>
public sealed class TwoClocks(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(10);
    private static readonly int Minutes = SoakSettings.Number("CLOCK_MINUTES", 12);

    [Fact]
    public async Task Every_firing_happens_once_and_not_before_one_of_the_clocks_says_so()
    {
        var random = new Random(SoakSettings.Seed);
        var began = new DateTimeOffset(2026, 3, 28, 23, 30, 30, TimeSpan.Zero);
        var (slow, fast) = (new SettableClock(began), new SettableClock(began + Apart));
        await using var database = await postgres.CreateDatabaseAsync();
        await using var watch = EngineInvariants.Watch(database);
        await using var late = await CreateAsync(database, slow);
        await using var early = await CreateAsync(database, fast);
        var fastUntil = Minutes / 2;
        var fastEnd = began + Apart + TimeSpan.FromMinutes(fastUntil);
        for (var minute = 0; minute < Minutes; minute++)
        {
            for (var step = 0; step < 4; step++)
            {
                slow.Advance(TimeSpan.FromSeconds(15));
                fast.Advance(TimeSpan.FromSeconds(15));

                // Half-way the process whose clock is ahead dies: the other one goes on where its own clock finds something.
                var ticks = new[] { late, early }.Where(engine => engine == late || minute < fastUntil).OrderBy(_ => random.Next()).Select(engine => engine.Scheduler.TickAsync(CancellationToken.None));
                await Task.WhenAll(ticks);
                var furthest = Later(slow.GetUtcNow(), minute < fastUntil ? fast.GetUtcNow() : fastEnd);
                Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM dags.dag_run WHERE interval_end > @furthest", new { furthest = furthest.UtcDateTime }));
            }
        }

        // What was missed before the first tick is made up by the latest firing alone; from then on each minute of either clock happens once.
        var first = began + Apart - TimeSpan.FromSeconds(30);
        var end = Later(slow.GetUtcNow(), fastEnd);
        var expected = (int)(end - first).TotalMinutes + 1;
        Assert.Equal(
            Enumerable.Range(0, expected).Select(number => first.AddMinutes(number).UtcDateTime),
            await database.ListAsync<DateTime>("SELECT interval_end FROM dags.dag_run WHERE run_type = 'scheduled' ORDER BY interval_end"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Minutes} minutes on two clocks ten minutes apart: {expected} firings, each once"));
    }

    [Fact]
    public async Task What_decides_about_leases_and_retries_is_the_time_of_the_database()
    {
        var runs = SoakSettings.Number("CLOCK_RUNS", 40);
        await using var database = await postgres.CreateDatabaseAsync();
        await EffectTable.CreateAsync(database);
        await using (EngineInvariants.Watch(database))
        {
            await using var late = await CreateAsync(database, new SettableClock(null));
            await using var early = await CreateAsync(database, new SettableClock(null, Apart));
            foreach (var engine in new[] { late, early })
            {
                await engine.Get<Scheduler>().StartAsync(CancellationToken.None);
                await engine.Get<Worker>().StartAsync(CancellationToken.None);
            }

            for (var run = 0; run < runs; run++)
            {
                await database.QueueAsync("work", $"acme/{run}");
            }

            await database.WaitUntilAsync("@runs = (SELECT count(*) FROM dags.dag_run WHERE dag_id = 'work' AND state = 'success')", new { runs });
        }

        // Nobody is declared dead because of a clock, and nothing is tried again earlier than half its delay.
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM dags.task_try WHERE outcome = 'crashed'"));
        Assert.Equal(2 * runs, await database.ScalarAsync<long>("SELECT count(*) FROM public.effect"));
        Assert.Equal(0, await database.ScalarAsync<long>(
            """
            SELECT count(*) FROM dags.task_try f JOIN dags.task_try s ON s.ti_id = f.ti_id AND s.try_number = f.try_number + 1
            WHERE f.outcome = 'failed' AND s.started_at < f.ended_at + interval '50 milliseconds'
            """));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM dags.task_try WHERE started_at > now() OR ended_at > now() OR ended_at < started_at"));
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static Task<TestEngine> CreateAsync(TestDatabase database, SettableClock clock)
    {
        var options = TestEngine.Quick();
        options.Notify = false;
        return TestEngine.CreateAsync(
            database,
            [
                new Dag("minutely", [new DagTask("work", (_, _) => Task.FromResult(TaskOutput.None))]) { Schedule = new CronSchedule("* * * * *", "Europe/Berlin") },
                new Dag("work",
                [
                    new DagTask("first", (context, _) => context.TryNumber == 1 ? throw new TimeoutException("once") : Task.FromResult(EffectTable.Write(context)))
                    {
                        Retry = new RetryPolicy { Delay = TimeSpan.FromMilliseconds(100) },
                    },
                    new DagTask("second", (context, _) => Task.FromResult(EffectTable.Write(context))) { Upstreams = ["first"] },
                ])
                { MaxActiveRuns = 20 },
            ],
            options,
            clock);
    }

    /// <summary>Shows a time that is set by hand, or the machine's so much ahead; timers and stopwatches are the machine's.</summary>
    private sealed class SettableClock(DateTimeOffset? now, TimeSpan ahead = default) : TimeProvider
    {
        private DateTimeOffset? _now = now;

        public void Advance(TimeSpan by) => _now += by;

        public override DateTimeOffset GetUtcNow() => _now ?? (base.GetUtcNow() + ahead);
    }
}
