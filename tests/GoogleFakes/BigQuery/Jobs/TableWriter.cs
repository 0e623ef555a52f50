using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Sql;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>Where a load or a query with a destination writes, by its dispositions.</summary>
/// <param name="catalog">Tables.</param>
/// <param name="store">The database.</param>
internal sealed class TableWriter(Catalog catalog, DuckStore store)
{
    /// <summary>A destination.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Empty">Whether its rows go first.</param>
    internal sealed record Destination(SqlTable Table, bool Empty);

    /// <summary>Finds or makes the destination.</summary>
    /// <exception cref="BigQueryException">The dispositions or the schema forbid it.</exception>
    public Destination Target(TableName name, IReadOnlyList<SqlColumn>? schema, string? create, string write, JsonObject? resource = null)
    {
        var truncates = write == "WRITE_TRUNCATE";
        if (catalog.Find(name) is not { } table)
        {
            if (create == "CREATE_NEVER")
            {
                throw BigQueryException.NotFound($"Table {name}");
            }

            var made = resource ?? [];
            made["schema"] = QueryJob.SchemaOf(schema ?? throw BigQueryException.Invalid("No schema specified on job or table."));
            catalog.Add(name, made);
            return new Destination(catalog.Find(name)!, false);
        }

        if (table.View is not null)
        {
            throw BigQueryException.Invalid($"{name} is not allowed for this operation because it is currently a VIEW.");
        }

        if (write == "WRITE_EMPTY" && table.Columns.Count > 0 && store.Whole($"SELECT count(*) FROM {table.Duck}") > 0)
        {
            throw BigQueryException.Duplicate($"Table {name}");
        }

        return new Destination(schema is null ? table : Fit(table, schema, truncates), truncates);
    }

    /// <summary>Runs the insert, all or nothing.</summary>
    /// <returns>Rows written.</returns>
    public static long Write(DuckDbConnection connection, Destination target, params IReadOnlyList<string> inserts)
    {
        connection.Execute("BEGIN TRANSACTION");
        try
        {
            if (target.Empty)
            {
                connection.Execute($"DELETE FROM {target.Table.Duck}");
            }

            var rows = inserts.Sum(connection.Execute);
            connection.Execute("COMMIT");
            return rows;
        }
        catch
        {
            connection.Execute("ROLLBACK");
            throw;
        }
    }

    private SqlTable Fit(SqlTable table, IReadOnlyList<SqlColumn> schema, bool truncates)
    {
        if (table.Columns.Count == 0)
        {
            catalog.Patch(table.Name, new JsonObject { ["schema"] = QueryJob.SchemaOf(schema) }, replaceAll: false);
            return catalog.Find(table.Name)!;
        }

        foreach (var column in schema)
        {
            var known = table.Columns.FirstOrDefault(candidate => candidate.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase));
            if (known?.Type.Same(column.Type) == true)
            {
                continue;
            }

            if (!truncates)
            {
                throw BigQueryException.Invalid(known is null
                    ? $"Provided Schema does not match Table {table.Name}. Cannot add fields (field: {column.Name})"
                    : $"Provided Schema does not match Table {table.Name}. Field {column.Name} has changed type from {known.Type.Name} to {column.Type.Name}");
            }
        }

        if (truncates && (schema.Count != table.Columns.Count || !schema.Zip(table.Columns).All(pair => pair.First.Name == pair.Second.Name && pair.First.Type.Same(pair.Second.Type))))
        {
            var resource = (JsonObject)catalog.Table(table.Name).DeepClone();
            resource["schema"] = QueryJob.SchemaOf(schema);
            catalog.Add(table.Name, resource, replace: true);
            return catalog.Find(table.Name)!;
        }

        return table;
    }
}
