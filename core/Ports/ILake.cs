namespace RetailInsight.Core.Ports;

/// <summary>Where bytes lie in the lake: a whole object, or a slice of a segment that small payloads share.</summary>
/// <param name="Object">Object key.</param>
/// <param name="Offset">First byte of the payload in the object; 0 for a whole object.</param>
/// <param name="Length">Length of the payload as received.</param>
public sealed record LakePointer(string Object, long Offset, long Length);

/// <summary>An object in the lake.</summary>
/// <param name="Key">Slash-separated key.</param>
/// <param name="Length">Bytes of content as put.</param>
/// <param name="Crc32C">Castagnoli checksum of the content as put.</param>
public sealed record LakeObject(string Key, long Length, uint Crc32C);

/// <summary>The key is taken by other content. The lake never overwrites.</summary>
public sealed class LakeConflictException(string key) : IOException($"The lake already holds other content under '{key}'.");

/// <summary>Stored bytes do not match their checksum.</summary>
public sealed class LakeCorruptException(string message) : IOException(message);

/// <summary>
/// Durable, write-once storage of raw bytes. Local: a directory. Cloud: Cloud Storage. Every write returns only when
/// the bytes would survive a power cut.
/// </summary>
public interface ILake
{
    /// <summary>Puts an object if the key is free. The same content under the same key again is a success.</summary>
    /// <exception cref="LakeConflictException">The key holds other content.</exception>
    Task<LakeObject> PutAsync(string key, Stream content, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps a small payload in a segment shared with others that arrive at the same time: one sync for all of them.
    /// </summary>
    /// <param name="feed">Whose payload it is; kept in the frame for recovery.</param>
    /// <param name="payload">At most <see cref="SegmentPayloadLimit"/> bytes.</param>
    /// <param name="cancellationToken">Stops the waiting; the bytes may still become durable.</param>
    Task<LakePointer> AppendAsync(string feed, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>Largest payload <see cref="AppendAsync"/> takes.</summary>
    const int SegmentPayloadLimit = 64 * 1024;

    /// <summary>Reads a payload back, checksum verified before the last byte is handed out.</summary>
    /// <exception cref="FileNotFoundException">There is no such object.</exception>
    /// <exception cref="LakeCorruptException">The bytes are not those that were put.</exception>
    Task<Stream> OpenAsync(LakePointer pointer, CancellationToken cancellationToken);

    /// <summary>Objects whose key starts with <paramref name="prefix"/>, in key order.</summary>
    IAsyncEnumerable<LakeObject> ListAsync(string prefix, CancellationToken cancellationToken);
}
