using System.Text;
using RetailInsight.Platform.GoogleSql;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>A view's SQL with its tables named in full: a view has no default dataset.</summary>
internal static class QualifiedNames
{
    private static readonly string[] AfterFrom = ["WHERE", "GROUP", "HAVING", "QUALIFY", "WINDOW", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT"];

    /// <summary>Qualifies every bare name in a FROM clause, after FROM, JOIN or a comma, that is no common table expression.</summary>
    /// <exception cref="GoogleSqlException">The text cannot be read.</exception>
    public static string In(string sql, string project, string dataset)
    {
        var text = new GoogleSqlText(sql);
        var expressions = Expressions(text);
        var result = new StringBuilder(sql.Length * 2);
        var copied = 0;
        foreach (var name in Places(text).Order().Where(name => IsTable(text, name, expressions)))
        {
            result.Append(sql, copied, text[name].Offset - copied).Append('`').Append(project).Append('.').Append(dataset).Append('.').Append(text[name].Value).Append('`');
            copied = text[name].Offset + text[name].Source.Length;
        }

        return result.Append(sql, copied, sql.Length - copied).ToString();
    }

    /// <summary>Where a table may be named.</summary>
    private static IEnumerable<int> Places(GoogleSqlText text)
    {
        for (var at = text.Next(0); at < text.Count; at = text.Next(at + 1))
        {
            if (text[at].IsWord("JOIN"))
            {
                yield return text.Next(at + 1);
            }
            else if (text[at].IsWord("FROM") && !text.IsWordAt(text.Previous(at), "DISTINCT"))
            {
                yield return text.Next(at + 1);
                for (var from = at + 1; NextComma(text, from) is >= 0 and var comma; from = comma + 1)
                {
                    yield return text.Next(comma + 1);
                }
            }
        }
    }

    /// <summary>The next comma of a FROM clause, outside inner brackets; -1 after the last.</summary>
    private static int NextComma(GoogleSqlText text, int from)
    {
        var found = text.Find(from, text.Count, token => token.IsSymbol(",") || token.IsSymbol(";") || Array.Exists(AfterFrom, token.IsWord));
        return text.IsSymbolAt(found, ",") ? found : -1;
    }

    private static HashSet<string> Expressions(GoogleSqlText text)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var at = text.Next(0); at < text.Count; at = text.Next(at + 1))
        {
            var open = text.Next(at + 1);
            if (text[at].IsWord("AS") && text.IsSymbolAt(open, "(") && text.Previous(at) is >= 0 and var name && text.Next(open + 1) is var first
                && (text.IsWordAt(first, "SELECT") || text.IsWordAt(first, "WITH")))
            {
                names.Add(text[name].Value);
            }
        }

        return names;
    }

    // EXTRACT(DAY FROM x) has a FROM that names no table.
    private static bool IsTable(GoogleSqlText text, int name, HashSet<string> expressions) =>
        name < text.Count
        && text[name].Kind is GoogleSqlTokenKind.Word or GoogleSqlTokenKind.Quoted
        && !expressions.Contains(text[name].Value)
        && !text.IsSymbolAt(text.Next(name + 1), ".")
        && !text.IsSymbolAt(text.Next(name + 1), "(")
        && !IsInsideExtract(text, name);

    private static bool IsInsideExtract(GoogleSqlText text, int name)
    {
        for (var at = 0; at < name; at++)
        {
            if (text[at].IsWord("EXTRACT") && text.Next(at + 1) is var open && text.IsSymbolAt(open, "(") && open < name && text.Close(open) > name)
            {
                return true;
            }
        }

        return false;
    }
}
