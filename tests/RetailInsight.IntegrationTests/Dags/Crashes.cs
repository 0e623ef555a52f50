using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class Crashes(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        await EffectTable.CreateAsync(_database);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("computing")]
    [InlineData("publishing")]
    public async Task A_killed_process_loses_nothing_and_repeats_nothing(string moment)
    {
        await using (var engine = await TestEngine.CreateAsync(_database, [ChildWorker.Define("")]))
        {
            await _database.QueueAsync("killed");
        }

        using var child = ChildWorker.Start(_database.Options.ConnectionString(DatabaseRole.Job), moment);
        try
        {
            await _database.WaitUntilAsync("EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT /* hangs */%' AND datname = current_database())");
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync();
        }

        // A silent worker would be given five minutes: only that the process is gone lets its task run again at once.
        var options = TestEngine.Quick();
        options.HeartbeatTimeout = TimeSpan.FromMinutes(5);
        await using var restarted = await TestEngine.StartAsync(_database, [ChildWorker.Define("")], options);

        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.dag_run WHERE state = 'success')");
        Assert.Equal(["after", "before", "work"], await _database.ListAsync<string>("SELECT task FROM public.effect ORDER BY 1"));
        Assert.Equal(
            ["before success 1 0", "work success 1 1", "after success 1 0"],
            await _database.ListAsync<string>("SELECT concat_ws(' ', task_id, state, try_number, crash_count) FROM dags.task_instance ORDER BY started_at"));
    }

    [Fact]
    public async Task A_stopping_worker_gives_its_tasks_back_without_using_up_a_try()
    {
        var started = new TaskCompletionSource();
        var first = await TestEngine.StartAsync(_database, [new Dag("stop", [new DagTask("work", async (_, cancellationToken) =>
        {
            started.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return TaskOutput.None;
        })])]);
        var run = await _database.QueueAsync("stop");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await first.DisposeAsync();

        Assert.Equal("ready 0 0", await _database.ScalarAsync<string>("SELECT concat_ws(' ', state, try_number, crash_count) FROM dags.task_instance"));
        await using var second = await TestEngine.StartAsync(
            _database, [new Dag("stop", [new DagTask("work", (context, _) => Task.FromResult(EffectTable.Write(context)))])]);
        Assert.Equal("success", await _database.EndOfAsync(run));
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM public.effect"));
    }

    [Fact]
    public async Task Waiting_runs_start_after_a_restart()
    {
        var dag = new Dag("resume", [new DagTask("work", (context, _) => Task.FromResult(EffectTable.Write(context)))]) { MaxActiveRuns = 2 };
        await using (var engine = await TestEngine.CreateAsync(_database, [dag]))
        {
            for (var day = 1; day <= 9; day++)
            {
                await _database.QueueAsync("resume", $"acme/2026-11-0{day}");
            }

            await engine.Scheduler.TickAsync(CancellationToken.None);
            Assert.Equal(2, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.dag_run WHERE state = 'running'"));
        }

        await using var restarted = await TestEngine.StartAsync(_database, [dag]);
        await _database.WaitUntilAsync("9 = (SELECT count(*) FROM dags.dag_run WHERE state = 'success')");
        Assert.Equal(9, await _database.ScalarAsync<long>("SELECT count(DISTINCT run_id) FROM public.effect"));
        Assert.Equal(9, await _database.ScalarAsync<long>("SELECT count(*) FROM public.effect"));
    }

    [Fact]
    public async Task A_task_that_no_worker_knows_any_more_fails_its_run()
    {
        static Task<TaskOutput> Nothing(TaskContext context, CancellationToken cancellationToken) => Task.FromResult(TaskOutput.None);
        await using (var old = await TestEngine.CreateAsync(_database, [new Dag("changed", [new DagTask("gone", Nothing)])]))
        {
            await _database.QueueAsync("changed");
            await old.Scheduler.TickAsync(CancellationToken.None);
        }

        var options = TestEngine.Quick();
        options.UnknownTaskTimeout = TimeSpan.FromMilliseconds(100);
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("changed", [new DagTask("here", Nothing)])], options);
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.dag_run WHERE state = 'failed')");
        Assert.Equal("no living worker knows this task", await _database.ScalarAsync<string>("SELECT reason FROM dags.task_instance"));
        var next = await _database.QueueAsync("changed");
        Assert.Equal("success", await _database.EndOfAsync(next));
    }
}

/// <summary>A process of its own that works until it is killed: the test assembly started with itself as a startup hook.</summary>
internal static class ChildWorker
{
    private const string ConnectionVariable = "RETAIL_TEST_WORKER_DATABASE";
    private const string MomentVariable = "RETAIL_TEST_WORKER_HANGS_WHILE";

    public static Process Start(string connectionString, string moment)
    {
        var assembly = typeof(ChildWorker).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", ["exec", assembly]);
        start.Environment["DOTNET_STARTUP_HOOKS"] = assembly;
        start.Environment[ConnectionVariable] = connectionString;
        start.Environment[MomentVariable] = moment;
        return Process.Start(start)!;
    }

    /// <summary>Three tasks in a row; the middle one hangs in a query, before or while it publishes.</summary>
    public static Dag Define(string moment) => new("killed",
    [
        new DagTask("before", (context, _) => Task.FromResult(EffectTable.Write(context))),
        new DagTask("work", async (context, cancellationToken) =>
        {
            LoggerMessage.Define<string>(LogLevel.Information, new EventId(1), "computing, hangs while {Moment}")(context.Logger, moment, null);
            if (moment == "computing")
            {
                await using var connection = await NpgsqlDataSource.Create(Environment.GetEnvironmentVariable(ConnectionVariable)!).OpenConnectionAsync(cancellationToken);
                await HangAsync(connection, cancellationToken);
            }

            return new TaskOutput(async (publication, token) =>
            {
                await EffectTable.Write(context).Publish!(publication, token);
                if (moment == "publishing")
                {
                    await HangAsync(publication.Connection, token);
                }
            });
        })
        { Upstreams = ["before"] },
        new DagTask("after", (context, _) => Task.FromResult(EffectTable.Write(context))) { Upstreams = ["work"] },
    ]);

    public static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(ConnectionVariable) is { } connectionString)
        {
            WorkAsync(connectionString, Environment.GetEnvironmentVariable(MomentVariable)!).GetAwaiter().GetResult();
        }
    }

    private static async Task WorkAsync(string connectionString, string moment)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var engine = await TestEngine.StartAsync(source, [Define(moment)], TestEngine.Quick());
        await Task.Delay(TimeSpan.FromMinutes(2));
    }

    // The wait is on the client: the server sees an idle connection with this as its last query.
    private static async Task HangAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("SELECT /* hangs */ 1");
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
