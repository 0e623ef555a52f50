using RetailInsight.Platform.Lake;

namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>Appends that share one write and one sync. Filled under the writer's lock, then read by its thread.</summary>
internal sealed class AppendGroup(byte[] buffer)
{
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Placement> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<SegmentEntry> _entries = [];
    private int _length;

    /// <summary>Completes when the writer takes the group, that is when there is room in the next one.</summary>
    public Task Taken => _taken.Task;

    /// <summary>Completes when the group is durable; fails when it may not be.</summary>
    public Task<Placement> Done => _done.Task;

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>The frames.</summary>
    public ReadOnlySpan<byte> Frames => buffer.AsSpan(0, _length);

    /// <summary>The payloads, by offset in the group.</summary>
    public IReadOnlyList<SegmentEntry> Entries => _entries;

    /// <summary>The memory, for the group after the next.</summary>
    public byte[] Buffer => buffer;

    /// <summary>Adds a frame if it fits.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="microseconds">Its time since 1970-01-01T00:00:00Z.</param>
    /// <param name="salt">The writer's salt.</param>
    /// <param name="offset">Where its payload starts in the group.</param>
    public bool TryAdd(in SegmentFrame frame, long sequence, long microseconds, uint salt, out int offset)
    {
        offset = _length + SegmentFrame.HeaderBytes;
        if (_length + frame.Size > buffer.Length)
        {
            return false;
        }

        frame.WriteTo(buffer.AsSpan(_length, frame.Size), sequence, microseconds, salt);
        _entries.Add(new(offset, sequence, frame.PayloadLength));
        _length += frame.Size;
        return true;
    }

    /// <summary>Lets those go on who found the group full.</summary>
    public void Take() => _taken.SetResult();

    /// <summary>Tells all waiting appends where the group lies.</summary>
    public void Complete(Placement placement) => _done.SetResult(placement);

    /// <summary>Tells all waiting appends that their bytes may be lost.</summary>
    public void Fail(Exception cause) =>
        _done.SetException(new IOException("The lake could not make the payload durable; send it again.", cause));
}

/// <summary>Where a group lies.</summary>
/// <param name="Segment">Key of the segment.</param>
/// <param name="Offset">First byte of the group in it.</param>
internal readonly record struct Placement(string Segment, long Offset);
