using System.Runtime.InteropServices;

namespace RetailInsight.Platform.Native.DuckDb;

/// <summary>Type ids of the C API, as far as they are used; the values are DuckDB 1.5's.</summary>
internal enum DuckDbType
{
    Boolean = 1,
    TinyInt = 2,
    SmallInt = 3,
    Integer = 4,
    BigInt = 5,
    UTinyInt = 6,
    USmallInt = 7,
    UInteger = 8,
    UBigInt = 9,
    Float = 10,
    Double = 11,
    Timestamp = 12,
    Date = 13,
    HugeInt = 16,
    Varchar = 17,
    Decimal = 19,
    List = 24,
    TimestampTz = 31,
}

/// <summary>A 128-bit integer as DuckDB lays it out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct HugeInt(Int128 value)
{
    private readonly ulong _lower = unchecked((ulong)value);
    private readonly long _upper = unchecked((long)(value >> 64));

    public Int128 Value => new(unchecked((ulong)_upper), _lower);
}

/// <summary>A decimal value with its type, passed by value.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct DecimalValue(byte width, byte scale, HugeInt value)
{
    public readonly byte Width = width;
    public readonly byte Scale = scale;
    public readonly HugeInt Value = value;
}

/// <summary>A string in a vector: up to 12 bytes inline, longer ones by pointer with a 4-byte prefix.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct StringValue
{
    public const int InlineLength = 12;

    [FieldOffset(0)]
    public uint Length;

    [FieldOffset(4)]
    public fixed byte Inline[InlineLength];

    [FieldOffset(8)]
    public byte* Pointer;
}

/// <summary>The 48 bytes of <c>duckdb_result</c>; opaque.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeResult
{
    public nint A;
    public nint B;
    public nint C;
    public nint D;
    public nint E;
    public nint F;
}
