using System.Globalization;
using System.Reflection;
using System.Text;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Platform.Local.PrivatePostgres;
using RetailInsight.Platform.Postgres;

namespace RetailInsight.IntegrationTests;

/// <summary>
/// One private PostgreSQL server for the whole test run; every caller gets a database of its own, copied from one that
/// all migrations were applied to. Use it as a class fixture: <c>IClassFixture&lt;PostgresFixture&gt;</c>.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private static readonly (string Name, int Order, string Assembly)[] Sets =
    [
        ("platform", 0, "RetailInsight.Platform"), ("gateway", 10, "RetailInsight.Gateway"), ("ingest", 20, "RetailInsight.Ingest"),
        ("etl", 30, "RetailInsight.Etl"), ("ml", 40, "RetailInsight.Ml"), ("dags", 50, "RetailInsight.Dags"), ("api", 60, "RetailInsight.Api"),
    ];

    private static readonly Lazy<Task<PrivatePostgresServer>> Server = new(StartAsync);
    private static FileStream? _oneRunAtATime;
    private static int _databases;
    private PrivatePostgresServer _server = null!;

    /// <summary>A new migrated database.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await _server.CreateDatabaseAsync(name, "migrated", CancellationToken.None);
        return new TestDatabase(_server.Options(name));
    }

    /// <summary>Brings a database up to date with the migrations of all services.</summary>
    /// <returns>How many files were applied.</returns>
    public static Task<int> MigrateAsync(NpgsqlDataSource owner) => MigrationRunner.ApplyAsync(
        owner, Sets.Select(set => new SqlMigrations(set.Name, set.Order, Assembly.Load(set.Assembly))), NullLogger.Instance, CancellationToken.None);

    /// <inheritdoc/>
    public async Task InitializeAsync() => _server = await Server.Value;

    /// <summary>The server serves the whole run and stops with the process.</summary>
    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task<PrivatePostgresServer> StartAsync()
    {
        var root = typeof(PostgresFixture).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
        var options = new PrivatePostgresOptions(Path.Combine(root, "artifacts", $"test-postgres-{typeof(PostgresFixture).Assembly.GetName().Name}"), Durable: false);
        _oneRunAtATime = new FileStream(options.Directory + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

        // A run that was killed leaves its server behind: it is adopted, stopped and its data thrown away.
        var left = await PrivatePostgresServer.StartAsync(options, CancellationToken.None);
        await left.DisposeAsync();
        Directory.Delete(left.Root, recursive: true);
        var server = await PrivatePostgresServer.StartAsync(options, CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        await server.CreateDatabaseAsync("migrated", null, CancellationToken.None);
        var owner = server.Options("migrated").ConnectionString(DatabaseRole.Owner) + ";Pooling=false";
        await using var source = NpgsqlDataSource.Create(owner);
        await MigrateAsync(source);
        return server;
    }
}

/// <summary>A database of one test or test class.</summary>
public sealed class TestDatabase(PostgresOptions options) : IAsyncDisposable
{
    private readonly Dictionary<string, NpgsqlDataSource> _sources = [];

    /// <summary>How to connect.</summary>
    public PostgresOptions Options { get; } = options;

    /// <summary>Connects as the schema owner: for arranging and looking, never for what is under test.</summary>
    public NpgsqlDataSource Owner => Source(DatabaseRole.Owner);

    /// <summary>Connects as the services do.</summary>
    public NpgsqlDataSource Job => Source(DatabaseRole.Job);

    /// <summary>Connects as pages and API do, under row-level security.</summary>
    public NpgsqlDataSource App => Source(DatabaseRole.App);

    /// <summary>Every row of the tables whose names (<c>schema.table</c>) match, each table after its name: to look for something in it, or to compare it with later.</summary>
    public async Task<string> DumpAsync(string tables = "")
    {
        await using var connection = await Owner.OpenConnectionAsync();
        var text = new StringBuilder();
        foreach (var table in await connection.QueryAsync<string>(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE tableowner = 'retail_owner' AND schemaname NOT LIKE 'pg%' AND schemaname || '.' || tablename ~ @tables ORDER BY 1", new { tables }))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"# {table}").AppendJoin('\n', await connection.QueryAsync<string>($"SELECT t::text FROM {table} t ORDER BY 1")).AppendLine();
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources.Values)
        {
            await source.DisposeAsync();
        }
    }

    private NpgsqlDataSource Source(string role)
    {
        lock (_sources)
        {
            if (!_sources.TryGetValue(role, out var source))
            {
                source = NpgsqlDataSource.Create(Options.ConnectionString(role));
                _sources.Add(role, source);
            }

            return source;
        }
    }
}
