using System.Runtime.InteropServices;
using static RetailInsight.Platform.Native.DuckDb.NativeMethods;

namespace RetailInsight.Platform.Native.DuckDb;

/// <summary>A column of a result.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Logical type.</param>
/// <param name="Scale">Decimals of a DECIMAL.</param>
/// <param name="Storage">Integer type a DECIMAL lies in.</param>
internal readonly record struct DuckDbColumn(string Name, DuckDbType Type, byte Scale, DuckDbType Storage);

/// <summary>A result, read chunk by chunk (up to 2,048 rows).</summary>
internal sealed unsafe class DuckDbResult : IDisposable
{
    private NativeResult _result;
    private nint _chunk;

    private DuckDbResult(NativeResult result)
    {
        _result = result;
        RowsChanged = checked((long)duckdb_rows_changed(&result));
        var columns = new DuckDbColumn[checked((int)duckdb_column_count(&result))];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = Describe(&result, (ulong)i);
        }

        Columns = columns;
    }

    /// <summary>The columns.</summary>
    public IReadOnlyList<DuckDbColumn> Columns { get; }

    /// <summary>Rows an INSERT, UPDATE or DELETE changed.</summary>
    public long RowsChanged { get; }

    /// <summary>Rows of the current chunk.</summary>
    public int ChunkSize { get; private set; }

    /// <summary>Owns what a C call returned.</summary>
    /// <exception cref="DuckDbException">It failed.</exception>
    public static DuckDbResult Take(int state, NativeResult result)
    {
        if (state == 0)
        {
            return new DuckDbResult(result);
        }

        string? message = Marshal.PtrToStringUTF8((nint)duckdb_result_error(&result));
        duckdb_destroy_result(&result);
        throw new DuckDbException(message ?? "The statement failed.");
    }

    /// <summary>Moves to the next chunk; the memory of the one before is gone.</summary>
    /// <exception cref="DuckDbException">The query failed on the way, or was interrupted.</exception>
    public bool NextChunk()
    {
        DropChunk();
        _chunk = duckdb_fetch_chunk(_result);
        if (_chunk == 0)
        {
            // A streaming result ends and fails by the same null; only the error text tells which.
            NativeResult result = _result;
            string? message = Marshal.PtrToStringUTF8((nint)duckdb_result_error(&result));
            return string.IsNullOrEmpty(message) ? false : throw new DuckDbException(message);
        }

        ChunkSize = checked((int)duckdb_data_chunk_get_size(_chunk));
        return ChunkSize > 0;
    }

    /// <summary>Values of a column of the current chunk.</summary>
    public void* Data(int column) => duckdb_vector_get_data(duckdb_data_chunk_get_vector(_chunk, (ulong)column));

    /// <summary>Validity bits of a column of the current chunk; null when no row is NULL.</summary>
    public ulong* Validity(int column) => duckdb_vector_get_validity(duckdb_data_chunk_get_vector(_chunk, (ulong)column));

    /// <inheritdoc/>
    public void Dispose()
    {
        DropChunk();
        fixed (NativeResult* result = &_result)
        {
            duckdb_destroy_result(result);
        }

        _result = default;
    }

    private static DuckDbColumn Describe(NativeResult* result, ulong column)
    {
        nint type = duckdb_column_logical_type(result, column);
        DuckDbType id = duckdb_get_type_id(type);
        bool isDecimal = id == DuckDbType.Decimal;
        var described = new DuckDbColumn(
            Marshal.PtrToStringUTF8((nint)duckdb_column_name(result, column)) ?? "",
            id,
            isDecimal ? duckdb_decimal_scale(type) : (byte)0,
            isDecimal ? duckdb_decimal_internal_type(type) : id);
        duckdb_destroy_logical_type(&type);
        return described;
    }

    private void DropChunk()
    {
        nint chunk = _chunk;
        _chunk = 0;
        ChunkSize = 0;
        if (chunk != 0)
        {
            duckdb_destroy_data_chunk(&chunk);
        }
    }
}
