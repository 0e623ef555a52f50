using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Lake;

namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>
/// Group commit: appends copy their frame into the filling buffer and wait; one thread takes the buffer, writes it, syncs
/// and completes all of them, while the next buffer fills. No timer: under load the sync itself is the window.
/// </summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly object _gate = new();
    private readonly DirectoryLakeOptions _options;
    private readonly string _writer;
    private readonly uint _salt;
    private readonly DurableFiles _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<SafeFileHandle> _sync;
    private readonly Thread _thread;

    private AppendGroup _filling;
    private byte[] _spare;
    private long _sequence;
    private bool _stopping;

    private SegmentFile? _segment;
    private int _segmentCount;

    public SegmentWriter(DirectoryLakeOptions options, string writer, DurableFiles files, TimeProvider time, ILogger logger, Action<SafeFileHandle>? sync)
    {
        if (options.GroupBytes < SegmentFrame.HeaderBytes + ILake.SegmentPayloadLimit + SegmentFrame.MaxFeedBytes
            || options.SegmentBytes < SegmentHeader.Bytes + options.GroupBytes)
        {
            throw new ArgumentException("A group must hold the largest payload, and a segment must hold a group.", nameof(options));
        }

        _options = options;
        _writer = writer;
        _salt = SegmentHeader.SaltOf(writer);
        _files = files;
        _time = time;
        _logger = logger;
        _sync = sync ?? DurableFiles.SyncData;
        _filling = new(new byte[options.GroupBytes]);
        _spare = new byte[options.GroupBytes];
        _thread = new Thread(Run) { IsBackground = true, Name = "lake segments" };
        _thread.Start();
    }

    /// <summary>Whether every segment of this writer got its index; known after <see cref="Dispose"/>.</summary>
    public bool AllSealed { get; private set; } = true;

    /// <summary>Appends a payload; returns when it is durable.</summary>
    /// <exception cref="IOException">The write or the sync failed; the bytes may be lost.</exception>
    public async Task<LakePointer> AppendAsync(string feed, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var frame = new SegmentFrame(feed, payload);
        AppendGroup group;
        int offset;
        while (!TryEnqueue(frame, out group, out offset))
        {
            await group.Taken.WaitAsync(cancellationToken);
        }

        var placement = await group.Done.WaitAsync(cancellationToken);
        return new(placement.Segment, placement.Offset + offset, payload.Length);
    }

    /// <summary>Writes what is waiting, seals the segment and stops the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private bool TryEnqueue(in SegmentFrame frame, out AppendGroup group, out int offset)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            group = _filling;
            var microseconds = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            var wasEmpty = group.IsEmpty;
            if (!group.TryAdd(frame, _sequence, microseconds, _salt, out offset))
            {
                return false;
            }

            _sequence++;
            if (wasEmpty)
            {
                Monitor.Pulse(_gate);
            }

            return true;
        }
    }

    private void Run()
    {
        while (TakeGroup() is { } group)
        {
            try
            {
                var placement = Write(group);
                _spare = group.Buffer;
                group.Complete(placement);
            }
            catch (Exception exception)
            {
                // After a failed sync the kernel may have dropped the pages and report success next time: never write here again.
                Log.SegmentAbandoned(_logger, exception, _segment?.Key ?? SegmentFile.KeyOf(_writer, _segmentCount), group.Entries.Count);
                _segment?.Dispose();
                _segment = null;
                AllSealed = false;
                _spare = group.Buffer;
                group.Fail(exception);
            }
        }

        SealSegment();
    }

    private AppendGroup? TakeGroup()
    {
        AppendGroup group;
        lock (_gate)
        {
            while (_filling.IsEmpty && !_stopping)
            {
                Monitor.Wait(_gate);
            }

            if (_filling.IsEmpty)
            {
                return null;
            }

            group = _filling;
            _filling = new(_spare);
        }

        group.Take();
        return group;
    }

    private Placement Write(AppendGroup group)
    {
        if (_segment?.Fits(group.Frames.Length) != true)
        {
            SealSegment();
            _segment = SegmentFile.Create(
                _options.Root, _writer, ++_segmentCount, _options.SegmentBytes, _time.GetUtcNow(), _files, _sync);
        }

        return new(_segment.Key, _segment.Append(group.Frames, group.Entries));
    }

    private void SealSegment()
    {
        try
        {
            _segment?.Seal();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Its payloads are durable without the index; the next start adds it.
            Log.SegmentNotSealed(_logger, exception, _segment!.Key);
            AllSealed = false;
            _segment.Dispose();
        }

        _segment = null;
    }
}
