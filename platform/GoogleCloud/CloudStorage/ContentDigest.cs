using System.Security.Cryptography;

namespace RetailInsight.Platform.GoogleCloud.CloudStorage;

/// <summary>What tells content from other content.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Crc32C">Castagnoli checksum.</param>
/// <param name="Sha256">Hexadecimal; empty when not known.</param>
internal readonly record struct ContentDigest(long Length, uint Crc32C, string Sha256)
{
    /// <summary>The digest of content in memory.</summary>
    public static ContentDigest Of(ReadOnlySpan<byte> content) =>
        new(content.Length, Platform.Crc32C.Compute(content), Convert.ToHexStringLower(SHA256.HashData(content)));

    /// <summary>The digest of what a stream still holds.</summary>
    public static async Task<ContentDigest> OfAsync(Stream content, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var digest = new ContentDigest(0, 0, "");
        await foreach (var part in PartsAsync(content, cancellationToken))
        {
            sha256.AppendData(part.Span);
            digest = digest.Append(part.Span);
        }

        return digest with { Sha256 = Convert.ToHexStringLower(sha256.GetHashAndReset()) };
    }

    /// <summary>Length and checksum with more content behind; the SHA-256 is then not known.</summary>
    public ContentDigest Append(ReadOnlySpan<byte> more) => new(Length + more.Length, Platform.Crc32C.Append(Crc32C, more), "");

    /// <summary>Length and checksum with the rest of a stream behind.</summary>
    public async Task<ContentDigest> AppendAsync(Stream rest, CancellationToken cancellationToken)
    {
        var digest = this;
        await foreach (var part in PartsAsync(rest, cancellationToken))
        {
            digest = digest.Append(part.Span);
        }

        return digest;
    }

    /// <summary>Whether the other may be of the same content: everything both know is equal.</summary>
    public bool Matches(ContentDigest other) =>
        Length == other.Length && Crc32C == other.Crc32C && (Sha256.Length == 0 || other.Sha256.Length == 0 || Sha256 == other.Sha256);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PartsAsync(
        Stream content, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var memory = System.Buffers.MemoryPool<byte>.Shared.Rent(128 * 1024);
        int read;
        while ((read = await content.ReadAsync(memory.Memory, cancellationToken)) > 0)
        {
            yield return memory.Memory[..read];
        }
    }
}
