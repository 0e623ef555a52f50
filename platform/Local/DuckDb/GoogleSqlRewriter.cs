using System.Globalization;
using System.Text;
using RetailInsight.Platform.GoogleSql;
using static RetailInsight.Platform.GoogleSql.GoogleSqlTokenKind;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>
/// Turns the GoogleSQL subset into DuckDB's SQL, token by token: it knows brackets, no grammar. What it does not know passes
/// unchanged, so that DuckDB refuses it; what DuckDB would accept with another meaning is the linter's matter.
/// </summary>
internal sealed class GoogleSqlRewriter
{
    private readonly GoogleSqlText _text;
    private StringBuilder _out = new();

    private GoogleSqlRewriter(GoogleSqlText text) => _text = text;

    /// <summary>Rewrites one statement.</summary>
    /// <exception cref="GoogleSqlException">It cannot be read, is more than one statement, or uses what has no counterpart.</exception>
    public static string Rewrite(string sql)
    {
        var text = new GoogleSqlText(sql);
        int end = text.EndOfStatement();
        GoogleSqlChanges.Refuse(text, end);
        return new GoogleSqlRewriter(text).Sub(0, end);
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A range rewritten.</summary>
    private string Sub(int from, int to)
    {
        StringBuilder outer = _out;
        _out = new StringBuilder();
        for (int i = from; i < to;)
        {
            i = Emit(i);
        }

        string text = _out.ToString().Trim();
        _out = outer;
        return text;
    }

    /// <summary>Writes the token, or the construct it begins.</summary>
    /// <returns>The first token after it.</returns>
    private int Emit(int at)
    {
        GoogleSqlToken token = _text[at];
        switch (token.Kind)
        {
            case Comment:
                return Write(" ", at + 1);
            case Text when _text.Previous(at) is int before and >= 0 && _text[before].Kind == Text:
                throw _text.Error("Two texts follow each other; a quote within a text is written \\'.", at);
            case Text:
                return Write(Literal(token.Value), at + 1);
            case Bytes:
                throw _text.Error("BYTES literals have no counterpart.", at);
            case Quoted:
                string[] path = token.Value.Split('.');
                return Write(string.Join('.', path.Skip(path.Length > 2 ? 1 : 0).Select(Name)), at + 1);
            case Parameter:
                return Write("$" + token.Value, at + 1);
            case Number:
                return Write(Numeral(token.Source), at + 1);
            case Symbol when token.Source == "[":
                return EmitSubscript(at);
            case Word when !_text.IsSymbolAt(_text.Previous(at), "."):
                return EmitWord(at);
            default:
                return Write(token.Source, at + 1);
        }
    }

    private int Write(string text, int next)
    {
        _out.Append(text);
        return next;
    }

    private int EmitWord(int at)
    {
        GoogleSqlToken token = _text[at];
        string word = token.Source.ToUpperInvariant();
        int next = _text.Next(at + 1);
        if (_text.IsSymbolAt(next, "("))
        {
            return EmitCall(at, word, next);
        }

        switch (word)
        {
            case "INTERVAL":
                return EmitInterval(at, next);
            case "LIKE" when next < _text.Count && _text[next].Kind == Text && _text[next].Value.Contains('\\', StringComparison.Ordinal):
                return Write($"LIKE {Literal(_text[next].Value)} ESCAPE '\\'", next + 1);
            case "TABLE" when _text.IsWordAt(0, "CREATE"):
                return EmitTable(at);
            case "IN" when _text.IsWordAt(next, "UNNEST"):
                return Write("= ANY", next + 1);
            case "NOT" when _text.IsWordAt(next, "IN") && _text.IsWordAt(_text.Next(next + 1), "UNNEST"):
                return Write("<> ALL", _text.Next(next + 1) + 1);
            case "SAFE" when _text.IsSymbolAt(next, ".") && _text.IsSymbolAt(_text.Next(_text.Next(next + 1) + 1), "("):
                int function = _text.Next(next + 1);
                return function < _text.Count && GoogleSqlFunctions.Safe.Contains(_text[function].Source)
                    ? Write("safe_" + _text[function].Source, function + 1)
                    : throw _text.Error("This function has no SAFE. form here.", at);
            case "INSERT" or "MERGE" when _text.Previous(at) < 0 && !_text.IsWordAt(next, "INTO"):
                return Write(token.Source + " INTO", at + 1);
            case "TIMESTAMP" or "DATETIME" when next < _text.Count && _text[next].Kind == Text:
                return Write(word == "TIMESTAMP" ? "TIMESTAMPTZ" : "TIMESTAMP", at + 1);
            case "NUMERIC" or "BIGNUMERIC" when next < _text.Count && _text[next].Kind == Text:
                return Write($"CAST({Literal(_text[next].Value)} AS {GoogleSqlType.Numeric})", next + 1);
            default:
                return Write(token.Source, at + 1);
        }
    }

    private int EmitCall(int at, string word, int open)
    {
        int after = _text.Close(open) + 1;
        switch (word)
        {
            case "CAST" or "SAFE_CAST":
                return Write(Cast(word == "CAST" ? "CAST" : "TRY_CAST", open), after);
            case "EXTRACT":
                return Write(Extract(open), after);
            case "ARRAY_AGG":
                return Write(ArrayAgg(open), after);
            case "STRUCT":
                return Write($"struct_pack({string.Join(", ", _text.Arguments(open).Select(Field))})", after);
            case "CONCAT":
                return Write($"({string.Join(" || ", _text.Arguments(open).Select(argument => $"({Sub(argument.From, argument.To)})"))})", after);
            case "CURRENT_TIMESTAMP" when _text.Next(open + 1) == _text.Close(open):
                return Write("CURRENT_TIMESTAMP", after);
            case "UNNEST":
                return _text.IsWordAt(_text.Previous(at), "IN") ? Write(_text[at].Source, at + 1) : EmitUnnest(at, open);
            case "EXCEPT" when _text.IsSymbolAt(_text.Previous(at), "*"):
                return Write("EXCLUDE ", at + 1);
            case "INTERVAL":
                return EmitInterval(at, open);
        }

        if (GoogleSqlFunctions.PartArgument.TryGetValue(word, out int part))
        {
            IEnumerable<string> arguments = _text.Arguments(open).Select((argument, index) =>
                index == part ? Literal(Part(argument.From, argument.To)) : Sub(argument.From, argument.To));
            return Write($"gsql_{word.ToLowerInvariant()}({string.Join(", ", arguments)})", after);
        }

        return Write(GoogleSqlFunctions.Renamed.GetValueOrDefault(word, _text[at].Source), at + 1);
    }

    /// <summary>WEEK → week_sunday, WEEK(MONDAY) and ISOWEEK → week_monday, other parts in lower case.</summary>
    private string Part(int from, int to)
    {
        int word = _text.Next(from);
        string part = _text[word].Source.ToLowerInvariant();
        int open = _text.Next(word + 1);
        return part switch
        {
            "week" when open < to => "week_" + _text[_text.Next(open + 1)].Source.ToLowerInvariant(),
            "week" => "week_sunday",
            "isoweek" => "week_monday",
            _ when _text[word].Kind == Word && open >= to => part,
            _ => throw _text.Error("A date part is expected.", word),
        };
    }

    private string Cast(string function, int open)
    {
        int keyword = _text.Find(open + 1, _text.Close(open), "AS");
        if (keyword < 0)
        {
            throw _text.Error("CAST lacks AS and a type.", open);
        }

        string type = GoogleSqlType.Translate(_text.Words(keyword + 1, _text.Close(open)))
            ?? throw _text.Error("The type has no counterpart.", _text.Next(keyword + 1));
        string value = Sub(open + 1, keyword);
        string safe = function == "CAST" ? "" : "safe_";
        return type switch
        {
            "BIGINT" => $"gsql_{safe}int64({value})",
            "BOOLEAN" => $"gsql_{safe}bool({value})",
            "VARCHAR" => $"gsql_string({value})",
            _ => $"{function}({value} AS {type})",
        };
    }

    /// <summary>A fraction is FLOAT64, where DuckDB would take it for a decimal; hexadecimal numbers are unknown there.</summary>
    private static string Numeral(string source) =>
        source.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? long.Parse(source.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
        : source.Contains('.', StringComparison.Ordinal) && !source.Contains('e', StringComparison.OrdinalIgnoreCase) ? source + "e0"
        : source;

    /// <summary>CREATE TABLE: the types of its columns.</summary>
    private int EmitTable(int at)
    {
        int open = _text.Find(at, _text.Count, token => token.IsSymbol("(") || token.IsWord("AS"));
        if (open < 0 || !_text.IsSymbolAt(open, "("))
        {
            return Write(_text[at].Source, at + 1);
        }

        Write(_text[at].Source + " " + Sub(at + 1, open), open);
        return Write($" ({string.Join(", ", Columns(open).Select(Column))})", _text.Close(open) + 1);
    }

    /// <summary>The columns of a table; a comma between the signs of STRUCT&lt;a, b&gt; parts none.</summary>
    private IEnumerable<(int From, int To)> Columns(int open)
    {
        int depth = 0;
        int start = -1;
        foreach ((int from, int to) in _text.Arguments(open))
        {
            start = depth == 0 ? from : start;
            depth += _text.Words(from, to).Sum(word => word switch { "<" => 1, ">" => -1, ">>" => -2, _ => 0 });
            if (depth == 0)
            {
                yield return (start, to);
            }
        }
    }

    private string Column((int From, int To) column)
    {
        int name = _text.Next(column.From);
        int rest = _text.Find(name + 1, column.To, token => token.IsWord("NOT") || token.IsWord("DEFAULT"));
        int end = rest < 0 ? column.To : rest;
        string type = GoogleSqlType.Translate(_text.Words(name + 1, end)) ?? throw _text.Error("The type has no counterpart.", _text.Next(name + 1));
        return $"{Name(_text[name].Value)} {type}{(rest < 0 ? "" : " " + Sub(rest, column.To))}";
    }

    private string Extract(int open)
    {
        int from = _text.Find(open + 1, _text.Close(open), "FROM");
        if (from < 0)
        {
            throw _text.Error("EXTRACT lacks FROM.", open);
        }

        int zone = _text.Find(from + 1, _text.Close(open), "AT");
        string value = Sub(from + 1, zone < 0 ? _text.Close(open) : zone);
        string? timeZone = zone < 0 ? null : Sub(_text.Next(_text.Next(zone + 1) + 1) + 1, _text.Close(open));
        int word = _text.Next(open + 1);
        if (_text.IsWordAt(word, "DATE"))
        {
            return timeZone is null ? $"gsql_date({value})" : $"gsql_date({value}, {timeZone})";
        }

        string part = _text.IsWordAt(word, "ISOWEEK") ? "week" : Part(word, from);
        if (part.StartsWith("week_", StringComparison.Ordinal) && part is not ("week_sunday" or "week_monday"))
        {
            throw _text.Error("EXTRACT counts weeks from Sunday or Monday here.", word);
        }

        return $"gsql_extract({Literal(part)}, {(timeZone is null ? value : $"timezone({timeZone}, {value})")})";
    }

    private string ArrayAgg(int open)
    {
        int end = _text.Close(open);
        int nulls = _text.Find(open + 1, end, token => token.IsWord("IGNORE") || token.IsWord("RESPECT"));
        int order = _text.Find(open + 1, end, "ORDER");
        int limit = _text.Find(open + 1, end, "LIMIT");
        int[] ends = [nulls, order, limit, end];
        int valueEnd = ends.Where(position => position >= 0).Min();
        string value = Sub(open + 1, valueEnd);
        string sorted = order < 0 ? "" : " " + Sub(order, limit < 0 ? end : limit);
        int first = _text.Next(open + 1);
        string tested = _text.IsWordAt(first, "DISTINCT") ? Sub(first + 1, valueEnd) : value;
        string filter = _text.IsWordAt(nulls, "IGNORE") ? $" FILTER (WHERE ({tested}) IS NOT NULL)" : "";
        string call = $"array_agg({value}{sorted}){filter}";
        if (_text.IsWordAt(_text.Next(end + 1), "OVER"))
        {
            return limit < 0 ? call : throw _text.Error("ARRAY_AGG with LIMIT cannot have OVER.", limit);
        }

        return limit < 0 ? $"({call})" : $"({call})[1:{Sub(limit + 1, end)}]";
    }

    private string Field((int From, int To) argument)
    {
        int name = _text.Find(argument.From, argument.To, "AS");
        if (name >= 0)
        {
            GoogleSqlToken alias = _text[_text.Next(name + 1)];
            return $"{Name(alias.Value)} := {Sub(argument.From, name)}";
        }

        // A path gives its last name.
        GoogleSqlToken last = _text[_text.Previous(argument.To)];
        return last.Kind is Word or Quoted
            ? $"{Name(last.Value)} := {Sub(argument.From, argument.To)}"
            : throw _text.Error("A field of STRUCT needs a name: AS name.", _text.Next(argument.From));
    }

    private int EmitInterval(int at, int first)
    {
        int part = first < _text.Count
            ? _text.Find(_text.Close(first) > first ? _text.Close(first) + 1 : first + 1, _text.Count, token => token.Kind == Word && GoogleSqlFunctions.IntervalParts.Contains(token.Source))
            : -1;
        return part < 0 ? Write(_text[at].Source, at + 1) : Write($"INTERVAL ({Sub(first, part)}) {_text[part].Source}", part + 1);
    }

    private int EmitSubscript(int at)
    {
        int word = _text.Next(at + 1);
        int open = _text.Next(word + 1);
        bool counted = _text.IsSymbolAt(open, "(") && _text.Next(_text.Close(open) + 1) == _text.Close(at);
        string? macro = !counted ? null
            : _text.IsWordAt(word, "OFFSET") || _text.IsWordAt(word, "SAFE_OFFSET") ? "gsql_offset"
            : _text.IsWordAt(word, "ORDINAL") || _text.IsWordAt(word, "SAFE_ORDINAL") ? "gsql_ordinal"
            : null;
        return macro is null ? Write("[", at + 1) : Write($"[{macro}({Sub(open + 1, _text.Close(open))})]", _text.Close(at) + 1);
    }

    /// <summary>UNNEST in FROM: its name is the element, where DuckDB's would be a row.</summary>
    private int EmitUnnest(int at, int open)
    {
        string array = Sub(open + 1, _text.Close(open));
        int next = _text.Next(_text.Close(open) + 1);
        string? alias = TakeAlias(ref next);
        if (_text.IsWordAt(next, "WITH") && _text.IsWordAt(_text.Next(next + 1), "OFFSET"))
        {
            next = _text.Next(_text.Next(next + 1) + 1);
            string offset = TakeAlias(ref next) ?? throw _text.Error("WITH OFFSET needs a name: WITH OFFSET AS position.", next);
            alias = alias ?? throw _text.Error("UNNEST WITH OFFSET needs a name: UNNEST(a) AS x.", at);
            Write($"LATERAL (SELECT unnest({array}) AS {alias}, generate_subscripts({array}, 1) - 1 AS {offset}) AS {alias}", next);
        }
        else
        {
            Write(alias is null ? $"UNNEST({array})" : $"UNNEST({array}) AS {alias}({alias})", next);
        }

        int join = _text.Previous(at);
        bool needsCondition = _text.IsWordAt(join, "JOIN") && !_text.IsWordAt(_text.Previous(join), "CROSS") && !_text.IsWordAt(next, "ON") && !_text.IsWordAt(next, "USING");
        return Write(needsCondition ? " ON TRUE " : " ", next);
    }

    private string? TakeAlias(ref int next)
    {
        int name = _text.IsWordAt(next, "AS") ? _text.Next(next + 1) : next;
        if (name >= _text.Count || (_text[name].Kind != Quoted && (_text[name].Kind != Word || (name == next && GoogleSqlFunctions.NeverAlias.Contains(_text[name].Source)))))
        {
            return null;
        }

        next = _text.Next(name + 1);
        return Name(_text[name].Value);
    }
}
