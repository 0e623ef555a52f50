namespace RetailInsight.Gateway.Landing;

/// <summary>Hands out a stream in overlapping pieces: what was not dealt with of one stands at the beginning of the next.</summary>
/// <param name="stream">Read to its end.</param>
/// <param name="pieceBytes">Bytes of a piece, unless one needs to be longer.</param>
/// <param name="packed">Whether the stream is from <see cref="Unpacking.Open"/>.</param>
internal sealed class PieceReader(Stream stream, int pieceBytes, bool packed) : IAsyncDisposable
{
    // What stands below the table of a file is never cut from it.
    private const int LookAhead = 64 * 1024;

    private byte[] _buffer = [];
    private int _filled;
    private int _wanted;
    private bool _ended;

    /// <summary>The piece.</summary>
    public ReadOnlyMemory<byte> Piece { get; private set; }

    /// <summary>Whether the stream ends with it.</summary>
    public bool Last { get; private set; }

    /// <summary>Offset of the piece in the stream.</summary>
    public long Offset { get; private set; }

    /// <summary>Moves on.</summary>
    /// <param name="dealtWith">Bytes of the piece that are done with; with 0 the next piece is the same and twice as long.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>False when the stream turns out not to be whole gzip.</returns>
    /// <exception cref="OverflowException">A piece would have to be longer than memory has room for.</exception>
    public async Task<bool> NextAsync(int dealtWith, CancellationToken cancellationToken)
    {
        _wanted = dealtWith > 0 || _filled == 0 ? pieceBytes : checked(_wanted * 2);
        Array.Copy(_buffer, dealtWith, _buffer, 0, _filled - dealtWith);
        _filled -= dealtWith;
        Offset += dealtWith;
        if (_buffer.Length < _wanted + LookAhead)
        {
            Array.Resize(ref _buffer, checked(_wanted + LookAhead));
        }

        while (!_ended && _filled < _buffer.Length)
        {
            var read = await stream.ReadAsync(_buffer.AsMemory(_filled), cancellationToken);
            _ended = read == 0;
            _filled += read;
        }

        Last = _ended && _filled < _buffer.Length;
        Piece = _buffer.AsMemory(0, Last ? _filled : _wanted);
        if (!Last || !packed)
        {
            return true;
        }

        var whole = Unpacking.TryEnd(Piece, out var content);
        Piece = content;
        return whole;
    }

    /// <summary>Moves to a place of the stream. Only before the first piece.</summary>
    public async Task SkipToAsync(long offset, CancellationToken cancellationToken)
    {
        var rest = new byte[81_920];
        while (Offset < offset)
        {
            var read = await stream.ReadAsync(rest.AsMemory(0, (int)Math.Min(rest.Length, offset - Offset)), cancellationToken);
            Offset += read > 0 ? read : throw new EndOfStreamException("The payload is shorter than the parts of it that have landed.");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
