using System.Text;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>Turns a result's chunk into columns.</summary>
internal static unsafe class ResultReader
{
    private static readonly Int128 DecimalMost = ((Int128)1 << 96) - 1;

    /// <summary>The current chunk.</summary>
    /// <exception cref="OverflowException">A whole number exceeds INT64, or a decimal 28 digits; names the column.</exception>
    /// <exception cref="NotSupportedException">A column has a type no table can have; names the column.</exception>
    public static RowBlock Read(DuckDbResult result) => new([.. result.Columns.Select((column, index) => ReadColumn(result, column, index))]);

    private static ColumnData ReadColumn(DuckDbResult result, DuckDbColumn column, int index)
    {
        int count = result.ChunkSize;
        bool[]? isNull = Nulls(result.Validity(index), count);
        void* data = result.Data(index);
        try
        {
            switch (column.Type)
            {
                case DuckDbType.Boolean:
                    return ColumnData.Bool(column.Name, Copy<bool>(data, count), isNull);
                case DuckDbType.BigInt:
                    return ColumnData.Int64(column.Name, Copy<long>(data, count), isNull);
                case DuckDbType.TimestampTz:
                    return ColumnData.Timestamp(column.Name, Copy<long>(data, count), isNull);
                case DuckDbType.Date:
                    return ColumnData.Date(column.Name, Copy<int>(data, count), isNull);
                case DuckDbType.Double:
                    return ColumnData.Float64(column.Name, Copy<double>(data, count), isNull);
                case DuckDbType.Float:
                    return ColumnData.Float64(column.Name, Map(count, isNull, row => (double)((float*)data)[row]), isNull);
                case DuckDbType.Varchar:
                    return ColumnData.String(column.Name, ReadStrings((StringValue*)data, count, isNull));
                case DuckDbType.Decimal:
                    return ColumnData.Numeric(column.Name, Map(count, isNull, row => ToDecimal(WholeAt(column.Storage, data, row), column.Scale)), isNull);
                case DuckDbType.Timestamp:
                    throw new NotSupportedException($"Column '{column.Name}' is a DATETIME; make it an instant with TIMESTAMP({column.Name}, zone) or text.");
                default:
                    return ColumnData.Int64(
                        column.Name,
                        Map(count, isNull, row => checked((long)WholeAt(column.Type, data, row))),
                        isNull);
            }
        }
        catch (OverflowException exception)
        {
            throw new OverflowException($"A value of column '{column.Name}' does not fit {(column.Type == DuckDbType.Decimal ? "28 digits" : "INT64")}.", exception);
        }
        catch (NotSupportedException) when (column.Type != DuckDbType.Timestamp)
        {
            throw new NotSupportedException($"Column '{column.Name}' has a type no table column has ({column.Type}); cast it.");
        }
    }

    private static bool[]? Nulls(ulong* validity, int count)
    {
        if (validity is null)
        {
            return null;
        }

        var isNull = new bool[count];
        bool any = false;
        for (int row = 0; row < count; row++)
        {
            isNull[row] = (validity[row / 64] >> (row % 64) & 1) == 0;
            any |= isNull[row];
        }

        return any ? isNull : null;
    }

    private static T[] Copy<T>(void* data, int count)
        where T : unmanaged => new ReadOnlySpan<T>(data, count).ToArray();

    private static T[] Map<T>(int count, bool[]? isNull, Func<int, T> read)
        where T : unmanaged
    {
        var values = new T[count];
        for (int row = 0; row < count; row++)
        {
            // The bytes behind a NULL are arbitrary.
            if (isNull is null || !isNull[row])
            {
                values[row] = read(row);
            }
        }

        return values;
    }

    private static string?[] ReadStrings(StringValue* data, int count, bool[]? isNull)
    {
        var values = new string?[count];
        for (int row = 0; row < count; row++)
        {
            if (isNull is null || !isNull[row])
            {
                StringValue* value = data + row;
                values[row] = Encoding.UTF8.GetString(value->Length <= StringValue.InlineLength ? value->Inline : value->Pointer, checked((int)value->Length));
            }
        }

        return values;
    }

    private static Int128 WholeAt(DuckDbType storage, void* data, int row) => storage switch
    {
        DuckDbType.TinyInt => ((sbyte*)data)[row],
        DuckDbType.SmallInt => ((short*)data)[row],
        DuckDbType.Integer => ((int*)data)[row],
        DuckDbType.BigInt => ((long*)data)[row],
        DuckDbType.UTinyInt => ((byte*)data)[row],
        DuckDbType.USmallInt => ((ushort*)data)[row],
        DuckDbType.UInteger => ((uint*)data)[row],
        DuckDbType.UBigInt => ((ulong*)data)[row],
        DuckDbType.HugeInt => ((HugeInt*)data)[row].Value,
        _ => throw new NotSupportedException(),
    };

    private static decimal ToDecimal(Int128 unscaled, byte scale)
    {
        while (scale > 0 && (scale > 28 || Int128.Abs(unscaled) > DecimalMost) && unscaled % 10 == 0)
        {
            unscaled /= 10;
            scale--;
        }

        Int128 magnitude = Int128.Abs(unscaled);
        return magnitude > DecimalMost || scale > 28
            ? throw new OverflowException()
            : new decimal(
                unchecked((int)(uint)(ulong)magnitude),
                unchecked((int)(uint)((ulong)magnitude >> 32)),
                unchecked((int)(uint)(ulong)(magnitude >> 64)),
                unscaled < 0,
                scale);
    }
}
