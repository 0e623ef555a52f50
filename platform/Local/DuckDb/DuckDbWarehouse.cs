using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>
/// The warehouse in a DuckDB file. Any number of these on one file share it within the process; another process is refused.
/// Writers take turns, readers see the last commit.
/// </summary>
/// <param name="options">File and limits.</param>
/// <param name="clock">Stamps loaded batches.</param>
/// <param name="logger">Says what changed.</param>
internal sealed class DuckDbWarehouse(DuckDbWarehouseOptions options, TimeProvider clock, ILogger<DuckDbWarehouse> logger) : IWarehouse, IDisposable
{
    private readonly Lock _opening = new();
    private DuckDbDatabase? _database;
    private bool _isDisposed;

    /// <summary>Opened on first use; a failure is met again by the next, which may succeed.</summary>
    private DuckDbDatabase Database
    {
        get
        {
            lock (_opening)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (_database is null)
                {
                    _database = DuckDbDatabase.Join(options);
                    Log.Opened(logger, options.Path);
                }

                return _database;
            }
        }
    }

    /// <inheritdoc/>
    public TimeSpan LoadInterval => TimeSpan.Zero;

    /// <inheritdoc/>
    public async Task EnsureAsync(IReadOnlyList<TableSpec> tables, IReadOnlyList<ViewSpec> views, CancellationToken cancellationToken)
    {
        using DuckDbLease lease = await Database.BorrowWriterAsync(cancellationToken);
        await lease.InTransactionAsync(
            connection =>
            {
                foreach (string statement in tables.SelectMany(table => DuckDbSchema.Changes(table, DuckDbSchema.Columns(connection, table.Name))))
                {
                    connection.Execute(statement);
                    Log.SchemaChanged(logger, statement);
                }

                foreach (ViewSpec view in views)
                {
                    DuckDbSchema.Create(connection, view);
                }

                return 0;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> LoadAsync(IReadOnlyList<WarehouseBatch> batches, CancellationToken cancellationToken)
    {
        using DuckDbLease lease = await Database.BorrowWriterAsync(cancellationToken);
        (IReadOnlySet<string> before, long rows) = await lease.InTransactionAsync(
            connection => BatchLoad.Run(connection, batches, clock.GetUtcNow()), cancellationToken);
        Log.Loaded(logger, batches.Count, rows, before.Count);
        return before;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RowBlock> QueryAsync(WarehouseQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var select = new WarehouseSelect(query, options.QueryBudgetBytes);
        using DuckDbLease lease = await Database.BorrowAsync(cancellationToken);
        using DuckDbStatement statement = await lease.RunAsync(select.Prepare, cancellationToken);
        using DuckDbResult result = await lease.RunAsync(_ => statement.ExecuteStreaming(), cancellationToken);
        while (await lease.RunAsync(_ => result.NextChunk() ? ResultReader.Read(result) : null, cancellationToken) is { } block)
        {
            yield return block;
        }
    }

    /// <inheritdoc/>
    public async Task<QueryCost> EstimateAsync(WarehouseQuery query, CancellationToken cancellationToken)
    {
        var select = new WarehouseSelect(query, options.QueryBudgetBytes);
        using DuckDbLease lease = await Database.BorrowAsync(cancellationToken);
        return new QueryCost(await lease.RunAsync(select.Estimate, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<long> ReplacePartitionAsync(
        TableSpec table, IReadOnlyDictionary<string, object> partition, WarehouseQuery select, CancellationToken cancellationToken)
    {
        var replacement = new PartitionReplacement(table.Name, partition, new WarehouseSelect(select, options.QueryBudgetBytes));
        using DuckDbLease lease = await Database.BorrowAsync(cancellationToken);
        try
        {
            // The rows are computed before the lane is taken, so that loads go on meanwhile.
            await lease.RunAsync(connection => replacement.Compute(connection, DuckDbSchema.Columns(connection, table.Name)), cancellationToken);
            using IDisposable lane = await Database.EnterWriterLaneAsync(cancellationToken);
            return await lease.InTransactionAsync(replacement.Apply, cancellationToken);
        }
        finally
        {
            await lease.RunAsync(PartitionReplacement.Forget, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_opening)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                _database?.Dispose();
            }
        }
    }
}
