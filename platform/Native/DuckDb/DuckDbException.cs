namespace RetailInsight.Platform.Native.DuckDb;

/// <summary>DuckDB refused or failed; the message is its own.</summary>
internal sealed class DuckDbException(string message) : Exception(message)
{
    /// <summary>The statement was stopped by <see cref="DuckDbConnection.Interrupt"/>.</summary>
    public bool IsInterrupt => Message.StartsWith("INTERRUPT", StringComparison.Ordinal);
}
