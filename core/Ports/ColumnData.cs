namespace RetailInsight.Core.Ports;

/// <summary>
/// Values of one column, row by row. One typed array is filled, by <see cref="Type"/>: <c>bool[]</c>, <c>long[]</c> (Int64,
/// Timestamp as microseconds since 1970-01-01T00:00:00Z), <c>int[]</c> (Date as days since 1970-01-01), <c>double[]</c>,
/// <c>decimal[]</c> (Numeric), <c>string[]</c>.
/// </summary>
public sealed class ColumnData
{
    private ColumnData(string name, ColumnType type, Array values, bool[]? isNull)
    {
        Name = name;
        Type = type;
        Values = values;
        IsNull = isNull;
    }

    /// <summary>Column name.</summary>
    public string Name { get; }

    /// <summary>Column type.</summary>
    public ColumnType Type { get; }

    /// <summary>The typed array; see the class.</summary>
    public Array Values { get; }

    /// <summary>Which rows are NULL; null when none is.</summary>
    public bool[]? IsNull { get; }

    /// <summary>Number of rows.</summary>
    public int Count => Values.Length;

    /// <summary>A column of whole numbers.</summary>
    public static ColumnData Int64(string name, long[] values, bool[]? isNull = null) => new(name, ColumnType.Int64, values, isNull);

    /// <summary>A column of instants: microseconds since 1970-01-01T00:00:00Z.</summary>
    public static ColumnData Timestamp(string name, long[] values, bool[]? isNull = null) => new(name, ColumnType.Timestamp, values, isNull);

    /// <summary>A column of dates: days since 1970-01-01.</summary>
    public static ColumnData Date(string name, int[] values, bool[]? isNull = null) => new(name, ColumnType.Date, values, isNull);

    /// <summary>A column of truth values.</summary>
    public static ColumnData Bool(string name, bool[] values, bool[]? isNull = null) => new(name, ColumnType.Bool, values, isNull);

    /// <summary>A column of floating-point numbers.</summary>
    public static ColumnData Float64(string name, double[] values, bool[]? isNull = null) => new(name, ColumnType.Float64, values, isNull);

    /// <summary>A column of decimals.</summary>
    public static ColumnData Numeric(string name, decimal[] values, bool[]? isNull = null) => new(name, ColumnType.Numeric, values, isNull);

    /// <summary>A column of text; a null element is NULL.</summary>
    public static ColumnData String(string name, string?[] values) =>
        new(name, ColumnType.String, values, values.Contains(null) ? [.. values.Select(value => value is null)] : null);

    /// <summary>Whether the row is NULL.</summary>
    public bool IsNullAt(int row) => IsNull is { } mask && mask[row];

    /// <summary>A whole number, or the microseconds of an instant.</summary>
    public long Int64At(int row) => ((long[])Values)[row];

    /// <summary>A date.</summary>
    public DateOnly DateAt(int row) => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(((int[])Values)[row]);

    /// <summary>A text.</summary>
    public string StringAt(int row) => ((string?[])Values)[row] ?? throw new InvalidOperationException($"{Name} is NULL in row {row}.");

    /// <summary>The value boxed; null for NULL. Dates as <see cref="DateOnly"/>, instants as <see cref="DateTimeOffset"/> in UTC.</summary>
    public object? ValueAt(int row) => IsNullAt(row) ? null : Type switch
    {
        ColumnType.Date => DateAt(row),
        ColumnType.Timestamp => DateTimeOffset.UnixEpoch.AddTicks(Int64At(row) * TimeSpan.TicksPerMicrosecond),
        _ => Values.GetValue(row),
    };
}

/// <summary>Rows as columns, all of the same length.</summary>
/// <param name="Columns">The columns.</param>
public sealed record RowBlock(IReadOnlyList<ColumnData> Columns)
{
    /// <summary>Number of rows.</summary>
    public int RowCount => Columns.Count == 0 ? 0 : Columns[0].Count;

    /// <summary>The column of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public ColumnData this[string name] => Columns.FirstOrDefault(column => column.Name == name)
        ?? throw new KeyNotFoundException($"No column '{name}'.");
}
