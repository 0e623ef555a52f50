using System.Diagnostics;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.IntegrationTests.Dags;

/// <summary>How a worker process is set.</summary>
/// <param name="Warehouse">The DuckDB file it has; null for a process without.</param>
/// <param name="Pool">Slots of the pool of the warehouse.</param>
/// <param name="Capacity">Tasks at once.</param>
/// <param name="MemoryLimit">MiB; null for none.</param>
/// <param name="Hangs">Whether its task <c>stuck</c> never ends.</param>
internal sealed record WorkerSettings(string? Warehouse = null, int Pool = 1, int Capacity = 4, int? MemoryLimit = null, bool Hangs = false);

/// <summary>
/// A process of its own that works until its host stops, as the dags service does: the test assembly started with itself as a startup hook.
/// </summary>
internal static class WorkerProcess
{
    private const string ConnectionVariable = "RETAIL_TEST_WORKER_PROCESS_DATABASE";
    private const string SettingsVariable = "RETAIL_TEST_WORKER_PROCESS_SETTINGS";
    private const int Eaten = 400 << 20;

    // What a task left behind.
    private static byte[]? _leaked;

    public static Process Start(TestDatabase database, WorkerSettings settings)
    {
        var assembly = typeof(WorkerProcess).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", ["exec", assembly]);
        start.Environment["DOTNET_STARTUP_HOOKS"] = assembly;
        start.Environment[ConnectionVariable] = database.Options.ConnectionString(DatabaseRole.Job);
        start.Environment[SettingsVariable] = JsonSerializer.Serialize(settings);
        return Process.Start(start)!;
    }

    public static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(ConnectionVariable) is { } connectionString)
        {
            WorkAsync(connectionString, JsonSerializer.Deserialize<WorkerSettings>(Environment.GetEnvironmentVariable(SettingsVariable)!)!).GetAwaiter().GetResult();
            Environment.Exit(Environment.ExitCode);
        }
    }

    /// <summary>What the processes know; the one that only schedules too.</summary>
    public static IEnumerable<Dag> Define(WorkerSettings settings, string connectionString = "")
    {
        // One eats memory and keeps it, one ends while its worker drains, one does not listen.
        yield return new Dag("eating",
        [
            new DagTask("eat", (context, _) =>
            {
                _leaked = GC.AllocateUninitializedArray<byte>(Eaten);
                Array.Fill(_leaked, (byte)1);
                return Task.FromResult(EffectTable.Write(context));
            }),
            new DagTask("slow", async (context, cancellationToken) =>
            {
                await using var connection = new NpgsqlConnection(connectionString);
                while (settings.Hangs && !await connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT FROM dags.worker_session WHERE process_id = @ProcessId AND state = 'draining')", new { Environment.ProcessId }))
                {
                    await Task.Delay(20, cancellationToken);
                }

                return EffectTable.Write(context);
            }),
            new DagTask("stuck", async (context, _) =>
            {
                await Task.Delay(settings.Hangs ? Timeout.Infinite : 1, CancellationToken.None);
                return EffectTable.Write(context);
            }),
            new DagTask("after", (context, _) => Task.FromResult(EffectTable.Write(context))) { Upstreams = ["eat", "slow", "stuck"] },
        ]);
        yield return new Dag("plain", [new DagTask("work", (context, _) => Task.FromResult(EffectTable.Write(context)))]);

        var warehouse = settings.Warehouse is { } path ? new DuckDbWarehouse(new DuckDbWarehouseOptions { Path = path, Threads = 1 }, TimeProvider.System, NullLogger<DuckDbWarehouse>.Instance) : null;
        yield return new Dag("spread",
        [
            new DagTask("load", async (context, cancellationToken) =>
            {
                await warehouse!.EnsureAsync([], [], cancellationToken);
                await Task.Delay(50, cancellationToken);
                return EffectTable.Write(context);
            })
            {
                Needs = DagTask.Warehouse,
                Pool = DagTask.Warehouse,
                Retry = new RetryPolicy { MaxTries = 1 },
            },
            new DagTask("sum", async (context, cancellationToken) =>
            {
                await Task.Delay(100, cancellationToken);
                return EffectTable.Write(context);
            }),
        ])
        { MaxActiveRuns = 50 };
    }

    public static EngineOptions Options(WorkerSettings settings)
    {
        var options = TestEngine.Quick();
        (options.Capacity, options.Warehouse, options.WorkerMemoryLimit, options.RecycleTimeout) = (settings.Capacity, settings.Warehouse is not null, settings.MemoryLimit, TimeSpan.FromSeconds(2));
        options.Pools[DagTask.Warehouse] = settings.Pool;
        return options;
    }

    private static async Task WorkAsync(string connectionString, WorkerSettings settings)
    {
        var options = Options(settings);
        options.Schedule = false;
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var engine = await TestEngine.StartAsync(source, Define(settings, connectionString), options);
        await engine.UntilStoppedAsync().WaitAsync(TimeSpan.FromMinutes(5));
    }
}
