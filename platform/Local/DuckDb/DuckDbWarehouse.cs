using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Native.DuckDb;
using static RetailInsight.Platform.Local.DuckDb.WarehouseTypes;

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
    private readonly Lazy<DuckDbDatabase> _database = new(() =>
    {
        DuckDbDatabase database = DuckDbDatabase.Join(options);
        Log.Opened(logger, options.Path);
        return database;
    });

    /// <inheritdoc/>
    public async Task EnsureAsync(IReadOnlyList<TableSpec> tables, IReadOnlyList<ViewSpec> views, CancellationToken cancellationToken)
    {
        using IDisposable lane = await _database.Value.EnterWriterLaneAsync(cancellationToken);
        using DuckDbLease lease = await _database.Value.BorrowAsync(cancellationToken);
        await lease.InTransactionAsync(
            connection =>
            {
                foreach (string statement in DuckDbSchema.Changes(connection, tables, views))
                {
                    connection.Execute(statement);
                    Log.SchemaChanged(logger, statement);
                }

                return 0;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> LoadAsync(IReadOnlyList<WarehouseBatch> batches, CancellationToken cancellationToken)
    {
        using IDisposable lane = await _database.Value.EnterWriterLaneAsync(cancellationToken);
        using DuckDbLease lease = await _database.Value.BorrowAsync(cancellationToken);
        return await lease.InTransactionAsync(
            connection =>
            {
                var load = new BatchLoad(connection, clock.GetUtcNow());
                IReadOnlySet<string> before = load.Run(batches);
                Log.Loaded(logger, batches.Count, load.Rows, before.Count);
                return before;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RowBlock> QueryAsync(WarehouseQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var select = new WarehouseSelect(query, options.QueryBudgetBytes);
        using DuckDbLease lease = await _database.Value.BorrowAsync(cancellationToken);
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
        using DuckDbLease lease = await _database.Value.BorrowAsync(cancellationToken);
        return new QueryCost(await lease.RunAsync(select.Estimate, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<long> ReplacePartitionAsync(
        TableSpec table, IReadOnlyDictionary<string, object> partition, WarehouseQuery select, CancellationToken cancellationToken)
    {
        var replacement = new PartitionReplacement(table.Name, partition, new WarehouseSelect(select, options.QueryBudgetBytes));
        using DuckDbLease lease = await _database.Value.BorrowAsync(cancellationToken);
        try
        {
            // The rows are computed before the lane is taken, so that loads go on meanwhile.
            await lease.RunAsync(connection => replacement.Compute(connection, DuckDbSchema.Columns(connection, table.Name)), cancellationToken);
            using IDisposable lane = await _database.Value.EnterWriterLaneAsync(cancellationToken);
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
        if (_database.IsValueCreated)
        {
            _database.Value.Dispose();
        }
    }
}
