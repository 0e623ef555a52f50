namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>GoogleSQL types in DuckDB's words.</summary>
internal static class GoogleSqlType
{
    /// <summary>NUMERIC: DuckDB's own bare NUMERIC keeps 3 decimals only.</summary>
    public const string Numeric = "DECIMAL(38, 9)";

    /// <summary>Translates a type.</summary>
    /// <param name="words">Its tokens as text, without spaces.</param>
    /// <returns>Null when it has no counterpart.</returns>
    public static string? Translate(IEnumerable<string> words)
    {
        // Nested types end in the shift sign.
        var queue = new Queue<string>(words.SelectMany(word => word == ">>" ? [">", ">"] : new[] { word }));
        string? type = Read(queue);
        return queue.Count == 0 ? type : null;
    }

    private static string? Read(Queue<string> words)
    {
        if (!words.TryDequeue(out string? name))
        {
            return null;
        }

        switch (name.ToUpperInvariant())
        {
            case "ARRAY":
                return Skip(words, "<") && Read(words) is { } element && Skip(words, ">") ? element + "[]" : null;
            case "STRUCT":
                return ReadStruct(words);
            case "NUMERIC" or "DECIMAL" or "BIGNUMERIC" or "BIGDECIMAL":
                return ReadArguments(words) is { } precision ? "DECIMAL" + precision : Numeric;
            case "STRING":
                _ = ReadArguments(words);
                return "VARCHAR";
            case "INT64" or "INT" or "INTEGER" or "BIGINT" or "SMALLINT" or "TINYINT":
                return "BIGINT";
            case "FLOAT64":
                return "DOUBLE";
            case "BOOL" or "BOOLEAN":
                return "BOOLEAN";
            case "TIMESTAMP":
                return "TIMESTAMPTZ";
            case "DATETIME":
                return "TIMESTAMP";
            case "DATE" or "TIME" or "JSON" or "INTERVAL":
                return name.ToUpperInvariant();
            default:
                return null;
        }
    }

    private static string? ReadStruct(Queue<string> words)
    {
        var fields = new List<string>();
        if (!Skip(words, "<"))
        {
            return null;
        }

        do
        {
            if (!words.TryDequeue(out string? field) || Read(words) is not { } type)
            {
                return null;
            }

            fields.Add($"\"{field}\" {type}");
        }
        while (Skip(words, ","));

        return Skip(words, ">") ? $"STRUCT({string.Join(", ", fields)})" : null;
    }

    private static string? ReadArguments(Queue<string> words)
    {
        if (!words.TryPeek(out string? next) || next != "(")
        {
            return null;
        }

        string arguments = "";
        while (words.TryDequeue(out string? word))
        {
            arguments += word;
            if (word == ")")
            {
                break;
            }
        }

        return arguments;
    }

    private static bool Skip(Queue<string> words, string expected) =>
        words.TryPeek(out string? next) && next == expected && words.TryDequeue(out _);
}
