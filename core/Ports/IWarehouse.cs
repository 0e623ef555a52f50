namespace RetailInsight.Core.Ports;

/// <summary>One batch for the warehouse: rows for one or more tables that must arrive together or not at all.</summary>
/// <param name="BatchId">Names the batch for ever: loading it again changes nothing.</param>
/// <param name="Tenant">Whose rows.</param>
/// <param name="Tables">Table name → rows.</param>
public sealed record WarehouseBatch(string BatchId, string Tenant, IReadOnlyDictionary<string, RowBlock> Tables);

/// <summary>A query in the GoogleSQL subset.</summary>
/// <param name="Sql">One SELECT with <c>@name</c> parameters.</param>
/// <param name="Parameters">Values by name: <see cref="string"/>, <see cref="long"/>, <see cref="decimal"/>, <see cref="bool"/>,
/// <see cref="DateOnly"/>, <see cref="DateTimeOffset"/>, or a list of one of them for <c>IN UNNEST(@name)</c>.</param>
/// <param name="Tenant">For whom it runs: cost is accounted to it. The SQL itself filters by <c>@tenant</c>.</param>
/// <param name="MaxBytes">The query is refused before it runs if it would read more; null for the configured budget.</param>
public sealed record WarehouseQuery(string Sql, IReadOnlyDictionary<string, object> Parameters, string Tenant, long? MaxBytes = null);

/// <summary>What a query would read.</summary>
/// <param name="Bytes">Bytes, or an upper bound of them.</param>
public sealed record QueryCost(long Bytes);

/// <summary>The query would read more than its budget.</summary>
public sealed class QueryBudgetException(long bytes, long budget)
    : Exception($"The query would read {bytes:N0} bytes; its budget is {budget:N0}. Narrow the dates or raise the budget.");

/// <summary>The rows themselves cannot be loaded: trying the same batch again fails again.</summary>
public sealed class WarehouseDataException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>
/// The warehouse takes no load for now and trying sooner would only use up more of what is short: a quota or budget. Nothing was
/// loaded and nothing is wrong with the batches: keep them and come again.
/// </summary>
/// <param name="message">What is used up.</param>
/// <param name="retryAfter">How long to wait.</param>
/// <param name="innerException">What the service said, if it was asked.</param>
public sealed class WarehouseHeldException(string message, TimeSpan retryAfter, Exception? innerException = null) : IOException(message, innerException)
{
    /// <summary>How long to wait.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>The analytical store. Local: DuckDB. Cloud: BigQuery.</summary>
public interface IWarehouse
{
    /// <summary>Creates what is missing; adds nullable columns that are new; never drops.</summary>
    Task EnsureAsync(IReadOnlyList<TableSpec> tables, IReadOnlyList<ViewSpec> views, CancellationToken cancellationToken);

    /// <summary>
    /// How long a loader should gather before its next load; zero where loads cost nothing. It changes with use: ask each time.
    /// A load that comes sooner is made to wait.
    /// </summary>
    TimeSpan LoadInterval { get; }

    /// <summary>Loads batches atomically, skipping those loaded before.</summary>
    /// <returns>The ids of the batches that had been loaded before.</returns>
    /// <exception cref="WarehouseDataException">At least one batch can never be loaded; none of them was.</exception>
    /// <exception cref="WarehouseHeldException">No load may be made for a while.</exception>
    Task<IReadOnlySet<string>> LoadAsync(IReadOnlyList<WarehouseBatch> batches, CancellationToken cancellationToken);

    /// <summary>Runs a query and streams its rows in blocks.</summary>
    /// <exception cref="QueryBudgetException">It would read more than allowed.</exception>
    IAsyncEnumerable<RowBlock> QueryAsync(WarehouseQuery query, CancellationToken cancellationToken);

    /// <summary>What the query would read, without running it.</summary>
    Task<QueryCost> EstimateAsync(WarehouseQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the rows of <paramref name="table"/> in which <paramref name="partition"/> holds by the rows of
    /// <paramref name="select"/>, atomically. Every replaced and new row has the partition's values.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="partition">Column → value; always has <c>tenant</c>.</param>
    /// <param name="select">A query with exactly the table's columns.</param>
    /// <param name="cancellationToken">Stops before the change.</param>
    /// <returns>How many rows the partition now has.</returns>
    Task<long> ReplacePartitionAsync(
        TableSpec table, IReadOnlyDictionary<string, object> partition, WarehouseQuery select, CancellationToken cancellationToken);
}
