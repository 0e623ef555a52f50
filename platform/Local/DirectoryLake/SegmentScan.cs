using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RetailInsight.Platform.Lake;

namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>What lies in a segment that has no index.</summary>
/// <param name="Entries">All sound payloads, in order.</param>
/// <param name="End">Where an index may start: after the last byte that is not zero.</param>
/// <param name="TornBytes">Bytes after the last sound frame: what a crash left of a group nobody was promised.</param>
/// <param name="Gaps">Damaged places that sound frames follow; a crash alone seldom leaves such.</param>
internal sealed record SegmentScan(IReadOnlyList<SegmentEntry> Entries, long End, long TornBytes, IReadOnlyList<(long Start, long End)> Gaps)
{
    /// <summary>Reads a segment from its first frame to its end.</summary>
    public static SegmentScan Read(SafeFileHandle file, uint salt)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        var filled = 0;
        while (filled < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(filled), filled) is > 0 and var read)
        {
            filled += read;
        }

        return Read(bytes.AsSpan(0, filled), salt);
    }

    /// <summary>Reads a segment held in memory.</summary>
    public static SegmentScan Read(ReadOnlySpan<byte> segment, uint salt)
    {
        var used = segment.LastIndexOfAnyExcept((byte)0) + 1;
        var entries = new List<SegmentEntry>();
        var gaps = new List<(long Start, long End)>();
        var position = SegmentHeader.Bytes;
        while (position < used)
        {
            if (!SegmentFrame.TryRead(segment[position..], salt, out var entry, out var size))
            {
                var next = FindFrame(segment, position + SegmentFrame.Alignment, used, salt);
                if (next < 0)
                {
                    break;
                }

                gaps.Add((position, next));
                position = next;
                continue;
            }

            entries.Add(entry with { Offset = position + entry.Offset });
            position += size;
        }

        return new(entries, Math.Max(position, Align(used)), Math.Max(0, used - position), gaps);
    }

    private static int FindFrame(ReadOnlySpan<byte> segment, int from, int used, uint salt)
    {
        Span<uint> magic = [SegmentFrame.Magic];
        var pattern = MemoryMarshal.AsBytes(magic);
        while (from < used)
        {
            var found = segment[from..used].IndexOf(pattern);
            if (found < 0)
            {
                return -1;
            }

            from += found;
            if (from % SegmentFrame.Alignment == 0 && SegmentFrame.TryRead(segment[from..], salt, out _, out _))
            {
                return from;
            }

            from++;
        }

        return -1;
    }

    private static long Align(int length) => (length + SegmentFrame.Alignment - 1) / SegmentFrame.Alignment * SegmentFrame.Alignment;
}
