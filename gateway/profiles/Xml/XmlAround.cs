using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RetailInsight.Profiles.Xml;

/// <summary>What stands around a part of an XML document, put before it as a line without ends.</summary>
/// <param name="open">The elements it stands in, the innermost last.</param>
/// <param name="line">1-based line on which the part begins.</param>
/// <param name="column">Characters before it on that line.</param>
internal sealed partial class XmlAround(IReadOnlyList<XmlOpenElement> open, int line, int column)
{
    private readonly int _length = open.Sum(element => element.Tag.Length);

    /// <summary>The root element as far as the profile wants it; found in all parts together.</summary>
    public XElement? Root { get; set; }

    /// <summary>Whether the part adds to <see cref="Root"/>.</summary>
    public bool Collects { get; init; }

    /// <summary>The line and position in the payload of those in the part with what stands before it.</summary>
    public (int Line, int Position) Locate(int inLine, int position)
    {
        if (inLine != 1)
        {
            return (line + inLine - 1, position);
        }

        var before = 0;
        foreach (var element in open)
        {
            if (position <= before + element.Tag.Length)
            {
                return (element.Line, element.Column + position - before);
            }

            before += element.Tag.Length;
        }

        return (line, column + position - _length);
    }

    /// <summary>A message of the parser with the places it names put right.</summary>
    public string Relocated(string message) => Place().Replace(message, match =>
    {
        var at = Locate(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
        return string.Create(CultureInfo.InvariantCulture, $"on line {at.Line} position {at.Position}");
    });

    [GeneratedRegex("on line ([0-9]{1,9}) position ([0-9]{1,9})")]
    private static partial Regex Place();
}

/// <summary>An element that is open at a place of a document.</summary>
/// <param name="Name">With its prefix.</param>
/// <param name="Tag">Its start tag, in one line.</param>
/// <param name="Line">1-based line of the tag.</param>
/// <param name="Column">Characters before it on that line.</param>
internal sealed record XmlOpenElement(string Name, string Tag, int Line, int Column);
