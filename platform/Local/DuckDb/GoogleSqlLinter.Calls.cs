using System.Collections.Frozen;
using RetailInsight.Platform.GoogleSql;
using static RetailInsight.Platform.GoogleSql.GoogleSqlTokenKind;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>The rules about words, functions and their types.</summary>
internal sealed partial class GoogleSqlLinter
{
    private const string InformationSchema = "INFORMATION_SCHEMA differs; the catalogue knows the tables.";

    private static readonly FrozenDictionary<string, (string Rule, string Message)> BannedWords = Rules(
        ("AVG", "banned-function", "AVG of NUMERIC has another type in each warehouse; select SUM and COUNT and divide where the number is shown."),
        ("FARM_FINGERPRINT", "banned-function", "FARM_FINGERPRINT exists in BigQuery only; use TO_HEX(SHA256(x))."),
        ("NORMALIZE", "banned-function", "NORMALIZE differs; normalise when the data is converted."),
        ("NORMALIZE_AND_CASEFOLD", "banned-function", "NORMALIZE_AND_CASEFOLD differs; normalise when the data is converted."),
        ("IEEE_DIVIDE", "not-a-number", "NaN sorts and compares otherwise in each warehouse; write SAFE_DIVIDE."),
        ("ANY_VALUE", "not-repeatable", "ANY_VALUE may answer otherwise the next time; write MIN or MAX, or group by it."),
        ("RAND", "not-repeatable", "RAND answers otherwise the next time; a model run again must give the same rows."),
        ("GENERATE_UUID", "not-repeatable", "GENERATE_UUID answers otherwise the next time; derive the id from the row: TO_HEX(SHA256(x))."),
        ("CURRENT_DATE", "not-repeatable", "CURRENT_DATE answers otherwise the next time; pass the date as a parameter."),
        ("CURRENT_DATETIME", "not-repeatable", "CURRENT_DATETIME answers otherwise the next time; pass the time as a parameter."),
        ("CURRENT_TIMESTAMP", "not-repeatable", "CURRENT_TIMESTAMP answers otherwise the next time; pass the time as a parameter."),
        ("TABLESAMPLE", "not-repeatable", "TABLESAMPLE answers otherwise the next time; filter by a hash of the key."),
        ("APPROX_COUNT_DISTINCT", "approximate", "Each warehouse approximates in its own way; write COUNT(DISTINCT x)."),
        ("APPROX_QUANTILES", "approximate", "Each warehouse approximates in its own way; write PERCENTILE_CONT(x, p) OVER ()."),
        ("APPROX_TOP_COUNT", "approximate", "Each warehouse approximates in its own way; write COUNT(*) with GROUP BY, ORDER BY and LIMIT."),
        ("ILIKE", "duckdb-only", "ILIKE exists in DuckDB only; write LOWER(x) LIKE 'text'."),
        ("EXCLUDE", "duckdb-only", "EXCLUDE exists in DuckDB only; write EXCEPT."),
        ("GLOB", "duckdb-only", "GLOB exists in DuckDB only; write LIKE or REGEXP_CONTAINS."),
        ("ASOF", "duckdb-only", "ASOF exists in DuckDB only; write QUALIFY ROW_NUMBER() OVER (…) = 1."));

    private static readonly string[] FreeClauses = ["WHERE", "HAVING", "QUALIFY", "ORDER"];
    private static readonly string[] TypeSettingCalls = ["CAST", "SAFE_CAST", "SAFE_DIVIDE", "IEEE_DIVIDE"];
    private static readonly string[] TypeOpenCalls = ["SAFE_DIVIDE"];
    private static readonly string[] Fractions = ["SAFE_DIVIDE", "IEEE_DIVIDE", "FLOAT64", "NUMERIC", "BIGNUMERIC"];


    /// <summary>Words a bracket may follow although they are no function.</summary>
    private static readonly FrozenSet<string> Keywords =
        "ALL AND ANY AS BETWEEN BY CASE CUBE DISTINCT ELSE EXCEPT EXISTS FROM GROUPING IN INTERVAL INTERSECT IS JOIN LIKE LIMIT NOT ON OR OVER PARTITION PIVOT REPLACE ROLLUP SELECT SETS SYSTEM THEN UNION UNPIVOT USING VALUES WEEK WHEN WHERE"
            .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private void CheckWord(int at, int next)
    {
        GoogleSqlToken word = _text[at];
        bool isCall = _text.IsSymbolAt(next, "(");
        CheckOrder(at, next, isCall);
        CheckParts(word, next, isCall);
        if (isCall && word.IsWord("ANY_VALUE") && _text.Find(next + 1, _text.Close(next), "HAVING") is int having and >= 0)
        {
            Report(having, "any-value-having", "ANY_VALUE … HAVING exists in BigQuery only; write MAX_BY or MIN_BY.");
        }
        else if (BannedWords.TryGetValue(word.Source, out (string Rule, string Message) banned) && (isCall || !NeedsBracket(word)))
        {
            Report(at, banned.Rule, banned.Message);
        }
        else if (isCall && IsUnknown(at, word))
        {
            Report(at, "unknown-function", $"{word.Source} is not in the tested subset; use a function that is, or add it to tests/GoogleSql/constructs.yml with its documented answer.");
        }
        else if (isCall && TypeOpenCalls.Contains(word.Source, StringComparer.OrdinalIgnoreCase))
        {
            CheckRatio(at);
        }
        else if (isCall && word.IsWord("SUM"))
        {
            CheckSum(at, next);
        }
        else if (isCall && (word.IsWord("CAST") || word.IsWord("SAFE_CAST")))
        {
            CheckCast(next);
        }
        else if (isCall && word.IsWord("UNNEST") && !_text.IsWordAt(_text.Previous(at), "IN"))
        {
            CheckUnnest(at, _text.Next(_text.Close(next) + 1));
        }
        else if (word.IsWord("LIKE") && (_text.IsWordAt(next, "ANY") || _text.IsWordAt(next, "ALL") || _text.IsWordAt(next, "SOME")))
        {
            Report(at, "like-any", "LIKE ANY exists in BigQuery only; write the conditions with OR, or REGEXP_CONTAINS.");
        }
        else if (word.IsWord("LIKE") && (next >= _text.Count || _text[next].Kind != Text))
        {
            Report(at, "like-pattern", "A backslash in a pattern escapes in BigQuery only, so the pattern must be seen; write a text, or STARTS_WITH, STRPOS, REGEXP_CONTAINS.");
        }
        else if (word.IsWord("SELECT") && _text.IsWordAt(next, "AS"))
        {
            Report(next, "select-as", "SELECT AS STRUCT and AS VALUE exist in BigQuery only; write STRUCT(a, b) AS name, or the columns.");
        }
        else if ((word.IsWord("ARRAY") || word.IsWord("STRUCT")) && _text.IsSymbolAt(next, "<") && !InsideCast())
        {
            Report(at, "typed-literal", $"Typed {word.Source.ToUpperInvariant()} literals exist in BigQuery only; write CAST([] AS ARRAY<INT64>), or CAST each element.");
        }
        else if (word.IsWord("INFORMATION_SCHEMA"))
        {
            Report(at, "information-schema", InformationSchema);
        }
    }

    private static FrozenDictionary<string, (string Rule, string Message)> Rules(params (string Word, string Rule, string Message)[] rules) =>
        rules.ToFrozenDictionary(rule => rule.Word, rule => (rule.Rule, rule.Message), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the word only means something as a function; elsewhere it may name a column.</summary>
    private static bool NeedsBracket(GoogleSqlToken word) =>
        !(word.IsWord("CURRENT_DATE") || word.IsWord("CURRENT_DATETIME") || word.IsWord("CURRENT_TIMESTAMP") || word.IsWord("TABLESAMPLE")
            || word.IsWord("ILIKE") || word.IsWord("GLOB") || word.IsWord("ASOF"));

    private bool IsUnknown(int at, GoogleSqlToken word)
    {
        if (Keywords.Contains(word.Source) || GoogleSqlFunctions.Subset.Contains(word.Source) || IsType(at))
        {
            return false;
        }

        // WITH name (columns) AS, AS name (columns), and the subscripts, which have a rule of their own.
        int before = _text.Previous(at);
        return !(_text.IsSymbolAt(before, "[") || _text.IsWordAt(before, "WITH") || _text.IsWordAt(before, "AS") || _text.IsWordAt(before, "RECURSIVE"));
    }

    /// <summary>The type of a CAST may have a bracket: NUMERIC(12, 2).</summary>
    private bool IsType(int at) => (_text.IsWordAt(_text.Previous(at), "AS") || _text.IsSymbolAt(_text.Previous(at), "<")) && InsideCast();

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

    /// <summary>A quotient of NUMERIC is NUMERIC in BigQuery and a double in DuckDB; shown, it says what it is.</summary>
    private void CheckRatio(int at)
    {
        if (!_open.Any(open => _text.Previous(open) is int name and >= 0 && (_text[name].IsWord("CAST") || _text[name].IsWord("SAFE_CAST")))
            && !FreeClauses.Contains(ClauseOf(at), StringComparer.OrdinalIgnoreCase))
        {
            Report(at, "ratio-type", "SAFE_DIVIDE of NUMERIC has another type in each warehouse; write CAST(SAFE_DIVIDE(a, b) AS FLOAT64), or AS NUMERIC.");
        }
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
            Report(type, "bytes", "BYTES has no counterpart; write STRING, and TO_HEX for hashes.");
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
            || (_text[next].Kind == Word && !GoogleSqlFunctions.NeverAlias.Contains(_text[next].Source))));
        if (!hasAlias)
        {
            Report(at, "unnest-alias", "UNNEST needs a name: UNNEST(a) AS x.");
        }
    }

    private bool InsideCast() => _open.Any(open => _text.Previous(open) is int name and >= 0 && (_text[name].IsWord("CAST") || _text[name].IsWord("SAFE_CAST")));
}
