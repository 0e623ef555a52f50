namespace RetailInsight.GoogleFakes.BigQuery.Sql;

/// <summary>A text of one or more statements.</summary>
internal sealed class SqlScript
{
    private readonly IReadOnlyList<SqlToken> _tokens;
    private readonly List<(int Start, int End)> _statements = [];

    /// <summary>Cuts a text at its semicolons.</summary>
    /// <exception cref="BigQueryException">A token is wrong, or there is no statement.</exception>
    public SqlScript(string sql)
    {
        _tokens = SqlTokenizer.Tokenize(sql);
        Text = sql;
        var start = 0;
        for (var at = 0; at < _tokens.Count; at++)
        {
            if (_tokens[at].IsSymbol(";") || _tokens[at].Kind == SqlTokenKind.End)
            {
                if (at > start)
                {
                    _statements.Add((start, at));
                }

                start = at + 1;
            }
        }

        if (_statements.Count == 0)
        {
            throw _tokens[^1].Refuse("Syntax error: Unexpected end of statement");
        }
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Number of statements.</summary>
    public int Count => _statements.Count;

    /// <summary>First token of a statement, for its place.</summary>
    public SqlToken First(int statement) => _tokens[_statements[statement].Start];

    /// <summary>Translates one statement; those before it may have changed what names mean.</summary>
    /// <exception cref="BigQueryException">It is wrong, or not understood.</exception>
    public SqlStatement Translate(int statement, SqlContext context) =>
        new SqlTranslator(context, _tokens, _statements[statement].Start, _statements[statement].End).Statement(Text);
}
