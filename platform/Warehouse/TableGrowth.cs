using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.Warehouse;

/// <summary>How a table must grow to be what the code wants. Nothing is ever dropped or changed in meaning.</summary>
/// <param name="Added">Nullable columns that are new.</param>
/// <param name="Relaxed">Columns that may be NULL from now on.</param>
internal sealed record TableGrowth(IReadOnlyList<ColumnSpec> Added, IReadOnlyList<ColumnSpec> Relaxed)
{
    /// <summary>Whether the table is as wanted.</summary>
    public bool IsNone => Added.Count + Relaxed.Count == 0;

    /// <summary>Compares a table with its specification.</summary>
    /// <param name="wanted">As it shall be.</param>
    /// <param name="present">The columns it has.</param>
    /// <exception cref="WarehouseDataException">A column would change its type or forbid NULL, or a new one is not nullable.</exception>
    public static TableGrowth Of(TableSpec wanted, IReadOnlyList<WarehouseColumn> present)
    {
        var added = new List<ColumnSpec>();
        var relaxed = new List<ColumnSpec>();
        foreach (var column in wanted.Columns)
        {
            var there = present.FirstOrDefault(candidate => candidate.Name == column.Name);
            if (there is null)
            {
                added.Add(column.Nullable ? column : throw new WarehouseDataException(
                    $"{wanted.Name}.{column.Name} is new and must be nullable: the rows already there have no value."));
            }
            else if (there.Type != column.Type || (there.Nullable && !column.Nullable))
            {
                throw new WarehouseDataException(
                    $"{wanted.Name}.{column.Name} is {Describe(there.Type, there.Nullable)} in the warehouse and cannot become {Describe(column.Type, column.Nullable)}; add a new column.");
            }
            else if (!there.Nullable && column.Nullable)
            {
                relaxed.Add(column);
            }
        }

        return new(added, relaxed);
    }

    private static string Describe(ColumnType type, bool nullable) => $"{type}{(nullable ? ", nullable" : "")}";
}
