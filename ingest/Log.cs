namespace RetailInsight.Ingest;

/// <summary>Everything the streamer logs. Event ids are stable.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Information, "Loaded {Batches} batches ({Fresh} new to the ledger), {Rows} rows.")]
    public static partial void Loaded(this ILogger logger, int batches, int fresh, long rows);

    [LoggerMessage(3002, LogLevel.Error, "Message {MessageId} moved to the dead letter: {Reason}")]
    public static partial void Poison(this ILogger logger, string messageId, string reason);

    [LoggerMessage(3003, LogLevel.Error, "Batch {BatchId} could not be loaded although others could (for ever: {ForEver}).")]
    public static partial void Refused(this ILogger logger, string batchId, bool forEver, Exception reason);

    [LoggerMessage(3004, LogLevel.Warning, "{Batches} batches could not be loaded; trying again in {Pause}.")]
    public static partial void LoadFailed(this ILogger logger, int batches, TimeSpan pause, Exception exception);

    [LoggerMessage(3005, LogLevel.Warning, "The streamer cannot go on; trying again in {Pause}.")]
    public static partial void StepFailed(this ILogger logger, TimeSpan pause, Exception exception);

    [LoggerMessage(3007, LogLevel.Error, "The warehouse takes no load for {RetryAfter}; {Batches} batches are kept: {Reason}")]
    public static partial void LoadHeld(this ILogger logger, int batches, TimeSpan retryAfter, string reason);

    [LoggerMessage(3006, LogLevel.Warning, "Leases were not extended; their messages may come again.")]
    public static partial void LeaseNotExtended(this ILogger logger, Exception exception);
}
