using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace RetailInsight.Api.Pages;

/// <summary>
/// HTML or SVG text. Made only from interpolated literals whose holes are encoded, so a store name cannot become an element:
/// one C# type serves pages, charts and mail, which Razor would split over three mechanisms.
/// </summary>
internal readonly struct Markup
{
    private readonly string? _text;

    private Markup(string text) => _text = text;

    public static Markup Empty => default;

    /// <summary>Markup from a literal; every hole that is not markup itself is encoded for text and quoted attributes.</summary>
    public static Markup Of(ref MarkupHandler handler) => new(handler.ToText());

    /// <summary>Pieces one after another.</summary>
    public static Markup Join(IEnumerable<Markup> pieces) => new(string.Concat(pieces.Select(piece => piece._text)));

    /// <summary>The same with some of its tags taken out. What a rewriting adds is not encoded again, so it may only take away.</summary>
    public Markup Rewrite(Func<string, string> rewrite) => new(rewrite(_text ?? ""));

    public override string ToString() => _text ?? "";
}

/// <summary>Builds <see cref="Markup"/> from an interpolated string.</summary>
[InterpolatedStringHandler]
internal readonly ref struct MarkupHandler(int literalLength, int formattedCount)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string literal) => _text.Append(literal);

    public void AppendFormatted(Markup markup) => _text.Append(markup.ToString());

    public void AppendFormatted(IEnumerable<Markup> pieces) => _text.Append(Markup.Join(pieces).ToString());

    public void AppendFormatted(string? text) => _text.Append(Encoder.Encode(text ?? ""));

    public void AppendFormatted(int number) => _text.Append(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A coordinate: a tenth of a pixel is finer than a screen shows and keeps the output small and stable.</summary>
    public void AppendFormatted(double coordinate) => _text.Append(coordinate.ToString("0.#", CultureInfo.InvariantCulture));

    public void AppendFormatted(DateOnly date, string format) => _text.Append(date.ToString(format, CultureInfo.InvariantCulture));

    public void AppendFormatted(DateTime moment, string format) => _text.Append(moment.ToString(format, CultureInfo.InvariantCulture));

    internal string ToText() => _text.ToString();
}
