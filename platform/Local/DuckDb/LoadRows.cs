using RetailInsight.Core.Ports;
using RetailInsight.Platform.Native.DuckDb;

using RetailInsight.Platform.Warehouse;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>The rows several batches bring to one table, checked beforehand, as DuckDB pulls them.</summary>
internal sealed unsafe class LoadRows : RowSource
{
    private const int NumericScale = 9;
    private static readonly Int128[] PowersOfTen = TenToThe(28);
    private readonly string _table;
    private readonly IReadOnlyList<WarehouseColumn> _columns;
    private readonly ColumnData?[][] _blocks;
    private readonly int[] _rows;
    private int _nextBlock;
    private int _nextRow;

    /// <param name="table">Target table, for messages.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="blocks">Each block's columns in that order; null where a nullable column was not sent.</param>
    /// <param name="rows">Each block's number of rows.</param>
    public LoadRows(string table, IReadOnlyList<WarehouseColumn> columns, ColumnData?[][] blocks, int[] rows)
    {
        _table = table;
        _columns = columns;
        _blocks = blocks;
        _rows = rows;
        RowCount = rows.Sum(count => (long)count);
        Columns = [.. columns.Select(column => (column.Name, column.Type.Native()))];
    }

    /// <inheritdoc/>
    public override long RowCount { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, DuckDbType Type)> Columns { get; }

    /// <inheritdoc/>
    public override Reader OpenReader() => new LoadReader(this);

    /// <summary>Takes the next rows for a vector; small blocks share one.</summary>
    private int Claim(List<Slice> slices)
    {
        slices.Clear();
        int taken = 0;
        while (taken < VectorSize && _nextBlock < _blocks.Length)
        {
            int count = Math.Min(VectorSize - taken, _rows[_nextBlock] - _nextRow);
            if (count > 0)
            {
                slices.Add(new Slice(_nextBlock, _nextRow, count));
            }

            taken += count;
            _nextRow += count;
            if (_nextRow == _rows[_nextBlock])
            {
                _nextBlock++;
                _nextRow = 0;
            }
        }

        return taken;
    }

    private static Int128[] TenToThe(int highest)
    {
        var powers = new Int128[highest + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }

    private readonly record struct Slice(int Block, int Start, int Count);

    private sealed class LoadReader(LoadRows rows) : Reader
    {
        private readonly List<Slice> _slices = [];
        private readonly StringArena _strings = new();

        public override int Fill(nint chunk)
        {
            _strings.Clear();
            int count = rows.Claim(_slices);
            for (int column = 0; column < rows._columns.Count && count > 0; column++)
            {
                int target = 0;
                foreach (Slice slice in _slices)
                {
                    FillColumn(chunk, column, slice, target);
                    target += slice.Count;
                }
            }

            return count;
        }

        public override void Dispose() => _strings.Dispose();

        private void FillColumn(nint chunk, int column, Slice slice, int target)
        {
            ColumnData? source = rows._blocks[slice.Block][column];
            if (source is null)
            {
                MarkNull(chunk, column, target, slice.Count, null, 0);
                return;
            }

            void* data = Data(chunk, column);
            switch (source.Values)
            {
                case long[] values:
                    values.AsSpan(slice.Start, slice.Count).CopyTo(new Span<long>((long*)data + target, slice.Count));
                    break;
                case int[] values:
                    values.AsSpan(slice.Start, slice.Count).CopyTo(new Span<int>((int*)data + target, slice.Count));
                    break;
                case double[] values:
                    values.AsSpan(slice.Start, slice.Count).CopyTo(new Span<double>((double*)data + target, slice.Count));
                    break;
                case bool[] values:
                    values.AsSpan(slice.Start, slice.Count).CopyTo(new Span<bool>((bool*)data + target, slice.Count));
                    break;
                case decimal[] values:
                    FillDecimals(values, source, slice, (HugeInt*)data + target);
                    break;
                case string?[] values:
                    FillStrings(values, slice, (StringValue*)data + target);
                    break;
                default:
                    throw new InvalidOperationException($"{rows._table}.{source.Name} has no known values.");
            }

            if (source.IsNull is { } mask)
            {
                MarkNull(chunk, column, target, slice.Count, mask, slice.Start);
            }
        }

        private void FillDecimals(decimal[] values, ColumnData source, Slice slice, HugeInt* data)
        {
            for (int i = 0; i < slice.Count; i++)
            {
                (Int128 unscaled, byte scale) = DuckDbValue.Unscale(values[slice.Start + i]);
                if (scale > NumericScale)
                {
                    (unscaled, Int128 rest) = Int128.DivRem(unscaled, PowersOfTen[scale - NumericScale]);
                    if (rest != 0 && !source.IsNullAt(slice.Start + i))
                    {
                        throw new WarehouseDataException(
                            $"{rows._table}.{source.Name}: {values[slice.Start + i]} in row {slice.Start + i} has more than {NumericScale} decimals; round it first.");
                    }
                }
                else
                {
                    unscaled *= PowersOfTen[NumericScale - scale];
                }

                data[i] = new HugeInt(unscaled);
            }
        }

        private void FillStrings(string?[] values, Slice slice, StringValue* data)
        {
            string? previous = null;
            for (int i = 0; i < slice.Count; i++)
            {
                string text = values[slice.Start + i] ?? "";

                // Tenant, store, batch and the like are one object over many rows: their bytes are written once.
                if (i > 0 && ReferenceEquals(text, previous))
                {
                    data[i] = data[i - 1];
                }
                else
                {
                    _strings.Write(text, data + i);
                    previous = text;
                }
            }
        }

        private static void MarkNull(nint chunk, int column, int target, int count, bool[]? mask, int start)
        {
            ulong* validity = null;
            for (int i = 0; i < count; i++)
            {
                if (mask is null || mask[start + i])
                {
                    validity = validity is null ? Validity(chunk, column) : validity;
                    validity[(target + i) / 64] &= ~(1UL << ((target + i) % 64));
                }
            }
        }
    }
}
