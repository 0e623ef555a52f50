using System.Runtime.InteropServices;
using static RetailInsight.Platform.Native.DuckDb.NativeMethods;

namespace RetailInsight.Platform.Native.DuckDb;

/// <summary>A connection: one statement at a time; only <see cref="Interrupt"/> may come from another thread.</summary>
internal sealed unsafe class DuckDbConnection(nint handle) : IDisposable
{
    private nint _handle = handle;

    /// <summary>The C API's handle.</summary>
    public nint Handle => _handle;

    /// <summary>Runs one or more statements without parameters.</summary>
    /// <returns>Rows changed by the last.</returns>
    public long Execute(string sql)
    {
        NativeResult result = default;
        int state = duckdb_query(_handle, sql, &result);
        try
        {
            return state == 0
                ? checked((long)duckdb_rows_changed(&result))
                : throw new DuckDbException(Marshal.PtrToStringUTF8((nint)duckdb_result_error(&result)) ?? "The statement failed.");
        }
        finally
        {
            duckdb_destroy_result(&result);
        }
    }

    /// <summary>Prepares one statement.</summary>
    public DuckDbStatement Prepare(string sql)
    {
        nint statement = 0;
        if (duckdb_prepare(_handle, sql, &statement) == 0)
        {
            return new DuckDbStatement(statement);
        }

        string? message = Marshal.PtrToStringUTF8((nint)duckdb_prepare_error(statement));
        duckdb_destroy_prepare(&statement);
        throw new DuckDbException(message ?? "The statement was not understood.");
    }

    /// <summary>Stops the running statement.</summary>
    public void Interrupt() => duckdb_interrupt(_handle);

    /// <inheritdoc/>
    public void Dispose()
    {
        nint handle = _handle;
        _handle = 0;
        if (handle != 0)
        {
            duckdb_disconnect(&handle);
        }
    }
}
