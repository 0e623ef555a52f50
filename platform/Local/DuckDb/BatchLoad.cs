using System.Globalization;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Native.DuckDb;
using RetailInsight.Platform.Warehouse;
using static RetailInsight.Platform.Local.DuckDb.WarehouseTypes;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>Loads batches inside the caller's transaction, under the writer lane.</summary>
internal static class BatchLoad
{
    private static readonly WarehouseColumn[] LedgerColumns =
    [
        new("batch_id", ColumnType.String, false), new(BatchRows.TenantColumn, ColumnType.String, false), new("loaded_at", ColumnType.Timestamp, false),
    ];

    /// <summary>Writes the rows of batches not loaded before.</summary>
    /// <returns>The ids of those that were, and the rows written.</returns>
    /// <exception cref="WarehouseDataException">A batch does not fit its table; names batch, table and column.</exception>
    public static (IReadOnlySet<string> Before, long Rows) Run(DuckDbConnection connection, IReadOnlyList<WarehouseBatch> batches, DateTimeOffset loadedAt)
    {
        HashSet<(string Tenant, string Batch)> before = LoadedBefore(connection, batches);
        List<WarehouseBatch> fresh = [.. batches.Where(batch => !before.Contains((batch.Tenant, batch.BatchId))).DistinctBy(batch => (batch.Tenant, batch.BatchId))];
        long rows = 0;
        foreach (IGrouping<string, (WarehouseBatch Batch, RowBlock Rows)> table in fresh
            .SelectMany(batch => batch.Tables.Select(rows => (Table: rows.Key, Batch: batch, Rows: rows.Value)))
            .GroupBy(rows => rows.Table, rows => (rows.Batch, rows.Rows)))
        {
            rows += Insert(connection, table.Key, [.. table]);
        }

        Record(connection, fresh, loadedAt);
        return (batches.Where(batch => before.Contains((batch.Tenant, batch.BatchId))).Select(batch => batch.BatchId).ToHashSet(StringComparer.Ordinal), rows);
    }

    private static HashSet<(string Tenant, string Batch)> LoadedBefore(DuckDbConnection connection, IReadOnlyList<WarehouseBatch> batches) =>
        [
            .. connection.Rows("SELECT tenant, batch_id FROM _loaded_batch WHERE batch_id = ANY($ids)", ("ids", batches.Select(batch => batch.BatchId).ToArray()))
                .Select(row => ((string)row[0]!, (string)row[1]!)),
        ];

    private static void Record(DuckDbConnection connection, List<WarehouseBatch> batches, DateTimeOffset loadedAt)
    {
        if (batches.Count == 0)
        {
            return;
        }

        long now = (loadedAt.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        ColumnData?[] rows =
        [
            ColumnData.String("batch_id", [.. batches.Select(batch => batch.BatchId)]),
            ColumnData.String(BatchRows.TenantColumn, [.. batches.Select(batch => batch.Tenant)]),
            ColumnData.Timestamp("loaded_at", [.. Enumerable.Repeat(now, batches.Count)]),
        ];
        Insert(connection, "_loaded_batch", LedgerColumns, [rows], [batches.Count]);
    }

    private static long Insert(DuckDbConnection connection, string table, List<(WarehouseBatch Batch, RowBlock Rows)> parts)
    {
        IReadOnlyList<WarehouseColumn> columns = DuckDbSchema.Columns(connection, table);
        if (columns.Count == 0)
        {
            throw new WarehouseDataException($"Batch {parts[0].Batch.BatchId} brings rows for {table}, a table that does not exist.");
        }

        int[] counts = [.. parts.Select(part => part.Rows.RowCount)];
        return Insert(connection, table, columns, [.. parts.Select(part => BatchRows.Arrange(table, columns, part.Batch, part.Rows))], counts);
    }

    private static long Insert(DuckDbConnection connection, string table, IReadOnlyList<WarehouseColumn> columns, ColumnData?[][] blocks, int[] counts)
    {
        using var rows = new LoadRows(table, columns, blocks, counts);
        string names = string.Join(", ", columns.Select(column => Quote(column.Name)));
        long inserted = connection.Execute($"INSERT INTO {Quote(table)} ({names}) SELECT * FROM {RowSource.FunctionName}({rows.Id.ToString(CultureInfo.InvariantCulture)})");
        return inserted == rows.RowCount ? inserted : throw new InvalidOperationException($"{table} took {inserted} of {rows.RowCount} rows.");
    }
}
