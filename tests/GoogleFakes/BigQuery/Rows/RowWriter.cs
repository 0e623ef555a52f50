using System.Globalization;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery.Rows;

/// <summary>Reads rows of a stored table into the API's <c>{f:[{v}]}</c>.</summary>
internal static class RowWriter
{
    /// <summary>A page of rows in the order they were written.</summary>
    /// <param name="store">The database.</param>
    /// <param name="duck">The table in DuckDB.</param>
    /// <param name="columns">Columns to read.</param>
    /// <param name="start">First row, 0-based.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="wholeTimestamps">TIMESTAMP as microseconds rather than as float seconds.</param>
    public static JsonArray Page(DuckStore store, string duck, IReadOnlyList<SqlColumn> columns, long start, long count, bool wholeTimestamps)
    {
        if (columns.Count == 0)
        {
            return [];
        }

        using var connection = store.Connect();
        var items = string.Join(", ", columns.Select(column => Text(SqlText.Name(column.Name), column.Type)));
        var sql = string.Create(CultureInfo.InvariantCulture, $"SELECT {items} FROM (SELECT * FROM {duck} ORDER BY rowid LIMIT {count} OFFSET {start})");
        var rows = DuckStore.Read(connection, sql, columns.Count);
        return new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
        {
            ["f"] = new JsonArray([.. columns.Select((column, at) => (JsonNode)new JsonObject { ["v"] = Cell(row[at], column.Type, wholeTimestamps) })]),
        })]);
    }

    /// <summary>Seconds since 1970 as the service writes them: <c>1.710506096123456E9</c>.</summary>
    public static string FloatSeconds(long micros)
    {
        var digits = Math.Abs((decimal)micros).ToString(CultureInfo.InvariantCulture);
        var sign = micros < 0 ? "-" : "";
        if (digits.Length <= 13)
        {
            var seconds = (micros / 1_000_000m).ToString("0.0#####", CultureInfo.InvariantCulture);
            return seconds;
        }

        var fraction = digits[1..].TrimEnd('0');
        return $"{sign}{digits[0]}.{(fraction.Length == 0 ? "0" : fraction)}E{digits.Length - 7}";
    }

    private static string Text(string value, SqlType type) => type.Kind switch
    {
        SqlTypeKind.Array or SqlTypeKind.Struct => $"CAST(to_json({Nested(value, type)}) AS VARCHAR)",
        _ => Scalar(value, type),
    };

    private static string Nested(string value, SqlType type) => type.Kind switch
    {
        SqlTypeKind.Array => $"list_transform({value}, lambda e: {Nested("e", type.Element!)})",
        SqlTypeKind.Struct => $"CASE WHEN {value} IS NOT NULL THEN struct_pack({string.Join(", ", type.Fields!.Select(field => $"{SqlText.Name(field.Name)} := {Nested($"struct_extract({value}, {SqlText.Literal(field.Name)})", field.Type)}"))}) END",
        _ => Scalar(value, type),
    };

    private static string Scalar(string value, SqlType type) => type.Kind switch
    {
        SqlTypeKind.Float64 => $"CASE WHEN isnan({value}) THEN 'NaN' WHEN isinf({value}) THEN CASE WHEN {value} > 0 THEN 'Infinity' ELSE '-Infinity' END ELSE CAST({value} AS VARCHAR) END",
        SqlTypeKind.Numeric => $"fake.numeric_text({value})",
        SqlTypeKind.Bytes => $"to_base64({value})",
        SqlTypeKind.Timestamp => $"CAST(epoch_us({value}) AS VARCHAR)",
        SqlTypeKind.Datetime => $"replace(fake.datetime_text({value}), ' ', 'T')",
        _ => $"CAST({value} AS VARCHAR)",
    };

    private static JsonNode? Cell(string? text, SqlType type, bool wholeTimestamps)
    {
        if (type.Kind is not (SqlTypeKind.Array or SqlTypeKind.Struct))
        {
            return text is null ? null : Final(text, type, wholeTimestamps);
        }

        return Cell(text is null ? null : JsonNode.Parse(text), type, wholeTimestamps);
    }

    private static JsonNode? Cell(JsonNode? value, SqlType type, bool wholeTimestamps) => type.Kind switch
    {
        SqlTypeKind.Array => new JsonArray([.. (value as JsonArray ?? []).Select(item => (JsonNode)new JsonObject { ["v"] = Cell(item, type.Element!, wholeTimestamps) })]),
        SqlTypeKind.Struct => value is null ? null : new JsonObject
        {
            ["f"] = new JsonArray([.. type.Fields!.Select(field => (JsonNode)new JsonObject { ["v"] = Cell(value[field.Name], field.Type, wholeTimestamps) })]),
        },
        _ => value is null ? null : Final((string)value!, type, wholeTimestamps),
    };

    private static JsonNode Final(string text, SqlType type, bool wholeTimestamps) =>
        type.Kind == SqlTypeKind.Timestamp && !wholeTimestamps ? FloatSeconds(long.Parse(text, CultureInfo.InvariantCulture)) : text;
}
