using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.Postgres;

internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Migration {Set}/{File} applied")]
    public static partial void MigrationApplied(ILogger logger, string set, string file);
}
