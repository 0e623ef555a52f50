using System.Security.Cryptography;
using Npgsql;

namespace RetailInsight.Api.Exports;

/// <summary>
/// Takes a file as it is written and puts it into the database a piece at a time: one piece of memory, however long the file. Each piece also
/// prolongs the lease, and is refused once another process has taken the export over.
/// </summary>
internal sealed class ExportPieces(NpgsqlDataSource database, ClaimedExport export, string name) : Stream
{
    private readonly byte[] _piece = new byte[ExportFileStream.PieceBytes];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int _filled;
    private int _number;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => ((long)_number * _piece.Length) + _filled;

    /// <inheritdoc/>
    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            var count = Math.Min(buffer.Length, _piece.Length - _filled);
            buffer[..count].CopyTo(_piece.AsMemory(_filled));
            _filled += count;
            buffer = buffer[count..];
            if (_filled == _piece.Length)
            {
                await PutAsync(cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Puts the rest and notes the file as whole.</summary>
    /// <exception cref="ExportLostException">Another process has taken the export over.</exception>
    public async Task CompleteAsync(string table, DateOnly month, long rows, CancellationToken cancellationToken)
    {
        var bytes = Length;
        if (_filled > 0)
        {
            await PutAsync(cancellationToken);
        }

        await using var command = database.CreateCommand(
            """
            INSERT INTO api.export_file (tenant, export_id, name, table_name, month, rows, bytes, sha256, piece_bytes)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM api.export WHERE tenant = $1 AND export_id = $2 AND attempts = $10
            """);
        foreach (var value in new object[] { export.Tenant, export.Id, name, table, month, rows, bytes, Convert.ToHexStringLower(_hash.GetHashAndReset()), ExportFileStream.PieceBytes, export.Attempt })
        {
            command.Parameters.Add(new() { Value = value });
        }

        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            throw new ExportLostException();
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write it asynchronously.");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }

    private async Task PutAsync(CancellationToken cancellationToken)
    {
        _hash.AppendData(_piece.AsSpan(0, _filled));
        await using var command = database.CreateCommand(
            """
            WITH mine AS (UPDATE api.export SET leased_until = now() + $6 WHERE tenant = $1 AND export_id = $2 AND attempts = $7 RETURNING export_id)
            INSERT INTO api.export_piece (tenant, export_id, name, number, content) SELECT $1, $2, $3, $4, $5 FROM mine
            """);
        foreach (var value in new object[] { export.Tenant, export.Id, name, _number, _piece.AsMemory(0, _filled).ToArray(), ExportWork.Lease, export.Attempt })
        {
            command.Parameters.Add(new() { Value = value });
        }

        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            throw new ExportLostException();
        }

        _number++;
        _filled = 0;
    }
}

/// <summary>Another process has taken the export over.</summary>
internal sealed class ExportLostException() : IOException("Another process has taken this export over.");
