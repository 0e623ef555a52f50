namespace RetailInsight.GoogleFakes.Storage;

/// <summary>A request that Cloud Storage would refuse.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="reason"><c>errors[].reason</c>.</param>
/// <param name="message">For people.</param>
internal sealed class StorageException(int status, string reason, string message) : Exception(message)
{
    public int Status => status;

    public string Reason => reason;

    public static StorageException NoBucket() => new(404, "notFound", "The specified bucket does not exist.");

    public static StorageException NoObject(string bucket, string name) => new(404, "notFound", $"No such object: {bucket}/{name}");

    public static StorageException Invalid(string message) => new(400, "invalid", message);

    public static StorageException PreconditionFailed() =>
        new(412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.");
}
