namespace RetailInsight.GoogleFakes.BigQuery.Http;

/// <summary>Objects of the Cloud Storage fake on the same server, through its own API.</summary>
/// <param name="app">The server.</param>
internal sealed class StoredObjects(WebApplication app)
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromMinutes(5) };

    /// <summary>Opens an object; null when there is none.</summary>
    public async Task<Stream?> OpenAsync(string bucket, string name, CancellationToken cancellationToken)
    {
        var address = new Uri($"{app.Urls.First()}/storage/v1/b/{Uri.EscapeDataString(bucket)}/o/{Uri.EscapeDataString(name)}?alt=media");
        var response = await Client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }

        return response.IsSuccessStatusCode ? await response.Content.ReadAsStreamAsync(cancellationToken)
            : throw new BigQueryException(503, "backendError", $"Error encountered while reading gs://{bucket}/{name}: {(int)response.StatusCode}");
    }
}
