using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Dags;

/// <summary>One process's worth of engine on a test database; several share the database.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private readonly IHost _host;

    private TestEngine(IHost host) => _host = host;

    public Scheduler Scheduler => Get<Scheduler>();

    public static EngineOptions Quick() => new()
    {
        PollInterval = TimeSpan.FromMilliseconds(20),
        HeartbeatInterval = TimeSpan.FromMilliseconds(200),
        HeartbeatTimeout = TimeSpan.FromSeconds(2),
        DrainTimeout = TimeSpan.FromSeconds(5),
    };

    /// <summary>Registered but not running: a test moves it by hand.</summary>
    public static Task<TestEngine> CreateAsync(TestDatabase database, IEnumerable<Dag> dags, EngineOptions? options = null, TimeProvider? clock = null) =>
        CreateAsync(database.Job, dags, options ?? Quick(), clock);

    /// <summary>Scheduler and worker are running.</summary>
    public static Task<TestEngine> StartAsync(TestDatabase database, IEnumerable<Dag> dags, EngineOptions? options = null) =>
        StartAsync(database.Job, dags, options ?? Quick());

    /// <summary>Scheduler and worker are running.</summary>
    public static async Task<TestEngine> StartAsync(NpgsqlDataSource database, IEnumerable<Dag> dags, EngineOptions options)
    {
        var engine = await CreateAsync(database, dags, options, null);
        await engine._host.StartAsync();
        return engine;
    }

    private static async Task<TestEngine> CreateAsync(NpgsqlDataSource database, IEnumerable<Dag> dags, EngineOptions options, TimeProvider? clock)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddKeyedSingleton(DatabaseRole.Job, (_, _) => database);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        foreach (var dag in dags)
        {
            builder.Services.AddSingleton(dag);
        }

        builder.Services.AddDagEngine(options);
        var engine = new TestEngine(builder.Build());
        await engine.Get<DagRegistration>().RegisterAsync(CancellationToken.None);
        return engine;
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Until the engine, or whoever runs the process, stops the host.</summary>
    public Task UntilStoppedAsync() => _host.WaitForShutdownAsync();

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();

        // Disposing the host would dispose the shared data source with it.
        Get<Worker>().Dispose();
        Scheduler.Dispose();
    }
}

internal static class TestRuns
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task<long> QueueAsync(this TestDatabase database, string dag, string partitionKey = "", string conf = "{}") =>
        database.ScalarAsync<long>(
            """
            INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, conf)
            SELECT dag_id, current_version, 'manual', nullif(split_part(@partitionKey, '/', 1), ''), @partitionKey, 'queued', @conf::jsonb
            FROM dags.dag WHERE dag_id = @dag RETURNING run_id
            """,
            new { dag, partitionKey, conf });

    public static async Task<T> ScalarAsync<T>(this TestDatabase database, string sql, object? parameters = null)
    {
        await using var connection = await database.Job.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    public static async Task<List<T>> ListAsync<T>(this TestDatabase database, string sql, object? parameters = null)
    {
        await using var connection = await database.Job.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public static async Task WaitUntilAsync(this TestDatabase database, string condition, object? parameters = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await database.ScalarAsync<bool>($"SELECT {condition}", parameters))
        {
            try
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                var tasks = await database.ListAsync<string>(
                    "SELECT r.run_id || ' ' || r.state || ' ' || t.task_id || ' ' || t.state || ' ' || t.reason FROM dags.dag_run r LEFT JOIN dags.task_instance t USING (run_id) ORDER BY 1 LIMIT 20");
                Assert.Fail($"Never came true: {condition}. Tasks: {string.Join(Environment.NewLine, tasks)}");
            }
        }
    }

    public static async Task<string> EndOfAsync(this TestDatabase database, long run)
    {
        await database.WaitUntilAsync("(SELECT state NOT IN ('queued', 'running') FROM dags.dag_run WHERE run_id = @run)", new { run });
        return await database.ScalarAsync<string>("SELECT state FROM dags.dag_run WHERE run_id = @run", new { run });
    }
}
