using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RetailInsight.Platform.Lake;

/// <summary>
/// The first 32 bytes of a segment: magic, version, time of creation in microseconds since 1970-01-01T00:00:00Z, writer.
/// Little-endian. Frames follow one after another, then an index.
/// </summary>
internal static class SegmentHeader
{
    /// <summary>Bytes of a header; where the first frame starts.</summary>
    public const int Bytes = 32;

    private const uint Magic = 0x4753_4952; // "RISG"
    private const uint Version = 1;
    private const int WriterNameBytes = 8;

    /// <summary>A writer's name: 16 hexadecimal digits, unique among all writers ever.</summary>
    public static string NewWriter() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(WriterNameBytes));

    /// <summary>What tells a writer's frames from any other bytes; unknown to those who send payloads.</summary>
    public static uint SaltOf(string writer) => Crc32C.Compute(Encoding.ASCII.GetBytes(writer));

    /// <summary>The writer of a segment, read from its key: <c>segments/WRITER/NAME</c>.</summary>
    public static string WriterOf(string key) => key.Split('/')[1];

    /// <summary>Writes the header to the first bytes of <paramref name="destination"/>.</summary>
    /// <param name="destination">At least <see cref="Bytes"/> long.</param>
    /// <param name="writer">16 hexadecimal digits.</param>
    /// <param name="microseconds">Time of creation since 1970-01-01T00:00:00Z.</param>
    public static void Write(Span<byte> destination, string writer, long microseconds)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], microseconds);
        Encoding.ASCII.GetBytes(writer, destination[16..Bytes]);
    }
}
