using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>The Pub/Sub adapter's log messages; event ids 2310 to 2319.</summary>
internal static partial class Log
{
    /// <summary>Messages ran out of attempts.</summary>
    [LoggerMessage(2310, LogLevel.Error, "{Messages} messages of subscription {Subscription} used up their attempts and are in its dead letter")]
    public static partial void AttemptsSpent(ILogger logger, int messages, string subscription);

    /// <summary>A settlement nobody waits for failed.</summary>
    [LoggerMessage(2311, LogLevel.Warning, "{Messages} leased messages of subscription {Subscription} could not be settled; Pub/Sub delivers them again after their deadline")]
    public static partial void NotSettled(ILogger logger, int messages, string subscription, Exception exception);

    /// <summary>More attempts are asked for than Pub/Sub keeps.</summary>
    [LoggerMessage(2312, LogLevel.Warning, "Subscription {Subscription} asks for {MaxAttempts} attempts; Pub/Sub itself moves a message to the dead letter after {LastNet}")]
    public static partial void TooManyAttempts(ILogger logger, string subscription, int maxAttempts, int lastNet);

    /// <summary>The bus closed with work under way.</summary>
    [LoggerMessage(2313, LogLevel.Warning, "The bus was closed with requests still on their way after {Waited}")]
    public static partial void NotDrained(ILogger logger, TimeSpan waited);
}
