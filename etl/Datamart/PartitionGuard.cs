using RetailInsight.Core.Ports;
using RetailInsight.Etl.Models;

namespace RetailInsight.Etl.Datamart;

/// <summary>Counts the rows of a result that lie outside the partition they were computed for.</summary>
internal sealed class PartitionGuard(ModelPartition partition)
{
    private readonly HashSet<string> _stores = new(partition.Stores, StringComparer.Ordinal);
    private long _outside;

    public void Add(RowBlock block)
    {
        var (tenant, date, store) = (block["tenant"], block["business_date"], block["store"]);
        for (var row = 0; row < block.RowCount; row++)
        {
            if (!IsText(tenant, row, partition.Tenant) || date.IsNullAt(row) || date.DateAt(row) != partition.BusinessDate
                || store.IsNullAt(row) || !_stores.Contains(store.StringAt(row)))
            {
                _outside++;
            }
        }
    }

    /// <exception cref="InvalidOperationException">There are such rows.</exception>
    public void ThrowIfOutside(string model)
    {
        if (_outside > 0)
        {
            throw new InvalidOperationException($"{_outside} rows of '{model}' lie outside the partition that was to be computed.");
        }
    }

    private static bool IsText(ColumnData column, int row, string text) => !column.IsNullAt(row) && column.StringAt(row) == text;
}
