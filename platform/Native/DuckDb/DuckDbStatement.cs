using System.Runtime.InteropServices;
using static RetailInsight.Platform.Native.DuckDb.NativeMethods;

namespace RetailInsight.Platform.Native.DuckDb;

/// <summary>A prepared statement with <c>$name</c> parameters.</summary>
internal sealed unsafe class DuckDbStatement : IDisposable
{
    private const int SelectType = 1;
    private nint _handle;

    public DuckDbStatement(nint handle)
    {
        _handle = handle;
        var names = new string[checked((int)duckdb_nparams(handle))];
        for (int i = 0; i < names.Length; i++)
        {
            byte* name = duckdb_parameter_name(handle, (ulong)i + 1);
            names[i] = Marshal.PtrToStringUTF8((nint)name) ?? "";
            duckdb_free(name);
        }

        ParameterNames = names;
    }

    /// <summary>Names of the parameters, without <c>$</c>; the n-th has index n + 1.</summary>
    public IReadOnlyList<string> ParameterNames { get; }

    /// <summary>Whether it only reads.</summary>
    public bool IsSelect => duckdb_prepared_statement_type(_handle) == SelectType;

    /// <summary>Binds one parameter.</summary>
    /// <param name="index">0-based position in <see cref="ParameterNames"/>.</param>
    /// <param name="value">See <see cref="DuckDbValue.Create"/>.</param>
    public void Bind(int index, object value)
    {
        nint native = DuckDbValue.Create(value);
        int state = duckdb_bind_value(_handle, (ulong)index + 1, native);
        duckdb_destroy_value(&native);
        if (state != 0)
        {
            throw new DuckDbException($"Parameter '{ParameterNames[index]}' was refused.");
        }
    }

    /// <summary>Runs to the end.</summary>
    public DuckDbResult Execute()
    {
        NativeResult result = default;
        return DuckDbResult.Take(duckdb_execute_prepared(_handle, &result), result);
    }

    /// <summary>Starts; rows are computed while they are fetched.</summary>
    public DuckDbResult ExecuteStreaming()
    {
        NativeResult result = default;
        return DuckDbResult.Take(duckdb_execute_prepared_streaming(_handle, &result), result);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        nint handle = _handle;
        _handle = 0;
        if (handle != 0)
        {
            duckdb_destroy_prepare(&handle);
        }
    }
}
