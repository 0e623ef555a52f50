using System.Globalization;
using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Lake;

namespace RetailInsight.Platform.GoogleCloud.CloudStorage;

/// <summary>
/// Group commit over the network: appends of a few milliseconds share one segment object and one upload. A group fills while
/// earlier ones are on their way; under load the uploads themselves are the window.
/// </summary>
internal sealed class SegmentUploader : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private readonly string _writer = SegmentHeader.NewWriter();
    private readonly CloudStorageClient _client;
    private readonly CloudStorageOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _stopped = new();

    private SegmentGroup? _filling;
    private long _sequence;
    private int _segmentCount;
    private bool _stopping;

    public SegmentUploader(CloudStorageClient client, CloudStorageOptions options, TimeProvider clock, ILogger logger)
    {
        if (options.SegmentBytes < 2 * ILake.SegmentPayloadLimit || options.SegmentPayloads < 1 || options.SegmentUploads < 1)
        {
            throw new ArgumentException("A segment must hold the largest payload, and one must be able to go up.", nameof(options));
        }

        _client = client;
        _options = options;
        _clock = clock;
        _logger = logger;
        _slots = new(options.SegmentUploads);
    }

    /// <summary>Appends a payload; returns when it is durable.</summary>
    /// <exception cref="IOException">The upload failed; the bytes may be lost.</exception>
    public async Task<LakePointer> AppendAsync(string feed, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var frame = new SegmentFrame(feed, payload);
        SegmentGroup group;
        int offset;
        while (!TryEnqueue(frame, out group, out offset))
        {
            await group.Taken.WaitAsync(cancellationToken);
        }

        try
        {
            await group.Done.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!group.Done.IsCompleted)
        {
            Leave(group);
            throw;
        }

        return new(group.Key, offset, payload.Length);
    }

    /// <summary>Takes no more appends and waits, for a bounded time, until those under way are durable.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _stopping = true;
            _filling?.Close();
            running = [.. _running];
        }

        await using (_clock.CreateTimer(_ => _stopped.Cancel(), null, _options.DrainTimeout, Timeout.InfiniteTimeSpan))
        {
            await Task.WhenAll(running);
        }

        _slots.Dispose();
        _stopped.Dispose();
    }

    private bool TryEnqueue(in SegmentFrame frame, out SegmentGroup group, out int offset)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            var now = _clock.GetUtcNow();
            var microseconds = (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            group = _filling ??= Start(now, microseconds);
            return group.TryAdd(frame, _sequence, microseconds, out offset) && ++_sequence > 0;
        }
    }

    private SegmentGroup Start(DateTimeOffset now, long microseconds)
    {
        var key = string.Create(
            CultureInfo.InvariantCulture, $"{LakeKey.SegmentPrefix}{_writer}/{now.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-{++_segmentCount:D6}.seg");
        var group = new SegmentGroup(key, microseconds, _options);
        var run = new Task<Task>(() => RunAsync(group));
        var running = run.Unwrap();
        _running.Add(running);
        _ = running.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        run.Start(TaskScheduler.Default);
        return group;
    }

    private void Forget(Task running)
    {
        lock (_gate)
        {
            _running.Remove(running);
        }
    }

    private async Task RunAsync(SegmentGroup group)
    {
        await Task.WhenAny(group.Full, Task.Delay(_options.SegmentWindow, _clock));
        await _slots.WaitAsync();
        try
        {
            await UploadAsync(group, Take(group));
            group.Complete();
        }
        catch (Exception exception)
        {
            _logger.SegmentRefused(exception, group.Key, group.Count);
            group.Fail(exception);
        }
        finally
        {
            _slots.Release();
            lock (_gate)
            {
                group.Dispose();
            }
        }
    }

    private ReadOnlyMemory<byte> Take(SegmentGroup group)
    {
        lock (_gate)
        {
            _filling = null;
            return group.Take();
        }
    }

    private async Task UploadAsync(SegmentGroup group, ReadOnlyMemory<byte> segment)
    {
        if (group.IsForsaken)
        {
            throw new OperationCanceledException("Nobody waits for the segment any more.");
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(group.Abandoned, _stopped.Token);
        await _client.PutAsync(group.Key, segment, "application/octet-stream", linked.Token);
    }

    private void Leave(SegmentGroup group)
    {
        lock (_gate)
        {
            group.Leave();
        }
    }
}
