using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace RetailInsight.Platform.Lake;

/// <summary>
/// The end of a sealed segment: 20 bytes for every payload (offset, sequence, length), then a trailer of 24 bytes: magic,
/// version, number of entries, offset of the first entry, crc32c of all before it. Little-endian. Lists a segment's payloads
/// without reading them.
/// </summary>
internal static class SegmentIndex
{
    private const uint Magic = 0x5849_4952; // "RIIX"
    private const uint Version = 1;
    private const int EntryBytes = 20;
    private const int TrailerBytes = 24;

    /// <summary>The index as bytes to be written at <paramref name="offset"/>, the end of the segment's frames.</summary>
    public static byte[] ToBytes(IReadOnlyList<SegmentEntry> entries, long offset)
    {
        var bytes = new byte[entries.Count * EntryBytes + TrailerBytes];
        var rest = bytes.AsSpan();
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, entry.Offset);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], entry.Sequence);
            BinaryPrimitives.WriteInt32LittleEndian(rest[16..], entry.Length);
            rest = rest[EntryBytes..];
        }

        BinaryPrimitives.WriteUInt32LittleEndian(rest, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(rest[8..], entries.Count);
        BinaryPrimitives.WriteInt64LittleEndian(rest[12..], offset);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[20..], Crc32C.Compute(bytes.AsSpan(0, bytes.Length - sizeof(uint))));
        return bytes;
    }

    /// <summary>Reads the index of a segment; null when it is not sealed.</summary>
    public static IReadOnlyList<SegmentEntry>? TryRead(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var trailer = new byte[TrailerBytes];
        if (length < TrailerBytes
            || RandomAccess.Read(file, trailer, length - TrailerBytes) != TrailerBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer.AsSpan(4)) != Version)
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(trailer.AsSpan(8));
        var offset = BinaryPrimitives.ReadInt64LittleEndian(trailer.AsSpan(12));
        if (count < 0 || count > length / EntryBytes || offset != length - TrailerBytes - (long)count * EntryBytes)
        {
            return null;
        }

        var bytes = new byte[length - offset];
        return RandomAccess.Read(file, bytes, offset) == bytes.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(trailer.AsSpan(20)) == Crc32C.Compute(bytes.AsSpan(0, bytes.Length - sizeof(uint)))
            ? Entries(bytes, count)
            : null;
    }

    private static SegmentEntry[] Entries(byte[] bytes, int count)
    {
        var entries = new SegmentEntry[count];
        for (var i = 0; i < count; i++)
        {
            var entry = bytes.AsSpan(i * EntryBytes, EntryBytes);
            entries[i] = new(
                BinaryPrimitives.ReadInt64LittleEndian(entry),
                BinaryPrimitives.ReadInt64LittleEndian(entry[8..]),
                BinaryPrimitives.ReadInt32LittleEndian(entry[16..]));
        }

        return entries;
    }
}
