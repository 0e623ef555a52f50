using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RetailInsight.Bench.Harness;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Bench.Engine;

/// <summary>An engine on a site's database.</summary>
internal sealed class EngineProcess(IHost host) : IAsyncDisposable
{
    /// <summary>Slots of the engine that is measured.</summary>
    public const int Capacity = 32;

    /// <summary>Plans of clears, marks and cancels.</summary>
    public RunPlans Plans => host.Services.GetRequiredService<RunPlans>();

    /// <summary>Schedules and works.</summary>
    public static Task<EngineProcess> StartAsync(BenchSite site, IEnumerable<Dag> dags) => StartAsync(site.Job, dags, new EngineOptions { Capacity = Capacity });

    /// <summary>Starts what the options say.</summary>
    public static async Task<EngineProcess> StartAsync(NpgsqlDataSource job, IEnumerable<Dag> dags, EngineOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddKeyedSingleton(DatabaseRole.Job, (_, _) => job);
        foreach (var dag in dags)
        {
            builder.Services.AddSingleton(dag);
        }

        builder.Services.AddDagEngine(options);
        var engine = new EngineProcess(builder.Build());
        await engine.StartAsync();
        return engine;
    }

    /// <summary>Starts a process of its own that holds what it claims until it is killed.</summary>
    public static async Task<Process> StartHolderAsync(BenchSite site)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(EngineProcess).Assembly.Location, "engine-holder"]) { RedirectStandardInput = true };
        var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(site.Job.ConnectionString);
        return process;
    }

    /// <summary>What that process does.</summary>
    public static async Task HoldAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var engine = await StartAsync(source, [Held(Timeout.InfiniteTimeSpan)], new EngineOptions { Schedule = false });
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    /// <summary>A DAG of one task that takes so long.</summary>
    public static Dag Held(TimeSpan length) => new("held", [new DagTask("work", async (_, cancellationToken) =>
    {
        await Task.Delay(length, cancellationToken);
        return TaskOutput.None;
    })]);

    /// <summary>Lets it look at once.</summary>
    public void Wake() => host.Services.GetRequiredService<EngineSignals>().RingHere();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await host.StopAsync();

    private async Task StartAsync()
    {
        await host.Services.GetRequiredService<DagRegistration>().RegisterAsync(CancellationToken.None);
        await host.StartAsync();
    }
}
