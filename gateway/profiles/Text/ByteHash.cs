using System.Buffers.Binary;

namespace RetailInsight.Profiles.Text;

/// <summary>A fast hash of 64 bits for tables in memory. Not for anything that leaves the process.</summary>
internal static class ByteHash
{
    private const ulong Factor = 0x9E3779B97F4A7C15;

    /// <summary>Hashes bytes. Of equal bytes two seeds never have one hash: each step from the seed on is one to one.</summary>
    public static ulong Of(int seed, ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            var hash = (((ulong)(uint)seed << 32) | (uint)bytes.Length) * Factor;
            while (bytes.Length >= 8)
            {
                hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Factor;
                hash ^= hash >> 29;
                bytes = bytes[8..];
            }

            ulong rest = 0;
            if (bytes.Length >= 4)
            {
                rest = BinaryPrimitives.ReadUInt32LittleEndian(bytes) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) << 32);
            }
            else
            {
                foreach (var value in bytes)
                {
                    rest = (rest << 8) | value;
                }
            }

            hash = (hash ^ rest) * Factor;
            return hash ^ (hash >> 32);
        }
    }
}
