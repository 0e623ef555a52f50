using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Platform.Local.PrivatePostgres;
using RetailInsight.Platform.Postgres;

namespace RetailInsight.Bench.Harness;

/// <summary>A PostgreSQL server of the bench's own, durable as in production, and a fresh migrated database for each run.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private const string Template = "migrated";

    private static readonly (string Name, int Order, string Assembly)[] Sets =
    [
        ("platform", 0, "RetailInsight.Platform"), ("gateway", 10, "RetailInsight.Gateway"), ("ingest", 20, "RetailInsight.Ingest"),
        ("etl", 30, "RetailInsight.Etl"), ("ml", 40, "RetailInsight.Ml"), ("dags", 50, "RetailInsight.Dags"), ("api", 60, "RetailInsight.Api"),
    ];

    private readonly PrivatePostgresServer _server;
    private int _databases;

    private BenchServer(PrivatePostgresServer server) => _server = server;

    /// <summary>Where the bench keeps its files.</summary>
    public static string Directory { get; } = Path.Combine(
        typeof(BenchServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!,
        "artifacts",
        "bench");

    /// <summary>Starts it empty; what an earlier run left is thrown away.</summary>
    public static async Task<BenchServer> StartAsync()
    {
        System.IO.Directory.CreateDirectory(Directory);
        var options = new PrivatePostgresOptions(Path.Combine(Directory, "postgres"));
        var left = await PrivatePostgresServer.StartAsync(options, CancellationToken.None);
        await left.DisposeAsync();
        System.IO.Directory.Delete(left.Root, recursive: true);
        var server = await PrivatePostgresServer.StartAsync(options, CancellationToken.None);
        await server.CreateDatabaseAsync(Template, null, CancellationToken.None);
        await using var owner = NpgsqlDataSource.Create(server.Options(Template).ConnectionString(DatabaseRole.Owner) + ";Pooling=false");
        await MigrationRunner.ApplyAsync(
            owner, Sets.Select(set => new SqlMigrations(set.Name, set.Order, Assembly.Load(set.Assembly))), NullLogger.Instance, CancellationToken.None);
        return new BenchServer(server);
    }

    /// <summary>Processor time the server and the connections it had so far have used; zero where there is no <c>/proc</c>.</summary>
    public TimeSpan ProcessorTime()
    {
        const int ClockTicksPerSecond = 100;
        if (!System.IO.Directory.Exists("/proc/self"))
        {
            return TimeSpan.Zero;
        }

        var postmaster = File.ReadLines(Path.Combine(_server.Root, "data", "postmaster.pid")).First();
        var ticks = 0L;
        foreach (var process in System.IO.Directory.EnumerateDirectories("/proc").Where(directory => char.IsAsciiDigit(directory[6])))
        {
            string[] fields;
            try
            {
                fields = File.ReadAllText(Path.Combine(process, "stat")).Split(") ")[^1].Split(' ');
            }
            catch (IOException)
            {
                continue;
            }

            // Fields after the name: parent is the second; own time the 12th and 13th, that of ended children the next two.
            var (isServer, isChild) = (process.EndsWith("/" + postmaster, StringComparison.Ordinal), fields[1] == postmaster);
            ticks += (isServer || isChild ? Ticks(11) + Ticks(12) : 0) + (isServer ? Ticks(13) + Ticks(14) : 0);
            long Ticks(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
        }

        return TimeSpan.FromSeconds(ticks / (double)ClockTicksPerSecond);
    }

    /// <summary>A new database and an empty data directory.</summary>
    public async Task<BenchSite> CreateSiteAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"bench_{++_databases}");
        await _server.CreateDatabaseAsync(name, Template, CancellationToken.None);
        var directory = Path.Combine(Directory, name);
        if (System.IO.Directory.Exists(directory))
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }

        System.IO.Directory.CreateDirectory(directory);
        return new BenchSite(_server.Options(name), directory);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

/// <summary>One database and one data directory, for one run.</summary>
internal sealed class BenchSite(PostgresOptions postgres, string directory) : IAsyncDisposable
{
    /// <summary>Lake and warehouse lie here.</summary>
    public string Directory => directory;

    /// <summary>Connects as the schema owner: for arranging and looking.</summary>
    public NpgsqlDataSource Owner { get; } = NpgsqlDataSource.Create(postgres.ConnectionString(DatabaseRole.Owner));

    /// <summary>Connects as the services do.</summary>
    public NpgsqlDataSource Job { get; } = NpgsqlDataSource.Create(postgres.ConnectionString(DatabaseRole.Job));

    /// <summary>The configuration that leads a service here.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        ["Platform:DataDirectory"] = directory,
        ["Platform:Postgres:Host"] = postgres.Host,
        ["Platform:Postgres:Port"] = postgres.Port.ToString(CultureInfo.InvariantCulture),
        ["Platform:Postgres:Database"] = postgres.Database,
        ["Gateway:SpoolDirectory"] = Path.Combine(directory, "spool"),
        ["Logging:LogLevel:Default"] = "Warning",

        // A service that is asked every few milliseconds whether it is ready yet says each time that it is not.
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
    };

    /// <summary>A number from the database, as the owner sees it.</summary>
    public async Task<long> CountAsync(string sql)
    {
        await using var command = Owner.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync() ?? 0L, CultureInfo.InvariantCulture);
    }

    /// <summary>Runs a statement as the owner.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = Owner.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Owner.DisposeAsync();
        await Job.DisposeAsync();
        System.IO.Directory.Delete(directory, recursive: true);
    }
}
