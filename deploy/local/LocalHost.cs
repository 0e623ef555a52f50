using System.Globalization;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Local.Demo;
using RetailInsight.Platform.Local.PrivatePostgres;
using RetailInsight.Platform.Postgres;
using Spectre.Console;

namespace RetailInsight.Local;

/// <summary>Everything in one process: database, services, demo company, demo traffic, result.</summary>
internal static class LocalHost
{
    private const string Database = "retail";

    /// <summary>Runs until stopped, or until the work is done when asked for one run.</summary>
    /// <returns>The exit code: 0, or 1 when another host uses the same directory or a port is taken.</returns>
    public static async Task<int> RunAsync(LocalOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Home);
        using var home = HomeLock.TryTake(options.Home);
        if (home is null)
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]Another RetailInsight runs on {options.Home}.[/] Stop it first, or choose another directory with --home.");
            return 1;
        }

        if (!options.ServicesElsewhere && !PortsAreFree(options))
        {
            return PortsTaken(options);
        }

        try
        {
            await using var server = await Step.RunAsync("PostgreSQL", () => PrivatePostgresServer.StartAsync(
                new PrivatePostgresOptions(Path.Combine(options.Home, "postgres")), cancellationToken));
            await server.CreateDatabaseAsync(Database, null, cancellationToken);
            await using var services = LocalServices.Build(options, server.Options(Database));
            await Step.RunAsync("Migrations", () => MigrateAsync(server, services.Migrations, cancellationToken));
            await using var owner = NpgsqlDataSource.Create(server.Options(Database).ConnectionString(DatabaseRole.Owner));
            await ServicesElsewhere.WriteEnvironmentAsync(options, server.Options(Database), cancellationToken);
            var company = await Step.RunAsync("Demo company", () => DemoCompany.EnsureAsync(owner, options, cancellationToken));
            if (options.ServicesElsewhere)
            {
                await Step.RunAsync("Services elsewhere", () => ServicesElsewhere.UntilReadyAsync(options, cancellationToken));
            }
            else
            {
                await Step.RunAsync("Services", () => services.StartAsync(cancellationToken));
            }

            using var serving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var kept = options.ServicesElsewhere ? Task.Delay(Timeout.Infinite, serving.Token) : services.KeepRunningAsync(serving.Token);
            try
            {
                var pipeline = new Pipeline(owner, TimeProvider.System);
                await DemoTraffic.RunAsync(options, company, pipeline, TimeProvider.System, cancellationToken);
                await Summary.PrintAsync(owner, options, company, cancellationToken);
                if (!options.Once)
                {
                    await kept;
                }
            }
            finally
            {
                await serving.CancelAsync();
                await kept.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            AnsiConsole.MarkupLine("Stopped. The next start continues from here.");
            return 0;
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return PortsTaken(options);
        }
    }

    // Asked before anything is started; somebody may still take one in between.
    private static bool PortsAreFree(LocalOptions options)
    {
        var listening = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(endpoint => endpoint.Port).ToHashSet();
        return !listening.Contains(options.PortBase) && !listening.Contains(options.PortBase + 1);
    }

    private static int PortsTaken(LocalOptions options)
    {
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"[red]Port {options.PortBase} or {options.PortBase + 1} is taken.[/] Choose others with --port-base.");
        return 1;
    }

    private static async Task<int> MigrateAsync(PrivatePostgresServer server, IEnumerable<SqlMigrations> sets, CancellationToken cancellationToken)
    {
        await using var owner = NpgsqlDataSource.Create(server.Options(Database).ConnectionString(DatabaseRole.Owner) + ";Pooling=false");
        return await MigrationRunner.ApplyAsync(owner, sets, NullLogger.Instance, cancellationToken);
    }
}
