using System.Buffers;
using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.CloudStorage;

/// <summary>
/// Reads an object forward, a chunk of it in memory at a time, and hands out the last chunk only when the whole matches its
/// checksum. Read it asynchronously.
/// </summary>
internal sealed class ObjectStream(CloudStorageClient client, StorageObject source, int chunkBytes, ILogger logger) : Stream
{
    private readonly byte[] _chunk = ArrayPool<byte>.Shared.Rent((int)Math.Min(chunkBytes, Math.Max(1, source.Digest.Length)));
    private ReadOnlyMemory<byte> _available;
    private long _fetched;
    private uint _crc;
    private bool _disposed;

    /// <inheritdoc/>
    public override bool CanRead => !_disposed;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => _fetched - _available.Length; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_available.IsEmpty && _fetched < source.Digest.Length && buffer.Length > 0)
        {
            await FetchAsync(cancellationToken);
        }

        var read = Math.Min(buffer.Length, _available.Length);
        _available[..read].CopyTo(buffer);
        _available = _available[read..];
        return read;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The bytes come over the network: read asynchronously.");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            _available = default;
            ArrayPool<byte>.Shared.Return(_chunk);
        }

        base.Dispose(disposing);
    }

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        var crc = await FetchChunkAsync(cancellationToken);
        var isLast = _fetched + _available.Length == source.Digest.Length;
        if (isLast && crc != source.Digest.Crc32C && _fetched == 0)
        {
            // Damage on the way heals by fetching again; with more than one chunk nobody knows which was damaged.
            logger.FetchedDamaged(source.Name);
            crc = await FetchChunkAsync(cancellationToken);
        }

        if (isLast && crc != source.Digest.Crc32C)
        {
            _available = default;
            throw new LakeCorruptException($"Lake object '{source.Name}' does not match its checksum.");
        }

        _crc = crc;
        _fetched += _available.Length;
    }

    private async Task<uint> FetchChunkAsync(CancellationToken cancellationToken)
    {
        var wanted = (int)Math.Min(Math.Min(chunkBytes, _chunk.Length), source.Digest.Length - _fetched);
        var read = await client.FetchAsync(source.Name, source.Generation, _fetched, _chunk.AsMemory(0, wanted), cancellationToken);
        if (read < wanted)
        {
            throw new LakeCorruptException($"Lake object '{source.Name}' ends at byte {_fetched + read} of {source.Digest.Length}.");
        }

        _available = _chunk.AsMemory(0, read);
        return Crc32C.Append(_crc, _available.Span);
    }
}
