using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>
/// A segment being written: a header of 32 bytes (magic, version, time of creation in microseconds since
/// 1970-01-01T00:00:00Z, writer), then frames one after another. Used by one thread.
/// </summary>
internal sealed class SegmentFile : IDisposable
{
    /// <summary>Where the first frame starts.</summary>
    public const int HeaderBytes = 32;

    private const uint Magic = 0x4753_4952; // "RISG"
    private const uint Version = 1;

    private readonly SafeFileHandle _file;
    private readonly Action<SafeFileHandle> _sync;
    private readonly List<SegmentEntry> _entries = [];
    private readonly int _capacity;
    private long _end = HeaderBytes;

    private SegmentFile(string key, SafeFileHandle file, int capacity, Action<SafeFileHandle> sync)
    {
        Key = key;
        _file = file;
        _capacity = capacity;
        _sync = sync;
    }

    /// <summary>The segment's key in the lake.</summary>
    public string Key { get; }

    /// <summary>What tells a writer's frames from any other bytes; unknown to those who send payloads.</summary>
    public static uint SaltOf(string writer) => Crc32C.Compute(Encoding.ASCII.GetBytes(writer));

    /// <summary>The key of a writer's <paramref name="number"/>-th segment.</summary>
    public static string KeyOf(string writer, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{LakeKey.SegmentPrefix}{writer}/{number:D6}.seg");

    /// <summary>Creates and preallocates a segment; it is durable, still empty, when this returns.</summary>
    public static SegmentFile Create(string root, string writer, int number, int capacity, DateTimeOffset now, DurableFiles files, Action<SafeFileHandle> sync)
    {
        var key = KeyOf(writer, number);
        var path = Path.Combine(root, key);
        var directory = Path.GetDirectoryName(path)!;
        files.EnsureDirectory(directory);
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.None, capacity);
        try
        {
            // The full length from the start: a sync then has no new file size to write.
            RandomAccess.SetLength(file, capacity);
            var header = new byte[HeaderBytes];
            BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), Version);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), now.UtcTicks / TimeSpan.TicksPerMicrosecond - DateTimeOffset.UnixEpoch.UtcTicks / TimeSpan.TicksPerMicrosecond);
            Encoding.ASCII.GetBytes(writer, header.AsSpan(16));
            RandomAccess.Write(file, header, 0);
            RandomAccess.FlushToDisk(file);
            DurableFiles.SyncDirectory(directory);
            return new SegmentFile(key, file, capacity, sync);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Whether that many bytes of frames still fit.</summary>
    public bool Fits(int bytes) => _end + bytes <= _capacity;

    /// <summary>Writes a group of frames and syncs.</summary>
    /// <param name="frames">The frames as bytes.</param>
    /// <param name="entries">The payloads in them, by offset in <paramref name="frames"/>.</param>
    /// <returns>Where the group starts in the segment.</returns>
    public long Append(ReadOnlySpan<byte> frames, IReadOnlyList<SegmentEntry> entries)
    {
        var start = _end;
        RandomAccess.Write(_file, frames, start);
        _sync(_file);
        _entries.AddRange(entries.Select(entry => entry with { Offset = start + entry.Offset }));
        _end += frames.Length;
        return start;
    }

    /// <summary>Adds the index, gives the unused space back and closes the file.</summary>
    public void Seal()
    {
        Seal(_file, _entries, _end);
        _file.Dispose();
    }

    /// <summary>Ends a segment with an index that starts at <paramref name="end"/>.</summary>
    public static void Seal(SafeFileHandle file, IReadOnlyList<SegmentEntry> entries, long end)
    {
        var index = SegmentIndex.ToBytes(entries, end);
        RandomAccess.Write(file, index, end);
        RandomAccess.SetLength(file, end + index.Length);
        RandomAccess.FlushToDisk(file);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
