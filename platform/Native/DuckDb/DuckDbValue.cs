using System.Text;
using static RetailInsight.Platform.Native.DuckDb.NativeMethods;

namespace RetailInsight.Platform.Native.DuckDb;

/// <summary>Values for parameters.</summary>
internal static unsafe class DuckDbValue
{
    private const byte NumericWidth = 38;
    private static readonly int UnixEpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>
    /// A value of <see cref="string"/>, <see cref="long"/>, <see cref="int"/>, <see cref="decimal"/>, <see cref="double"/>,
    /// <see cref="bool"/>, <see cref="DateOnly"/>, <see cref="DateTimeOffset"/>, or a list of one of them. The caller destroys it.
    /// </summary>
    /// <exception cref="ArgumentException">Another type.</exception>
    public static nint Create(object value)
    {
        switch (value)
        {
            case string text:
                byte[] bytes = Encoding.UTF8.GetBytes(text);
                fixed (byte* pointer = bytes)
                {
                    byte empty = 0;
                    return duckdb_create_varchar_length(pointer is null ? &empty : pointer, (ulong)bytes.Length);
                }

            case long number:
                return duckdb_create_int64(number);
            case int number:
                return duckdb_create_int64(number);
            case bool flag:
                return duckdb_create_bool(flag ? (byte)1 : (byte)0);
            case double number:
                return duckdb_create_double(number);
            case decimal number:
                (Int128 unscaled, byte scale) = Unscale(number);
                return duckdb_create_decimal(new DecimalValue(NumericWidth, scale, new HugeInt(unscaled)));
            case DateOnly date:
                return duckdb_create_date(date.DayNumber - UnixEpochDay);
            case DateTimeOffset instant:
                return duckdb_create_timestamp_tz((instant.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
            case System.Collections.IEnumerable list:
                return CreateList([.. list.Cast<object>()], list);
            default:
                throw new ArgumentException(
                    $"A parameter cannot be a {value.GetType().Name}; give a string, long, decimal, double, bool, DateOnly, DateTimeOffset or a list of one of them.");
        }
    }

    /// <summary>The whole number a decimal is when its decimal point is taken away, and how many decimals it had.</summary>
    public static (Int128 Unscaled, byte Scale) Unscale(decimal number)
    {
        Span<int> bits = stackalloc int[4];
        _ = decimal.GetBits(number, bits);
        var magnitude = unchecked(new Int128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]));
        return (number < 0 ? -magnitude : magnitude, number.Scale);
    }

    private static nint CreateList(object[] items, object list)
    {
        Type element = items.Length > 0 ? items[0].GetType() : ElementType(list);
        if (Array.Find(items, item => item.GetType() != element) is { } other)
        {
            throw new ArgumentException($"A list parameter mixes {element.Name} and {other.GetType().Name}.");
        }

        nint type = TypeOf(element);
        var values = new nint[items.Length];
        try
        {
            for (int i = 0; i < items.Length; i++)
            {
                values[i] = Create(items[i]);
            }

            fixed (nint* pointer = values)
            {
                nint none = 0;
                return duckdb_create_list_value(type, pointer is null ? &none : pointer, (ulong)values.Length);
            }
        }
        finally
        {
            for (int i = 0; i < values.Length; i++)
            {
                nint value = values[i];
                duckdb_destroy_value(&value);
            }

            duckdb_destroy_logical_type(&type);
        }
    }

    private static Type ElementType(object list) =>
        list.GetType().GetInterfaces()
            .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            ?.GetGenericArguments()[0] ?? typeof(string);

    private static nint TypeOf(Type element) =>
        element == typeof(decimal)
            ? duckdb_create_decimal_type(NumericWidth, 9)
            : duckdb_create_logical_type(
                element == typeof(long) || element == typeof(int) ? DuckDbType.BigInt
                : element == typeof(bool) ? DuckDbType.Boolean
                : element == typeof(double) ? DuckDbType.Double
                : element == typeof(DateOnly) ? DuckDbType.Date
                : element == typeof(DateTimeOffset) ? DuckDbType.TimestampTz
                : DuckDbType.Varchar);
}
