using System.Net;

namespace RetailInsight.Api;

/// <summary>What the service says of itself. Logins are personal data and may be mistyped passwords: never logged.</summary>
internal static partial class Log
{
    [LoggerMessage(6001, LogLevel.Warning, "A sign-in from {Address} failed.")]
    public static partial void SignInFailed(ILogger logger, IPAddress? address);

    [LoggerMessage(6002, LogLevel.Warning, "Not ready: the {Part} does not answer.")]
    public static partial void NotReady(ILogger logger, string part, Exception exception);

    [LoggerMessage(6051, LogLevel.Warning, "Webhooks wait for the next round.")]
    public static partial void WebhooksWait(ILogger logger, Exception exception);

    [LoggerMessage(6052, LogLevel.Warning, "An export broke off; it is taken up again.")]
    public static partial void ExportBrokeOff(ILogger logger, Exception exception);

    [LoggerMessage(6061, LogLevel.Warning, "Mails wait for the next round.")]
    public static partial void MailWaits(ILogger logger, Exception exception);

    [LoggerMessage(6062, LogLevel.Warning, "Mails wait: {Reason}")]
    public static partial void MailServerAway(ILogger logger, string? reason);

    [LoggerMessage(6063, LogLevel.Error, "A mail of {Tenant} ({Cause}) is not sent: {Waiting} of its mails wait already. {Refused} were refused since the start.")]
    public static partial void MailRefused(ILogger logger, string tenant, string cause, int waiting, long refused);

    [LoggerMessage(6071, LogLevel.Warning, "Alert rules wait for the next round.")]
    public static partial void AlertsWait(ILogger logger, Exception exception);

    [LoggerMessage(6003, LogLevel.Warning, "{Address} is refused so often that its refusals ({Action}) no longer go into the audit this minute.")]
    public static partial void RefusalsPastCount(ILogger logger, IPAddress? address, string action);

    [LoggerMessage(6004, LogLevel.Error, "A refusal ({Action}) could not be written into the audit.")]
    public static partial void RefusalNotWritten(ILogger logger, string action, Exception exception);

    [LoggerMessage(6081, LogLevel.Warning, "A morning sheet of {Tenant} waits for the next round.")]
    public static partial void MorningSheetWaits(ILogger logger, string tenant, Exception exception);

    [LoggerMessage(6082, LogLevel.Warning, "A round of morning sheets broke off; the next one finds what is due.")]
    public static partial void MorningRoundBrokeOff(ILogger logger, Exception exception);

    [LoggerMessage(6091, LogLevel.Warning, "Idempotency keys that have expired wait for the next round.")]
    public static partial void KeysNotSwept(ILogger logger, Exception exception);
}
