using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RetailInsight.Platform.Warehouse;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>BigQuery's resources of one project and dataset.</summary>
internal sealed class BigQueryApi : IDisposable
{
    private const int PageAttempts = 4;

    private readonly GoogleApi _api;
    private readonly BigQueryOptions _options;

    /// <param name="google">Project, dataset, location, endpoint and credentials.</param>
    /// <param name="options">Patience.</param>
    /// <param name="clock">Clock of pauses and timeouts.</param>
    /// <param name="logger">Told of what is tried again.</param>
    public BigQueryApi(GoogleCloudOptions google, BigQueryOptions options, TimeProvider clock, ILogger logger)
    {
        ArgumentException.ThrowIfNullOrEmpty(google.Project);
        ArgumentException.ThrowIfNullOrEmpty(google.Dataset);
        var endpoint = GoogleAccess.Endpoint(google.BigQueryEndpoint, "BIGQUERY_EMULATOR_HOST", "https://bigquery.googleapis.com/");
        _api = new GoogleApi(GoogleAccess.Client(endpoint, google), clock, logger);
        _options = options;
        Google = google;
    }

    /// <summary>Where everything is.</summary>
    public GoogleCloudOptions Google { get; }

    /// <summary>The dataset as a query names it by default.</summary>
    public object DatasetReference => new { projectId = Google.Project, datasetId = Google.Dataset };

    /// <summary>A table as a job names it.</summary>
    public object TableReference(string table) => new { projectId = Google.Project, datasetId = Google.Dataset, tableId = table };

    /// <summary>Path of the dataset, or of something in it.</summary>
    public string InDataset(string rest = "") => $"datasets/{Google.Dataset}{rest}";

    /// <summary>A request with JSON both ways.</summary>
    /// <exception cref="GoogleApiException">Refused, or the tries ran out.</exception>
    public Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken) =>
        _api.JsonAsync(method, Path(path), body, _options.Retry, cancellationToken);

    /// <summary>A resource, or null when there is none.</summary>
    /// <exception cref="GoogleApiException">Refused, or the tries ran out.</exception>
    public async Task<JsonElement?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        }
        catch (GoogleApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Creates a resource; whether it was not there yet. Another process may have been quicker.</summary>
    /// <exception cref="GoogleApiException">Refused, or the tries ran out.</exception>
    public async Task<bool> CreateAsync(string path, object body, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(HttpMethod.Post, path, body, cancellationToken);
            return true;
        }
        catch (GoogleApiException failure) when (failure.Status == HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    /// <summary>A page of a result, read from its bytes, which may be many. One that breaks off or is no JSON is asked for again.</summary>
    /// <exception cref="GoogleApiException">Refused, or the tries ran out.</exception>
    public Task<ResultPage> PageAsync(string path, IReadOnlyList<WarehouseColumn> columns, CancellationToken cancellationToken) => _api.SendAsync(
        () => new HttpRequestMessage(HttpMethod.Get, Path(path)),
        _options.Retry with { Attempts = Math.Min(_options.Retry.Attempts, PageAttempts) },
        async (response, token) => ResultPage.Read(await response.Content.ReadAsByteArrayAsync(token), columns),
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _api.Dispose();

    private string Path(string path) => $"bigquery/v2/projects/{Uri.EscapeDataString(Google.Project)}/{path}";
}
