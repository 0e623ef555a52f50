using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static RetailInsight.Platform.Native.DuckDb.NativeMethods;

namespace RetailInsight.Platform.Native.DuckDb;

/// <summary>
/// Rows of this process as a table function: <c>SELECT * FROM retailinsight_rows(id)</c>. DuckDB pulls chunks, which loads
/// faster than pushing rows through an appender.
/// </summary>
internal abstract unsafe class RowSource : IDisposable
{
    /// <summary>Name of the table function.</summary>
    public const string FunctionName = "retailinsight_rows";

    /// <summary>Rows of a vector.</summary>
    public const int VectorSize = 2048;

    private static readonly ConcurrentDictionary<long, RowSource> Open = new();
    private static long _lastId;

    protected RowSource()
    {
        Id = Interlocked.Increment(ref _lastId);
        Open[Id] = this;
    }

    /// <summary>Argument of the table function.</summary>
    public long Id { get; }

    /// <summary>Number of rows.</summary>
    public abstract long RowCount { get; }

    /// <summary>Column names and types, in order; DECIMAL is (38, 9).</summary>
    public abstract IReadOnlyList<(string Name, DuckDbType Type)> Columns { get; }

    /// <summary>What one of DuckDB's threads reads through.</summary>
    public abstract Reader OpenReader();

    /// <summary>Makes the function known to an instance.</summary>
    public static void Register(DuckDbConnection connection)
    {
        nint function = duckdb_create_table_function();
        nint id = duckdb_create_logical_type(DuckDbType.BigInt);
        duckdb_table_function_set_name(function, FunctionName);
        duckdb_table_function_add_parameter(function, id);
        duckdb_table_function_set_bind(function, &Bind);
        duckdb_table_function_set_init(function, &Init);
        duckdb_table_function_set_local_init(function, &InitThread);
        duckdb_table_function_set_function(function, &Fill);
        int state = duckdb_register_table_function(connection.Handle, function);
        duckdb_destroy_logical_type(&id);
        duckdb_destroy_table_function(&function);
        if (state != 0)
        {
            throw new DuckDbException($"The table function {FunctionName} could not be registered.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Open.TryRemove(Id, out _);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(nint info)
    {
        nint value = duckdb_bind_get_parameter(info, 0);
        long id = duckdb_get_int64(value);
        duckdb_destroy_value(&value);
        if (!Open.TryGetValue(id, out RowSource? source))
        {
            duckdb_bind_set_error(info, $"There are no rows {id}.");
            return;
        }

        foreach ((string name, DuckDbType type) in source.Columns)
        {
            nint native = type == DuckDbType.Decimal ? duckdb_create_decimal_type(38, 9) : duckdb_create_logical_type(type);
            duckdb_bind_add_result_column(info, name, native);
            duckdb_destroy_logical_type(&native);
        }

        duckdb_bind_set_cardinality(info, checked((ulong)source.RowCount), 1);
        duckdb_bind_set_bind_data(info, GCHandle.ToIntPtr(GCHandle.Alloc(source)), &Free);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Init(nint info)
    {
        // Two threads load no faster than one, get in each other's way in the allocator and leave two unfinished row groups.
        duckdb_init_set_max_threads(info, 1);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void InitThread(nint info)
    {
        var source = (RowSource)GCHandle.FromIntPtr(duckdb_init_get_bind_data(info)).Target!;
        duckdb_init_set_init_data(info, GCHandle.ToIntPtr(GCHandle.Alloc(source.OpenReader())), &Free);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Fill(nint info, nint chunk)
    {
        try
        {
            var reader = (Reader)GCHandle.FromIntPtr(duckdb_function_get_local_init_data(info)).Target!;
            duckdb_data_chunk_set_size(chunk, (ulong)reader.Fill(chunk));
        }
        catch (Exception exception)
        {
            // No exception may cross into native frames; DuckDB raises it again as the statement's error.
            duckdb_function_set_error(info, exception.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint data)
    {
        GCHandle handle = GCHandle.FromIntPtr(data);
        (handle.Target as Reader)?.Dispose();
        handle.Free();
    }

    /// <summary>Fills chunks for one of DuckDB's threads.</summary>
    internal abstract class Reader : IDisposable
    {
        /// <summary>Fills the next chunk; what its strings point at stays until the next call.</summary>
        /// <returns>Its rows; 0 at the end.</returns>
        public abstract int Fill(nint chunk);

        /// <inheritdoc/>
        public abstract void Dispose();

        /// <summary>Where a column's values go.</summary>
        protected static void* Data(nint chunk, int column) => duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, (ulong)column));

        /// <summary>Where a column's validity bits go; all rows are valid before.</summary>
        protected static ulong* Validity(nint chunk, int column)
        {
            nint vector = duckdb_data_chunk_get_vector(chunk, (ulong)column);
            duckdb_vector_ensure_validity_writable(vector);
            return duckdb_vector_get_validity(vector);
        }
    }
}
