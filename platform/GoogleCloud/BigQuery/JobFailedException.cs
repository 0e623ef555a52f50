namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>A job is done with an error, and running it anew does not help now.</summary>
/// <param name="job">The job's id.</param>
/// <param name="reason">BigQuery's reason.</param>
/// <param name="message">BigQuery's message, and those of single rows.</param>
internal sealed class JobFailedException(string job, string reason, string message) : IOException($"BigQuery job {job}: {reason}: {message}")
{
    /// <summary>BigQuery's reason.</summary>
    public string Reason { get; } = reason;

    /// <summary>What it asks for.</summary>
    public ErrorAction Action { get; } = BigQueryErrors.Of(reason, message, null);
}
