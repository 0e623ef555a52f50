using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery.Rows;

/// <summary>Rows of uploaded or stored data, each as JSON with its byte position.</summary>
internal static class RowSources
{
    /// <summary>Name of the format in messages.</summary>
    public static string Format(JsonObject load) => IsJson(load) ? "JSON" : "CSV";

    /// <summary>Whether a load is of newline-delimited JSON.</summary>
    /// <exception cref="BigQueryException">It is neither that nor CSV.</exception>
    public static bool IsJson(JsonObject load) => ((string?)load["sourceFormat"] ?? "CSV").ToUpperInvariant() switch
    {
        "NEWLINE_DELIMITED_JSON" => true,
        "CSV" => false,
        var other => throw BigQueryException.Invalid($"Source format {other} is not supported."),
    };

    /// <summary>The rows.</summary>
    /// <exception cref="BigQueryException">A line is no row.</exception>
    public static IEnumerable<(JsonElement Row, long Position)> Read(JsonObject load, byte[] content, IReadOnlyList<SqlColumn> columns) =>
        IsJson(load) ? Json(content) : Csv(load, content, columns);

    private static IEnumerable<(JsonElement Row, long Position)> Json(byte[] content)
    {
        for (var start = 0; start < content.Length;)
        {
            var end = Array.IndexOf(content, (byte)'\n', start);
            end = end < 0 ? content.Length : end;
            var line = content.AsMemory(start, end - start);
            if (!line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                yield return (Parse(line, start), start);
            }

            start = end + 1;
        }
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> line, long position)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw BigQueryException.Invalid($"Error while reading data, error message: JSON parsing error in row starting at position {position}: {exception.Message}");
        }
    }

    private static IEnumerable<(JsonElement Row, long Position)> Csv(JsonObject load, byte[] content, IReadOnlyList<SqlColumn> columns)
    {
        var skip = int.TryParse(load["skipLeadingRows"]?.ToString(), out var rows) ? rows : 0;
        var nullMarker = (string?)load["nullMarker"] ?? "";
        var delimiter = (string?)load["fieldDelimiter"] is { Length: > 0 } set ? set is "tab" or "\\t" ? '\t' : set[0] : ',';
        var position = 0L;
        foreach (var (fields, start) in CsvRecords(Encoding.UTF8.GetString(content), delimiter))
        {
            position = start;
            if (skip-- > 0)
            {
                continue;
            }

            if (fields.Count > columns.Count || (fields.Count < columns.Count && (bool?)load["allowJaggedRows"] != true))
            {
                throw BigQueryException.Invalid(
                    $"Error while reading data, error message: CSV table references column position {columns.Count - 1}, but line contains only {fields.Count} columns.; byte_offset_to_start_of_line: {position}");
            }

            var row = new JsonObject();
            for (var at = 0; at < fields.Count; at++)
            {
                var (text, quoted) = fields[at];
                var isNull = !quoted && text == nullMarker && (columns[at].Type.Kind != SqlTypeKind.String || load["nullMarker"] is not null);
                row[columns[at].Name] = isNull ? null : text;
            }

            yield return (JsonSerializer.SerializeToElement(row), position);
        }
    }

    /// <summary>Records of CSV; a quoted field may hold delimiters, doubled quotes and line ends.</summary>
    public static IEnumerable<(List<(string Text, bool Quoted)> Fields, long Position)> CsvRecords(string text, char delimiter)
    {
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            var fields = new List<(string, bool)>();
            do
            {
                fields.Add(Field(text, delimiter, ref at));
            }
            while (at < text.Length && text[at++] == delimiter);
            if (fields is not [("", false)])
            {
                yield return (fields, start);
            }
        }
    }

    private static (string Text, bool Quoted) Field(string text, char delimiter, ref int at)
    {
        var field = new StringBuilder();
        var quoted = at < text.Length && text[at] == '"';
        var inside = quoted;
        at += quoted ? 1 : 0;
        for (; at < text.Length; at++)
        {
            var letter = text[at];
            if (inside && letter == '"')
            {
                inside = at + 1 < text.Length && text[at + 1] == '"';
                at += inside ? 1 : 0;
                _ = inside ? field.Append('"') : field;
            }
            else if (!inside && (letter == delimiter || letter == '\n'))
            {
                break;
            }
            else if (inside || letter != '\r')
            {
                field.Append(letter);
            }
        }

        return inside ? throw BigQueryException.Invalid("Error while reading data, error message: Missing close double quote (\") character.") : (field.ToString(), quoted);
    }
}
