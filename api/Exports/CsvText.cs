using System.Globalization;
using System.Text;

namespace RetailInsight.Api.Exports;

/// <summary>
/// A CSV file by RFC 4180: commas, CRLF, quotes doubled. A text a spreadsheet would take for a formula gets an apostrophe in front;
/// numbers stay numbers, negative ones too.
/// </summary>
internal sealed class CsvText
{
    private readonly StringBuilder _text = new();
    private bool _isFirst = true;

    /// <summary>Adds a text.</summary>
    public CsvText Text(string? value) => Field(Neutral(value ?? ""));

    /// <summary>Adds a number as it is written; null is an empty cell.</summary>
    public CsvText Number(string? value) => Field(value ?? "");

    /// <summary>Adds a number.</summary>
    public CsvText Number(long value) => Field(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Ends the row.</summary>
    public CsvText EndRow()
    {
        _text.Append("\r\n");
        _isFirst = true;
        return this;
    }

    /// <summary>Characters kept.</summary>
    public int Length => _text.Length;

    /// <summary>What was added since the last time.</summary>
    public string Take()
    {
        var text = _text.ToString();
        _text.Clear();
        return text;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>
    /// The text with an apostrophe in front where a spreadsheet would compute it: after = + - @, their full-width forms, TAB and CR, also behind spaces,
    /// and after the minus sign, which <see cref="Cp932File"/> writes as the full-width one.
    /// </summary>
    public static string Neutral(string value)
    {
        var text = value.AsSpan().TrimStart(' ');
        return text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '\0' or '＝' or '＋' or '－' or '＠' or '\u2212' ? "'" + value : value;
    }

    private CsvText Field(string value)
    {
        if (!_isFirst)
        {
            _text.Append(',');
        }

        _isFirst = false;
        if (value.AsSpan().IndexOfAny(",\"\r\n") < 0)
        {
            _text.Append(value);
        }
        else
        {
            _text.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        return this;
    }
}
