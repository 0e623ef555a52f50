using System.Globalization;
using System.Text;
using static RetailInsight.Platform.GoogleSql.GoogleSqlTokenKind;

namespace RetailInsight.Platform.GoogleSql;

/// <summary>Cuts a GoogleSQL text into tokens; every character is in exactly one.</summary>
internal sealed class GoogleSqlLexer
{
    private static readonly string[] LongSymbols = ["||", "<=", ">=", "<>", "!=", "<<", ">>", "=>", "|>", "@@"];
    private readonly string _sql;
    private int _at;

    private GoogleSqlLexer(string sql) => _sql = sql;

    /// <summary>The tokens.</summary>
    /// <exception cref="GoogleSqlException">A text, comment or quoted name does not end, or an escape is unknown.</exception>
    public static List<GoogleSqlToken> Read(string sql)
    {
        var lexer = new GoogleSqlLexer(sql);
        var tokens = new List<GoogleSqlToken>();
        while (lexer._at < sql.Length)
        {
            tokens.Add(lexer.Next());
        }

        return tokens;
    }

    private GoogleSqlToken Next()
    {
        int start = _at;
        char c = _sql[start];
        if (char.IsWhiteSpace(c))
        {
            return While(Space, char.IsWhiteSpace);
        }

        if (c == '#' || Ahead("--"))
        {
            return While(Comment, ch => ch != '\n');
        }

        if (Ahead("/*"))
        {
            int end = _sql.IndexOf("*/", start + 2, StringComparison.Ordinal);
            _at = end < 0 ? throw new GoogleSqlException("A comment does not end.", _sql, start) : end + 2;
            return Token(Comment, start);
        }

        if (TextPrefix() is { } prefix)
        {
            return ReadText(start, prefix);
        }

        if (c == '`')
        {
            int end = _sql.IndexOf('`', start + 1);
            _at = end < 0 ? throw new GoogleSqlException("A quoted name does not end.", _sql, start) : end + 1;
            return Token(Quoted, start, _sql[(start + 1)..end]);
        }

        if (char.IsLetter(c) || c == '_')
        {
            return While(Word, ch => char.IsLetterOrDigit(ch) || ch == '_');
        }

        if (char.IsAsciiDigit(c) || (c == '.' && start + 1 < _sql.Length && char.IsAsciiDigit(_sql[start + 1]) && !AfterName()))
        {
            return ReadNumber(start);
        }

        if (c == '@' && start + 1 < _sql.Length && (char.IsLetter(_sql[start + 1]) || _sql[start + 1] == '_'))
        {
            _at++;
            While(Word, ch => char.IsLetterOrDigit(ch) || ch == '_');
            return Token(Parameter, start, _sql[(start + 1).._at]);
        }

        _at += Array.Exists(LongSymbols, Ahead) ? 2 : 1;
        return Token(Symbol, start);
    }

    private bool Ahead(string text) => string.CompareOrdinal(_sql, _at, text, 0, text.Length) == 0;

    private bool AfterName() => _at > 0 && (char.IsLetterOrDigit(_sql[_at - 1]) || _sql[_at - 1] is '_' or '`' or ')' or ']');

    private GoogleSqlToken Token(GoogleSqlTokenKind kind, int start, string? value = null)
    {
        string source = _sql[start.._at];
        return new GoogleSqlToken(kind, source, value ?? source, start);
    }

    private GoogleSqlToken While(GoogleSqlTokenKind kind, Func<char, bool> belongs)
    {
        int start = _at;
        while (_at < _sql.Length && belongs(_sql[_at]))
        {
            _at++;
        }

        return Token(kind, start);
    }

    private GoogleSqlToken ReadNumber(int start)
    {
        while (_at < _sql.Length
            && (char.IsAsciiLetterOrDigit(_sql[_at]) || _sql[_at] == '.' || (_sql[_at] is '+' or '-' && _sql[_at - 1] is 'e' or 'E')))
        {
            _at++;
        }

        return Token(Number, start);
    }

    /// <summary>The letters before an opening quote (r, b, rb or none); null when no text starts here.</summary>
    private string? TextPrefix()
    {
        int quote = _at;
        while (quote < _sql.Length && quote - _at < 2 && _sql[quote] is 'r' or 'R' or 'b' or 'B')
        {
            quote++;
        }

        return quote < _sql.Length && _sql[quote] is '\'' or '"' ? _sql[_at..quote].ToUpperInvariant() : null;
    }

    private GoogleSqlToken ReadText(int start, string prefix)
    {
        _at += prefix.Length;
        char quote = _sql[_at];
        string closing = Ahead(new string(quote, 3)) ? new string(quote, 3) : quote.ToString();
        _at += closing.Length;
        var value = new StringBuilder();
        while (!Ahead(closing))
        {
            if (_at >= _sql.Length || (closing.Length == 1 && _sql[_at] == '\n'))
            {
                throw new GoogleSqlException("A text does not end.", _sql, start);
            }

            if (_sql[_at] != '\\')
            {
                value.Append(_sql[_at++]);
            }
            else if (_at + 1 < _sql.Length && prefix.Contains('R', StringComparison.Ordinal))
            {
                value.Append(_sql, _at, 2);
                _at += 2;
            }
            else
            {
                value.Append(ReadEscape());
            }
        }

        _at += closing.Length;
        return Token(prefix.Contains('B', StringComparison.Ordinal) ? Bytes : Text, start, value.ToString());
    }

    private string ReadEscape()
    {
        int start = _at;
        char c = start + 1 < _sql.Length ? _sql[start + 1] : '\0';
        _at += 2;
        return c switch
        {
            'a' => "\a",
            'b' => "\b",
            'f' => "\f",
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'v' => "\v",
            '\\' or '?' or '"' or '\'' or '`' => c.ToString(),
            'x' or 'X' => ReadCode(start, 2, 16),
            'u' => ReadCode(start, 4, 16),
            'U' => ReadCode(start, 8, 16),
            >= '0' and <= '3' => ReadCode(start, 3, 8),
            _ => throw new GoogleSqlException("An escape is unknown.", _sql, start),
        };
    }

    private string ReadCode(int start, int digits, int radix)
    {
        int first = radix == 8 ? start + 1 : start + 2;
        if (first + digits > _sql.Length)
        {
            throw new GoogleSqlException("An escape is cut short.", _sql, start);
        }

        int code = 0;
        foreach (char digit in _sql.AsSpan(first, digits))
        {
            int value = char.IsAsciiHexDigit(digit) ? int.Parse([digit], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : radix;
            code = value < radix && code < 0x110000 ? (code * radix) + value : throw new GoogleSqlException("An escape is unknown.", _sql, start);
        }

        _at = first + digits;
        return code > 0 && Rune.IsValid(code) ? new Rune(code).ToString() : throw new GoogleSqlException("An escape names no character.", _sql, start);
    }
}
