using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Lake;

namespace RetailInsight.Platform.GoogleCloud.CloudStorage;

/// <summary>
/// The lake in a bucket: an object a key, <c>segments/WRITER/TIME-NUMBER.seg</c> for what small payloads share. Segments are
/// complete when they appear, and of the directory lake's format.
/// </summary>
internal sealed class CloudStorageLake : ILake, IAsyncDisposable
{
    private const string ContentType = "application/octet-stream";

    // The first name after all segments: '0' follows '/'.
    private const string AfterSegments = "segments0";

    private readonly CloudStorageClient _client;
    private readonly CloudStorageOptions _options;
    private readonly SegmentUploader _segments;
    private readonly ILogger _logger;

    /// <param name="google">Which bucket, and how it is reached.</param>
    /// <param name="clock">Clock of pauses, timeouts and the times in frames.</param>
    /// <param name="logger">Told of what is tried again and what is damaged.</param>
    /// <param name="options">Sizes and patience; null for the usual ones.</param>
    public CloudStorageLake(GoogleCloudOptions google, TimeProvider clock, ILogger<CloudStorageLake> logger, CloudStorageOptions? options = null)
    {
        _options = options ?? new();
        _logger = logger;
        _client = new CloudStorageClient(google, _options, clock, logger);
        _segments = new SegmentUploader(_client, _options, clock, logger);
    }

    /// <inheritdoc/>
    public async Task<LakeObject> PutAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        LakeKey.CheckToPut(key);

        return Describe(await _client.PutAsync(key, content, ContentType, cancellationToken));
    }

    /// <inheritdoc/>
    public Task<LakePointer> AppendAsync(string feed, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(feed);
        SegmentFrame.CheckPayload(payload);
        cancellationToken.ThrowIfCancellationRequested();
        return _segments.AppendAsync(feed, payload, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(LakePointer pointer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pointer);
        LakeKey.Check(pointer.Object);
        return pointer.Object.StartsWith(LakeKey.SegmentPrefix, StringComparison.Ordinal)
            ? await OpenSliceAsync(pointer, cancellationToken)
            : await OpenObjectAsync(pointer, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LakeObject> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        LakeKey.CheckPrefix(prefix);
        return ListObjectsAsync(prefix, cancellationToken);
    }

    /// <summary>Waits until appends under way are durable.</summary>
    public async ValueTask DisposeAsync()
    {
        await _segments.DisposeAsync();
        _client.Dispose();
    }

    private async IAsyncEnumerable<LakeObject> ListObjectsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (prefix.StartsWith(LakeKey.SegmentPrefix, StringComparison.Ordinal))
        {
            yield break;
        }

        // Segments may be many and are not listed: their names are stepped over, not read.
        (string From, string Until)[] ranges = LakeKey.SegmentPrefix.StartsWith(prefix, StringComparison.Ordinal)
            ? [("", LakeKey.SegmentPrefix), (AfterSegments, "")]
            : [("", "")];
        foreach (var (from, until) in ranges)
        {
            await foreach (var found in _client.ListAsync(prefix, from, until, cancellationToken))
            {
                yield return Describe(found);
            }
        }
    }

    private static LakeObject Describe(StorageObject stored) => new(stored.Name, stored.Digest.Length, stored.Digest.Crc32C);

    private async Task<ObjectStream> OpenObjectAsync(LakePointer pointer, CancellationToken cancellationToken)
    {
        var found = await _client.FindAsync(pointer.Object, cancellationToken)
            ?? throw new FileNotFoundException($"The lake holds nothing under '{pointer.Object}'.");
        return pointer.Offset == 0 && pointer.Length == found.Digest.Length
            ? new ObjectStream(_client, found, _options.ChunkBytes, _logger)
            : throw new LakeCorruptException(
                $"The pointer names bytes {pointer.Offset} to {pointer.Offset + pointer.Length} of lake object '{pointer.Object}', which has {found.Digest.Length}.");
    }

    private async Task<Stream> OpenSliceAsync(LakePointer pointer, CancellationToken cancellationToken)
    {
        var start = pointer.Offset - SegmentFrame.HeaderBytes;
        if (start < SegmentHeader.Bytes || pointer.Length is < 0 or > ILake.SegmentPayloadLimit)
        {
            throw new LakeCorruptException($"No payload of {pointer.Length} bytes can start at byte {pointer.Offset} of lake segment '{pointer.Object}'.");
        }

        var salt = SegmentHeader.SaltOf(SegmentHeader.WriterOf(pointer.Object));
        var frame = new byte[SegmentFrame.HeaderBytes + (int)pointer.Length + SegmentFrame.MaxFeedBytes];
        for (var isSecond = false; ; isSecond = true)
        {
            var read = await _client.FetchAsync(pointer.Object, null, start, frame, cancellationToken);
            if (SegmentFrame.TryRead(frame.AsSpan(0, read), salt, out var entry, out _) && entry.Length == pointer.Length)
            {
                return new MemoryStream(frame, SegmentFrame.HeaderBytes, entry.Length, writable: false);
            }

            if (isSecond)
            {
                throw new LakeCorruptException($"The payload at byte {pointer.Offset} of lake segment '{pointer.Object}' does not match its checksum.");
            }

            _logger.FetchedDamaged(pointer.Object);
        }
    }
}
