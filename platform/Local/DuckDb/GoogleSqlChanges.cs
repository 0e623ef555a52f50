using RetailInsight.Platform.GoogleSql;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>What statements that create or change tables may not say: it has no counterpart here, or hides what happens.</summary>
internal static class GoogleSqlChanges
{
    private static readonly string[] Script = ["DECLARE", "SET", "IF", "LOOP", "WHILE", "FOR", "REPEAT", "CALL", "RAISE", "EXECUTE", "ASSERT"];

    /// <exception cref="GoogleSqlException">It says one of these.</exception>
    public static void Refuse(GoogleSqlText text, int end)
    {
        int first = text.Next(0);
        if (first < end && Array.Find(Script, text[first].IsWord) is { } word)
        {
            throw text.Error($"{word} is scripting and exists in BigQuery only; write the step in code and pass values as parameters.", first);
        }

        if (text.IsWordAt(first, "CREATE"))
        {
            RefuseInTable(text, first, end);
        }
        else if (text.IsWordAt(first, "MERGE") || text.IsWordAt(first, "UPDATE"))
        {
            RefuseInChange(text, first, end);
        }
    }

    private static void RefuseInTable(GoogleSqlText text, int first, int end)
    {
        int body = text.Find(first, end, "AS");
        for (int at = first; at < (body < 0 ? end : body); at = text.Next(at + 1))
        {
            int next = text.Next(at + 1);
            if ((text.IsWordAt(at, "PARTITION") || text.IsWordAt(at, "CLUSTER")) && text.IsWordAt(next, "BY"))
            {
                throw text.Error($"{text[at].Source.ToUpperInvariant()} BY exists in BigQuery only; describe the table by a TableSpec, each adapter writes its own DDL.", at);
            }

            if (text.IsWordAt(at, "OPTIONS") && text.IsSymbolAt(next, "("))
            {
                throw text.Error("OPTIONS exists in BigQuery only; describe the table by a TableSpec, its description included.", at);
            }

            if (text.IsWordAt(at, "PRIMARY") || text.IsWordAt(at, "FOREIGN") || text.IsWordAt(at, "ENFORCED"))
            {
                throw text.Error("PRIMARY KEY and FOREIGN KEY are not enforced in BigQuery and are in DuckDB; state the grain and a check in the model's .yml.", at);
            }
        }
    }

    private static void RefuseInChange(GoogleSqlText text, int first, int end)
    {
        for (int at = first; at < end; at = text.Next(at + 1))
        {
            int next = text.Next(at + 1);
            if (text.IsWordAt(at, "INSERT") && text.IsWordAt(next, "ROW"))
            {
                throw text.Error("INSERT ROW exists in BigQuery only; name the columns: INSERT (a, b) VALUES (s.a, s.b).", at);
            }

            if (text.IsWordAt(at, "SET") && text.IsSymbolAt(text.Next(next + 1), "."))
            {
                throw text.Error("SET with a table's name before the column exists in BigQuery only; write SET column = value.", next);
            }
        }
    }
}
