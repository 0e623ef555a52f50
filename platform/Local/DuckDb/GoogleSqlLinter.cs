using RetailInsight.Platform.GoogleSql;
using static RetailInsight.Platform.GoogleSql.GoogleSqlTokenKind;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>What a model may not say.</summary>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based.</param>
/// <param name="Rule">Short name, stable.</param>
/// <param name="Message">What is wrong and what to write.</param>
internal sealed record GoogleSqlFinding(int Line, int Column, string Rule, string Message);

/// <summary>
/// Holds SQL to the subset both warehouses answer alike. Lexical: it sees words and brackets, not types; so it asks for the
/// form that is right whatever the types are.
/// </summary>
internal sealed partial class GoogleSqlLinter
{
    private static readonly string[] Clauses = ["SELECT", "FROM", "WHERE", "GROUP", "HAVING", "QUALIFY", "WINDOW", "ORDER", "LIMIT"];
    private readonly string _sql;
    private readonly GoogleSqlText _text;
    private readonly List<GoogleSqlFinding> _findings = [];
    private readonly Stack<int> _open = new();

    private GoogleSqlLinter(string sql)
    {
        _sql = sql;
        _text = new GoogleSqlText(sql);
    }

    /// <summary>Findings in order of place; none when the SQL keeps to the subset.</summary>
    public static IReadOnlyList<GoogleSqlFinding> Check(string sql)
    {
        try
        {
            var linter = new GoogleSqlLinter(sql);
            linter.Run();
            if (linter._findings.Count == 0)
            {
                _ = GoogleSqlRewriter.Rewrite(sql);
            }

            return linter._findings;
        }
        catch (GoogleSqlException exception)
        {
            (int line, int column) = GoogleSqlException.Position(sql, exception.Offset);
            return [new GoogleSqlFinding(line, column, "unreadable", exception.Problem)];
        }
    }

    private void Run()
    {
        int first = _text.Next(0);
        if (RefuseChanges(_text.EndOfStatement()))
        {
            return;
        }

        if (!_text.IsWordAt(first, "SELECT") && !_text.IsWordAt(first, "WITH") && !_text.IsSymbolAt(first, "("))
        {
            Report(first, "one-select", "A model is one SELECT; tables, scripts and changes are the code's matter.");
            return;
        }

        for (int at = first; at < _text.Count; at = _text.Next(at + 1))
        {
            switch (_text[at].Kind)
            {
                case Symbol:
                    CheckSymbol(at);
                    break;
                case Bytes:
                    Report(at, "bytes", "BYTES literals have no counterpart; write a STRING.");
                    break;
                case Word when !_text.IsSymbolAt(_text.Previous(at), "."):
                    CheckWord(at, _text.Next(at + 1));
                    break;
                case Word when _text.IsWordAt(at, "INFORMATION_SCHEMA"):
                    Report(at, "information-schema", InformationSchema);
                    break;
            }
        }
    }

    /// <summary>What the rewriter refuses in other statements is named.</summary>
    private bool RefuseChanges(int end)
    {
        try
        {
            GoogleSqlChanges.Refuse(_text, end);
            return false;
        }
        catch (GoogleSqlException exception)
        {
            (int line, int column) = GoogleSqlException.Position(_sql, exception.Offset);
            _findings.Add(new GoogleSqlFinding(line, column, "one-select", exception.Problem));
            return true;
        }
    }

    private void CheckSymbol(int at)
    {
        switch (_text[at].Source)
        {
            case "(" or "[":
                _open.Push(at);
                CheckSubscript(at);
                break;
            case ")" or "]":
                _ = _open.Pop();
                break;
            case "/":
                Report(at, "division", "Bare / fails or is infinite on zero and differs by type; write SAFE_DIVIDE(a, b), or DIV(a, b) for whole numbers.");
                break;
            case "-":
                CheckMinus(at, _text.Next(at + 1));
                break;
            case "?":
                Report(at, "positional-parameter", "? has no name here; write @name.");
                break;
            case "%" or "^" or "~" or ":":
                Report(at, "operator", $"{_text[at].Source} has no meaning, or another, in one of the warehouses; write MOD(a, b), POW(a, b), CAST(x AS type) or a function.");
                break;
            case "|>":
                Report(at, "pipe", "Pipe syntax exists in BigQuery only; write a SELECT, and its steps as WITH.");
                break;
            case "@@":
                Report(at, "system-variable", "System variables exist in BigQuery only; pass a parameter.");
                break;
        }
    }

    private void CheckSubscript(int at)
    {
        int index = _text.Next(at + 1);
        GoogleSqlToken before = _text.Previous(at) is int previous and >= 0 ? _text[previous] : default;
        bool isSubscript = _text[at].Source == "[" && (before.Kind is Quoted or Parameter || before.IsSymbol(")") || before.IsSymbol("]")
            || (before.Kind == Word && !Clauses.Contains(before.Source, StringComparer.OrdinalIgnoreCase) && !IsOperatorWord(before)));
        int inner = _text.Next(index + 1);
        if (isSubscript && _text[index].Kind == Number && inner == _text.Close(at))
        {
            Report(index, "subscript", "Arrays count from 0 in BigQuery and from 1 in DuckDB; write [SAFE_OFFSET(n)] or [SAFE_ORDINAL(n)].");
        }
        else if (isSubscript && _text.IsSymbolAt(inner, "(") && (_text.IsWordAt(index, "OFFSET") || _text.IsWordAt(index, "ORDINAL")))
        {
            Report(index, "subscript", "Beyond the end OFFSET and ORDINAL fail in BigQuery and are NULL in DuckDB; write SAFE_OFFSET or SAFE_ORDINAL.");
        }
    }

    private static bool IsOperatorWord(GoogleSqlToken token) =>
        token.IsWord("IN") || token.IsWord("AND") || token.IsWord("OR") || token.IsWord("NOT") || token.IsWord("THEN")
        || token.IsWord("ELSE") || token.IsWord("WHEN") || token.IsWord("CASE") || token.IsWord("DISTINCT") || token.IsWord("AS") || token.IsWord("ARRAY");

    private void Report(int at, string rule, string message)
    {
        (int line, int column) = GoogleSqlException.Position(_sql, at < _text.Count ? _text[at].Offset : _sql.Length);
        _findings.Add(new GoogleSqlFinding(line, column, rule, message));
    }
}
