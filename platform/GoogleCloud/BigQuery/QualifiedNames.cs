using System.Text;
using RetailInsight.Platform.GoogleSql;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>A view's SQL with its tables named in full: a view has no default dataset.</summary>
internal static class QualifiedNames
{
    /// <summary>Qualifies every bare name after FROM and JOIN that is no common table expression.</summary>
    /// <exception cref="GoogleSqlException">The text cannot be read.</exception>
    public static string In(string sql, string project, string dataset)
    {
        var text = new GoogleSqlText(sql);
        var expressions = Expressions(text);
        var result = new StringBuilder(sql.Length * 2);
        var copied = 0;
        for (var at = text.Next(0); at < text.Count; at = text.Next(at + 1))
        {
            var name = text.Next(at + 1);
            if (!(text[at].IsWord("FROM") || text[at].IsWord("JOIN")) || name >= text.Count || !IsTable(text, name, expressions))
            {
                continue;
            }

            result.Append(sql, copied, text[name].Offset - copied).Append('`').Append(project).Append('.').Append(dataset).Append('.').Append(text[name].Value).Append('`');
            copied = text[name].Offset + text[name].Source.Length;
        }

        return result.Append(sql, copied, sql.Length - copied).ToString();
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
        text[name].Kind is GoogleSqlTokenKind.Word or GoogleSqlTokenKind.Quoted
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
