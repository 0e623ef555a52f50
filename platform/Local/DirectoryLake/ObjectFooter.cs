using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>
/// The last 56 bytes of an object's file: what its content must be. In the same file as the content, so that one link
/// publishes both at once. Little-endian: magic, version, length, crc32c, sha256, crc32c of the footer itself.
/// </summary>
/// <param name="Length">Bytes of content.</param>
/// <param name="Crc">Castagnoli checksum of the content.</param>
/// <param name="Sha256">SHA-256 of the content, hexadecimal.</param>
internal readonly record struct ObjectFooter(long Length, uint Crc, string Sha256)
{
    /// <summary>Bytes of a footer.</summary>
    public const int Size = 56;

    private const uint Magic = 0x424F_4952; // "RIOB"
    private const uint Version = 1;
    private const int Covered = Size - sizeof(uint);

    /// <summary>The footer as bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), Crc);
        Convert.FromHexString(Sha256, bytes.AsSpan(20, 32), out _, out _);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Covered), Crc32C.Compute(bytes.AsSpan(0, Covered)));
        return bytes;
    }

    /// <summary>Reads the footer of an object's file.</summary>
    /// <exception cref="LakeCorruptException">There is no sound footer, or the file has another length than it says.</exception>
    public static ObjectFooter Read(SafeFileHandle file, string key)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var content = RandomAccess.GetLength(file) - Size;
        if (content < 0
            || RandomAccess.Read(file, bytes, content) != Size
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[Covered..]) != Crc32C.Compute(bytes[..Covered])
            || BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) != content)
        {
            throw new LakeCorruptException($"Lake object '{key}' has a damaged footer.");
        }

        return new(content, BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]), Convert.ToHexStringLower(bytes.Slice(20, 32)));
    }
}
