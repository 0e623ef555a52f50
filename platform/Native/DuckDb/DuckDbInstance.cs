using System.Runtime.InteropServices;
using static RetailInsight.Platform.Native.DuckDb.NativeMethods;

namespace RetailInsight.Platform.Native.DuckDb;

/// <summary>
/// An open database file, or a private one in memory. All come from one cache, because a file opened twice in a process is
/// not noticed by its lock and gets corrupted.
/// </summary>
internal sealed unsafe class DuckDbInstance : IDisposable
{
    private static readonly nint Cache = duckdb_create_instance_cache();
    private nint _handle;

    private DuckDbInstance(nint handle) => _handle = handle;

    /// <summary>Opens or joins.</summary>
    /// <param name="path">File, or <c>:memory:</c>.</param>
    /// <param name="settings">Start-up settings; those who join must bring the same.</param>
    /// <exception cref="DuckDbException">Another process has the file, or it is not a database.</exception>
    public static DuckDbInstance Open(string path, IReadOnlyDictionary<string, string> settings)
    {
        nint config = 0;
        byte* error = null;
        try
        {
            _ = duckdb_create_config(&config);
            foreach ((string name, string value) in settings)
            {
                if (duckdb_set_config(config, name, value) != 0)
                {
                    throw new DuckDbException($"Setting {name} = '{value}' was refused.");
                }
            }

            nint database = 0;
            return duckdb_get_or_create_from_cache(Cache, path, &database, config, &error) == 0
                ? new DuckDbInstance(database)
                : throw new DuckDbException(Marshal.PtrToStringUTF8((nint)error) ?? "The database did not open.");
        }
        finally
        {
            duckdb_free(error);
            duckdb_destroy_config(&config);
        }
    }

    /// <summary>A new connection.</summary>
    public DuckDbConnection Connect()
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        nint connection = 0;
        return duckdb_connect(_handle, &connection) == 0
            ? new DuckDbConnection(connection)
            : throw new DuckDbException("No connection could be made.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        nint handle = _handle;
        _handle = 0;
        if (handle != 0)
        {
            duckdb_close(&handle);
        }
    }
}
