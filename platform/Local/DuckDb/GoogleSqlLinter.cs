using System.Collections.Frozen;
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
internal sealed class GoogleSqlLinter
{
    private static readonly FrozenDictionary<string, string> BannedCalls = new Dictionary<string, string>
    {
        ["AVG"] = "AVG of NUMERIC has another type in each warehouse; select SUM and COUNT and divide where the number is shown.",
        ["FARM_FINGERPRINT"] = "FARM_FINGERPRINT exists in BigQuery only; use TO_HEX(SHA256(x)).",
        ["NORMALIZE"] = "NORMALIZE differs; normalise when the data is converted.",
        ["NORMALIZE_AND_CASEFOLD"] = "NORMALIZE_AND_CASEFOLD differs; normalise when the data is converted.",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Clauses = ["SELECT", "FROM", "WHERE", "GROUP", "HAVING", "QUALIFY", "WINDOW", "ORDER", "LIMIT"];
    private static readonly string[] FreeClauses = ["WHERE", "HAVING", "QUALIFY", "ORDER"];
    private static readonly string[] TypeSettingCalls = ["CAST", "SAFE_CAST", "SAFE_DIVIDE", "IEEE_DIVIDE"];
    private static readonly string[] Fractions = ["SAFE_DIVIDE", "IEEE_DIVIDE", "FLOAT64", "NUMERIC", "BIGNUMERIC"];

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
        if (!_text.IsWordAt(first, "SELECT") && !_text.IsWordAt(first, "WITH") && !_text.IsSymbolAt(first, "("))
        {
            Report(first, "one-select", "A model is one SELECT; tables, scripts and changes are the code's matter.");
        }

        for (int at = first; at < _text.Count; at = _text.Next(at + 1))
        {
            switch (_text[at].Kind)
            {
                case Symbol:
                    CheckSymbol(at);
                    break;
                case Bytes:
                    Report(at, "bytes", "BYTES literals have no counterpart.");
                    break;
                case Word when !_text.IsSymbolAt(_text.Previous(at), "."):
                    CheckWord(at, _text.Next(at + 1));
                    break;
                case Word when _text.IsWordAt(at, "INFORMATION_SCHEMA"):
                    Report(at, "information-schema", "INFORMATION_SCHEMA differs; the catalogue knows the tables.");
                    break;
            }
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
            case "|>":
                Report(at, "pipe", "Pipe syntax exists in BigQuery only.");
                break;
            case "@@":
                Report(at, "system-variable", "System variables exist in BigQuery only.");
                break;
        }
    }

    private void CheckSubscript(int at)
    {
        int index = _text.Next(at + 1);
        GoogleSqlToken before = _text.Previous(at) is int previous and >= 0 ? _text[previous] : default;
        bool isSubscript = _text[at].Source == "[" && (before.Kind is Quoted or Parameter || before.IsSymbol(")") || before.IsSymbol("]")
            || (before.Kind == Word && !Clauses.Contains(before.Source, StringComparer.OrdinalIgnoreCase) && !IsOperatorWord(before)));
        if (isSubscript && _text[index].Kind == Number && _text.Next(index + 1) == _text.Close(at))
        {
            Report(index, "subscript", "Arrays count from 0 in BigQuery and from 1 in DuckDB; write [OFFSET(n)] or [ORDINAL(n)].");
        }
    }

    private static bool IsOperatorWord(GoogleSqlToken token) =>
        token.IsWord("IN") || token.IsWord("AND") || token.IsWord("OR") || token.IsWord("NOT") || token.IsWord("THEN")
        || token.IsWord("ELSE") || token.IsWord("WHEN") || token.IsWord("CASE") || token.IsWord("DISTINCT") || token.IsWord("AS") || token.IsWord("ARRAY");

    private void CheckWord(int at, int next)
    {
        GoogleSqlToken word = _text[at];
        bool isCall = _text.IsSymbolAt(next, "(");
        if (isCall && BannedCalls.TryGetValue(word.Source, out string? message))
        {
            Report(at, "banned-function", message);
        }
        else if (isCall && word.IsWord("SUM"))
        {
            CheckSum(at, next);
        }
        else if (isCall && (word.IsWord("CAST") || word.IsWord("SAFE_CAST")))
        {
            CheckCast(next);
        }
        else if (isCall && word.IsWord("ANY_VALUE") && _text.Find(next + 1, _text.Close(next), "HAVING") is int having and >= 0)
        {
            Report(having, "any-value-having", "ANY_VALUE … HAVING exists in BigQuery only; write MAX_BY or MIN_BY.");
        }
        else if (isCall && word.IsWord("UNNEST") && !_text.IsWordAt(_text.Previous(at), "IN"))
        {
            CheckUnnest(at, _text.Next(_text.Close(next) + 1));
        }
        else if (word.IsWord("LIKE") && (_text.IsWordAt(next, "ANY") || _text.IsWordAt(next, "ALL") || _text.IsWordAt(next, "SOME")))
        {
            Report(at, "like-any", "LIKE ANY exists in BigQuery only; write the conditions with OR, or REGEXP_CONTAINS.");
        }
        else if (word.IsWord("SELECT") && _text.IsWordAt(next, "AS"))
        {
            Report(next, "select-as", "SELECT AS STRUCT and AS VALUE exist in BigQuery only; name the columns.");
        }
        else if ((word.IsWord("ARRAY") || word.IsWord("STRUCT")) && _text.IsSymbolAt(next, "<") && !InsideCast())
        {
            Report(at, "typed-literal", $"Typed {word.Source.ToUpperInvariant()} literals exist in BigQuery only; cast the elements.");
        }
        else if (word.IsWord("INFORMATION_SCHEMA"))
        {
            Report(at, "information-schema", "INFORMATION_SCHEMA differs; the catalogue knows the tables.");
        }
    }

    /// <summary>
    /// SUM of INT64 is INT64 in BigQuery and 128 bits in DuckDB, so an output column needs a CAST around it. A sum that is
    /// only compared or sorted by, or whose argument shows a fraction, does not.
    /// </summary>
    private void CheckSum(int at, int open)
    {
        bool isFraction = false;
        for (int i = open + 1; i < _text.Close(open); i++)
        {
            isFraction |= ShowsFraction(i);
        }

        if (isFraction || _open.Any(SetsType) || FreeClauses.Contains(ClauseOf(at), StringComparer.OrdinalIgnoreCase))
        {
            return;
        }

        Report(at, "sum-type", "SUM of whole numbers is wider in DuckDB than INT64; write CAST(SUM(x) AS INT64), or CAST(… AS NUMERIC) for decimals.");
    }

    private bool SetsType(int open) => _text.Previous(open) is int name and >= 0 && TypeSettingCalls.Contains(_text[name].Source, StringComparer.OrdinalIgnoreCase);

    private bool ShowsFraction(int at) =>
        (_text[at].Kind == Number && _text[at].Source.Contains('.', StringComparison.Ordinal))
        || (_text[at].Kind == Word && Fractions.Contains(_text[at].Source, StringComparer.OrdinalIgnoreCase));

    /// <summary>The clause a token lies in, within its own bracket.</summary>
    private string ClauseOf(int at)
    {
        int start = _open.TryPeek(out int open) ? open + 1 : 0;
        string clause = "";
        for (int i = start; i < at; i = _text.Close(i) > i ? _text.Close(i) + 1 : i + 1)
        {
            if (_text[i].Kind == Word && Clauses.Contains(_text[i].Source, StringComparer.OrdinalIgnoreCase))
            {
                clause = _text[i].Source;
            }
        }

        return clause;
    }

    private void CheckCast(int open)
    {
        int keyword = _text.Find(open + 1, _text.Close(open), "AS");
        int type = keyword < 0 ? _text.Count : _text.Next(keyword + 1);
        if (_text.IsWordAt(type, "BYTES"))
        {
            Report(type, "bytes", "BYTES has no counterpart.");
        }

        int first = _text.Next(open + 1);
        if (_text.IsWordAt(type, "INT64") && !_text.IsWordAt(first, "ROUND") && ShowsFraction(first))
        {
            Report(first, "cast-fraction", "A fraction becomes INT64 by other rules in each warehouse; write CAST(ROUND(x) AS INT64).");
        }
    }

    private void CheckUnnest(int at, int next)
    {
        bool hasAlias = _text.IsWordAt(next, "AS") || (next < _text.Count && (_text[next].Kind == Quoted
            || (_text[next].Kind == Word && !GoogleSqlRewriter.NeverAlias.Contains(_text[next].Source))));
        if (!hasAlias)
        {
            Report(at, "unnest-alias", "UNNEST needs a name: UNNEST(a) AS x.");
        }
    }

    private bool InsideCast() => _open.Any(open => _text.Previous(open) is int name and >= 0 && (_text[name].IsWord("CAST") || _text[name].IsWord("SAFE_CAST")));

    private void Report(int at, string rule, string message)
    {
        (int line, int column) = GoogleSqlException.Position(_sql, at < _text.Count ? _text[at].Offset : _sql.Length);
        _findings.Add(new GoogleSqlFinding(line, column, rule, message));
    }
}
