using System.Collections.Immutable;

namespace RetailInsight.Profiles.Xml;

/// <summary>
/// Finds the places between two records in a part of an XML document, by its markup alone. What is wrong with the document is
/// left to the parser: the search ends where a tag is none, or closes what is not open.
/// </summary>
/// <param name="text">The part.</param>
/// <param name="openBefore">The elements it stands in.</param>
/// <param name="mayHold">Of a level above the records, whether an element of a local name holds records there.</param>
/// <param name="depthOfRecords">On which level records stand; that of the root element is 0.</param>
/// <param name="line">1-based line on which it begins.</param>
/// <param name="column">Characters before it on that line.</param>
internal sealed class XmlBorders(string text, ImmutableList<XmlOpenElement> openBefore, Func<int, string, bool> mayHold, int depthOfRecords, int line, int column)
{
    private readonly Stack<string> _within = [];
    private ImmutableList<XmlOpenElement> _open = openBefore;
    private int _at;
    private int _counted;
    private int _lineStart = -column;
    private int _line = line;

    /// <summary>Behind the last element that ends where records stand; −1 where there is none.</summary>
    public int Border { get; private set; } = -1;

    /// <summary>The elements open at <see cref="Border"/>.</summary>
    public ImmutableList<XmlOpenElement> OpenAtBorder { get; private set; } = openBefore;

    /// <summary>Where elements that hold records begin and end up to <see cref="Border"/>, and which are open from there on.</summary>
    public List<(int At, ImmutableList<XmlOpenElement> Open)> Changes { get; } = [];

    /// <summary>Whether the document is damaged in this part.</summary>
    public bool Broken { get; private set; }

    /// <summary>The line and the characters before the border on it.</summary>
    public (int Line, int Column) BorderPlace { get; private set; }

    /// <summary>Goes through the part.</summary>
    public void Find(CancellationToken cancellationToken)
    {
        var (next, changes) = (0, 0);
        while (!Broken && (next = text.IndexOf('<', _at)) >= 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_open.IsEmpty && text.AsSpan(_at, next - _at).ContainsAnyExcept(" \t\r\n"))
            {
                break;
            }

            var end = EndOf(next);
            if (end < 0)
            {
                break;
            }

            if (text[next + 1] is not ('!' or '?'))
            {
                Take(next, end);
            }

            _at = end;
            if (!Broken && _within.Count == 0 && _open.Count > 0 && text[next + 1] is not ('!' or '?') && !(text[next + 1] != '/' && text[end - 2] != '/'))
            {
                (Border, OpenAtBorder) = (end, _open);
                changes = Changes.Count;
                Advance(end);
                BorderPlace = (_line, end - _lineStart);
            }
        }

        Broken = Broken || (_open.IsEmpty && text.AsSpan(_at, (next < 0 ? text.Length : next) - _at).ContainsAnyExcept(" \t\r\n"));
        Changes.RemoveRange(changes, Changes.Count - changes);
    }

    // Behind the markup that begins at a place; −1 where its end is not in the part, or it is none.
    private int EndOf(int start)
    {
        if (start + 1 >= text.Length)
        {
            return -1;
        }

        if (text[start + 1] == '?')
        {
            return Behind("?>", start + 2);
        }

        if (text[start + 1] == '!')
        {
            var rest = text.AsSpan(start);
            if (rest.StartsWith("<!--"))
            {
                return Behind("-->", start + 4);
            }

            if (rest.StartsWith("<![CDATA[") && !_open.IsEmpty)
            {
                return Behind("]]>", start + 9);
            }

            Broken = !"<!--".AsSpan().StartsWith(rest) && !"<![CDATA[".AsSpan().StartsWith(rest);
            return -1;
        }

        for (var at = start + 1; (at = IndexOfAny(at, "<>\"'")) >= 0; at++)
        {
            switch (text[at])
            {
                case '>':
                    return at + 1;
                case '<':
                    Broken = true;
                    return -1;
                default:
                    var close = IndexOfAny(at + 1, text[at] == '"' ? "<\"" : "<'");
                    if (close < 0 || text[close] == '<')
                    {
                        Broken = close >= 0;
                        return -1;
                    }

                    at = close;
                    break;
            }
        }

        return -1;
    }

    private void Take(int start, int end)
    {
        var isEnd = text[start + 1] == '/';
        var inner = text.AsSpan(start + (isEnd ? 2 : 1), end - start - (isEnd ? 3 : 2));
        var isEmpty = !isEnd && inner.EndsWith("/");
        var length = inner.IndexOfAny(" \t\r\n/");
        var name = length < 0 ? inner : inner[..length];
        if (isEnd)
        {
            Close(name, end);
        }
        else if (_within.Count == 0 && _open.Count < depthOfRecords && mayHold(_open.Count, LocalName(name).ToString()))
        {
            if (!isEmpty)
            {
                Advance(start);
                _open = _open.Add(new XmlOpenElement(name.ToString(), OneLine(text[start..end]), _line, start - _lineStart));
                Changes.Add((end, _open));
            }
        }
        else if (_open.IsEmpty)
        {
            // Another root element, or a second one.
            Broken = true;
        }
        else if (!isEmpty)
        {
            _within.Push(name.ToString());
        }
    }

    private void Close(ReadOnlySpan<char> name, int end)
    {
        var isWithin = _within.TryPeek(out var innermost);
        if (!name.SequenceEqual(isWithin ? innermost : _open.IsEmpty ? "" : _open[^1].Name))
        {
            Broken = true;
        }
        else if (isWithin)
        {
            _within.Pop();
        }
        else
        {
            _open = _open.RemoveAt(_open.Count - 1);
            Changes.Add((end, _open));
        }
    }

    private void Advance(int to)
    {
        while (_counted < to)
        {
            var end = text.AsSpan(_counted, to - _counted).IndexOfAny('\r', '\n');
            if (end < 0)
            {
                _counted = to;
                return;
            }

            _counted += end + (text[_counted + end] == '\r' && _counted + end + 1 < text.Length && text[_counted + end + 1] == '\n' ? 2 : 1);
            (_line, _lineStart) = (_line + 1, _counted);
        }
    }

    private int Behind(string closing, int from) =>
        text.IndexOf(closing, from, StringComparison.Ordinal) is var at && at < 0 ? -1 : at + closing.Length;

    private int IndexOfAny(int from, ReadOnlySpan<char> characters) =>
        from >= text.Length || text.AsSpan(from).IndexOfAny(characters) is var at && at < 0 ? -1 : from + at;

    // White space within a tag means the same whatever it is.
    private static string OneLine(string tag) =>
        tag.Replace("\r\n", " ", StringComparison.Ordinal).Replace('\r', ' ').Replace('\n', ' ');

    private static ReadOnlySpan<char> LocalName(ReadOnlySpan<char> name) => name[(name.IndexOf(':') + 1)..];
}
