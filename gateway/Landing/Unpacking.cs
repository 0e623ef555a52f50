using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Gateway.Landing;

/// <summary>Takes the gzip off a payload within limits, so that a small body cannot fill the memory.</summary>
internal static class Unpacking
{
    // The framework's decoder takes a stream that was cut off for one that has ended. A last member of our own behind the
    // payload is reached only if everything before it was whole, its checksum included. It is text that packs, so that a
    // cut stored block cannot carry it through verbatim.
    private static readonly byte[] Mark = "end of payload, end of payload, end of payload."u8.ToArray();
    private static readonly byte[] PackedMark = Pack(Mark);

    /// <summary>The unpacked payload, or why there is none.</summary>
    /// <param name="wire">The payload as received.</param>
    /// <param name="options">The limits.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    public static Outcome<ReadOnlyMemory<byte>> Gunzip(ReadOnlyMemory<byte> wire, GatewayOptions options, CancellationToken cancellationToken)
    {
        var limit = Math.Min(options.MaxUnpackedBytes, Math.Max(options.UnpackRatioFloorBytes, wire.Length * (long)options.MaxUnpackRatio));

        // The last four bytes state the unpacked length: a hint for the first buffer, never trusted beyond the limit.
        var stated = wire.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(wire.Span[^4..]);
        var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(stated, limit) + Mark.Length + 1);
        var filled = 0;
        try
        {
            using var stream = Open(StreamOf(wire));
            int read;
            while ((read = stream.Read(buffer, filled, buffer.Length - filled)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                filled += read;
                if (filled > limit + Mark.Length)
                {
                    return new Rejection(
                        RejectionReason.PayloadTooLarge,
                        string.Create(CultureInfo.InvariantCulture, $"{wire.Length} bytes of gzip unpack to more than {limit}. Send the payload in parts."),
                        null,
                        default);
                }

                if (filled == buffer.Length)
                {
                    Array.Resize(ref buffer, (int)Math.Min(limit + Mark.Length + 1, buffer.Length * 2L));
                }
            }
        }
        catch (InvalidDataException)
        {
            return Corrupt(filled);
        }

        return buffer.AsSpan(0, filled).EndsWith(Mark) ? (ReadOnlyMemory<byte>)buffer.AsMemory(0, filled - Mark.Length) : Corrupt(filled);
    }

    /// <summary>The unpacked bytes of a stream with a mark behind them, without which they are not whole: see <see cref="TryEnd"/>.</summary>
    public static Stream Open(Stream wire) => new GZipStream(new Concatenation(wire, new MemoryStream(PackedMark, writable: false)), CompressionMode.Decompress);

    /// <summary>Takes the mark off the last bytes of a stream; false where it is not there, because the stream was cut off.</summary>
    public static bool TryEnd(ReadOnlyMemory<byte> last, out ReadOnlyMemory<byte> content)
    {
        var whole = last.Span.EndsWith(Mark);
        content = whole ? last[..^Mark.Length] : last;
        return whole;
    }

    /// <summary>Says that a payload is no whole gzip.</summary>
    public static Rejection Corrupt(long unpacked) => new(
        RejectionReason.PayloadCompression,
        string.Create(CultureInfo.InvariantCulture, $"Content-Encoding is gzip, but the payload is cut off or damaged after about {unpacked} unpacked bytes. Send the whole file again."),
        null,
        default);

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(bytes.ToArray(), writable: false);

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private sealed class Concatenation(Stream first, Stream second) : Stream
    {
        private Stream _at = first;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var count = _at.Read(buffer);
            if (count > 0 || buffer.IsEmpty || _at == second)
            {
                return count;
            }

            _at = second;
            return second.Read(buffer);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await _at.ReadAsync(buffer, cancellationToken);
            if (count > 0 || buffer.IsEmpty || _at == second)
            {
                return count;
            }

            _at = second;
            return await second.ReadAsync(buffer, cancellationToken);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
