using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>The lake's log messages; event ids 1100 to 1199.</summary>
internal static partial class Log
{
    /// <summary>A write or sync failed.</summary>
    [LoggerMessage(1100, LogLevel.Error, "Lake segment {Segment} is abandoned after a failed write or sync; {Appends} appends were refused")]
    public static partial void SegmentAbandoned(ILogger logger, Exception exception, string segment, int appends);

    /// <summary>The index could not be written.</summary>
    [LoggerMessage(1101, LogLevel.Warning, "Lake segment {Segment} could not be sealed; its payloads are durable and the next start adds the index")]
    public static partial void SegmentNotSealed(ILogger logger, Exception exception, string segment);

    /// <summary>An unsealed segment of a dead process was finished.</summary>
    [LoggerMessage(1102, LogLevel.Information, "Lake segment {Segment} of an ended process is sealed: {Payloads} payloads kept, {TornBytes} torn bytes at its end left out")]
    public static partial void SegmentRecovered(ILogger logger, string segment, int payloads, long tornBytes);

    /// <summary>Sound frames follow a damaged place: acknowledged payloads may be lost.</summary>
    [LoggerMessage(1103, LogLevel.Error, "Lake segment {Segment} is damaged from byte {Start} to {End} and sound payloads follow: acknowledged payloads may be lost, check the disk")]
    public static partial void SegmentDamaged(ILogger logger, string segment, long start, long end);
}
