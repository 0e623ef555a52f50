namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>Settings of the local warehouse.</summary>
internal sealed record DuckDbWarehouseOptions
{
    /// <summary>The database file; <c>:memory:</c> for a private one that is gone when disposed.</summary>
    public required string Path { get; init; }

    /// <summary>Memory DuckDB may use before it spills to disk beside the file.</summary>
    public string MemoryLimit { get; init; } = "2GB";

    /// <summary>Worker threads; null for one a processor.</summary>
    public int? Threads { get; init; }

    /// <summary>Queries that may run at once; more wait.</summary>
    public int Readers { get; init; } = 8;

    /// <summary>Bytes a query may read when it does not say itself.</summary>
    public long QueryBudgetBytes { get; init; } = 64L << 30;
}
