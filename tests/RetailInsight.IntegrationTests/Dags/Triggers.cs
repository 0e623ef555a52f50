using Dapper;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Ingest.Ledger;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class Triggers(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Changes_during_a_run_make_exactly_one_further_run()
    {
        var started = new SemaphoreSlim(0);
        var release = new SemaphoreSlim(0);
        await using var engine = await TestEngine.StartAsync(_database, [OnSales(async (_, cancellationToken) =>
        {
            started.Release();
            await release.WaitAsync(cancellationToken);
            return TaskOutput.None;
        })]);
        await ChangeAsync("s1", "2026-11-20");
        Assert.True(await started.WaitAsync(TimeSpan.FromSeconds(30)));
        await ChangeAsync("s3", "2026-11-20");
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.dag_run WHERE state = 'queued')");
        await ChangeAsync("s2", "2026-11-20");
        await ChangeAsync("s3", "2026-11-20");
        await ChangeAsync("s9", "2026-11-20", "weather");
        await _database.WaitUntilAsync("NOT EXISTS (SELECT FROM ingest.partition_change)");
        release.Release(10);

        await _database.WaitUntilAsync("2 = (SELECT count(*) FROM dags.dag_run WHERE state = 'success')");
        Assert.Equal(
            ["""acme/2026-11-20 asset {"stores": ["s1"]} {"partition_changes": 1}""", """acme/2026-11-20 asset {"stores": ["s2", "s3"]} {"partition_changes": 3}"""],
            await _database.ListAsync<string>("SELECT concat_ws(' ', partition_key, run_type, conf, cause) FROM dags.dag_run ORDER BY run_id"));
    }

    [Fact]
    public async Task Changes_of_a_burst_share_one_run_a_trading_day()
    {
        var dag = OnSales((_, _) => Task.FromResult(TaskOutput.None));
        var slow = dag.Partitions! with { Settle = TimeSpan.FromMinutes(1), SettleAtMost = TimeSpan.FromMinutes(1) };
        await using var engine = await TestEngine.CreateAsync(_database, [dag with { Partitions = slow }]);
        for (var store = 1; store <= 5; store++)
        {
            await ChangeAsync($"s{store}", "2026-11-20");
            await ChangeAsync($"s{store}", "2026-11-21");
            await engine.Scheduler.TickAsync(CancellationToken.None);
        }

        Assert.Equal(
            ["acme acme/2026-11-20 5", "acme acme/2026-11-21 5"],
            await _database.ListAsync<string>("SELECT concat_ws(' ', tenant, partition_key, jsonb_array_length(conf -> 'stores')) FROM dags.dag_run ORDER BY 1"));
    }

    [Fact]
    public async Task Changes_come_back_when_their_run_could_not_be_created()
    {
        var failing = true;
        async Task<IReadOnlyList<PartitionChange>> Take(Npgsql.NpgsqlConnection connection, Npgsql.NpgsqlTransaction transaction, CancellationToken cancellationToken)
        {
            var changes = await PartitionChanges.TakeAsync(connection, transaction, 100, cancellationToken);
            return failing ? throw new IOException("in the middle") : changes;
        }

        await using var engine = await TestEngine.CreateAsync(
            _database, [OnSales((_, _) => Task.FromResult(TaskOutput.None)) with { Partitions = new PartitionTrigger([Datasets.PosTransaction], Take) }]);
        await ChangeAsync("s1", "2026-11-20");
        await Assert.ThrowsAsync<IOException>(() => engine.Scheduler.TickAsync(CancellationToken.None));
        failing = false;
        await engine.Scheduler.TickAsync(CancellationToken.None);
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.dag_run"));
    }

    [Fact]
    public async Task The_clock_makes_up_for_missed_nights_with_the_latest_one()
    {
        var clock = new SetClock(new DateTimeOffset(2026, 11, 16, 12, 0, 0, TimeSpan.Zero));
        var nightly = new Dag("nightly", [new DagTask("work", (_, _) => Task.FromResult(TaskOutput.None))])
        {
            Schedule = new CronSchedule("30 4 * * *", "Asia/Tokyo"),
        };
        await using var engine = await TestEngine.CreateAsync(_database, [nightly], clock: clock);
        await using var other = await TestEngine.CreateAsync(_database, [nightly], clock: clock);
        await engine.Scheduler.TickAsync(CancellationToken.None);
        Assert.Equal("0 2026-11-16T19:30:00Z", await StateAsync());

        clock.Now = new DateTimeOffset(2026, 11, 19, 23, 0, 0, TimeSpan.Zero);
        await Task.WhenAll(engine.Scheduler.TickAsync(CancellationToken.None), other.Scheduler.TickAsync(CancellationToken.None));
        await other.Scheduler.TickAsync(CancellationToken.None);
        Assert.Equal("1 2026-11-20T19:30:00Z", await StateAsync());
        Assert.Equal(
            "2026-11-18T19:30:00Z 2026-11-19T19:30:00Z",
            await _database.ScalarAsync<string>($"SELECT {Utc("interval_start")} || ' ' || {Utc("interval_end")} FROM dags.dag_run"));

        clock.Now = new DateTimeOffset(2026, 11, 20, 19, 30, 0, TimeSpan.Zero);
        await engine.Scheduler.TickAsync(CancellationToken.None);
        Assert.Equal("2 2026-11-21T19:30:00Z", await StateAsync());
    }

    [Fact]
    public async Task A_restart_keeps_the_clock_and_a_new_schedule_sets_it()
    {
        var clock = new SetClock(new DateTimeOffset(2026, 11, 16, 12, 0, 0, TimeSpan.Zero));
        var dag = new Dag("nightly", [new DagTask("work", (_, _) => Task.FromResult(TaskOutput.None))]) { Schedule = new CronSchedule("30 4 * * *", "Asia/Tokyo") };
        await using (await TestEngine.CreateAsync(_database, [dag], clock: clock))
        {
            clock.Now = clock.Now.AddDays(2);
        }

        await using (await TestEngine.CreateAsync(_database, [dag], clock: clock))
        {
            Assert.Equal("0 2026-11-16T19:30:00Z", await StateAsync());
        }

        await using (await TestEngine.CreateAsync(_database, [dag with { Schedule = new CronSchedule("30 4 * * *", "Europe/Berlin") }], clock: clock))
        {
            Assert.Equal("0 2026-11-19T03:30:00Z", await StateAsync());
        }
    }

    private static string Utc(string column) => $"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""";

    private static Dag OnSales(TaskHandler work) => new("on_sales", [new DagTask("work", work)])
    {
        Partitions = new PartitionTrigger(
            [Datasets.PosTransaction],
            (connection, transaction, cancellationToken) => PartitionChanges.TakeAsync(connection, transaction, 2, cancellationToken))
        {
            Settle = TimeSpan.FromMilliseconds(200),
        },
    };

    private Task<string> StateAsync() => _database.ScalarAsync<string>(
        $"SELECT (SELECT count(*) FROM dags.dag_run) || ' ' || {Utc("next_run_after")} FROM dags.dag");

    private async Task ChangeAsync(string store, string date, string dataset = Datasets.PosTransaction)
    {
        await using var connection = await _database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "INSERT INTO ingest.partition_change (tenant, store, business_date, dataset, version) VALUES ('acme', @store, @date::date, @dataset, 1)",
            new { store, date, dataset });
    }

    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
