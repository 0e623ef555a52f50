using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using RetailInsight.Platform;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>Bytes on their way to becoming an object: a file of their own, with what was counted while it was written.</summary>
/// <param name="Path">The file.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Crc32C">Base64 of the big-endian Castagnoli checksum.</param>
/// <param name="Md5Hash">Base64.</param>
internal sealed record Content(string Path, long Size, string Crc32C, string Md5Hash)
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Copies streams one after another into a new file.</summary>
    public static async Task<Content> WriteAsync(string path, IEnumerable<Stream> sources, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        return await MeasureAsync(path, sources, file, cancellationToken);
    }

    /// <summary>Counts what lies in a file.</summary>
    public static async Task<Content> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        return await MeasureAsync(path, [file], Stream.Null, cancellationToken);
    }

    /// <summary>Throws 400 unless the checksums a client declared, in the metadata or in <c>x-goog-hash</c>, are those of the content.</summary>
    public void Verify(string? crc32C, string? md5Hash, IHeaderDictionary headers)
    {
        var declared = headers["x-goog-hash"].SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries)).ToList();
        foreach (var (name, actual, inMetadata) in new[] { ("crc32c", Crc32C, crc32C), ("md5", Md5Hash, md5Hash) })
        {
            var all = declared.Where(hash => hash.StartsWith(name + "=", StringComparison.Ordinal)).Select(hash => hash[(name.Length + 1)..]);
            foreach (var value in all.Append(inMetadata ?? actual))
            {
                if (value != actual)
                {
                    throw StorageException.Invalid($"Provided {name.ToUpperInvariant()} hash \"{value}\" doesn't match calculated {name.ToUpperInvariant()} hash \"{actual}\".");
                }
            }
        }
    }

    private static async Task<Content> MeasureAsync(string path, IEnumerable<Stream> sources, Stream copy, CancellationToken cancellationToken)
    {
#pragma warning disable CA5351 // The service itself states MD5 beside the Castagnoli checksum.
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long size = 0;
            uint crc = 0;
            foreach (var source in sources)
            {
                int read;
                while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    crc = Platform.Crc32C.Append(crc, buffer.AsSpan(0, read));
                    md5.AppendData(buffer, 0, read);
                    await copy.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                    size += read;
                }
            }

            return new(path, size, Base64(crc), Convert.ToBase64String(md5.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Base64(uint crc)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, crc);
        return Convert.ToBase64String(bytes);
    }
}
