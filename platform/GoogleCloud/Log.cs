using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.GoogleCloud;

/// <summary>What the Google adapters tell.</summary>
internal static partial class Log
{
    [LoggerMessage(2300, LogLevel.Warning, "Try {Attempt} of a Google request failed; again in {Pause}")]
    public static partial void Retried(this ILogger logger, int attempt, TimeSpan pause, Exception? exception);
}
