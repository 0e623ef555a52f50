using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>Uploads in several requests: a session is opened, chunks follow, each answered 308 with what is kept so far.</summary>
internal static partial class ResumableUploads
{
    private const int SessionIdBytes = 24;
    private const int ClientClosedRequest = 499;

    /// <summary>Opens a session. Preconditions are looked at now and hold for its end.</summary>
    public static async Task StartAsync(StorageCall call, StorageDirectory storage, BucketDirectory bucket)
    {
        var metadata = await call.ReadJsonAsync();
        var name = Uploads.NameOf(call, metadata);
        _ = Uploads.SettingsOf(metadata, "");
        call.Preconditions.Check(bucket.Find(name));
        var id = Convert.ToHexString(RandomNumberGenerator.GetBytes(SessionIdBytes));
        var type = call.Context.Request.Headers["X-Upload-Content-Type"].ToString();
        storage.Sessions[id] = new ResumableSession(bucket, name, metadata, type, call.Preconditions, storage.NewIncomingPath());
        var request = call.Context.Request;
        call.Context.Response.Headers["X-GUploader-UploadID"] = id;
        call.Context.Response.Headers.Location = $"{call.Host}{request.Path}?uploadType=resumable&name={Uri.EscapeDataString(name)}&upload_id={id}";
    }

    /// <summary>Takes a chunk, tells how far the upload is, or gives it up.</summary>
    public static async Task ContinueAsync(StorageCall call, StorageDirectory storage)
    {
        var id = call.Query["upload_id"].ToString();
        if (!storage.Sessions.TryGetValue(id, out var session))
        {
            throw new StorageException(404, "notFound", "No such upload session.");
        }

        if (call.Method == "DELETE")
        {
            storage.Sessions.TryRemove(id, out _);
            session.Dispose();
            call.Context.Response.StatusCode = ClientClosedRequest;
            return;
        }

        await session.Turn.WaitAsync(call.Aborted);
        try
        {
            await TakeAsync(call, session);
        }
        catch (StorageException)
        {
            storage.Sessions.TryRemove(id, out _);
            throw;
        }
        finally
        {
            session.Turn.Release();
        }
    }

    private static async Task TakeAsync(StorageCall call, ResumableSession session)
    {
        var request = call.Context.Request;
        var range = ChunkRange.Parse(request.Headers.ContentRange.ToString(), request.ContentLength);
        if (session.Done is null && range.First is { } first)
        {
            if (first > session.Received)
            {
                throw StorageException.Invalid($"The chunk starts at byte {first}, {session.Received} have come.");
            }

            await session.ReceiveAsync(request.Body, first, range.IsLast, call.Aborted);
        }

        if (session.Done is null && !range.IsComplete(session.Received))
        {
            Incomplete(call, session);
            return;
        }

        await call.AnswerAsync(session.Bucket, session.Done ?? await session.FinishAsync(request.Headers, call.Aborted));
    }

    private static void Incomplete(StorageCall call, ResumableSession session)
    {
        call.Context.Response.StatusCode = 308;
        call.Context.Response.ContentLength = 0;
        if (session.Received > 0)
        {
            call.Context.Response.Headers.Range = string.Create(CultureInfo.InvariantCulture, $"bytes=0-{session.Received - 1}");
        }
    }

    /// <summary>A chunk's <c>Content-Range</c>.</summary>
    /// <param name="First">Its first byte; null for a mere question.</param>
    /// <param name="Last">Its last byte; null when the body's end says it.</param>
    /// <param name="Total">Bytes of the whole; null when not known yet.</param>
    private sealed partial record ChunkRange(long? First, long? Last, long? Total)
    {
        // 0-* promises everything in this request; so does a request without the header.
        public bool IsLast => First is not null && (Last is null || Last + 1 == Total);

        public static ChunkRange Parse(string header, long? bodyLength)
        {
            if (header.Length == 0)
            {
                return new(0, null, bodyLength);
            }

            var match = Pattern().Match(header);
            return match.Success
                ? new(Number(match, "first"), Number(match, "last"), Number(match, "total"))
                : throw StorageException.Invalid($"Failed to parse Content-Range header '{header}'.");
        }

        public bool IsComplete(long received) => Total is { } total ? received == total : IsLast;

        private static long? Number(Match match, string group) =>
            match.Groups[group].Success ? long.Parse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture) : null;

        [GeneratedRegex(@"^bytes (\*|(?<first>\d{1,18})-(\*|(?<last>\d{1,18})))/(\*|(?<total>\d{1,18}))$")]
        private static partial Regex Pattern();
    }
}
