using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace RetailInsight.Core.Canon;

/// <summary>
/// The columns of one group of an <see cref="V1.EventBatch"/> as they stand on the wire: packed repeated fields, each value
/// encoded when it is added. The result is what the generated message would write.
/// </summary>
/// <param name="fields">The highest field number.</param>
internal sealed class PackedColumns(int fields)
{
    private const int FirstCapacity = 64;
    private const int LengthDelimited = 2;

    private readonly Column[] _columns = new Column[fields + 1];

    private struct Column
    {
        public byte[]? Bytes;
        public int Length;
    }

    /// <summary>Adds to a column of <c>fixed64</c>.</summary>
    public void AddFixed(int field, ulong value)
    {
        ref var column = ref _columns[field];
        BinaryPrimitives.WriteUInt64LittleEndian(Room(ref column), value);
        column.Length += sizeof(ulong);
    }

    /// <summary>Adds to a column of <c>sint32</c> or <c>sint64</c>.</summary>
    public void AddSigned(int field, long value) => Add(field, Varint.ZigZag(value));

    /// <summary>Adds to a column of <c>bool</c>.</summary>
    public void Add(int field, bool value) => Add(field, value ? 1UL : 0UL);

    /// <summary>Adds to a column of <c>uint32</c>, <c>uint64</c> or of an enum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int field, ulong value)
    {
        ref var column = ref _columns[field];
        column.Length += Varint.Write(Room(ref column), value);
    }

    /// <summary>Empties the columns and keeps their room.</summary>
    public void Clear()
    {
        foreach (ref var column in _columns.AsSpan())
        {
            column.Length = 0;
        }
    }

    /// <summary>Gives the columns' room to whoever needs some next; they are empty afterwards.</summary>
    public void Release()
    {
        foreach (ref var column in _columns.AsSpan())
        {
            if (column.Bytes is { } bytes)
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }

            column = default;
        }
    }

    /// <summary>Bytes of the group with its tag and length as field <paramref name="number"/> of a message.</summary>
    public int SizeAs(int number)
    {
        var size = Size();
        return Varint.SizeOf(Tag(number)) + Varint.SizeOf((uint)size) + size;
    }

    /// <summary>Writes the group as field <paramref name="number"/> of a message.</summary>
    /// <returns>What is left of <paramref name="target"/>.</returns>
    public Span<byte> WriteAs(int number, Span<byte> target)
    {
        target = target[Varint.WriteExactly(target, Tag(number))..];
        target = target[Varint.WriteExactly(target, (uint)Size())..];
        for (var field = 1; field < _columns.Length; field++)
        {
            var length = _columns[field].Length;
            if (length > 0)
            {
                target = target[Varint.WriteExactly(target, Tag(field))..];
                target = target[Varint.WriteExactly(target, (uint)length)..];
                _columns[field].Bytes.AsSpan(0, length).CopyTo(target);
                target = target[length..];
            }
        }

        return target;
    }

    private static uint Tag(int field) => ((uint)field << 3) | LengthDelimited;

    private int Size()
    {
        var size = 0;
        for (var field = 1; field < _columns.Length; field++)
        {
            var length = _columns[field].Length;
            size += length == 0 ? 0 : Varint.SizeOf(Tag(field)) + Varint.SizeOf((uint)length) + length;
        }

        return size;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Span<byte> Room(ref Column column)
    {
        var bytes = column.Bytes;
        return (bytes is null || bytes.Length < column.Length + Varint.Longest ? Grow(ref column) : bytes).AsSpan(column.Length);
    }

    private static byte[] Grow(ref Column column)
    {
        var full = column.Bytes;
        var bytes = ArrayPool<byte>.Shared.Rent(Math.Max(FirstCapacity, (full?.Length ?? 0) * 2));
        if (full is not null)
        {
            full.AsSpan(0, column.Length).CopyTo(bytes);
            ArrayPool<byte>.Shared.Return(full);
        }

        return column.Bytes = bytes;
    }
}
