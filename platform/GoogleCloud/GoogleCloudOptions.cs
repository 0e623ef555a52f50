namespace RetailInsight.Platform.GoogleCloud;

/// <summary>
/// The configuration section <c>Platform:Google</c>. An endpoint left empty is Google's own, or the one its emulator variable
/// names (<c>PUBSUB_EMULATOR_HOST</c>, <c>STORAGE_EMULATOR_HOST</c>, <c>BIGQUERY_EMULATOR_HOST</c>).
/// </summary>
public sealed class GoogleCloudOptions
{
    /// <summary>Project that owns topics, bucket and dataset, and pays for the queries.</summary>
    public string Project { get; set; } = "";

    /// <summary>Bucket of the lake.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>Dataset of the warehouse.</summary>
    public string Dataset { get; set; } = "retailinsight";

    /// <summary>Where bucket and dataset lie and jobs run: a region or multi-region.</summary>
    public string Location { get; set; } = "asia-northeast1";

    /// <summary>Service account key or other credentials file; empty for application default credentials.</summary>
    public string CredentialsFile { get; set; } = "";

    /// <summary>Root of the Pub/Sub API: <c>https://pubsub.googleapis.com/</c>.</summary>
    public string PubSubEndpoint { get; set; } = "";

    /// <summary>Root of the Cloud Storage API: <c>https://storage.googleapis.com/</c>.</summary>
    public string StorageEndpoint { get; set; } = "";

    /// <summary>Root of the BigQuery API: <c>https://bigquery.googleapis.com/</c>.</summary>
    public string BigQueryEndpoint { get; set; } = "";
}
