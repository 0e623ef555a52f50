using System.Text;
using System.Text.Unicode;
using RetailInsight.Profiles.Text;

namespace RetailInsight.Profiles.Drafting;

/// <summary>What a look at the beginning of a file tells: encoding, container, and of a table its delimiter, title rows, header and rows.</summary>
internal sealed class FileSample
{
    private const int Looked = 1 << 20;
    private const int RowsLooked = 500;
    private static readonly char[] Delimiters = [',', '\t', ';', '|'];

    /// <summary><c>utf-8</c>, <c>cp932</c> or <c>utf-16</c>; null where the bytes are none of them.</summary>
    public string? Encoding { get; private init; }

    /// <summary><c>csv</c>, <c>tsv</c>, <c>json</c>, <c>ndjson</c>, <c>xml</c> or <c>files</c>; null where it cannot be told.</summary>
    public string? Format { get; private init; }

    /// <summary>Between the fields of a table.</summary>
    public char Delimiter { get; private init; }

    /// <summary>Lines above the header.</summary>
    public int PreambleRows { get; private init; }

    /// <summary>Whether the columns have names.</summary>
    public bool HasHeader { get; private init; }

    /// <summary>Names of the columns; invented where the file has none.</summary>
    public IReadOnlyList<string> Columns { get; private init; } = [];

    /// <summary>The first rows of the table.</summary>
    public IReadOnlyList<string[]> Rows { get; private init; } = [];

    /// <summary>The text looked at; empty where it cannot be decoded.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Looks at a file.</summary>
    public static FileSample Of(ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith("PK"u8))
        {
            return new FileSample { Format = "files" };
        }

        var (encoding, text) = Decode(payload);
        var begin = text.AsSpan().TrimStart("\uFEFF \t\r\n");
        var format = begin switch
        {
            ['<', ..] => "xml",
            ['{', ..] when begin.IndexOf('\n') is > 0 and var end && begin[..end].TrimEnd() is [.., '}'] && begin[(end + 1)..].TrimStart() is ['{', ..] => "ndjson",
            ['{' or '[', ..] => "json",
            _ => null,
        };
        return text.Length == 0 || format is not null ? new FileSample { Encoding = encoding, Format = format, Text = text } : Table(encoding, text);
    }

    /// <summary>The values of a column, without blanks around them; empty ones are left out.</summary>
    public IEnumerable<string> Values(int column) => Rows.Where(row => row.Length > column && row[column].Trim().Length > 0).Select(row => row[column].Trim());

    private static (string? Encoding, string Text) Decode(ReadOnlySpan<byte> payload)
    {
        if (payload is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            var wide = payload[0] == 0xFF ? System.Text.Encoding.Unicode : System.Text.Encoding.BigEndianUnicode;
            return ("utf-16", wide.GetString(payload[2..Math.Min(payload.Length & ~1, Looked)]));
        }

        // Cut at the end of a line, so that no character is cut.
        var sample = payload[..Math.Min(payload.Length, Looked)];
        sample = payload.Length > Looked && sample.LastIndexOf((byte)'\n') is > 0 and var end ? sample[..end] : sample;
        return Utf8.IsValid(sample) ? ("utf-8", System.Text.Encoding.UTF8.GetString(sample))
            : Cp932.IsValid(sample) ? ("cp932", CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetString(sample))

            // Damaged in places: names and figures can still be seen.
            : (null, CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetString(sample));
    }

    private static FileSample Table(string? encoding, string text)
    {
        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n').Where(line => line.Length > 0).Take(RowsLooked).ToList();
        var (delimiter, width) = Delimiters.Select(one => (Delimiter: one, Width: WidthOf(lines, one))).MaxBy(one => one.Width);
        if (width < 2)
        {
            return new FileSample { Encoding = encoding, Text = text };
        }

        var rows = lines.ConvertAll(line => Split(line, delimiter));
        var first = rows.FindIndex(row => row.Length == width);
        var hasHeader = rows[first].All(value => value.Trim().Length > 0 && !char.IsAsciiDigit(value.Trim()[0]));
        return new FileSample
        {
            Encoding = encoding,
            Format = delimiter == '\t' ? "tsv" : "csv",
            Text = text,
            Delimiter = delimiter,
            PreambleRows = first,
            HasHeader = hasHeader,
            Columns = hasHeader ? [.. rows[first].Select(name => name.Trim())] : [.. Enumerable.Range(1, width).Select(place => FormattableString.Invariant($"column{place}"))],
            Rows = [.. rows.Skip(first + (hasHeader ? 1 : 0)).Where(row => row.Length == width)],
        };
    }

    // The number of fields most lines have.
    private static int WidthOf(List<string> lines, char delimiter) =>
        lines.Count == 0 ? 0 : lines.GroupBy(line => Split(line, delimiter).Length).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).First().Key;

    private static string[] Split(string line, char delimiter)
    {
        var (fields, field, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var at = 0; at < line.Length; at++)
        {
            var letter = line[at];
            if (letter == '"')
            {
                var doubled = quoted && at + 1 < line.Length && line[at + 1] == '"';
                quoted = doubled || !quoted;
                field.Append(doubled ? "\"" : "");
                at += doubled ? 1 : 0;
            }
            else if (letter == delimiter && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(letter);
            }
        }

        return [.. fields, field.ToString()];
    }
}
