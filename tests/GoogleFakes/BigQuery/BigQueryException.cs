namespace RetailInsight.GoogleFakes.BigQuery;

/// <summary>A refusal in BigQuery's shape: as an HTTP answer, or as a job's <c>errorResult</c>.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="reason">BigQuery's reason: <c>invalidQuery</c>, <c>notFound</c>.</param>
/// <param name="message">What is wrong, as BigQuery words it.</param>
internal sealed class BigQueryException(int status, string reason, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>BigQuery's reason.</summary>
    public string Reason { get; } = reason;

    /// <summary>400 <c>invalid</c>: a request or a row is wrong.</summary>
    public static BigQueryException Invalid(string message) => new(400, "invalid", message);

    /// <summary>400 <c>invalidQuery</c>: the query is wrong, or not understood.</summary>
    public static BigQueryException InvalidQuery(string message) => new(400, "invalidQuery", message);

    /// <summary>404 <c>notFound</c>.</summary>
    public static BigQueryException NotFound(string message) => new(404, "notFound", "Not found: " + message);

    /// <summary>409 <c>duplicate</c>.</summary>
    public static BigQueryException Duplicate(string message) => new(409, "duplicate", "Already Exists: " + message);
}
