using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Platform.Postgres;

namespace RetailInsight.Platform.Local.PrivatePostgres;

/// <summary>How a private server keeps its data.</summary>
/// <param name="Directory">Where the cluster lives, unless the server's user could not enter it or its socket path would be too long.</param>
/// <param name="Durable">False only for tests: no fsync, nothing survives a power cut.</param>
public sealed record PrivatePostgresOptions(string Directory, bool Durable = true);

/// <summary>
/// A PostgreSQL cluster of our own, reachable over a Unix socket in a directory only its user (and root) can enter: no TCP
/// port, no password. It outlives a killed parent; the next start adopts it.
/// </summary>
public sealed class PrivatePostgresServer : IAsyncDisposable
{
    private const int SocketSuffix = 54321;
    private const int LongestSocketDirectory = 80;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly ServerAccount _account;
    private readonly PostgresBinaries _binaries;
    private readonly bool _durable;

    private PrivatePostgresServer(string root, ServerAccount account, PostgresBinaries binaries, bool durable)
    {
        Root = root;
        _account = account;
        _binaries = binaries;
        _durable = durable;
    }

    /// <summary>The directory that holds data, socket and log.</summary>
    public string Root { get; }

    /// <summary>How to connect to a database of this server.</summary>
    public PostgresOptions Options(string database) => new() { Host = SocketDirectory, Port = SocketSuffix, Database = database };

    private string DataDirectory => Path.Combine(Root, "data");

    private string SocketDirectory => Path.Combine(Root, "socket");

    private string LogFile => Path.Combine(Root, "server.log");

    /// <summary>Creates the cluster if there is none, adopts its server if it still runs, starts it otherwise.</summary>
    /// <exception cref="InvalidOperationException">No server program fits, or it does not start; the message ends with its log.</exception>
    public static async Task<PrivatePostgresServer> StartAsync(PrivatePostgresOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var account = ServerAccount.Current();
        var root = Place(Path.GetFullPath(options.Directory), account);
        CreateDirectory(root, account);
        var data = Path.Combine(root, "data");
        var binaries = PostgresBinaries.Find(await MajorOfAsync(data, cancellationToken), root);
        var server = new PrivatePostgresServer(root, account, binaries, options.Durable);
        CreateDirectory(data, account);
        CreateDirectory(server.SocketDirectory, account);
        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
        {
            await server.RunAsync(
                "initdb",
                ["-D", data, "-U", DatabaseRole.Owner, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions", options.Durable ? "--data-checksums" : "--no-sync"],
                cancellationToken);
        }

        if (!await server.IsRunningAsync(cancellationToken))
        {
            await server.LaunchAsync(cancellationToken);
        }

        return server;
    }

    /// <summary>Creates a database if it is missing.</summary>
    /// <param name="name">Database name; letters, digits and underscores.</param>
    /// <param name="template">Database to copy, or null for an empty one.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async Task CreateDatabaseAsync(string name, string? template, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(Options("postgres").ConnectionString(DatabaseRole.Owner) + ";Pooling=false");
        await using var exists = source.CreateCommand("SELECT 1 FROM pg_database WHERE datname = $1");
        exists.Parameters.Add(new() { Value = name });
        if (await exists.ExecuteScalarAsync(cancellationToken) is null)
        {
            var copy = template is null ? "" : $" TEMPLATE \"{template}\" STRATEGY file_copy";
            await using var create = source.CreateCommand($"CREATE DATABASE \"{name}\"{copy}");
            create.CommandTimeout = 120;
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Stops the server: open transactions are rolled back, everything committed is kept.</summary>
    public async ValueTask DisposeAsync() =>
        await RunAsync("pg_ctl", ["stop", "-D", DataDirectory, "-m", _durable ? "fast" : "immediate", "-w"], CancellationToken.None);

    private static string Place(string wanted, ServerAccount account)
    {
        if (account.UserName is null && wanted.Length <= LongestSocketDirectory)
        {
            return wanted;
        }

        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(wanted)))[..16];
        return account.UserName is null
            ? Path.Combine(Path.GetTempPath(), "retailinsight-" + name)
            : Path.Combine("/var/lib/retailinsight", name);
    }

    private static void CreateDirectory(string path, ServerAccount account)
    {
        var parent = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(parent))
        {
            Directory.CreateDirectory(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The private PostgreSQL server runs on Linux and macOS; elsewhere point Platform:Postgres at a server.");
        }

        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        account.Own(path);
    }

    private static async Task<int?> MajorOfAsync(string data, CancellationToken cancellationToken)
    {
        var file = Path.Combine(data, "PG_VERSION");
        return File.Exists(file)
            ? int.Parse((await File.ReadAllTextAsync(file, cancellationToken)).Trim(), CultureInfo.InvariantCulture)
            : null;
    }

    private async Task<bool> IsRunningAsync(CancellationToken cancellationToken)
    {
        var (exitCode, _) = await ExecuteAsync("pg_ctl", ["status", "-D", DataDirectory], cancellationToken);
        return exitCode == 0;
    }

    // pg_ctl puts the server in a session of its own: Ctrl-C in the terminal reaches us and not the server under us.
    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        var settings = $"-k '{SocketDirectory}' -p {SocketSuffix} -c listen_addresses='' -c max_connections=200 -c shared_buffers=256MB -c max_wal_size=2GB -c autovacuum_naptime=15s"
            + (_durable ? "" : " -c fsync=off -c synchronous_commit=off -c full_page_writes=off");
        var (exitCode, output) = await ExecuteAsync(
            "pg_ctl",
            ["start", "-D", DataDirectory, "-l", LogFile, "-w", "-t", StartTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture), "-o", settings],
            cancellationToken);
        if (exitCode != 0)
        {
            var log = File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(15)) : "";
            throw new InvalidOperationException($"The private PostgreSQL server did not start.\n{output}\n{log}");
        }
    }

    private async Task RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await ExecuteAsync(program, arguments, cancellationToken);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"{program} failed with exit code {exitCode}.\n{output}");
        }
    }

    private async Task<(int ExitCode, string Output)> ExecuteAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        // The server inherits what pg_ctl was given: a pipe would stay open for the server's whole life, so output goes to a file.
        var outputFile = Path.Combine(Root, program + ".out");
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = Root, UserName = _account.UserName ?? "" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("out=\"$1\"; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(outputFile);
        start.ArgumentList.Add(Path.Combine(_binaries.Directory, program));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started.");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTimeout + StartTimeout);
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, File.Exists(outputFile) ? await File.ReadAllTextAsync(outputFile, CancellationToken.None) : "");
    }
}
