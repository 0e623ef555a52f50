namespace RetailInsight.Platform.GoogleSql;

/// <summary>Kinds of GoogleSQL tokens.</summary>
internal enum GoogleSqlTokenKind
{
    Space,
    Comment,
    Word,
    Quoted,
    Text,
    Bytes,
    Number,
    Parameter,
    Symbol,
}

/// <summary>A token of a GoogleSQL text.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Source">The characters as written.</param>
/// <param name="Value">What they mean: a text without its quotes and escapes, a parameter's or quoted identifier's name; else the source.</param>
/// <param name="Offset">0-based offset of the first character.</param>
internal readonly record struct GoogleSqlToken(GoogleSqlTokenKind Kind, string Source, string Value, int Offset)
{
    /// <summary>Whether it means something to the statement.</summary>
    public bool IsSignificant => Kind is not (GoogleSqlTokenKind.Space or GoogleSqlTokenKind.Comment);

    /// <summary>Whether it is that keyword or function name, in any case.</summary>
    public bool IsWord(string word) => Kind == GoogleSqlTokenKind.Word && Source.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is that sign.</summary>
    public bool IsSymbol(string symbol) => Kind == GoogleSqlTokenKind.Symbol && Source == symbol;
}

/// <summary>A GoogleSQL text that cannot be read, or holds what has no counterpart here.</summary>
internal sealed class GoogleSqlException(string problem, string sql, int offset)
    : FormatException($"{problem} (line {Position(sql, offset).Line}, column {Position(sql, offset).Column})")
{
    /// <summary>The message without the place.</summary>
    public string Problem => problem;

    /// <summary>0-based offset of the place.</summary>
    public int Offset => offset;

    /// <summary>1-based line and column of an offset.</summary>
    public static (int Line, int Column) Position(string sql, int offset)
    {
        ReadOnlySpan<char> before = sql.AsSpan(0, Math.Min(offset, sql.Length));
        return (before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }
}
