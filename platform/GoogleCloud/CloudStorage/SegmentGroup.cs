using System.Buffers;
using RetailInsight.Platform.Lake;

namespace RetailInsight.Platform.GoogleCloud.CloudStorage;

/// <summary>
/// Payloads that become one segment: header, a frame each, index, as the directory lake writes them. Filled under the
/// uploader's lock until it is taken, then read by its upload.
/// </summary>
internal sealed class SegmentGroup : IDisposable
{
    private const int IndexEntryBytes = 20;
    private const int IndexTrailerBytes = 24;

    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abandoned = new();
    private readonly List<SegmentEntry> _entries = [];
    private readonly byte[] _buffer;
    private readonly int _maxBytes;
    private readonly int _maxPayloads;
    private readonly uint _salt;
    private int _length = SegmentHeader.Bytes;
    private int _left;

    /// <param name="key">Key of the segment to be.</param>
    /// <param name="microseconds">Time of creation since 1970-01-01T00:00:00Z.</param>
    /// <param name="options">How much it holds.</param>
    public SegmentGroup(string key, long microseconds, CloudStorageOptions options)
    {
        Key = key;
        var writer = SegmentHeader.WriterOf(key);
        _salt = SegmentHeader.SaltOf(writer);
        _maxBytes = options.SegmentBytes;
        _maxPayloads = options.SegmentPayloads;
        _buffer = ArrayPool<byte>.Shared.Rent(_maxBytes);
        SegmentHeader.Write(_buffer, writer, microseconds);
    }

    /// <summary>Key of the segment to be.</summary>
    public string Key { get; }

    /// <summary>Payloads in it.</summary>
    public int Count => _entries.Count;

    /// <summary>Completes when it need not wait for more.</summary>
    public Task Full => _full.Task;

    /// <summary>Completes when the next group can be filled.</summary>
    public Task Taken => _taken.Task;

    /// <summary>Completes when the segment is durable; fails when it may not be.</summary>
    public Task Done => _done.Task;

    /// <summary>Cancelled when nobody waits any more.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Adds a frame if it fits.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="microseconds">Its time since 1970-01-01T00:00:00Z.</param>
    /// <param name="offset">Where its payload starts in the segment.</param>
    public bool TryAdd(in SegmentFrame frame, long sequence, long microseconds, out int offset)
    {
        offset = _length + SegmentFrame.HeaderBytes;
        if (_entries.Count == _maxPayloads || _length + frame.Size + (_entries.Count + 1) * IndexEntryBytes + IndexTrailerBytes > _maxBytes)
        {
            Close();
            return false;
        }

        frame.WriteTo(_buffer.AsSpan(_length, frame.Size), sequence, microseconds, _salt);
        _entries.Add(new(offset, sequence, frame.PayloadLength));
        _length += frame.Size;
        if (_entries.Count == _maxPayloads)
        {
            Close();
        }

        return true;
    }

    /// <summary>Ends the waiting for more.</summary>
    public void Close() => _full.TrySetResult();

    /// <summary>Ends the filling: adds the index, and lets those go on who found the group full.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var index = SegmentIndex.ToBytes(_entries, _length);
        index.CopyTo(_buffer, _length);
        _taken.SetResult();
        return _buffer.AsMemory(0, _length + index.Length);
    }

    /// <summary>One append waits no longer.</summary>
    public void Leave()
    {
        if (++_left == _entries.Count && _taken.Task.IsCompleted && !_done.Task.IsCompleted)
        {
            _abandoned.Cancel();
        }
    }

    /// <summary>Whether nobody waits.</summary>
    public bool IsForsaken => _left == _entries.Count;

    /// <summary>Tells all waiting appends that their bytes are durable.</summary>
    public void Complete() => _done.SetResult();

    /// <summary>Tells all waiting appends that their bytes may be lost.</summary>
    public void Fail(Exception cause)
    {
        _done.SetException(new IOException("The lake could not make the payload durable; send it again.", cause));

        // Nobody may be waiting: the failure then is nobody's, not an unobserved one.
        _ = _done.Task.Exception;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _abandoned.Dispose();
    }
}
