using RetailInsight.Etl.Models;

namespace RetailInsight.Etl.Datamart;

/// <summary>
/// The statements that make one partition of a table equal to a staging table. $1 tenant, $2 business date, $3 stores: the
/// partition is named to the table itself, so that the planner reads nothing else of it.
/// </summary>
internal sealed class PartitionSwap
{
    public PartitionSwap(Model model, string staging)
    {
        var target = model.Publish ?? throw new ArgumentException($"'{model.Name}' is not published.", nameof(model));
        var columns = model.Columns.Select(column => column.Name).ToList();
        var values = columns.Except(model.Grain).ToList();
        string List(IEnumerable<string> names, string prefix = "") => string.Join(", ", names.Select(name => prefix + name));
        string OnGrain(string left, string right) => string.Join(" AND ", model.Grain.Select(name => $"{left}.{name} = {right}.{name}"));

        DeleteVanished = $"""
            DELETE FROM {target.Table} AS old
            WHERE {Inside("old")} AND NOT EXISTS (SELECT FROM {staging} AS new WHERE {OnGrain("new", "old")})
            """;

        var set = values.Select(name => $"{name} = excluded.{name}");
        if (target.ChangedAtColumn is { } changedAt)
        {
            set = set.Append($"{changedAt} = now()");
        }

        // The join leaves unchanged rows out before ON CONFLICT would lock, and so rewrite, them.
        WriteDifferences = $"""
            INSERT INTO {target.Table} ({List(columns)})
            SELECT {List(columns, "new.")}
            FROM {staging} AS new
            LEFT JOIN {target.Table} AS old ON {OnGrain("old", "new")} AND {Inside("old")}
            WHERE old.tenant IS NULL OR ({List(values, "old.")}) IS DISTINCT FROM ({List(values, "new.")})
            ORDER BY {List(model.Grain, "new.")}
            ON CONFLICT ({List(model.Grain)}) DO UPDATE SET {string.Join(", ", set)}
            """;
    }

    public string DeleteVanished { get; }

    public string WriteDifferences { get; }

    public static string CountOutside(string staging) => $"SELECT count(*) FROM {staging} AS row WHERE ({Inside("row")}) IS NOT TRUE";

    private static string Inside(string table) => $"{table}.tenant = $1 AND {table}.business_date = $2 AND {table}.store = ANY($3)";
}
