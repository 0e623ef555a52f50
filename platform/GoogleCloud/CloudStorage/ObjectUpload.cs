using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.CloudStorage;

/// <summary>
/// Puts objects under free names so that doing it twice is the same as once: an attempt whose answer got lost is recognised by
/// the checksum of what lies there.
/// </summary>
internal sealed class ObjectUpload(CloudStorageClient client, GoogleApi api, CloudStorageOptions options, TimeProvider clock, ILogger logger)
{
    /// <summary>Puts content in memory, by one request.</summary>
    public async Task<StorageObject> PutAsync(string name, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken)
    {
        var digest = ContentDigest.Of(content.Span);
        var target = new UploadTarget(client.Bucket, name, contentType, digest);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Confirmed(await api.SendAsync(() => Multipart(target, content), options.Retry, StorageObject.ReadAsync, cancellationToken), digest);
            }
            catch (GoogleApiException failure) when (MayBeDone(failure))
            {
                if (await RecogniseAsync(name, digest, failure, cancellationToken) is { } present)
                {
                    return present;
                }

                // A taken name that holds nothing has been freed between the two questions: it is tried again.
                if (failure.Status != HttpStatusCode.PreconditionFailed || attempt >= options.Retry.Attempts)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Puts what a stream still holds: by one request when it fits a chunk.</summary>
    public async Task<StorageObject> PutAsync(string name, Stream content, string contentType, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var buffer = ArrayPool<byte>.Shared.Rent(options.ChunkBytes);
        try
        {
            var chunk = buffer.AsMemory(0, options.ChunkBytes);
            var filled = await content.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken);
            return filled < chunk.Length
                ? await PutAsync(name, chunk[..filled], contentType, cancellationToken)
                : await PutChunksAsync(new(client.Bucket, name, contentType, await AheadAsync(content, filled, cancellationToken)), content, chunk, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<StorageObject> PutChunksAsync(UploadTarget target, Stream content, Memory<byte> chunk, CancellationToken cancellationToken)
    {
        var upload = new ResumableUpload(api, options, clock, logger, target);
        try
        {
            return Confirmed(await upload.SendAsync(content, chunk, cancellationToken), upload.Read);
        }
        catch (GoogleApiException failure) when (MayBeDone(failure) && (failure.Status == HttpStatusCode.PreconditionFailed || upload.IsAtEnd))
        {
            // Refused at once, the name is taken and nothing but the first chunk has been read.
            var digest = target.Digest ?? await (upload.Read.Length > 0 ? upload.Read : default(ContentDigest).Append(chunk.Span)).AppendAsync(content, cancellationToken);
            if (await RecogniseAsync(target.Name, digest, failure, cancellationToken) is { } present)
            {
                return present;
            }

            throw;
        }
        catch
        {
            await upload.AbandonAsync();
            throw;
        }
    }

    /// <summary>The digest of content that can be read twice.</summary>
    private static async Task<ContentDigest?> AheadAsync(Stream content, int read, CancellationToken cancellationToken)
    {
        if (!content.CanSeek)
        {
            return null;
        }

        var position = content.Position;
        content.Position = position - read;
        var digest = await ContentDigest.OfAsync(content, cancellationToken);
        content.Position = position;
        return digest;
    }

    private static HttpRequestMessage Multipart(UploadTarget target, ReadOnlyMemory<byte> content)
    {
        var media = new ReadOnlyMemoryContent(content);
        media.Headers.ContentType = new MediaTypeHeaderValue(target.ContentType);
        return new HttpRequestMessage(HttpMethod.Post, target.Path("multipart")) { Content = new MultipartContent("related") { target.Metadata(), media } };
    }

    /// <summary>Whether the object may be there in spite of the failure: it was there before, or the answer got lost.</summary>
    private bool MayBeDone(GoogleApiException failure) => failure.Status == HttpStatusCode.PreconditionFailed || options.Retry.IsTransient(failure);

    /// <summary>What lies under the name, if it is the same content; null when nothing lies there.</summary>
    private async Task<StorageObject?> RecogniseAsync(string name, ContentDigest digest, GoogleApiException failure, CancellationToken cancellationToken)
    {
        var isTaken = failure.Status == HttpStatusCode.PreconditionFailed;
        StorageObject? present = null;
        try
        {
            // Where the tries have run out already, one more question is enough.
            present = await client.FindAsync(name, isTaken ? options.Retry : options.Retry with { Attempts = 1 }, cancellationToken);
        }
        catch (GoogleApiException) when (!isTaken)
        {
            // Not to be learnt now; the caller hears of the first failure.
        }

        return present is null || present.Digest.Matches(digest) ? present : throw new LakeConflictException(name);
    }

    private StorageObject Confirmed(StorageObject stored, ContentDigest sent)
    {
        if (stored.Digest.Length == sent.Length && stored.Digest.Crc32C == sent.Crc32C)
        {
            return stored;
        }

        logger.StoredDamaged(stored.Name, stored.Generation);
        throw new LakeCorruptException($"Cloud Storage says it holds other bytes under '{stored.Name}' than it was sent.");
    }
}
