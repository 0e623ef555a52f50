using System.Globalization;
using Dapper;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Platform.Local.PrivatePostgres;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>A durable PostgreSQL of its own that is stopped, or killed with all its processes, while tasks are done. RETAILINSIGHT_SOAK_RESTARTS says how often; the suite leaves it out.</summary>
public sealed class ServerRestarts(ITestOutputHelper output)
{
    private static readonly int Restarts = SoakSettings.Number("RESTARTS", 0);
    private static readonly int Runs = SoakSettings.Number("RUNS", 400);

    [Fact]
    public async Task What_was_done_before_the_server_went_stays_and_the_rest_is_done_afterwards()
    {
        if (Restarts == 0)
        {
            return;
        }

        var directory = Directory.CreateTempSubdirectory("engine-restarts-");
        var options = new PrivatePostgresOptions(directory.FullName);
        var server = await PrivatePostgresServer.StartAsync(options, CancellationToken.None);
        try
        {
            await server.CreateDatabaseAsync("drain", null, CancellationToken.None);
            await using var database = new TestDatabase(server.Options("drain"));
            await PostgresFixture.MigrateAsync(database.Owner);
            await EffectTable.CreateAsync(database);
            var settings = TestEngine.Quick();
            settings.MaxCrashes = 1_000;
            var dag = new Dag("drain",
            [
                Write("a"),
                Write("b") with { Upstreams = ["a"] },
                Write("c") with { Upstreams = ["a"] },
                Write("d") with { Upstreams = ["b", "c"] },
            ])
            { MaxActiveRuns = 20 };
            var random = new Random(SoakSettings.Seed);
            await using (EngineInvariants.Watch(database, TimeSpan.FromSeconds(1)))
            {
                await using var one = await TestEngine.StartAsync(database, [dag], settings);
                await using var other = await TestEngine.StartAsync(database, [dag], settings);
                for (var run = 0; run < Runs; run++)
                {
                    await database.QueueAsync("drain", $"acme/{run}");
                }

                for (var restart = 1; restart <= Restarts; restart++)
                {
                    var enough = Math.Min(Runs, await CountAsync(database) + (Runs / (Restarts + 1) / 2));
                    await SoakSettings.UntilAsync(async () => await CountAsync(database) >= enough);
                    await Task.Delay(random.Next(100));
                    var kill = restart % 2 == 0;
                    if (kill)
                    {
                        await KillAsync(server);
                    }
                    else
                    {
                        await server.DisposeAsync();
                    }

                    server = await PrivatePostgresServer.StartAsync(options, CancellationToken.None);
                    var done = await CountAsync(database);
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"restart {restart}, {(kill ? "killed" : "stopped")}: {done} of {Runs} runs done so far"));
                }

                await SoakSettings.UntilAsync(async () => await CountAsync(database) >= Runs);
            }

            Assert.Equal(Runs * 4, await database.ScalarAsync<long>("SELECT count(*) FROM public.effect"));
            Assert.Equal(Runs * 4, await database.ScalarAsync<long>("SELECT count(DISTINCT (run_id, task)) FROM public.effect"));
            var crashed = await database.ScalarAsync<long>("SELECT count(*) FROM dags.task_try WHERE outcome = 'crashed'");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {SoakSettings.Seed}, {Restarts} restarts, {Runs} runs of 4 tasks: none lost, none twice; {crashed} tries taken back"));
        }
        finally
        {
            await server.DisposeAsync();
            Directory.Delete(server.Root, recursive: true);
        }
    }

    private static DagTask Write(string id) => new(id, async (context, cancellationToken) =>
    {
        await Task.Delay(5, cancellationToken);
        return EffectTable.Write(context);
    })
    { Retry = new RetryPolicy { MaxTries = 100, Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(1), Errors = new Dictionary<Type, ErrorClass> { [typeof(NpgsqlException)] = ErrorClass.Transient } } };

    // The whole server at once, as when its machine stops: what was not flushed is lost, and recovery replays the rest.
    private static async Task KillAsync(PrivatePostgresServer server)
    {
        var postmaster = (await File.ReadAllLinesAsync(Path.Combine(server.Root, "data", "postmaster.pid")))[0];
        using var kill = System.Diagnostics.Process.Start("/bin/sh", ["-c", $"kill -QUIT {postmaster}; while kill -0 {postmaster} 2>/dev/null; do sleep 0.05; done"]);
        await kill.WaitForExitAsync();
    }

    private static async Task<long> CountAsync(TestDatabase database)
    {
        await using var source = NpgsqlDataSource.Create(database.Options.ConnectionString(DatabaseRole.Owner) + ";Pooling=false");
        await using var connection = await source.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM dags.dag_run WHERE state = 'success'");
    }
}
