using Npgsql;

namespace RetailInsight.Api.Exports;

/// <summary>A file that lies in the database in pieces of equal size, read a piece at a time from any position.</summary>
internal sealed class ExportFileStream(NpgsqlDataSource database, string tenant, Guid export, string name, long length) : Stream
{
    /// <summary>Bytes of every piece but the last.</summary>
    public const int PieceBytes = 1 << 20;

    private byte[] _piece = [];
    private int _number = -1;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= length || buffer.Length == 0)
        {
            return 0;
        }

        var number = (int)(Position / PieceBytes);
        if (number != _number)
        {
            await using var command = database.CreateCommand("SELECT content FROM api.export_piece WHERE tenant = $1 AND export_id = $2 AND name = $3 AND number = $4");
            command.Parameters.Add(new() { Value = tenant });
            command.Parameters.Add(new() { Value = export });
            command.Parameters.Add(new() { Value = name });
            command.Parameters.Add(new() { Value = number });
            _piece = await command.ExecuteScalarAsync(cancellationToken) as byte[] ?? throw new IOException("The export expired while it was read.");
            _number = number;
        }

        var at = (int)(Position % PieceBytes);
        var count = Math.Min(buffer.Length, _piece.Length - at);
        _piece.AsMemory(at, count).CopyTo(buffer);
        Position += count;
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => Position + offset, _ => length + offset };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
