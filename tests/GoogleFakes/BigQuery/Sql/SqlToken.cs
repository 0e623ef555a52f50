namespace RetailInsight.GoogleFakes.BigQuery.Sql;

/// <summary>What a token is.</summary>
internal enum SqlTokenKind
{
    /// <summary>A bare word: keyword or identifier.</summary>
    Word,

    /// <summary>A word in backticks.</summary>
    Quoted,

    /// <summary>A string literal; the text is its value.</summary>
    Text,

    /// <summary>A bytes literal; the text is its value, one character a byte.</summary>
    Bytes,

    /// <summary>A whole number, decimal or hexadecimal.</summary>
    Integer,

    /// <summary>A number with a point or an exponent.</summary>
    Float,

    /// <summary>A named parameter, without the <c>@</c>.</summary>
    Parameter,

    /// <summary>An operator or a bracket.</summary>
    Symbol,

    /// <summary>After the last.</summary>
    End,
}

/// <summary>A token of GoogleSQL.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, literals without quotes and escapes.</param>
/// <param name="Line">Line, 1-based.</param>
/// <param name="Column">Column, 1-based.</param>
/// <param name="Offset">Offset of its first character.</param>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Text, int Line, int Column, int Offset)
{
    /// <summary>Whether it is the keyword.</summary>
    public bool Is(string word) => Kind == SqlTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is the symbol.</summary>
    public bool IsSymbol(string symbol) => Kind == SqlTokenKind.Symbol && Text == symbol;

    /// <summary>A refusal that points here.</summary>
    public BigQueryException Refuse(string message) =>
        BigQueryException.InvalidQuery(FormattableString.Invariant($"{message} at [{Line}:{Column}]"));
}
