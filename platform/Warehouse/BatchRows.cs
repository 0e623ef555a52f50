using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.Warehouse;

/// <summary>A batch's rows held against the table they go to.</summary>
internal static class BatchRows
{
    /// <summary>The column that says whose a row is.</summary>
    public const string TenantColumn = "tenant";

    /// <summary>The block's columns in the table's order, each checked.</summary>
    /// <exception cref="WarehouseDataException">A column does not fit; names table, column, row and batch.</exception>
    public static ColumnData?[] Arrange(string table, IReadOnlyList<WarehouseColumn> columns, WarehouseBatch batch, RowBlock rows)
    {
        var sent = new Dictionary<string, ColumnData>(StringComparer.Ordinal);
        foreach (ColumnData column in rows.Columns)
        {
            string problem = !columns.Any(known => known.Name == column.Name) ? "is no column of the table"
                : column.Count != rows.RowCount ? $"has {column.Count} rows where '{rows.Columns[0].Name}' has {rows.RowCount}"
                : column.IsNull is { } mask && mask.Length != column.Count ? $"marks {mask.Length} rows of {column.Count}"
                : sent.TryAdd(column.Name, column) ? "" : "comes twice";
            ThrowIf(problem.Length > 0, table, column.Name, batch, problem);
        }

        return [.. columns.Select(column => Check(table, column, batch, sent.GetValueOrDefault(column.Name)))];
    }

    private static ColumnData? Check(string table, WarehouseColumn column, WarehouseBatch batch, ColumnData? values)
    {
        if (values is null)
        {
            ThrowIf(!column.Nullable, table, column.Name, batch, "is missing");
            return null;
        }

        ThrowIf(values.Type != column.Type, table, column.Name, batch, $"is {values.Type}, the table has {column.Type}");
        if (!column.Nullable && values.IsNull is { } mask)
        {
            int row = Array.IndexOf(mask, true);
            ThrowIf(row >= 0, table, column.Name, batch, $"is NULL in row {row} and may not be");
        }

        if (column.Name == TenantColumn && values.Values is string?[] tenants)
        {
            int row = Array.FindIndex(tenants, tenant => tenant != batch.Tenant);
            ThrowIf(row >= 0, table, column.Name, batch, $"is not the batch's tenant '{batch.Tenant}' in row {row}");
        }

        return values;
    }

    private static void ThrowIf(bool wrong, string table, string column, WarehouseBatch batch, string problem)
    {
        if (wrong)
        {
            throw new WarehouseDataException($"{table}.{column} {problem} (batch {batch.BatchId}).");
        }
    }
}
