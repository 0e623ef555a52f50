using System.Globalization;
using System.Net.Http.Headers;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>Sends an object's content, whole or a range of it.</summary>
internal static class Downloads
{
    /// <summary>Answers 200, 206 or 416.</summary>
    public static async Task SendAsync(StorageCall call, BucketDirectory bucket, string name)
    {
        var (found, content) = bucket.Open(name, call.Generation);
        await using (content)
        {
            call.Preconditions.Check(found);
            var response = call.Context.Response;
            Describe(response.Headers, found);
            response.ContentType = found.Setting("contentType") is { Length: > 0 } type ? type : "application/octet-stream";
            var (first, length) = (0L, found.Size);
            if (Range(call.Context.Request.Headers.Range.ToString()) is { } range)
            {
                (first, length) = Place(range, found.Size);
                if (length <= 0)
                {
                    response.Headers.ContentRange = $"bytes */{found.Size}";
                    throw new StorageException(416, "requestedRangeNotSatisfiable", "Request range not satisfiable");
                }

                response.StatusCode = 206;
                response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{first + length - 1}/{found.Size}");
            }

            response.ContentLength = length;
            if (call.Method != "HEAD")
            {
                content.Position = first;
                await CopyAsync(content, response.Body, length, call.Aborted);
            }
        }
    }

    private static void Describe(IHeaderDictionary headers, StoredObject found)
    {
        headers["x-goog-hash"] = found.Hashes;
        headers["x-goog-generation"] = found.Generation.ToString(CultureInfo.InvariantCulture);
        headers["x-goog-metageneration"] = found.Metageneration.ToString(CultureInfo.InvariantCulture);
        headers["x-goog-stored-content-length"] = found.Size.ToString(CultureInfo.InvariantCulture);
        headers["x-goog-stored-content-encoding"] = found.Setting("contentEncoding") is { Length: > 0 } encoding ? encoding : "identity";
        headers.AcceptRanges = "bytes";
        headers.ETag = found.ETag;
        if (found.Setting("contentEncoding") is { Length: > 0 } stored)
        {
            headers.ContentEncoding = stored;
        }

        if (found.Setting("contentDisposition") is { Length: > 0 } disposition)
        {
            headers.ContentDisposition = disposition;
        }
    }

    // A header that is no single byte range is as if it were not there.
    private static RangeItemHeaderValue? Range(string header) =>
        RangeHeaderValue.TryParse(header, out var parsed) && parsed.Unit == "bytes" && parsed.Ranges.Count == 1 ? parsed.Ranges.Single() : null;

    private static (long First, long Length) Place(RangeItemHeaderValue range, long size)
    {
        if (range.From is not { } from)
        {
            var tail = Math.Min(range.To!.Value, size);
            return (size - tail, tail);
        }

        return (from, Math.Min(range.To ?? long.MaxValue - 1, size - 1) - from + 1);
    }

    private static async Task CopyAsync(FileStream content, Stream body, long length, CancellationToken cancellationToken)
    {
        var buffer = new byte[128 * 1024];
        while (length > 0)
        {
            var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancellationToken);
            if (read == 0)
            {
                return;
            }

            await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            length -= read;
        }
    }
}
