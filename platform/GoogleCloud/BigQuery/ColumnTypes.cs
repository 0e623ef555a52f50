using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Warehouse;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>The seven column types as BigQuery's API writes them.</summary>
internal static class ColumnTypes
{
    /// <summary>As a field's or a parameter's <c>type</c>.</summary>
    public static string Name(this ColumnType type) => type switch
    {
        ColumnType.Bool => "BOOL",
        ColumnType.Int64 => "INT64",
        ColumnType.Float64 => "FLOAT64",
        ColumnType.Numeric => "NUMERIC",
        ColumnType.String => "STRING",
        ColumnType.Date => "DATE",
        ColumnType.Timestamp => "TIMESTAMP",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>From a field's <c>type</c>, of which several have two names; null for one no <see cref="TableSpec"/> makes.</summary>
    public static ColumnType? Parse(string? name) => name switch
    {
        "BOOL" or "BOOLEAN" => ColumnType.Bool,
        "INT64" or "INTEGER" => ColumnType.Int64,
        "FLOAT64" or "FLOAT" => ColumnType.Float64,
        "NUMERIC" or "BIGNUMERIC" => ColumnType.Numeric,
        "STRING" => ColumnType.String,
        "DATE" => ColumnType.Date,
        "TIMESTAMP" => ColumnType.Timestamp,
        _ => null,
    };

    /// <summary>A field as tables.insert wants it.</summary>
    public static object Field(ColumnSpec column) =>
        new { name = column.Name, type = column.Type.Name(), mode = column.Nullable ? "NULLABLE" : "REQUIRED", description = column.Description };

    /// <summary>The columns of a schema.</summary>
    /// <exception cref="WarehouseDataException">A column has a type that no table of ours has.</exception>
    public static IReadOnlyList<WarehouseColumn> Read(JsonElement schema, string of)
    {
        if (!schema.TryGetProperty("fields", out var fields))
        {
            return [];
        }

        return [.. fields.EnumerateArray().Select(field => Column(field, of))];
    }

    private static WarehouseColumn Column(JsonElement field, string of)
    {
        var name = field.GetProperty("name").GetString()!;
        var type = field.GetProperty("type").GetString();
        var mode = field.TryGetProperty("mode", out var stated) ? stated.GetString() : "NULLABLE";
        return Parse(type) is { } known && mode != "REPEATED"
            ? new WarehouseColumn(name, known, mode != "REQUIRED")
            : throw new WarehouseDataException($"{of}.{name} has the foreign type {type}{(mode == "REPEATED" ? ", repeated" : "")}.");
    }
}
