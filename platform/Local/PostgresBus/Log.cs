using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.Local.PostgresBus;

/// <summary>The bus's log messages; event ids 1200 to 1299.</summary>
internal static partial class Log
{
    /// <summary>The listening connection broke.</summary>
    [LoggerMessage(1200, LogLevel.Warning, "The bus lost its listening connection and polls until it is back")]
    public static partial void ListenerLost(ILogger logger, Exception exception);

    /// <summary>A statement is repeated.</summary>
    [LoggerMessage(1201, LogLevel.Warning, "A bus statement failed for a passing reason (attempt {Attempt}) and is repeated")]
    public static partial void Retried(ILogger logger, Exception exception, int attempt);

    /// <summary>Consumers find the messages by polling.</summary>
    [LoggerMessage(1203, LogLevel.Warning, "The bus could not wake consumers; they find the messages at their next poll")]
    public static partial void WakeupLost(ILogger logger, Exception exception);

    /// <summary>Messages ran out of attempts.</summary>
    [LoggerMessage(1202, LogLevel.Error, "{Messages} messages of subscription {Subscription} used up their attempts and are in its dead letter")]
    public static partial void AttemptsSpent(ILogger logger, long messages, string subscription);
}
