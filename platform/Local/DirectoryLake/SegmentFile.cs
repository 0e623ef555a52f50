using System.Globalization;
using Microsoft.Win32.SafeHandles;
using RetailInsight.Platform.Lake;

namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>A segment being written: header, then frames one after another. Used by one thread.</summary>
internal sealed class SegmentFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly Action<SafeFileHandle> _sync;
    private readonly List<SegmentEntry> _entries = [];
    private readonly int _capacity;
    private long _end = SegmentHeader.Bytes;

    private SegmentFile(string key, SafeFileHandle file, int capacity, Action<SafeFileHandle> sync)
    {
        Key = key;
        _file = file;
        _capacity = capacity;
        _sync = sync;
    }

    /// <summary>The segment's key in the lake.</summary>
    public string Key { get; }

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
            var header = new byte[SegmentHeader.Bytes];
            SegmentHeader.Write(header, writer, (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
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
