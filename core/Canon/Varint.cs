using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RetailInsight.Core.Canon;

/// <summary>Whole numbers in base 128, the low digits first, as protobuf writes them.</summary>
internal static class Varint
{
    /// <summary>Bytes of the longest number.</summary>
    public const int Longest = 10;

    private const ulong Digits = 0x7F7F7F7F7F7F7F7F;
    private const ulong GoesOn = 0x8080808080808080;
    private const int MostBitsAtOnce = 56;

    /// <summary>Maps small numbers of either sign to small numbers.</summary>
    public static ulong ZigZag(long value) => unchecked((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Bytes a number takes.</summary>
    public static int SizeOf(ulong value) => ((BitOperations.Log2(value | 1) * 9) + 73) / 64;

    /// <summary>Writes a number.</summary>
    /// <param name="target">At least <see cref="Longest"/> bytes, of which more may be written over than the number takes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Bytes it takes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(Span<byte> target, ulong value)
    {
        if (value < 0x80)
        {
            target[0] = (byte)value;
            return 1;
        }

        return Bmi2.X64.IsSupported && value >> MostBitsAtOnce == 0 ? WriteAtOnce(target, value) : WriteExactly(target, value);
    }

    /// <summary>Writes a number over no more bytes than it takes.</summary>
    /// <returns>Bytes it takes.</returns>
    public static int WriteExactly(Span<byte> target, ulong value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            target[length++] = unchecked((byte)(value | 0x80));
            value >>= 7;
        }

        target[length++] = (byte)value;
        return length;
    }

    private static int WriteAtOnce(Span<byte> target, ulong value)
    {
        var length = SizeOf(value);
        var last = (length - 1) * 8;
        BinaryPrimitives.WriteUInt64LittleEndian(target, Bmi2.X64.ParallelBitDeposit(value, Digits) | (GoesOn & ((1UL << last) - 1)));
        return length;
    }
}
