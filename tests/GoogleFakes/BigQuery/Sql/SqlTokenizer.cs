using System.Globalization;
using System.Text;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

/// <summary>Cuts GoogleSQL into tokens; comments and blanks vanish.</summary>
internal sealed class SqlTokenizer
{
    private static readonly string[] LongSymbols = ["<=>", "|>", "||", "<<", ">>", "<=", ">=", "!=", "<>", "=>"];

    private readonly string _sql;
    private readonly List<SqlToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private SqlTokenizer(string sql) => _sql = sql;

    /// <summary>The tokens, with an end token behind.</summary>
    /// <exception cref="BigQueryException">A literal or comment does not end, or a character has no place in SQL.</exception>
    public static IReadOnlyList<SqlToken> Tokenize(string sql)
    {
        var tokenizer = new SqlTokenizer(sql);
        tokenizer.Run();
        return tokenizer._tokens;
    }

    private char Current => Ahead(0);

    private char Ahead(int offset) => _at + offset < _sql.Length ? _sql[_at + offset] : '\0';

    private void Run()
    {
        while (SkipBlanks())
        {
            var start = Token(SqlTokenKind.End, "");
            _tokens.Add(Next(start));
        }

        _tokens.Add(Token(SqlTokenKind.End, ""));
    }

    private SqlToken Token(SqlTokenKind kind, string text) => new(kind, text, _line, _at - _lineStart + 1, _at);

    private SqlToken Next(SqlToken start)
    {
        if (LiteralPrefix() is var prefix && prefix >= 0)
        {
            var letters = _sql.Substring(_at, prefix);
            _at += prefix;
            return start with
            {
                Kind = letters.Contains('b', StringComparison.OrdinalIgnoreCase) ? SqlTokenKind.Bytes : SqlTokenKind.Text,
                Text = Literal(start, letters.Contains('r', StringComparison.OrdinalIgnoreCase)),
            };
        }

        if (Current == '`')
        {
            return start with { Kind = SqlTokenKind.Quoted, Text = Literal(start, false) };
        }

        if (IsWordStart(Current))
        {
            return start with { Kind = SqlTokenKind.Word, Text = Word() };
        }

        if (char.IsAsciiDigit(Current) || (Current == '.' && char.IsAsciiDigit(Ahead(1)) && !AfterName()))
        {
            return Number(start);
        }

        if (Current == '@' && IsWordStart(Ahead(1)))
        {
            _at++;
            return start with { Kind = SqlTokenKind.Parameter, Text = Word() };
        }

        var symbol = LongSymbols.FirstOrDefault(candidate => string.CompareOrdinal(_sql, _at, candidate, 0, candidate.Length) == 0);
        if (symbol is null && !"+-*/%(),.;=<>[]{}|&^~?:@".Contains(Current, StringComparison.Ordinal))
        {
            throw start.Refuse($"Syntax error: Illegal input character \"{Current}\"");
        }

        symbol ??= Current.ToString();
        _at += symbol.Length;
        return start with { Kind = SqlTokenKind.Symbol, Text = symbol };
    }

    private bool AfterName() => _tokens.Count > 0 && (_tokens[^1].Kind is SqlTokenKind.Word or SqlTokenKind.Quoted || _tokens[^1].IsSymbol(")"));

    private bool SkipBlanks()
    {
        while (_at < _sql.Length)
        {
            if (char.IsWhiteSpace(Current))
            {
                Advance();
            }
            else if (Current == '#' || (Current == '-' && Ahead(1) == '-'))
            {
                while (_at < _sql.Length && Current != '\n')
                {
                    _at++;
                }
            }
            else if (Current == '/' && Ahead(1) == '*')
            {
                SkipComment();
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private void SkipComment()
    {
        var start = Token(SqlTokenKind.End, "");
        while (!(Current == '*' && Ahead(1) == '/'))
        {
            if (_at >= _sql.Length)
            {
                throw start.Refuse("Syntax error: Unclosed comment");
            }

            Advance();
        }

        _at += 2;
    }

    private void Advance()
    {
        if (_sql[_at++] == '\n')
        {
            _line++;
            _lineStart = _at;
        }
    }

    /// <summary>Letters before a string's quote; -1 when no string starts here.</summary>
    private int LiteralPrefix()
    {
        for (var length = 0; length <= 2; length++)
        {
            if (Ahead(length) is '"' or '\'')
            {
                return length;
            }

            if (Ahead(length) is not ('r' or 'R' or 'b' or 'B'))
            {
                return -1;
            }
        }

        return -1;
    }

    private string Literal(SqlToken start, bool raw)
    {
        var quote = Current;
        var tripled = quote != '`' && Ahead(1) == quote && Ahead(2) == quote;
        var closing = new string(quote, tripled ? 3 : 1);
        _at += closing.Length;
        var text = new StringBuilder();
        while (string.CompareOrdinal(_sql, _at, closing, 0, closing.Length) != 0)
        {
            if (_at >= _sql.Length || (Current == '\n' && !tripled))
            {
                throw start.Refuse(quote == '`' ? "Syntax error: Unclosed identifier literal" : "Syntax error: Unclosed string literal");
            }

            if (Current != '\\')
            {
                text.Append(Current);
                Advance();
            }
            else if (raw)
            {
                text.Append(Current).Append(Ahead(1));
                _at += 2;
            }
            else
            {
                Escape(start, text);
            }
        }

        _at += closing.Length;
        return text.ToString();
    }

    private void Escape(SqlToken start, StringBuilder text)
    {
        var letter = Ahead(1);
        _at += 2;
        var digits = letter switch { 'x' or 'X' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            if (_at + digits > _sql.Length || !int.TryParse(_sql.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                || !Rune.IsValid(code))
            {
                throw start.Refuse("Syntax error: Illegal escape sequence");
            }

            text.Append(new Rune(code));
            _at += digits;
            return;
        }

        text.Append(letter switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'v' => '\v',
            '\\' or '\'' or '"' or '`' or '?' => letter,
            _ => throw start.Refuse($"Syntax error: Illegal escape sequence: \\{letter}"),
        });
    }

    private static bool IsWordStart(char letter) => char.IsAsciiLetter(letter) || letter == '_';

    private string Word()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Current) || Current == '_')
        {
            _at++;
        }

        return _sql[start.._at];
    }

    private SqlToken Number(SqlToken start)
    {
        var begin = _at;
        if (Current == '0' && Ahead(1) is 'x' or 'X')
        {
            _at += 2;
            var hex = Word();
            return long.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
                ? start with { Kind = SqlTokenKind.Integer, Text = value.ToString(CultureInfo.InvariantCulture) }
                : throw start.Refuse("Syntax error: Invalid hexadecimal literal");
        }

        SkipDigits();
        var isFloat = Current == '.';
        if (isFloat)
        {
            _at++;
            SkipDigits();
        }

        if (Current is 'e' or 'E' && (char.IsAsciiDigit(Ahead(1)) || (Ahead(1) is '+' or '-' && char.IsAsciiDigit(Ahead(2)))))
        {
            isFloat = true;
            _at += 2;
            SkipDigits();
        }

        if (IsWordStart(Current))
        {
            throw start.Refuse("Syntax error: Missing whitespace between literal and alias");
        }

        return start with { Kind = isFloat ? SqlTokenKind.Float : SqlTokenKind.Integer, Text = _sql[begin.._at] };
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Current))
        {
            _at++;
        }
    }
}
