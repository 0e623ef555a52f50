namespace RetailInsight.Gateway;

internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Debug, "{Feed}: {ReceiptId} landed: {Accepted} accepted, {Duplicate} duplicate, {Superseding} superseding, {Quarantined} quarantined rows")]
    public static partial void Landed(ILogger logger, string feed, string receiptId, int accepted, int duplicate, int superseding, int quarantined);

    [LoggerMessage(2002, LogLevel.Warning, "{Feed}: {ReceiptId} is kept but cannot be read: {Reason}")]
    public static partial void Unreadable(ILogger logger, string feed, string receiptId, string reason);

    [LoggerMessage(2003, LogLevel.Error, "{Feed}: {ReceiptId} is kept, its conversion failed and is tried again at {NextAttempt:O}")]
    public static partial void ConversionFailed(ILogger logger, Exception exception, string feed, string receiptId, DateTimeOffset nextAttempt);

    [LoggerMessage(2004, LogLevel.Error, "{Feed}: {ReceiptId} does not balance: {RowsRead} rows read, {RowsDecided} rows decided")]
    public static partial void Unbalanced(ILogger logger, string feed, string receiptId, int rowsRead, int rowsDecided);

    [LoggerMessage(2005, LogLevel.Information, "{Count} payloads without an outcome are taken up again")]
    public static partial void Swept(ILogger logger, int count);

    [LoggerMessage(2006, LogLevel.Warning, "The look for payloads without an outcome failed")]
    public static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(2007, LogLevel.Warning, "The relay could not publish; the messages stay in the outbox")]
    public static partial void RelayFailed(ILogger logger, Exception exception);

    [LoggerMessage(2019, LogLevel.Information, "Nobody subscribes to {Topic} yet; the messages stay in the outbox")]
    public static partial void NobodySubscribes(ILogger logger, string topic);

    [LoggerMessage(2008, LogLevel.Warning, "{Method} {Path} could not be served: a store behind the gateway does not answer")]
    public static partial void Unavailable(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(2009, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void Failed(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(2030, LogLevel.Error, "Replay {Replay}: payload {ReceiptId} failed for the {Attempt}. time")]
    public static partial void ReplayFailed(ILogger logger, Exception exception, long replay, string receiptId, int attempt);

    [LoggerMessage(2031, LogLevel.Warning, "The look for replays to take forward failed")]
    public static partial void ReplaysFailed(ILogger logger, Exception exception);

    [LoggerMessage(2033, LogLevel.Information, "{Tenant}: later payloads brought {Items} held items, which are closed")]
    public static partial void Resolved(ILogger logger, string tenant, int items);

    [LoggerMessage(2032, LogLevel.Information, "{Tenant}: the store master releases {Items} held items")]
    public static partial void Released(ILogger logger, string tenant, int items);

    [LoggerMessage(2010, LogLevel.Error, "Feed {Feed} of {Tenant} names the profile {Profile}, which this process does not have")]
    public static partial void ProfileMissing(ILogger logger, string tenant, string feed, string profile);

    [LoggerMessage(2043, LogLevel.Error, "Group {Group} of {Tenant} routes to feed {Feed}, version {Version} of its profile, which is not there: what its devices send is not taken")]
    public static partial void DeviceGroupUnrouted(ILogger logger, string tenant, string group, string feed, int? version);

    [LoggerMessage(2044, LogLevel.Information, "{Secrets} secrets of persons are destroyed: their time is over")]
    public static partial void PersonSecretsDestroyed(ILogger logger, int secrets);

    [LoggerMessage(2045, LogLevel.Error, "Secrets of persons whose time is over could not be destroyed; tried again in an hour")]
    public static partial void PersonSecretsStand(ILogger logger, Exception exception);

    [LoggerMessage(2040, LogLevel.Information, "Profile {Profile} version {Version} is in use from now on")]
    public static partial void ProfilePublished(ILogger logger, string profile, int version);

    [LoggerMessage(2041, LogLevel.Error, "A profile is not taken: {Error}")]
    public static partial void ProfileRefused(ILogger logger, string error);

    [LoggerMessage(2042, LogLevel.Error, "The directory of profiles cannot be read")]
    public static partial void ProfilesUnreadable(ILogger logger, Exception exception);
}
