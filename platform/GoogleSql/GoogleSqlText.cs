namespace RetailInsight.Platform.GoogleSql;

/// <summary>A GoogleSQL text as tokens one can walk through, brackets matched.</summary>
internal sealed class GoogleSqlText
{
    private readonly string _sql;
    private readonly List<GoogleSqlToken> _tokens;
    private readonly int[] _close;

    /// <exception cref="GoogleSqlException">A text, comment or bracket does not end.</exception>
    public GoogleSqlText(string sql)
    {
        _sql = sql;
        _tokens = GoogleSqlLexer.Read(sql);
        _close = MatchBrackets();
    }

    public int Count => _tokens.Count;

    public GoogleSqlToken this[int at] => _tokens[at];

    /// <summary>The bracket that closes this one; 0 when it opens none.</summary>
    public int Close(int at) => _close[at];

    /// <summary>An error that names the place.</summary>
    public GoogleSqlException Error(string message, int at) => new(message, _sql, at < _tokens.Count ? _tokens[at].Offset : _sql.Length);

    /// <summary>Where the statement ends: at its semicolon or the end.</summary>
    /// <exception cref="GoogleSqlException">Another statement follows.</exception>
    public int EndOfStatement()
    {
        int semicolon = _tokens.FindIndex(token => token.IsSymbol(";"));
        return semicolon < 0 ? _tokens.Count
            : Next(semicolon + 1) == _tokens.Count ? semicolon
            : throw Error("Only one statement is allowed.", semicolon);
    }

    /// <summary>First significant token from there; the number of tokens when none.</summary>
    public int Next(int from)
    {
        while (from < _tokens.Count && !_tokens[from].IsSignificant)
        {
            from++;
        }

        return from;
    }

    public int Previous(int before)
    {
        do
        {
            before--;
        }
        while (before >= 0 && !_tokens[before].IsSignificant);
        return before;
    }

    public bool IsSymbolAt(int at, string symbol) => at >= 0 && at < _tokens.Count && _tokens[at].IsSymbol(symbol);

    public bool IsWordAt(int at, string word) => at >= 0 && at < _tokens.Count && _tokens[at].IsWord(word);

    /// <summary>First token of a range that is the word, outside inner brackets and before the bracket around closes; -1 when none.</summary>
    public int Find(int from, int to, string word) => Find(from, to, token => token.IsWord(word));

    public int Find(int from, int to, Predicate<GoogleSqlToken> match)
    {
        for (int i = from; i < to; i = _close[i] > i ? _close[i] + 1 : i + 1)
        {
            if (_tokens[i].IsSymbol(")") || _tokens[i].IsSymbol("]"))
            {
                return -1;
            }

            if (match(_tokens[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>What lies between the commas of a bracket.</summary>
    public List<(int From, int To)> Arguments(int open)
    {
        var arguments = new List<(int, int)>();
        int from = open + 1;
        for (int comma; (comma = Find(from, _close[open], token => token.IsSymbol(","))) >= 0; from = comma + 1)
        {
            arguments.Add((from, comma));
        }

        if (Next(from) < _close[open])
        {
            arguments.Add((from, _close[open]));
        }

        return arguments;
    }

    /// <summary>The significant tokens of a range, as written.</summary>
    public IEnumerable<string> Words(int from, int to) =>
        _tokens.GetRange(from, to - from).Where(token => token.IsSignificant).Select(token => token.Source);

    private int[] MatchBrackets()
    {
        var close = new int[_tokens.Count];
        var open = new Stack<int>();
        for (int i = 0; i < close.Length; i++)
        {
            if (_tokens[i].Kind == GoogleSqlTokenKind.Symbol && _tokens[i].Source is "(" or "[")
            {
                open.Push(i);
            }
            else if (_tokens[i].Kind == GoogleSqlTokenKind.Symbol && _tokens[i].Source is ")" or "]")
            {
                if (!open.TryPop(out int start) || (_tokens[start].Source == "(") != (_tokens[i].Source == ")"))
                {
                    throw Error($"'{_tokens[i].Source}' has no opening bracket.", i);
                }

                close[start] = i;
            }
        }

        return open.TryPop(out int left) ? throw Error($"'{_tokens[left].Source}' is not closed.", left) : close;
    }
}
