namespace RetailInsight.Etl.Models;

/// <summary>
/// What can be read off a SELECT without parsing it: which names it reads from, which parameters it takes, which columns it
/// gives. Enough to hold a model's YAML to its SQL.
/// </summary>
internal sealed class SqlText
{
    private static readonly HashSet<string> AfterFrom = new(StringComparer.OrdinalIgnoreCase)
    {
        "WHERE", "GROUP", "HAVING", "QUALIFY", "ORDER", "LIMIT", "UNION", "WINDOW",
    };

    private readonly List<string> _tokens;

    public SqlText(string sql) => _tokens = [.. Tokens(sql)];

    /// <summary>Names of all <c>@parameters</c>.</summary>
    public IReadOnlySet<string> Parameters =>
        _tokens.Where(token => token[0] == '@').Select(token => token[1..]).ToHashSet(StringComparer.Ordinal);

    /// <summary>Names after FROM and JOIN that no common table expression of the text defines.</summary>
    public IReadOnlySet<string> Sources()
    {
        var own = new HashSet<string>(StringComparer.Ordinal);
        var sources = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at + 1 < _tokens.Count; at++)
        {
            if (at + 2 < _tokens.Count && Is(at + 1, "AS") && _tokens[at + 2] == "(" && at > 0 && (Is(at - 1, "WITH") || _tokens[at - 1] == ","))
            {
                own.Add(_tokens[at]);
            }

            var isPartOfExtract = at >= 3 && Is(at - 3, "EXTRACT") && _tokens[at - 2] == "(";
            if ((Is(at, "FROM") || Is(at, "JOIN")) && !isPartOfExtract && char.IsLetter(_tokens[at + 1][0]) && !Is(at + 1, "UNNEST"))
            {
                sources.Add(_tokens[at + 1]);
            }
        }

        sources.ExceptWith(own);
        return sources;
    }

    /// <summary>The columns of the outermost SELECT, in order: the alias, or the last part of the name.</summary>
    public IReadOnlyList<string> Columns()
    {
        var columns = new List<string>();
        var depth = 0;
        var inList = false;
        for (var at = 0; at < _tokens.Count; at++)
        {
            depth += _tokens[at] switch { "(" => 1, ")" => -1, _ => 0 };
            if (depth > 0)
            {
                continue;
            }

            if (Is(at, "SELECT"))
            {
                columns.Clear();
                inList = true;
            }
            else if (inList && (_tokens[at] == "," || Is(at, "FROM")))
            {
                columns.Add(_tokens[at - 1]);
                inList = _tokens[at] == ",";
            }
            else if (AfterFrom.Contains(_tokens[at]))
            {
                inList = false;
            }
        }

        return columns;
    }

    private bool Is(int at, string keyword) => _tokens[at].Equals(keyword, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Tokens(string sql)
    {
        for (var at = 0; at < sql.Length;)
        {
            var start = at;
            if (char.IsWhiteSpace(sql[at]))
            {
                at++;
            }
            else if (sql.AsSpan(at).StartsWith("--", StringComparison.Ordinal))
            {
                at = sql.IndexOf('\n', at) is >= 0 and var end ? end : sql.Length;
            }
            else if (sql[at] is '\'' or '"' or '`')
            {
                at = sql.IndexOf(sql[at], at + 1) is >= 0 and var end ? end + 1 : sql.Length;
                yield return sql[start..at];
            }
            else if (char.IsLetterOrDigit(sql[at]) || sql[at] is '_' or '@')
            {
                do
                {
                    at++;
                }
                while (at < sql.Length && (char.IsLetterOrDigit(sql[at]) || sql[at] == '_'));

                yield return sql[start..at];
            }
            else
            {
                at++;
                yield return sql[start..at];
            }
        }
    }
}
