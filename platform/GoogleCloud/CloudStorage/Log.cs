using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.GoogleCloud.CloudStorage;

/// <summary>What the Cloud Storage adapter tells; event ids 2320 to 2339.</summary>
internal static partial class Log
{
    [LoggerMessage(2320, LogLevel.Warning, "Segment {Segment} could not be stored; {Appends} appends were refused")]
    public static partial void SegmentRefused(this ILogger logger, Exception exception, string segment, int appends);

    [LoggerMessage(2321, LogLevel.Warning, "The upload session of '{Name}' is gone after {Bytes} bytes; it begins anew")]
    public static partial void SessionLost(this ILogger logger, string name, long bytes);

    [LoggerMessage(2322, LogLevel.Warning, "'{Name}' came damaged from Cloud Storage; it is fetched once more")]
    public static partial void FetchedDamaged(this ILogger logger, string name);

    [LoggerMessage(2323, LogLevel.Error, "Cloud Storage holds other bytes under '{Name}', generation {Generation}, than it was sent; the object is left as it is")]
    public static partial void StoredDamaged(this ILogger logger, string name, long generation);
}
