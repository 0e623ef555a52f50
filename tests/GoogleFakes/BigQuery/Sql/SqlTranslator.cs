using System.Collections.Immutable;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

/// <summary>
/// Translates GoogleSQL to DuckDB's SQL: a recursive descent that knows every name and the type of every expression, and
/// refuses what it does not know. FROM is read before the select list, so that names are always resolved where they stand.
/// </summary>
internal sealed partial class SqlTranslator
{
    private readonly SqlContext _context;
    private readonly IReadOnlyList<SqlToken> _tokens;
    private readonly int _end;
    private ImmutableDictionary<string, SqlRelation> _with = ImmutableDictionary.Create<string, SqlRelation>(StringComparer.OrdinalIgnoreCase);
    private SqlScope _scope = new(null);
    private int _at;

    /// <param name="context">Names and parameters.</param>
    /// <param name="tokens">A text's tokens.</param>
    /// <param name="start">First token of the statement.</param>
    /// <param name="end">Token after the statement.</param>
    public SqlTranslator(SqlContext context, IReadOnlyList<SqlToken> tokens, int start, int end)
    {
        _context = context;
        _tokens = tokens;
        _at = start;
        _end = end;
    }

    /// <summary>Tables and views the statement names, those inside views included.</summary>
    public HashSet<TableName> Referenced { get; } = [];

    /// <summary>Undeclared parameters and the types they are used as.</summary>
    public Dictionary<string, SqlType> Undeclared { get; } = new(StringComparer.OrdinalIgnoreCase);

    private Dictionary<string, string> FilterColumns { get; } = [];

    private HashSet<ColumnRead> Filtered { get; } = [];

    private SqlToken Current => Peek(0);

    private SqlToken Peek(int offset)
    {
        var at = Math.Min(_at + offset, _end);
        return at < _end ? _tokens[at] : _tokens[at] with { Kind = SqlTokenKind.End, Text = "" };
    }

    private bool At(string word) => Current.Is(word);

    private bool AtSymbol(string symbol) => Current.IsSymbol(symbol);

    private SqlToken Take()
    {
        var token = Current;
        _at = Math.Min(_at + 1, _end);
        return token;
    }

    /// <summary>Takes the words if they all come next.</summary>
    private bool Accept(params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (!Peek(i).Is(words[i]))
            {
                return false;
            }
        }

        _at += words.Length;
        return true;
    }

    private bool AcceptSymbol(string symbol)
    {
        if (!AtSymbol(symbol))
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (!Accept(word))
            {
                throw Unexpected($"keyword {word}");
            }
        }
    }

    private void ExpectSymbol(string symbol)
    {
        if (!AcceptSymbol(symbol))
        {
            throw Unexpected($"\"{symbol}\"");
        }
    }

    private BigQueryException Unexpected(string expected)
    {
        var got = Current.Kind switch
        {
            SqlTokenKind.End => "end of input",
            SqlTokenKind.Word when Reserved.Contains(Current.Text) => $"keyword {Current.Text.ToUpperInvariant()}",
            SqlTokenKind.Word or SqlTokenKind.Quoted => $"identifier \"{Current.Text}\"",
            SqlTokenKind.Text => "string literal",
            _ => $"\"{Current.Text}\"",
        };
        return Current.Refuse($"Syntax error: Expected {expected} but got {got}");
    }

    private SqlToken Identifier()
    {
        if (Current.Kind == SqlTokenKind.Quoted || (Current.Kind == SqlTokenKind.Word && !Reserved.Contains(Current.Text)))
        {
            return Take();
        }

        throw Unexpected("identifier");
    }

    private string? Alias(bool bareWords = true)
    {
        if (Accept("AS"))
        {
            return Identifier().Text;
        }

        var bare = Current.Kind == SqlTokenKind.Quoted || (Current.Kind == SqlTokenKind.Word && !Reserved.Contains(Current.Text) && !At("QUALIFY") && !IsClause());
        return bare && bareWords ? Take().Text : null;
    }

    /// <summary>Whether a word that is not reserved starts a clause here all the same.</summary>
    private bool IsClause() => (At("PIVOT") || At("UNPIVOT")) && Peek(1).IsSymbol("(");

    private static readonly HashSet<string> Reserved = new(
        "ALL AND ANY ARRAY AS ASC ASSERT_ROWS_MODIFIED AT BETWEEN BY CASE CAST COLLATE CONTAINS CREATE CROSS CUBE CURRENT DEFAULT DEFINE DESC DISTINCT ELSE END ENUM ESCAPE EXCEPT EXCLUDE EXISTS EXTRACT FALSE FETCH FOLLOWING FOR FROM FULL GROUP GROUPING GROUPS HASH HAVING IF IGNORE IN INNER INTERSECT INTERVAL INTO IS JOIN LATERAL LEFT LIKE LIMIT LOOKUP MERGE NATURAL NEW NO NOT NULL NULLS OF ON OR ORDER OUTER OVER PARTITION PRECEDING PROTO QUALIFY RANGE RECURSIVE RESPECT RIGHT ROLLUP ROWS SELECT SET SOME STRUCT TABLESAMPLE THEN TO TREAT TRUE UNBOUNDED UNION UNNEST USING WHEN WHERE WINDOW WITH WITHIN"
            .Split(' '),
        StringComparer.OrdinalIgnoreCase);
}
