using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>An upload in several requests: what was fixed when it began, and what has come so far.</summary>
internal sealed class ResumableSession(BucketDirectory bucket, string name, JsonObject metadata, string contentType, Preconditions preconditions, string path) : IDisposable
{
    /// <summary>Bytes are kept in whole multiples of it until the last come.</summary>
    public const int Granule = 256 * 1024;

    /// <summary>One request at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>Bytes kept.</summary>
    public long Received { get; private set; }

    /// <summary>The object, once all have come.</summary>
    public StoredObject? Done { get; private set; }

    /// <summary>The bucket.</summary>
    public BucketDirectory Bucket => bucket;

    /// <summary>
    /// Keeps bytes that start at <paramref name="offset"/>; those already kept are skipped. A connection that breaks off leaves
    /// the whole granules that came.
    /// </summary>
    /// <param name="body">The bytes.</param>
    /// <param name="offset">Where they belong; not beyond what is kept.</param>
    /// <param name="last">Whether these are the last, so that a broken granule is kept too.</param>
    /// <param name="cancellationToken">The connection is gone.</param>
    public async Task ReceiveAsync(Stream body, long offset, bool last, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        file.Position = offset;
        try
        {
            await body.CopyToAsync(file, cancellationToken);
            Received = Math.Max(Received, last ? file.Position : file.Position / Granule * Granule);
        }
        catch
        {
            Received = Math.Max(Received, file.Position / Granule * Granule);
            throw;
        }
        finally
        {
            file.SetLength(Received);
        }
    }

    /// <summary>Makes what has come an object.</summary>
    public async Task<StoredObject> FinishAsync(IHeaderDictionary headers, CancellationToken cancellationToken)
    {
        await using (File.Open(path, FileMode.OpenOrCreate))
        {
            // An upload of nothing has no file yet.
        }

        var content = await Content.ReadAsync(path, cancellationToken);
        return Done = Uploads.Commit(bucket, name, metadata, contentType, content, preconditions, headers);
    }

    /// <summary>Forgets what came.</summary>
    public void Dispose()
    {
        File.Delete(path);
        Turn.Dispose();
    }
}
