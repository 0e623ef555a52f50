using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery;

/// <summary>What a table resource may say.</summary>
internal static partial class TableDefinition
{
    /// <summary>A column in DuckDB's CREATE TABLE.</summary>
    public static string Column(SqlColumn column) => $"{SqlText.Name(column.Name)} {column.Type.Duck}{(column.Required ? " NOT NULL" : "")}";

    /// <summary>Checks a new resource and completes it: names, partitioning, clustering, a view's query and schema.</summary>
    /// <exception cref="BigQueryException">Something is wrong.</exception>
    public static void Check(JsonObject resource, Catalog catalog)
    {
        var name = Catalog.NameOf(resource["tableReference"]!);
        if (!TableId().IsMatch(name.Table))
        {
            throw BigQueryException.Invalid($"Invalid table ID \"{name.Table}\".");
        }

        if (resource["view"] is JsonObject view)
        {
            CheckView(resource, view, name, catalog);
            return;
        }

        Normalize(resource);
        var columns = Catalog.Columns(resource);
        if (columns.GroupBy(column => column.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw BigQueryException.Invalid($"Field {twice.Key} already exists in schema");
        }

        if (columns.FirstOrDefault(column => !ColumnName().IsMatch(column.Name)) is { } bad)
        {
            throw BigQueryException.Invalid($"Invalid field name \"{bad.Name}\". Fields must contain the allowed characters, and be at most 300 characters long.");
        }

        CheckPartitioning(resource, columns);
    }

    /// <summary>Writes types and modes the one way the API answers them.</summary>
    public static void Normalize(JsonObject resource)
    {
        if (resource["schema"]?["fields"] is not JsonArray fields)
        {
            return;
        }

        resource["schema"] = new JsonObject { ["fields"] = new JsonArray([.. fields.Select(field => (JsonNode)Normalized((JsonObject)field!))]) };
    }

    /// <summary>Columns a change adds.</summary>
    /// <exception cref="BigQueryException">A column would go, or change its type, or a new one would be required.</exception>
    public static IReadOnlyList<SqlColumn> Additions(TableName name, IReadOnlyList<SqlColumn> old, IReadOnlyList<SqlColumn> changed)
    {
        foreach (var column in old)
        {
            var match = changed.FirstOrDefault(candidate => candidate.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase))
                ?? throw BigQueryException.Invalid($"Provided Schema does not match Table {name}. Field {column.Name} is missing in new schema");
            if (!match.Type.Same(column.Type))
            {
                throw BigQueryException.Invalid($"Provided Schema does not match Table {name}. Field {column.Name} has changed type from {column.Type.Name} to {match.Type.Name}");
            }

            // The other way round is allowed: BigQuery relaxes a column.
            if (match.Required && !column.Required)
            {
                throw BigQueryException.Invalid($"Provided Schema does not match Table {name}. Field {column.Name} has changed mode from NULLABLE to REQUIRED");
            }
        }

        var added = changed.Where(column => !old.Any(known => known.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase))).ToList();
        return added.Find(column => column.Required) is { } required && old.Count > 0
            ? throw BigQueryException.Invalid($"Provided Schema does not match Table {name}. Cannot add required fields to an existing schema. (field: {required.Name})")
            : added;
    }

    private static JsonObject Normalized(JsonObject field)
    {
        var column = SqlType.FromField(field);
        var normalized = column.Type.ToField(column.Name, column.Required);
        if (field["description"] is { } description)
        {
            normalized["description"] = description.DeepClone();
        }

        return normalized;
    }

    private static void CheckView(JsonObject resource, JsonObject view, TableName name, Catalog catalog)
    {
        var query = (string?)view["query"] ?? throw BigQueryException.Invalid("Required parameter is missing: query");
        if ((bool?)view["useLegacySql"] != false)
        {
            throw BigQueryException.Invalid("Legacy SQL is not supported: set useLegacySql to false");
        }

        var tokens = SqlTokenizer.Tokenize(query);
        var relation = new SqlTranslator(new SqlContext(name.Project, null, catalog.Find), tokens, 0, tokens.Count - 1).Query();
        resource["schema"] = new JsonObject { ["fields"] = new JsonArray([.. relation.Schema.Select(column => (JsonNode)column.Type.ToField(column.Name))]) };
    }

    private static void CheckPartitioning(JsonObject resource, IReadOnlyList<SqlColumn> columns)
    {
        if (resource["timePartitioning"] is JsonObject partitioning)
        {
            partitioning["type"] ??= "DAY";
            if ((string?)partitioning["field"] is { } field
                && columns.FirstOrDefault(column => column.Name == field)?.Type.Kind is not (SqlTypeKind.Date or SqlTypeKind.Timestamp or SqlTypeKind.Datetime))
            {
                throw BigQueryException.Invalid($"The field specified for time partitioning can only be of type TIMESTAMP, DATE or DATETIME. The type found is: {columns.FirstOrDefault(column => column.Name == field)?.Type.Name ?? "missing"}.");
            }
        }

        foreach (var field in resource["clustering"]?["fields"] as JsonArray ?? [])
        {
            if (!columns.Any(column => column.Name == (string?)field))
            {
                throw BigQueryException.Invalid($"The field specified for clustering cannot be found in the schema. Invalid field: {field}.");
            }
        }
    }

    [GeneratedRegex(@"^[\p{L}\p{N}_\- ]{1,1024}$")]
    private static partial Regex TableId();

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{N}_ ]{0,299}$")]
    private static partial Regex ColumnName();
}
