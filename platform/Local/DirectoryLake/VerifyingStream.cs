using Microsoft.Win32.SafeHandles;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>Reads an object's content forward and hands out the last bytes only when the whole matches its checksum.</summary>
internal sealed class VerifyingStream(SafeFileHandle file, string key, ObjectFooter footer) : Stream
{
    private long _position;
    private uint _crc;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        buffer = buffer[..(int)Math.Min(buffer.Length, footer.Length - _position)];
        var read = RandomAccess.Read(file, buffer, _position);
        Accept(buffer[..read], buffer.Length);
        return read;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer = buffer[..(int)Math.Min(buffer.Length, footer.Length - _position)];
        var read = await RandomAccess.ReadAsync(file, buffer, _position, cancellationToken);
        Accept(buffer.Span[..read], buffer.Length);
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

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
        file.Dispose();
        base.Dispose(disposing);
    }

    private void Accept(ReadOnlySpan<byte> read, int asked)
    {
        if (read.IsEmpty && asked > 0)
        {
            throw new LakeCorruptException($"Lake object '{key}' ends at byte {_position} of {footer.Length}.");
        }

        _crc = Crc32C.Append(_crc, read);
        _position += read.Length;
        if (_position == footer.Length && _crc != footer.Crc)
        {
            throw new LakeCorruptException($"Lake object '{key}' does not match its checksum.");
        }
    }
}
