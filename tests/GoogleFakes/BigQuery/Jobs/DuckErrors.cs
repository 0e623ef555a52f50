using System.Text.RegularExpressions;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>DuckDB's refusals in BigQuery's words.</summary>
internal static partial class DuckErrors
{
    /// <summary>What BigQuery would say.</summary>
    public static BigQueryException Translate(Exception exception) => exception switch
    {
        BigQueryException known => known,
        OperationCanceledException => new BigQueryException(400, "stopped", "Job execution was cancelled: User requested cancellation"),
        DuckDbException { IsInterrupt: true } => new BigQueryException(400, "stopped", "Job execution was cancelled: User requested cancellation"),
        DuckDbException duck => Translate(duck.Message),
        _ => new BigQueryException(500, "internalError", exception.ToString()),
    };

    private static BigQueryException Translate(string message)
    {
        if (NotNull().Match(message) is { Success: true } missing)
        {
            return BigQueryException.InvalidQuery($"Required field {missing.Groups[1].Value} cannot be null");
        }

        if (message.Contains("out of range for the destination type INT64", StringComparison.Ordinal) || message.Contains("of INT64", StringComparison.Ordinal))
        {
            return BigQueryException.InvalidQuery($"int64 overflow: {NumberInside().Match(message).Groups["what"].Value}");
        }

        if (message.StartsWith("Out of Memory", StringComparison.Ordinal))
        {
            return new BigQueryException(400, "resourcesExceeded", $"Resources exceeded during query execution: {message.Split('\n')[0]}");
        }

        if (message.Contains("TransactionContext Error", StringComparison.Ordinal) || message.Contains("Conflict on", StringComparison.Ordinal))
        {
            return new BigQueryException(400, "aborted", "Transaction is aborted due to concurrent update");
        }

        if (Ungrouped().Match(message) is { Success: true } ungrouped)
        {
            return BigQueryException.InvalidQuery($"SELECT list expression references column {ungrouped.Groups[1].Value} which is neither grouped nor aggregated");
        }

        return BigQueryException.InvalidQuery(Prefix().Replace(message.Split('\n')[0], ""));
    }

    [GeneratedRegex(@"NOT NULL constraint failed: .*\.(\S+)")]
    private static partial Regex NotNull();

    [GeneratedRegex(@"(value |\()(?<what>-?[0-9]+( [+*-] -?[0-9]+)?)")]
    private static partial Regex NumberInside();

    [GeneratedRegex("column \"([^\"]+)\" must appear in the GROUP BY clause")]
    private static partial Regex Ungrouped();

    [GeneratedRegex("^(Invalid Input|Binder|Conversion) Error: ")]
    private static partial Regex Prefix();
}
