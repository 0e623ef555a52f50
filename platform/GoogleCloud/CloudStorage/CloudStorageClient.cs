using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.GoogleCloud.CloudStorage;

/// <summary>The objects of one bucket.</summary>
internal sealed class CloudStorageClient : IDisposable
{
    private readonly GoogleCloudOptions _google;
    private readonly CloudStorageOptions _options;
    private readonly GoogleApi _api;
    private readonly ObjectUpload _upload;
    private volatile bool _bucketIsKnown;

    /// <param name="google">Bucket, project, endpoint and credentials.</param>
    /// <param name="options">Sizes and patience.</param>
    /// <param name="clock">Clock of pauses and timeouts.</param>
    /// <param name="logger">Told of what is tried again.</param>
    public CloudStorageClient(GoogleCloudOptions google, CloudStorageOptions options, TimeProvider clock, ILogger logger)
    {
        ArgumentException.ThrowIfNullOrEmpty(google.Bucket);
        if (options.ChunkBytes <= 0 || options.ChunkBytes % CloudStorageOptions.ChunkGranule != 0)
        {
            throw new ArgumentException($"A chunk must be a multiple of {CloudStorageOptions.ChunkGranule} bytes.", nameof(options));
        }

        var endpoint = GoogleAccess.Endpoint(google.StorageEndpoint, "STORAGE_EMULATOR_HOST", "https://storage.googleapis.com/");
        _google = google;
        _options = options;
        _api = new GoogleApi(GoogleAccess.Client(endpoint, google), clock, logger);
        _upload = new ObjectUpload(this, _api, options, clock, logger);
    }

    /// <summary>The bucket.</summary>
    public string Bucket => _google.Bucket;

    /// <summary>An object's address as other Google services take it: <c>gs://BUCKET/NAME</c>.</summary>
    public string AddressOf(string name) => $"gs://{Bucket}/{name}";

    /// <summary>Puts content in memory under a free name. The same content already there is a success.</summary>
    /// <exception cref="Core.Ports.LakeConflictException">The name holds other content.</exception>
    /// <exception cref="Core.Ports.LakeCorruptException">The service says it stored other bytes.</exception>
    /// <exception cref="GoogleApiException">Refused, or the tries ran out.</exception>
    public async Task<StorageObject> PutAsync(string name, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken)
    {
        await KnowBucketAsync(cancellationToken);
        return await _upload.PutAsync(name, content, contentType, cancellationToken);
    }

    /// <summary>Puts what a stream still holds under a free name, a chunk of it in memory at a time. The same content already there is a success.</summary>
    /// <exception cref="Core.Ports.LakeConflictException">The name holds other content.</exception>
    /// <exception cref="Core.Ports.LakeCorruptException">The service says it stored other bytes.</exception>
    /// <exception cref="GoogleApiException">Refused, or the tries ran out.</exception>
    public async Task<StorageObject> PutAsync(string name, Stream content, string contentType, CancellationToken cancellationToken)
    {
        await KnowBucketAsync(cancellationToken);
        return await _upload.PutAsync(name, content, contentType, cancellationToken);
    }

    /// <summary>An object's description, or null.</summary>
    /// <exception cref="GoogleApiException">Refused, or the tries ran out.</exception>
    public Task<StorageObject?> FindAsync(string name, CancellationToken cancellationToken) => FindAsync(name, _options.Retry, cancellationToken);

    /// <summary>An object's description, or null.</summary>
    public async Task<StorageObject?> FindAsync(string name, RetryPolicy retry, CancellationToken cancellationToken)
    {
        try
        {
            return await _api.SendAsync(
                () => new HttpRequestMessage(HttpMethod.Get, $"{PathOf(name)}?fields={StorageObject.Fields}"), retry, StorageObject.ReadAsync, cancellationToken);
        }
        catch (GoogleApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Fetches bytes of an object. Their checksum is the caller's to verify: the service states only that of the whole.</summary>
    /// <param name="name">The object.</param>
    /// <param name="generation">Its generation, or null for the present one.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="destination">Filled as far as the object reaches.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <returns>Bytes fetched; fewer than asked for where the object ends.</returns>
    /// <exception cref="FileNotFoundException">There is no such object.</exception>
    /// <exception cref="GoogleApiException">Refused, or the tries ran out.</exception>
    public async Task<int> FetchAsync(string name, long? generation, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (destination.IsEmpty)
        {
            return 0;
        }

        var path = $"{PathOf(name)}?alt=media" + (generation is null ? "" : $"&generation={generation}");
        try
        {
            return await _api.SendAsync(
                () => new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(offset, offset + destination.Length - 1) } },
                _options.Retry,
                (response, token) => FillAsync(response, offset, destination, token),
                cancellationToken);
        }
        catch (GoogleApiException failure) when (failure.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return 0;
        }
        catch (GoogleApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            throw new FileNotFoundException($"The bucket holds nothing under '{name}'.", failure);
        }
    }

    /// <summary>Objects in name order.</summary>
    /// <param name="prefix">How their names start.</param>
    /// <param name="from">First name that counts; empty for all.</param>
    /// <param name="until">First name that no longer counts; empty for none.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public async IAsyncEnumerable<StorageObject> ListAsync(
        string prefix, string from, string until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = $"storage/v1/b/{Bucket}/o?maxResults={_options.PageSize}&fields=nextPageToken,items({StorageObject.Fields})"
            + Parameter("prefix", prefix) + Parameter("startOffset", from) + Parameter("endOffset", until);
        var token = "";
        await KnowBucketAsync(cancellationToken);
        do
        {
            var page = await _api.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path + Parameter("pageToken", token)), _options.Retry, PageAsync, cancellationToken);
            foreach (var found in page.Objects)
            {
                yield return found;
            }

            token = page.NextToken;
        }
        while (token.Length > 0);
    }

    /// <summary>Removes an object; whether there was one. After an answer that got lost, false may mean that this call removed it.</summary>
    /// <exception cref="GoogleApiException">Refused, or the tries ran out.</exception>
    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await _api.SendAsync(() => new HttpRequestMessage(HttpMethod.Delete, PathOf(name)), _options.Retry, (_, _) => Task.FromResult(true), cancellationToken);
        }
        catch (GoogleApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>Makes the bucket in the configured location when there is none: private, access by bucket only.</summary>
    /// <exception cref="GoogleApiException">Refused (the name may be another's), or the tries ran out.</exception>
    public async Task EnsureBucketAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _api.JsonAsync(HttpMethod.Get, $"storage/v1/b/{Bucket}", null, _options.Retry, cancellationToken);
        }
        catch (GoogleApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            var access = new { uniformBucketLevelAccess = new { enabled = true }, publicAccessPrevention = "enforced" };
            await _api.JsonAsync(
                HttpMethod.Post,
                $"storage/v1/b?project={Uri.EscapeDataString(_google.Project)}",
                new { name = Bucket, location = _google.Location, iamConfiguration = access },
                _options.Retry with { IsTransient = refusal => refusal.Status != HttpStatusCode.Conflict && _options.Retry.IsTransient(refusal) },
                cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _api.Dispose();

    // Before the first write or list, once. An account that may write objects but not look at the bucket finds out by writing.
    private async ValueTask KnowBucketAsync(CancellationToken cancellationToken)
    {
        if (_bucketIsKnown)
        {
            return;
        }

        try
        {
            await EnsureBucketAsync(cancellationToken);
            _bucketIsKnown = true;
        }
        catch (GoogleApiException failure) when (failure.Status is HttpStatusCode.Forbidden or HttpStatusCode.Conflict)
        {
            _bucketIsKnown = true;
        }
    }

    private static async Task<int> FillAsync(HttpResponseMessage response, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != offset)
        {
            throw new IOException($"Bytes from {offset} on were asked for and others came.");
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await body.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, cancellationToken);
    }

    private static async Task<(IReadOnlyList<StorageObject> Objects, string NextToken)> PageAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var page = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        var objects = page.TryGetProperty("items", out var items) ? items.EnumerateArray().Select(StorageObject.Read).ToList() : [];
        return (objects, page.TryGetProperty("nextPageToken", out var token) ? token.GetString() ?? "" : "");
    }

    private static string Parameter(string name, string value) => value.Length == 0 ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    private string PathOf(string name) => $"storage/v1/b/{Bucket}/o/{Uri.EscapeDataString(name)}";
}
