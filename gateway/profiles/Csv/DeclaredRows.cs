using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Text;

namespace RetailInsight.Profiles.Csv;

/// <summary>Rows around the table that a profile declares: titles above the header, totals below the data. Nothing else is left out.</summary>
internal static class DeclaredRows
{
    private const int LongestFooterLine = 4096;

    /// <summary>Where the table begins and ends.</summary>
    /// <param name="container">The profile's container.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="start">Where they begin behind a byte order mark.</param>
    /// <param name="preambleRows">How many rows stand above the header.</param>
    /// <param name="more">Whether the file goes on behind these bytes: then they have no footer.</param>
    public static (int Start, int End) Around(Container container, ReadOnlySpan<byte> payload, int start, int preambleRows, bool more)
    {
        for (var row = 0; row < preambleRows && start < payload.Length; row++)
        {
            var length = payload[start..].IndexOfAny((byte)'\r', (byte)'\n');
            start = length < 0 ? payload.Length : start + length;
            if (start < payload.Length)
            {
                start += payload[start] == '\r' && start + 1 < payload.Length && payload[start + 1] == '\n' ? 2 : 1;
            }
        }

        var end = payload.Length;
        while (container.Footer.Count > 0 && !more)
        {
            var filled = payload[start..end].LastIndexOfAnyExcept("\r\n\x1A"u8) + 1;
            var line = payload.Slice(start, filled);
            var begin = line.LastIndexOfAny((byte)'\r', (byte)'\n') + 1;
            if (filled == 0 || !IsFooter(container, line[begin..]))
            {
                break;
            }

            end = start + begin;
        }

        return (start, end);
    }

    // A footer is known by the text its first filled field begins with.
    private static bool IsFooter(Container container, ReadOnlySpan<byte> line)
    {
        var text = new char[Math.Min(line.Length, LongestFooterLine)];
        var length = line.Length > LongestFooterLine ? -1 : TextDecoder.Decode(container.Encoding, line, text);
        if (length < 0)
        {
            return false;
        }

        var first = text.AsSpan(0, length).TrimStart([(char)container.Delimiter, (char)container.Quote, ' ', '\u3000', '\t']);
        foreach (var word in container.Footer)
        {
            if (first.StartsWith(word, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
