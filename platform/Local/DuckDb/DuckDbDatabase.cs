using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>
/// A database file of this process: opened once however many warehouses are made for it, closed with the last. Holds what
/// they must share: the writer lane and the connections.
/// </summary>
internal sealed class DuckDbDatabase : IDisposable
{
    private const string InMemory = ":memory:";

    // Not one of the start settings: a session takes its zone from the machine it runs on.
    private const string SessionSettings = "USE warehouse; SET TimeZone = 'UTC'; SET Calendar = 'gregorian'";

    // Rows of a load that fill a row group go to their place in the file at once, the others by way of the log and are packed
    // at the next checkpoint. The default of 122,880 rows would send most loads the long way.
    private const int RowGroupSize = 61_440;

    private static readonly Dictionary<string, DuckDbDatabase> Open = new(StringComparer.Ordinal);
    private static readonly Lock OpenLock = new();

    private readonly DuckDbWarehouseOptions _options;
    private readonly DuckDbInstance _instance;
    private readonly Stack<DuckDbConnection> _idle = new();
    private readonly SemaphoreSlim _readers;
    private readonly SemaphoreSlim _writer = new(1, 1);
    private int _users = 1;
    private bool _isClosed;

    private DuckDbDatabase(DuckDbWarehouseOptions options)
    {
        _options = options;
        _readers = new SemaphoreSlim(options.Readers, options.Readers);
        _instance = DuckDbInstance.Open(InMemory, StartSettings(options));
        try
        {
            Attach(options.Path);
            using DuckDbConnection connection = Connect();
            RowSource.Register(connection);
            ApplyPrelude(connection);
            connection.Execute(DuckDbSchema.Ledger);
        }
        catch
        {
            _instance.Dispose();
            throw;
        }
    }

    /// <summary>Settings without which DuckDB would answer otherwise than GoogleSQL; they hold for every connection.</summary>
    public static IReadOnlyDictionary<string, string> GoogleSqlSettings { get; } = new Dictionary<string, string>
    {
        ["default_null_order"] = "nulls_first_on_asc_last_on_desc",
        ["default_order"] = "asc",
        ["default_collation"] = "",

        // What fails in BigQuery must not become NULL: IEEE_DIVIDE needs the infinities, everything else uses SAFE_DIVIDE.
        ["ieee_floating_point_ops"] = "true",
        ["integer_division"] = "false",
        ["old_implicit_casting"] = "false",
        ["scalar_subquery_error_on_multiple_rows"] = "true",
    };

    /// <summary>Opens the file, made if it is missing, or joins those who have it open.</summary>
    /// <exception cref="InvalidOperationException">It is open with other settings.</exception>
    /// <exception cref="DuckDbException">Another process has it, or it is not a database.</exception>
    public static DuckDbDatabase Join(DuckDbWarehouseOptions options)
    {
        if (options.Path == InMemory)
        {
            return new DuckDbDatabase(options);
        }

        // Two names of one file must meet, so links are followed.
        options = options with { Path = RealPath(options.Path) };
        Directory.CreateDirectory(Path.GetDirectoryName(options.Path)!);
        lock (OpenLock)
        {
            if (!Open.TryGetValue(options.Path, out DuckDbDatabase? database))
            {
                return Open[options.Path] = new DuckDbDatabase(options);
            }

            if (database._options with { QueryBudgetBytes = 0, Readers = 0 } != options with { QueryBudgetBytes = 0, Readers = 0 })
            {
                throw new InvalidOperationException($"{options.Path} is open in this process with other settings.");
            }

            database._users++;
            return database;
        }
    }

    /// <summary>Waits for the writer lane; hold it around every change made on a connection of one's own.</summary>
    public async Task<IDisposable> EnterWriterLaneAsync(CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        return new Release(_writer);
    }

    /// <summary>Waits for a free place among the readers and borrows a connection.</summary>
    public Task<DuckDbLease> BorrowAsync(CancellationToken cancellationToken) => BorrowAsync(_readers, cancellationToken);

    /// <summary>Waits for the writer lane and borrows a connection; takes no reader's place, so readers who wait for the lane cannot block it.</summary>
    public Task<DuckDbLease> BorrowWriterAsync(CancellationToken cancellationToken) => BorrowAsync(_writer, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (OpenLock)
        {
            if (--_users > 0)
            {
                return;
            }

            // Under the lock: who opens the file next must find it closed.
            Open.Remove(_options.Path);
            _isClosed = true;
            while (_idle.TryPop(out DuckDbConnection? connection))
            {
                connection.Dispose();
            }

            _instance.Dispose();
        }
    }

    private async Task<DuckDbLease> BorrowAsync(SemaphoreSlim place, CancellationToken cancellationToken)
    {
        await place.WaitAsync(cancellationToken);
        try
        {
            lock (OpenLock)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                return new DuckDbLease(_idle.TryPop(out DuckDbConnection? connection) ? connection : Connect(), (used, isSound) => GiveBack(used, isSound, place));
            }
        }
        catch
        {
            place.Release();
            throw;
        }
    }

    private static Dictionary<string, string> StartSettings(DuckDbWarehouseOptions options) => new(GoogleSqlSettings)
    {
        ["autoinstall_known_extensions"] = "false",
        ["autoload_known_extensions"] = "false",

        // A query that wants an order says so; one that does not may be answered by several threads.
        ["preserve_insertion_order"] = "false",

        // A checkpoint packs the last row group of every table anew. At the default of 16 MB a steady stream of loads does little else.
        ["checkpoint_threshold"] = "256MB",
        ["memory_limit"] = options.MemoryLimit,
        ["threads"] = (options.Threads ?? Environment.ProcessorCount).ToString(CultureInfo.InvariantCulture),
    };

    private static string RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        string? parent = Path.GetDirectoryName(full);
        string place = parent is null ? full : Path.Combine(RealPath(parent), Path.GetFileName(full));
        FileSystemInfo info = Directory.Exists(place) ? new DirectoryInfo(place) : new FileInfo(place);
        return info.LinkTarget is null ? place : RealPath(info.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
    }

    private static void ApplyPrelude(DuckDbConnection connection)
    {
        using Stream resource = typeof(DuckDbDatabase).Assembly.GetManifestResourceStream("RetailInsight.Platform.Local.DuckDb.prelude.sql")!;
        using var reader = new StreamReader(resource);
        string prelude = reader.ReadToEnd();
        string version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prelude)));
        connection.Execute("CREATE TABLE IF NOT EXISTS _prelude (version VARCHAR NOT NULL)");
        if (connection.Rows("SELECT version FROM _prelude").FirstOrDefault() is [string applied] && applied == version)
        {
            return;
        }

        connection.Execute($"BEGIN TRANSACTION; {prelude}; DELETE FROM _prelude; INSERT INTO _prelude VALUES ('{version}'); COMMIT");
    }

    /// <summary>Opens the file inside the instance, which lets it have a row group size of its own; afterwards no other file can be opened.</summary>
    private void Attach(string path)
    {
        using DuckDbConnection connection = _instance.Connect();

        // A new file uses what this version can write: strings are packed in one pass over dictionary and symbols instead of two.
        connection.Execute(string.Create(
            CultureInfo.InvariantCulture,
            $"ATTACH '{path.Replace("'", "''", StringComparison.Ordinal)}' AS warehouse (ROW_GROUP_SIZE {RowGroupSize}, STORAGE_VERSION 'latest')"));
        connection.Execute("SET enable_external_access = false");
    }

    private DuckDbConnection Connect()
    {
        DuckDbConnection connection = _instance.Connect();
        try
        {
            connection.Execute(SessionSettings);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void GiveBack(DuckDbConnection connection, bool isSound, SemaphoreSlim place)
    {
        lock (OpenLock)
        {
            if (isSound && !_isClosed)
            {
                _idle.Push(connection);
            }
            else
            {
                connection.Dispose();
            }
        }

        place.Release();
    }

    private sealed class Release(SemaphoreSlim place) : IDisposable
    {
        public void Dispose() => place.Release();
    }
}
