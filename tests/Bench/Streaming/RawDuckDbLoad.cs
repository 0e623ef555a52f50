using System.Globalization;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Local.DuckDb;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.Bench.Streaming;

/// <summary>
/// The baseline of loading: rows that already lie in memory as DuckDB wants them, pulled by all its threads through a table
/// function. Nothing is decoded, checked or remembered.
/// </summary>
internal sealed unsafe class RawDuckDbLoad : RowSource
{
    private readonly StringArena _strings = new();
    private readonly List<Array[]> _blocks = [];
    private readonly List<int> _rows = [];
    private readonly IReadOnlyList<ColumnSpec> _columns;
    private int _next = -1;

    public RawDuckDbLoad(TableSpec table, IEnumerable<RowBlock> blocks)
    {
        _columns = table.Columns;
        Columns = [.. table.Columns.Select(column => (column.Name, column.Type.Native()))];
        foreach (var block in blocks)
        {
            for (var from = 0; from < block.RowCount; from += VectorSize)
            {
                var count = Math.Min(VectorSize, block.RowCount - from);
                _rows.Add(count);
                _blocks.Add([.. table.Columns.Select(column => Encode(block[column.Name], from, count))]);
            }
        }
    }

    /// <inheritdoc/>
    public override long RowCount => _rows.Sum(rows => (long)rows);

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, DuckDbType Type)> Columns { get; }

    /// <summary>Loads the rows into a table.</summary>
    public void Insert(DuckDbConnection connection, string table) =>
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO {table} SELECT * FROM {FunctionName}({Id})"));

    /// <inheritdoc/>
    public override Reader OpenReader() => new BlockReader(this);

    private Array Encode(ColumnData column, int from, int count)
    {
        if (column.Values is not string?[] texts)
        {
            var part = Array.CreateInstance(column.Values.GetType().GetElementType()!, count);
            Array.Copy(column.Values, from, part, 0, count);
            return part;
        }

        var values = new StringValue[count];
        fixed (StringValue* first = values)
        {
            for (var row = 0; row < count; row++)
            {
                _strings.Write(texts[from + row] ?? "", first + row);
            }
        }

        return values;
    }

    private sealed class BlockReader(RawDuckDbLoad load) : Reader
    {
        public override int Fill(nint chunk)
        {
            var block = Interlocked.Increment(ref load._next);
            if (block >= load._blocks.Count)
            {
                return 0;
            }

            for (var column = 0; column < load._columns.Count; column++)
            {
                var target = Data(chunk, column);
                switch (load._blocks[block][column])
                {
                    case long[] values:
                        values.CopyTo(new Span<long>(target, values.Length));
                        break;
                    case int[] values:
                        values.CopyTo(new Span<int>(target, values.Length));
                        break;
                    case bool[] values:
                        values.CopyTo(new Span<bool>(target, values.Length));
                        break;
                    case StringValue[] values:
                        values.CopyTo(new Span<StringValue>(target, values.Length));
                        break;
                }
            }

            return load._rows[block];
        }

        public override void Dispose()
        {
            // The strings live as long as the source.
        }
    }
}
