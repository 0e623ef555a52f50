using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery.Rows;

/// <summary>Checks JSON rows against a schema by BigQuery's rules and writes them so that DuckDB reads them exactly.</summary>
/// <param name="columns">The schema.</param>
internal sealed partial class RowReader(IReadOnlyList<SqlColumn> columns)
{
    private readonly Dictionary<string, int> _places = columns.Select((column, at) => (column.Name, at))
        .ToDictionary(pair => pair.Name, pair => pair.at, StringComparer.OrdinalIgnoreCase);

    private int _longest;

    /// <summary>One row as a line for <see cref="Insert"/>.</summary>
    /// <exception cref="BigQueryException">A field is unknown, missing though required, or not of its type.</exception>
    public string Line(JsonElement row, bool ignoreUnknown)
    {
        var line = new JsonObject();
        if (row.ValueKind != JsonValueKind.Object)
        {
            throw BigQueryException.Invalid("Row is not a JSON object.");
        }

        foreach (var member in row.EnumerateObject())
        {
            if (!_places.TryGetValue(member.Name, out var at))
            {
                if (ignoreUnknown)
                {
                    continue;
                }

                throw BigQueryException.Invalid($"no such field: {member.Name}.");
            }

            var value = Value(member.Value, columns[at].Type, columns[at].Name);
            line[$"c{at}"] = value is JsonArray or JsonObject ? value.ToJsonString() : value;
        }

        for (var at = 0; at < columns.Count; at++)
        {
            if (columns[at].Required && line[$"c{at}"] is null)
            {
                throw BigQueryException.Invalid($"Missing required field: {columns[at].Name}.");
            }
        }

        var text = line.ToJsonString();
        _longest = Math.Max(_longest, text.Length);
        return text;
    }

    /// <summary>DuckDB's statement that inserts the lines this reader wrote to a file.</summary>
    public string Insert(string duck, string file)
    {
        var names = string.Join(", ", columns.Select(column => SqlText.Name(column.Name)));
        var texts = string.Join(", ", columns.Select((_, at) => $"'c{at}': 'VARCHAR'"));
        var values = string.Join(", ", columns.Select((column, at) => Typed($"c{at}", column.Type)));
        // DuckDB takes two buffers of this size for each of its threads; the lines are ASCII.
        var size = Math.Max(1 << 20, checked(_longest + 2)).ToString(CultureInfo.InvariantCulture);
        return $"INSERT INTO {duck} ({names}) SELECT {values} FROM read_json({SqlText.Literal(file)}, format = 'newline_delimited', columns = {{{texts}}}, maximum_object_size = {size})";
    }

    private static string Typed(string text, SqlType type) => type.Kind switch
    {
        SqlTypeKind.String or SqlTypeKind.Json => text,
        SqlTypeKind.Bytes => $"from_base64({text})",
        SqlTypeKind.Array => $"coalesce(CAST(CAST({text} AS JSON) AS {type.Duck}), [])",
        SqlTypeKind.Struct => $"CAST(CAST({text} AS JSON) AS {type.Duck})",
        _ => $"CAST({text} AS {type.Duck})",
    };

    private static JsonNode? Value(JsonElement value, SqlType type, string path)
    {
        if (type.Kind == SqlTypeKind.Array)
        {
            return value.ValueKind switch
            {
                JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(item => Value(item, type.Element!, path))]),
                JsonValueKind.Null => new JsonArray(),
                _ => throw BigQueryException.Invalid($"Array specified for non-repeated field or repeated field is no array: {path}."),
            };
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (type.Kind == SqlTypeKind.Struct)
        {
            return Record(value, type, path);
        }

        if (type.Kind == SqlTypeKind.Json)
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        }

        if (value.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
        {
            throw BigQueryException.Invalid(value.ValueKind == JsonValueKind.Array
                ? $"Array specified for non-repeated field: {path}." : $"This field: {path} is not a record.");
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return Scalar(text, type.Kind, value.ValueKind == JsonValueKind.Number)
            ?? throw BigQueryException.Invalid($"Could not convert value to {type.Name.ToLowerInvariant()}. Field: {path}; Value: {text}");
    }

    private static JsonObject Record(JsonElement value, SqlType type, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw BigQueryException.Invalid($"This field: {path} is not a record.");
        }

        // DuckDB wants every field of a struct to be there.
        var record = new JsonObject(type.Fields!.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)(field.Type.Kind == SqlTypeKind.Array ? new JsonArray() : null))));
        foreach (var member in value.EnumerateObject())
        {
            var field = type.Fields!.FirstOrDefault(candidate => candidate.Name.Equals(member.Name, StringComparison.OrdinalIgnoreCase))
                ?? throw BigQueryException.Invalid($"no such field: {path}.{member.Name}.");
            record[field.Name] = Value(member.Value, field.Type, $"{path}.{field.Name}");
        }

        return record;
    }

    /// <summary>A scalar's text in the form DuckDB casts without loss; null when it is not of the type.</summary>
    public static string? Scalar(string text, SqlTypeKind kind, bool isNumber) => kind switch
    {
        SqlTypeKind.String => text,
        SqlTypeKind.Int64 => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole.ToString(CultureInfo.InvariantCulture)
            : isNumber && double.TryParse(text, CultureInfo.InvariantCulture, out var integral) && Math.Abs(integral) < 1e15 && double.IsInteger(integral)
                ? integral.ToString("F0", CultureInfo.InvariantCulture) : null,
        SqlTypeKind.Float64 => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real.ToString("R", CultureInfo.InvariantCulture) : null,
        SqlTypeKind.Numeric => NumericText().IsMatch(text) ? text : null,
        SqlTypeKind.Bool => text.ToLowerInvariant() switch { "true" or "t" or "yes" or "y" or "1" => "true", "false" or "f" or "no" or "n" or "0" => "false", _ => null },
        SqlTypeKind.Bytes => text,
        SqlTypeKind.Date => DateOnly.TryParseExact(text, ["yyyy-M-d"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? text : null,
        SqlTypeKind.Time => TimeText().IsMatch(text) ? text : null,
        SqlTypeKind.Datetime => DatetimeText().IsMatch(text) ? text.TrimEnd('Z') : null,
        SqlTypeKind.Timestamp => Timestamp(text, isNumber),
        _ => null,
    };

    private static string? Timestamp(string text, bool isNumber)
    {
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            var instant = DateTime.UnixEpoch.AddTicks((long)decimal.Round(seconds * 1_000_000m, MidpointRounding.AwayFromZero) * TimeSpan.TicksPerMicrosecond);
            return instant.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "+00";
        }

        return !isNumber && TimestampText().IsMatch(text) ? text.Replace(" UTC", "+00", StringComparison.Ordinal) : null;
    }

    [GeneratedRegex(@"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$")]
    private static partial Regex NumericText();

    [GeneratedRegex(@"^[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]{1,6})?$")]
    private static partial Regex TimeText();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]{1,6})?)?Z?$")]
    private static partial Regex DatetimeText();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]{1,6})?)?( ?[Zz]| UTC|[+-][0-9]{1,2}(:[0-9]{2})?)?$")]
    private static partial Regex TimestampText();
}
