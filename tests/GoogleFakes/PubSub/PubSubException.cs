namespace RetailInsight.GoogleFakes.PubSub;

/// <summary>A request that Pub/Sub would refuse.</summary>
/// <param name="code">HTTP status.</param>
/// <param name="status">Name of the gRPC status: <c>NOT_FOUND</c>.</param>
/// <param name="message">For people.</param>
internal sealed class PubSubException(int code, string status, string message) : Exception(message)
{
    public int Code => code;

    public string Status => status;

    public static PubSubException NotFound(string path) => new(404, "NOT_FOUND", $"Resource not found (resource={path[(path.LastIndexOf('/') + 1)..]}).");

    public static PubSubException Exists(string path) =>
        new(409, "ALREADY_EXISTS", $"Resource already exists in the project (resource={path[(path.LastIndexOf('/') + 1)..]}).");

    public static PubSubException Invalid(string message) => new(400, "INVALID_ARGUMENT", message);

    public static PubSubException Unavailable() => new(503, "UNAVAILABLE", "The service was unable to fulfill your request. Please try again.");
}
