using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.Lake;

/// <summary>
/// One payload as it lies in a segment, little-endian: magic, crc32c, version (2 bytes), feed length (2), payload length (4),
/// sequence (8), time in microseconds since 1970-01-01T00:00:00Z (8), sha256 of the payload (32); then payload, feed in
/// UTF-8, zeros up to a multiple of 8. The checksum runs over payload, feed, header from the version on, and the writer's
/// salt: a payload that contains the image of a frame cannot pass for one.
/// </summary>
internal readonly struct SegmentFrame
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 64;

    /// <summary>Longest feed name, in bytes.</summary>
    public const int MaxFeedBytes = 256;

    /// <summary>First bytes of a frame: "RIFR".</summary>
    public const uint Magic = 0x5246_4952;

    /// <summary>Every frame starts at a multiple of it.</summary>
    public const int Alignment = 8;

    private const ushort Version = 1;
    private const int Covered = 8;

    private readonly ReadOnlyMemory<byte> _payload;
    private readonly byte[] _feed;
    private readonly byte[] _sha256;
    private readonly uint _contentCrc;

    /// <summary>Checks that a payload may share a segment.</summary>
    /// <exception cref="ArgumentException">It is too long; the message says how long and what to do.</exception>
    public static void CheckPayload(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > ILake.SegmentPayloadLimit)
        {
            throw new ArgumentException($"A payload of {payload.Length} bytes is too long for a segment; put it as an object.", nameof(payload));
        }
    }

    /// <summary>Does the costly part, the hashes, before the place in the segment is known.</summary>
    public SegmentFrame(string feed, ReadOnlyMemory<byte> payload)
    {
        _payload = payload;
        _feed = Encoding.UTF8.GetBytes(feed);
        if (_feed.Length is 0 or > MaxFeedBytes)
        {
            throw new ArgumentException($"A feed name has 1 to {MaxFeedBytes} bytes of UTF-8.", nameof(feed));
        }

        _sha256 = SHA256.HashData(payload.Span);
        _contentCrc = Crc32C.Append(Crc32C.Compute(payload.Span), _feed);
    }

    /// <summary>Bytes the frame takes in the segment.</summary>
    public int Size => SizeOf(_payload.Length, _feed.Length);

    /// <summary>Bytes of payload.</summary>
    public int PayloadLength => _payload.Length;

    /// <summary>Writes the frame; <paramref name="destination"/> is <see cref="Size"/> long.</summary>
    public void WriteTo(Span<byte> destination, long sequence, long microseconds, uint salt)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[10..], (ushort)_feed.Length);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], _payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], microseconds);
        _sha256.CopyTo(destination[32..]);
        _payload.Span.CopyTo(destination[HeaderBytes..]);
        _feed.CopyTo(destination[(HeaderBytes + _payload.Length)..]);
        destination[(HeaderBytes + _payload.Length + _feed.Length)..].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Finish(_contentCrc, destination, salt));
    }

    /// <summary>Reads the frame that starts at the first of <paramref name="bytes"/>, if there is a sound one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, uint salt, out SegmentEntry entry, out int size)
    {
        entry = default;
        size = 0;
        if (bytes.Length < HeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) != Version)
        {
            return false;
        }

        int feed = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        if (feed > MaxFeedBytes || length is < 0 or > ILake.SegmentPayloadLimit || HeaderBytes + length + feed > bytes.Length)
        {
            return false;
        }

        var content = Crc32C.Compute(bytes.Slice(HeaderBytes, length + feed));
        if (Finish(content, bytes, salt) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]))
        {
            return false;
        }

        size = SizeOf(length, feed);
        entry = new(HeaderBytes, BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), length);
        return true;
    }

    private static int SizeOf(int payload, int feed) => (HeaderBytes + payload + feed + Alignment - 1) / Alignment * Alignment;

    private static uint Finish(uint contentCrc, ReadOnlySpan<byte> frame, uint salt)
    {
        Span<byte> tail = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, salt);
        return Crc32C.Append(Crc32C.Append(contentCrc, frame[Covered..HeaderBytes]), tail);
    }
}

/// <summary>Where a payload lies in a segment.</summary>
/// <param name="Offset">First byte of the payload.</param>
/// <param name="Sequence">Its number among all appends of the writer.</param>
/// <param name="Length">Bytes of payload.</param>
internal readonly record struct SegmentEntry(long Offset, long Sequence, int Length);
