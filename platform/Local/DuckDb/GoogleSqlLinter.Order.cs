using System.Collections.Frozen;
using RetailInsight.Platform.GoogleSql;
using static RetailInsight.Platform.GoogleSql.GoogleSqlTokenKind;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>The rules about order and about date parts and formats.</summary>
internal sealed partial class GoogleSqlLinter
{
    private const string ClockParts = "MICROSECOND MILLISECOND SECOND MINUTE HOUR";
    private const string DateParts = "DAY WEEK ISOWEEK MONTH QUARTER YEAR ISOYEAR";

    private static readonly string[] OrderedAggregates = ["ARRAY_AGG", "STRING_AGG"];
    private static readonly string[] OrderedWindows = ["ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE"];
    private static readonly string[] SetOperators = ["UNION", "INTERSECT", "EXCEPT"];
    private static readonly string[] DateValues = ["DATE", "DATE_ADD", "DATE_SUB", "DATE_TRUNC", "CURRENT_DATE", "PARSE_DATE", "LAST_DAY", "DATETIME", "TIMESTAMP", "CURRENT_TIMESTAMP"];

    /// <summary>Elements of a format that mean the same in both warehouses.</summary>
    private const string FormatElements = "YmdHMSyjaAbBIpuwGVUW%";

    private static readonly FrozenDictionary<string, FrozenSet<string>> PartsOf = new Dictionary<string, FrozenSet<string>>
    {
        ["DATE_TRUNC"] = Set(DateParts),
        ["DATE_DIFF"] = Set(DateParts),
        ["LAST_DAY"] = Set("WEEK ISOWEEK MONTH QUARTER YEAR ISOYEAR"),
        ["DATETIME_TRUNC"] = Set($"{ClockParts} {DateParts}"),
        ["DATETIME_DIFF"] = Set($"{ClockParts} {DateParts}"),
        ["TIMESTAMP_TRUNC"] = Set($"{ClockParts} {DateParts}"),
        ["TIMESTAMP_DIFF"] = Set($"{ClockParts} DAY"),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, FrozenSet<string>> IntervalsOf = new Dictionary<string, FrozenSet<string>>
    {
        ["DATE_ADD"] = Set("DAY WEEK MONTH QUARTER YEAR"),
        ["DATE_SUB"] = Set("DAY WEEK MONTH QUARTER YEAR"),
        ["TIMESTAMP_ADD"] = Set($"{ClockParts} DAY"),
        ["TIMESTAMP_SUB"] = Set($"{ClockParts} DAY"),
        ["GENERATE_TIMESTAMP_ARRAY"] = Set($"{ClockParts} DAY"),
        ["GENERATE_DATE_ARRAY"] = Set("DAY WEEK"),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> ExtractParts = Set($"{ClockParts} {DateParts} DAYOFWEEK DAYOFYEAR DATE");

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private void CheckOrder(int at, int next, bool isCall)
    {
        GoogleSqlToken word = _text[at];
        if (isCall && OrderedAggregates.Contains(word.Source, StringComparer.OrdinalIgnoreCase)
            && _text.Find(next + 1, _text.Close(next), "ORDER") < 0)
        {
            Report(at, "unordered", $"{word.Source.ToUpperInvariant()} without ORDER BY may answer otherwise the next time; order by a unique key.");
        }
        else if (isCall && OrderedWindows.Contains(word.Source, StringComparer.OrdinalIgnoreCase)
            && _text.Next(_text.Close(next) + 1) is int over && _text.IsWordAt(over, "OVER") && _text.IsSymbolAt(_text.Next(over + 1), "(")
            && _text.Find(_text.Next(over + 1) + 1, _text.Close(_text.Next(over + 1)), "ORDER") < 0)
        {
            Report(at, "unordered", $"{word.Source.ToUpperInvariant()} without ORDER BY in its window may answer otherwise the next time; order by a unique key.");
        }
        else if (word.IsWord("LIMIT") && ClauseOf(at) is { } clause && !clause.Equals("ORDER", StringComparison.OrdinalIgnoreCase) && !InsideCall("ARRAY_AGG"))
        {
            Report(at, "unordered", "LIMIT without ORDER BY may keep other rows the next time; order by a unique key.");
        }
        else if (SetOperators.Contains(word.Source, StringComparer.OrdinalIgnoreCase) && !_text.IsSymbolAt(_text.Previous(at), "*")
            && !_text.IsWordAt(next, "ALL") && !_text.IsWordAt(next, "DISTINCT"))
        {
            Report(at, "set-operator", $"{word.Source.ToUpperInvariant()} must say ALL or DISTINCT in BigQuery; write it.");
        }
    }

    private void CheckParts(GoogleSqlToken word, int open, bool isCall)
    {
        if (!isCall)
        {
            return;
        }

        List<(int From, int To)> arguments = _text.Arguments(open);
        if (word.IsWord("EXTRACT"))
        {
            CheckPart(_text.Next(open + 1), ExtractParts, "write a part both know, or UNIX_SECONDS for seconds since 1970");
        }
        else if (PartsOf.TryGetValue(word.Source, out FrozenSet<string>? parts) && arguments.Count > GoogleSqlFunctions.PartArgument[word.Source])
        {
            CheckPart(_text.Next(arguments[GoogleSqlFunctions.PartArgument[word.Source]].From), parts, "write DATE_DIFF or DATE_TRUNC of DATE(x, zone) for parts of the calendar");
        }
        else if (IntervalsOf.TryGetValue(word.Source, out FrozenSet<string>? intervals) && _text.Find(open + 1, _text.Close(open), "INTERVAL") is int interval and >= 0)
        {
            CheckPart(_text.Previous(_text.Close(open)), intervals, "write DATE_ADD or DATETIME_ADD with that part, on each value", interval);
        }
        else if (word.Source.StartsWith("FORMAT_", StringComparison.OrdinalIgnoreCase) || word.Source.StartsWith("PARSE_", StringComparison.OrdinalIgnoreCase))
        {
            CheckFormat(_text.Next(open + 1));
        }
    }

    private void CheckPart(int at, FrozenSet<string> parts, string instead, int after = -1)
    {
        if (at > after && at < _text.Count && _text[at].Kind == Word && !parts.Contains(_text[at].Source))
        {
            Report(at, "date-part", $"{_text[at].Source.ToUpperInvariant()} is no part both warehouses know here, or they count it otherwise; {instead}.");
        }
    }

    private void CheckFormat(int at)
    {
        if (at >= _text.Count || _text[at].Kind != Text)
        {
            Report(at, "format-element", "The format must be seen to be checked; write it as a text.");
            return;
        }

        string format = _text[at].Value;
        for (int i = format.IndexOf('%', StringComparison.Ordinal); i >= 0; i = i + 2 <= format.Length ? format.IndexOf('%', i + 2) : -1)
        {
            if (i + 1 >= format.Length || !FormatElements.Contains(format[i + 1], StringComparison.Ordinal))
            {
                Report(at, "format-element", $"{format[i..Math.Min(i + 2, format.Length)]} means something else, or nothing, in one of the warehouses; write its parts: %Y-%m-%d, %H:%M:%S.");
                return;
            }
        }
    }

    /// <summary>A date minus a date is an INTERVAL in BigQuery and a number of days in DuckDB.</summary>
    private void CheckMinus(int at, int next)
    {
        if (next < _text.Count && DateValues.Contains(_text[next].Source, StringComparer.OrdinalIgnoreCase) && _text.Previous(at) is int before and >= 0
            && (_text[before].Kind is Word or Quoted or Parameter or Text || _text[before].IsSymbol(")")))
        {
            Report(at, "date-minus", "A date minus a date is an INTERVAL in BigQuery and a number in DuckDB; write DATE_DIFF(a, b, DAY).");
        }
    }

    private bool InsideCall(string function) =>
        _open.TryPeek(out int open) && _text.IsWordAt(_text.Previous(open), function);
}
