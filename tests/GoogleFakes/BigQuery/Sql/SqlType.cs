using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

/// <summary>A GoogleSQL type without its parameters.</summary>
internal enum SqlTypeKind
{
    /// <summary>The type of a bare NULL: every type.</summary>
    Null,
    Int64,
    Float64,
    Numeric,
    Bool,
    String,
    Bytes,
    Date,
    Datetime,
    Time,
    Timestamp,
    Json,
    Interval,
    Array,
    Struct,
}

/// <summary>A GoogleSQL type.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Element">Type of an array's elements.</param>
/// <param name="Fields">Fields of a struct.</param>
internal sealed record SqlType(SqlTypeKind Kind, SqlType? Element = null, IReadOnlyList<SqlColumn>? Fields = null)
{
    public static readonly SqlType Null = new(SqlTypeKind.Null);
    public static readonly SqlType Int64 = new(SqlTypeKind.Int64);
    public static readonly SqlType Float64 = new(SqlTypeKind.Float64);
    public static readonly SqlType Numeric = new(SqlTypeKind.Numeric);
    public static readonly SqlType Bool = new(SqlTypeKind.Bool);
    public static readonly SqlType String = new(SqlTypeKind.String);
    public static readonly SqlType Bytes = new(SqlTypeKind.Bytes);
    public static readonly SqlType Date = new(SqlTypeKind.Date);
    public static readonly SqlType Datetime = new(SqlTypeKind.Datetime);
    public static readonly SqlType Time = new(SqlTypeKind.Time);
    public static readonly SqlType Timestamp = new(SqlTypeKind.Timestamp);
    public static readonly SqlType Json = new(SqlTypeKind.Json);
    public static readonly SqlType Interval = new(SqlTypeKind.Interval);

    private static readonly Dictionary<string, SqlType> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["INT64"] = Int64,
        ["INTEGER"] = Int64,
        ["INT"] = Int64,
        ["SMALLINT"] = Int64,
        ["BIGINT"] = Int64,
        ["TINYINT"] = Int64,
        ["BYTEINT"] = Int64,
        ["FLOAT64"] = Float64,
        ["FLOAT"] = Float64,
        ["NUMERIC"] = Numeric,
        ["DECIMAL"] = Numeric,
        ["BOOL"] = Bool,
        ["BOOLEAN"] = Bool,
        ["STRING"] = String,
        ["BYTES"] = Bytes,
        ["DATE"] = Date,
        ["DATETIME"] = Datetime,
        ["TIME"] = Time,
        ["TIMESTAMP"] = Timestamp,
        ["JSON"] = Json,
    };

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber => Kind is SqlTypeKind.Int64 or SqlTypeKind.Float64 or SqlTypeKind.Numeric;

    /// <summary>Whether it is a point of the calendar or the clock.</summary>
    public bool IsTemporal => Kind is SqlTypeKind.Date or SqlTypeKind.Datetime or SqlTypeKind.Time or SqlTypeKind.Timestamp;

    /// <summary>GoogleSQL's name: <c>ARRAY&lt;INT64&gt;</c>.</summary>
    public string Name => Kind switch
    {
        SqlTypeKind.Null => "INT64",
        SqlTypeKind.Array => $"ARRAY<{Element!.Name}>",
        SqlTypeKind.Struct => $"STRUCT<{string.Join(", ", Fields!.Select(child => $"{child.Name} {child.Type.Name}".Trim()))}>",
        _ => Kind.ToString().ToUpperInvariant(),
    };

    /// <summary>DuckDB's type.</summary>
    public string Duck => Kind switch
    {
        SqlTypeKind.Int64 or SqlTypeKind.Null => "BIGINT",
        SqlTypeKind.Float64 => "DOUBLE",
        SqlTypeKind.Numeric => "DECIMAL(38,9)",
        SqlTypeKind.Bool => "BOOLEAN",
        SqlTypeKind.String or SqlTypeKind.Json => "VARCHAR",
        SqlTypeKind.Bytes => "BLOB",
        SqlTypeKind.Date => "DATE",
        SqlTypeKind.Datetime => "TIMESTAMP",
        SqlTypeKind.Time => "TIME",
        SqlTypeKind.Timestamp => "TIMESTAMPTZ",
        SqlTypeKind.Interval => "INTERVAL",
        SqlTypeKind.Array => Element!.Duck + "[]",
        _ => $"STRUCT({string.Join(", ", Fields!.Select(child => $"{SqlText.Name(child.Name)} {child.Type.Duck}"))})",
    };

    /// <summary>A scalar type by any of its names; null when there is none.</summary>
    public static SqlType? Find(string name) => Names.GetValueOrDefault(name);

    /// <summary>An array type.</summary>
    public static SqlType ArrayOf(SqlType element) => new(SqlTypeKind.Array, element);

    /// <summary>Whether two are one type; struct field names do not matter.</summary>
    public bool Same(SqlType other) => Kind == other.Kind
        && (Element is null || other.Element is null || Element.Same(other.Element))
        && (Fields is null || (Fields.Count == other.Fields!.Count && Fields.Zip(other.Fields, (left, right) => left.Type.Same(right.Type)).All(same => same)));

    /// <summary>The type in a schema of the REST API, which keeps the older names.</summary>
    public JsonObject ToField(string name, bool required = false)
    {
        var inner = Kind == SqlTypeKind.Array ? Element! : this;
        var field = new JsonObject
        {
            ["name"] = name,
            ["type"] = inner.Kind switch
            {
                SqlTypeKind.Int64 or SqlTypeKind.Null => "INTEGER",
                SqlTypeKind.Float64 => "FLOAT",
                SqlTypeKind.Bool => "BOOLEAN",
                SqlTypeKind.Struct => "RECORD",
                _ => inner.Name,
            },
            ["mode"] = Kind == SqlTypeKind.Array ? "REPEATED" : required ? "REQUIRED" : "NULLABLE",
        };
        if (inner.Kind == SqlTypeKind.Struct)
        {
            field["fields"] = new JsonArray([.. inner.Fields!.Select(child => (JsonNode)child.Type.ToField(child.Name))]);
        }

        return field;
    }

    /// <summary>Reads a field of a REST schema.</summary>
    /// <exception cref="BigQueryException">The type is unknown, or one this fake does not have.</exception>
    public static SqlColumn FromField(JsonNode field)
    {
        var name = (string?)field["name"] ?? throw BigQueryException.Invalid("Field name is missing.");
        var type = ((string?)field["type"] ?? "").ToUpperInvariant();
        var scalar = type is "RECORD" or "STRUCT"
            ? new SqlType(SqlTypeKind.Struct, Fields: [.. (field["fields"] as JsonArray ?? []).Select(child => FromField(child!))])
            : Find(type) ?? throw BigQueryException.Invalid($"Invalid value for type: {type} is not a valid value");
        var mode = ((string?)field["mode"] ?? "NULLABLE").ToUpperInvariant();
        return new SqlColumn(name, mode == "REPEATED" ? ArrayOf(scalar) : scalar, mode == "REQUIRED");
    }
}

/// <summary>A column of a table, or a field of a struct.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Type.</param>
/// <param name="Required">Whether it refuses NULL.</param>
internal sealed record SqlColumn(string Name, SqlType Type, bool Required = false);
