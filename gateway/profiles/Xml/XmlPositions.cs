using System.Text;
using System.Xml;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Xml;

/// <summary>Turns the line and position of an XML reader into the offset in the payload. It is asked in ascending order.</summary>
internal sealed class XmlPositions(string text, long start, TextEncoding encoding)
{
    private int _line = 1;
    private int _lineStart;
    private int _counted;
    private long _offset = start;

    /// <summary>Offset of the first byte of the node the reader stands on; the end of the payload where there is none.</summary>
    public long OffsetOf(XmlReader reader)
    {
        var info = (IXmlLineInfo)reader;
        if (reader.EOF)
        {
            return Advance(text.Length);
        }

        while (_line < info.LineNumber && _lineStart < text.Length)
        {
            var end = text.AsSpan(_lineStart).IndexOfAny('\r', '\n');
            if (end < 0)
            {
                break;
            }

            _lineStart += end + (text[_lineStart + end] == '\r' && _lineStart + end + 1 < text.Length && text[_lineStart + end + 1] == '\n' ? 2 : 1);
            _line++;
        }

        // The reader points at the name, behind < or </.
        var before = reader.NodeType switch { XmlNodeType.Element => 1, XmlNodeType.EndElement => 2, _ => 0 };
        return Advance(Math.Clamp(_lineStart + info.LinePosition - 1 - before, 0, text.Length));
    }

    private long Advance(int to)
    {
        if (to > _counted)
        {
            _offset += LengthOf(encoding, text.AsSpan(_counted, to - _counted));
            _counted = to;
        }

        return _offset;
    }

    /// <summary>Bytes of a text that was decoded.</summary>
    public static int LengthOf(TextEncoding encoding, ReadOnlySpan<char> text) =>
        encoding == TextEncoding.Cp932 ? Cp932Length(text) : Encoding.UTF8.GetByteCount(text);

    private static int Cp932Length(ReadOnlySpan<char> characters)
    {
        var length = characters.Length;
        foreach (var character in characters)
        {
            length += character is < '\u0080' or (>= '\uFF61' and <= '\uFF9F') ? 0 : 1;
        }

        return length;
    }
}
