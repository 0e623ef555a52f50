using RetailInsight.Etl.Models;

namespace RetailInsight.Etl.Datamart;

/// <summary>
/// The statement that makes one partition of a table equal to a staging table whose rows all lie in it. $1 tenant, $2 business
/// date, $3 stores: the partition is named to the table itself, so that the planner reads nothing else of it. $4 is the lease it is made
/// under, $5 the DAG run, where changes are kept.
/// </summary>
internal static class PartitionSwap
{
    private static readonly string[] SameInAPartition = ["tenant", "business_date"];

    /// <summary>
    /// Reads the partition once, deletes and writes the differences, and returns how many rows it wrote, deleted and found in
    /// the staging table, and the stores concerned.
    /// </summary>
    public static string Statement(Model model, string staging)
    {
        var target = model.Publish ?? throw new ArgumentException($"'{model.Name}' is not published.", nameof(model));
        var columns = model.Columns.Select(column => column.Name).ToList();
        var values = columns.Except(model.Grain).ToList();
        string List(IEnumerable<string> names, string prefix = "") => string.Join(", ", names.Select(name => prefix + name));
        var sameRow = string.Join(" AND ", model.Grain.Except(SameInAPartition).Select(name => $"new.{name} = old.{name}"));
        var set = values.Select(name => $"{name} = excluded.{name}");
        if (target.ChangedAtColumn is { } changedAt)
        {
            set = set.Append($"{changedAt} = now()");
        }

        // A new staging table has no statistics, and collecting them costs more than the swap. A full join is never planned as
        // nested loops, which for want of statistics would otherwise be chosen and take the square of the rows. Unchanged rows
        // are left out before ON CONFLICT would lock, and so rewrite, them.
        return $"""
            WITH difference AS MATERIALIZED (
              SELECT old.place, old.store AS store_was, {List(columns, "new.")}{(target.ChangeTable is null ? "" : KpiChanges.Was)}
              FROM (SELECT ctid AS place, * FROM {target.Table} AS partition WHERE {Inside("partition")}) AS old
              FULL JOIN {staging} AS new ON {sameRow}
              WHERE old.place IS NULL OR new.tenant IS NULL OR ({List(values, "old.")}) IS DISTINCT FROM ({List(values, "new.")})
            ), deleted AS (
              DELETE FROM {target.Table} AS old
              WHERE {Inside("old")} AND ctid = ANY (ARRAY(SELECT place FROM difference WHERE tenant IS NULL))
              RETURNING 1
            ), written AS (
              INSERT INTO {target.Table} ({List(columns)})
              SELECT {List(columns)} FROM difference WHERE tenant IS NOT NULL ORDER BY {List(model.Grain)}
              ON CONFLICT ({List(model.Grain)}) DO UPDATE SET {string.Join(", ", set)}
              RETURNING 1
            ){ReplacedRows.Kept(target.Table)}{(target.ChangeTable is null ? "" : KpiChanges.Noted(target.ChangeTable))}
            SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM deleted), (SELECT count(*) FROM {staging}),
              coalesce((SELECT array_agg(DISTINCT coalesce(store, store_was)) FROM difference), ARRAY[]::text[])
            """;
    }

    private static string Inside(string table) => $"{table}.tenant = $1 AND {table}.business_date = $2 AND {table}.store = ANY($3)";
}
