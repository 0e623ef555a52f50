using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>What the BigQuery adapter tells; event ids 2340 to 2359.</summary>
internal static partial class Log
{
    [LoggerMessage(2340, LogLevel.Information, "Load {Load}: {Batches} batches, {Rows} rows; {Before} had been loaded before")]
    public static partial void Loaded(this ILogger logger, string load, int batches, long rows, int before);

    [LoggerMessage(2341, LogLevel.Warning, "Job {Job} failed ({Reason}: {Message}); it runs anew in {Pause}")]
    public static partial void JobRunsAnew(this ILogger logger, string job, string reason, string message, TimeSpan pause);

    [LoggerMessage(2342, LogLevel.Error, "The day's table modifications are nearly used up; the next load may be made in {Pause}. More loaders share the dataset than its budget is for")]
    public static partial void BudgetUsedUp(this ILogger logger, TimeSpan pause);

    [LoggerMessage(2343, LogLevel.Warning, "Staging object {Object} was not removed; the bucket's lifecycle rule does it")]
    public static partial void StagingKept(this ILogger logger, string @object, Exception exception);

    [LoggerMessage(2344, LogLevel.Information, "Table {Table} was created or grew")]
    public static partial void SchemaChanged(this ILogger logger, string table);

    [LoggerMessage(2345, LogLevel.Error, "A quota of BigQuery is used up ({Refusal}); loads wait {Pause}, their batches are kept")]
    public static partial void QuotaUsedUp(this ILogger logger, string refusal, TimeSpan pause);

    [LoggerMessage(2346, LogLevel.Warning, "Staging table {Table} was not removed; it expires by itself")]
    public static partial void StagingTableKept(this ILogger logger, string table, Exception exception);
}
