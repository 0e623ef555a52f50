using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.GoogleCloud.CloudStorage;

/// <summary>
/// Sends content in chunks. After a broken chunk the service is asked how much it kept, and the rest is sent; a session it no
/// longer knows begins anew, when the content can be read again.
/// </summary>
internal sealed class ResumableUpload(GoogleApi api, CloudStorageOptions options, TimeProvider clock, ILogger logger, UploadTarget target)
{
    private const int MostSessions = 5;

    private readonly RetryPolicy _once = options.Retry with { Attempts = 1 };
    private Uri? _session;

    /// <summary>Whether all of the content has been read, and sent at least once.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>What has been read of the content.</summary>
    public ContentDigest Read { get; private set; }

    /// <summary>Sends everything.</summary>
    /// <param name="content">What follows the first chunk.</param>
    /// <param name="chunk">Holds the first chunk, and the others after it.</param>
    /// <param name="cancellationToken">Gives the upload up.</param>
    /// <exception cref="GoogleApiException">Refused, or the tries ran out.</exception>
    public async Task<StorageObject> SendAsync(Stream content, Memory<byte> chunk, CancellationToken cancellationToken)
    {
        var start = content.CanSeek ? content.Position - chunk.Length : 0;
        for (var sessions = 1; ; sessions++)
        {
            try
            {
                return await SendSessionAsync(content, chunk, cancellationToken);
            }
            catch (SessionLostException lost)
            {
                logger.SessionLost(target.Name, lost.Sent);
                if (sessions == MostSessions || (!content.CanSeek && Read.Length > chunk.Length))
                {
                    throw new IOException($"The upload of '{target.Name}' was lost after {lost.Sent} bytes, and its source cannot be read again.", lost);
                }

                if (content.CanSeek)
                {
                    content.Position = start;
                    await content.ReadExactlyAsync(chunk, cancellationToken);
                }
            }
        }
    }

    /// <summary>Tells the service to forget what came. Best effort: it forgets by itself in a week.</summary>
    public async Task AbandonAsync()
    {
        if (_session is not { } session)
        {
            return;
        }

        try
        {
            await api.SendAsync(
                () => new HttpRequestMessage(HttpMethod.Delete, session), _once with { AttemptTimeout = TimeSpan.FromSeconds(5) }, (_, _) => Task.FromResult(true), CancellationToken.None);
        }
        catch (GoogleApiException)
        {
            // Also the answer to a session given up: 499.
        }
    }

    private async Task<StorageObject> SendSessionAsync(Stream content, Memory<byte> chunk, CancellationToken cancellationToken)
    {
        _session = await StartAsync(cancellationToken);
        (Read, IsAtEnd) = (default, false);
        var filled = chunk.Length;
        while (true)
        {
            var first = Read.Length;
            Read = Read.Append(chunk.Span[..filled]);
            IsAtEnd = filled < chunk.Length;
            if (await SendChunkAsync(first, chunk[..filled], IsAtEnd, cancellationToken) is { } stored)
            {
                _session = null;
                return stored;
            }

            filled = await content.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken);
        }
    }

    private Task<Uri> StartAsync(CancellationToken cancellationToken) => api.SendAsync(
        () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, target.Path("resumable")) { Content = target.Metadata() };
            request.Headers.Add("X-Upload-Content-Type", target.ContentType);
            return request;
        },
        options.Retry,
        (response, _) => Task.FromResult(response.Headers.Location ?? throw new IOException("The upload session has no address.")),
        cancellationToken);

    /// <summary>Sends a chunk until the service has all of it; null unless the object is complete then.</summary>
    private async Task<StorageObject?> SendChunkAsync(long first, ReadOnlyMemory<byte> chunk, bool isLast, CancellationToken cancellationToken)
    {
        var progress = new Progress(null, first);
        var isCertain = true;
        return await options.Retry.Build(clock, logger).ExecuteAsync(
            async token =>
            {
                progress = isCertain ? progress : Checked(await PutAsync(first, chunk, chunk.Length, isLast, token), first, chunk.Length);
                while (progress.Stored is null && (isLast || progress.Kept < first + chunk.Length))
                {
                    isCertain = false;
                    var before = progress.Kept;
                    progress = Checked(await PutAsync(first, chunk, (int)(before - first), isLast, token), first, chunk.Length);
                    isCertain = true;
                    if (progress.Stored is null && progress.Kept <= before)
                    {
                        throw new GoogleApiException(null, "noProgress", $"The upload of '{target.Name}' stays at {before} bytes.");
                    }
                }

                return progress.Stored;
            },
            cancellationToken);
    }

    private static Progress Checked(Progress progress, long first, int length) =>
        progress.Stored is not null ? progress
        : progress.Kept < first ? throw new SessionLostException(first, null)
        : progress.Kept > first + length ? throw new InvalidDataException($"{first + length} bytes were sent, and {progress.Kept} are said to have come.")
        : progress;

    /// <summary>Sends a chunk from <paramref name="skip"/> on; of an exhausted one nothing but the question how far the upload is.</summary>
    private async Task<Progress> PutAsync(long first, ReadOnlyMemory<byte> chunk, int skip, bool isLast, CancellationToken cancellationToken)
    {
        try
        {
            return await api.SendAsync(
                () => Chunk(first + skip, chunk[skip..], isLast), _once, status => status == HttpStatusCode.PermanentRedirect, ProgressAsync, cancellationToken);
        }
        catch (GoogleApiException failure) when (failure.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            throw new SessionLostException(first, failure);
        }
    }

    private HttpRequestMessage Chunk(long first, ReadOnlyMemory<byte> bytes, bool isLast)
    {
        var content = new ReadOnlyMemoryContent(bytes);
        var total = isLast ? Read.Length.ToString(CultureInfo.InvariantCulture) : "*";
        var range = bytes.IsEmpty ? "*" : string.Create(CultureInfo.InvariantCulture, $"{first}-{first + bytes.Length - 1}");
        content.Headers.Add("Content-Range", $"bytes {range}/{total}");
        content.Headers.ContentType = new MediaTypeHeaderValue(target.ContentType);
        var request = new HttpRequestMessage(HttpMethod.Put, _session) { Content = content };
        if (isLast)
        {
            request.Headers.Add("x-goog-hash", "crc32c=" + StorageObject.Text(Read.Crc32C));
        }

        return request;
    }

    private static async Task<Progress> ProgressAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return new(await StorageObject.ReadAsync(response, cancellationToken), 0);
        }

        // Without a range nothing is kept.
        var range = response.Headers.TryGetValues("Range", out var values) ? values.First() : "";
        return new(null, RangeHeaderValue.TryParse(range, out var parsed) && parsed.Ranges.FirstOrDefault()?.To is { } last ? last + 1 : 0);
    }

    private sealed record Progress(StorageObject? Stored, long Kept);

    private sealed class SessionLostException(long sent, Exception? cause) : Exception("The upload session is gone.", cause)
    {
        public long Sent => sent;
    }
}
