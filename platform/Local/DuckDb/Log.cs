using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.Local.DuckDb;

internal static partial class Log
{
    [LoggerMessage(4101, LogLevel.Information, "Warehouse file {Path} is open")]
    public static partial void Opened(ILogger logger, string path);

    [LoggerMessage(4102, LogLevel.Information, "Warehouse schema: {Statement}")]
    public static partial void SchemaChanged(ILogger logger, string statement);

    [LoggerMessage(4103, LogLevel.Debug, "Loaded {Batches} batches with {Rows} rows; {Repeated} had been loaded before")]
    public static partial void Loaded(ILogger logger, int batches, long rows, int repeated);
}
