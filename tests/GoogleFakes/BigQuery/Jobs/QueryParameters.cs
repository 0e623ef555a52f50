using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>Parameters of a query configuration.</summary>
internal static class QueryParameters
{
    /// <summary>Reads named parameters; values may be JSON strings, numbers or flags.</summary>
    /// <exception cref="BigQueryException">One has no name, or a type this fake does not have.</exception>
    public static Dictionary<string, SqlParameter> Read(JsonNode query)
    {
        var parameters = new Dictionary<string, SqlParameter>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in query["queryParameters"] as JsonArray ?? [])
        {
            var name = (string?)parameter!["name"];
            if (string.IsNullOrEmpty(name))
            {
                throw BigQueryException.Invalid("Positional query parameters are not supported.");
            }

            var type = TypeOf(parameter["parameterType"]);
            parameters[name] = new SqlParameter(type, Value(parameter["parameterValue"], type));
        }

        return parameters;
    }

    /// <summary>A type as the API writes it.</summary>
    public static JsonObject Write(SqlType type) => type.Kind == SqlTypeKind.Array
        ? new JsonObject { ["type"] = "ARRAY", ["arrayType"] = Write(type.Element!) }
        : new JsonObject { ["type"] = type.Name };

    private static SqlType TypeOf(JsonNode? type)
    {
        var name = (string?)type?["type"] ?? throw BigQueryException.Invalid("Required parameter is missing: parameterType");
        return name.ToUpperInvariant() switch
        {
            "ARRAY" => SqlType.ArrayOf(TypeOf(type!["arrayType"])),
            "STRUCT" => new SqlType(SqlTypeKind.Struct, Fields: [.. (type!["structTypes"] as JsonArray ?? []).Select(field => new SqlColumn((string?)field!["name"] ?? "", TypeOf(field["type"])))]),
            _ => SqlType.Find(name) ?? throw BigQueryException.Invalid($"Invalid value for type: {name} is not a valid value"),
        };
    }

    private static JsonNode? Value(JsonNode? value, SqlType type) => type.Kind switch
    {
        SqlTypeKind.Array => value?["arrayValues"] is JsonArray items ? new JsonArray([.. items.Select(item => Value(item, type.Element!))])
            : new JsonArray(),
        SqlTypeKind.Struct => value?["structValues"] is JsonObject fields
            ? new JsonObject(type.Fields!.Select(field => KeyValuePair.Create(field.Name, Value(fields[field.Name], field.Type)))) : null,
        _ => value?["value"]?.DeepClone(),
    };
}
