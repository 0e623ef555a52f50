using System.Globalization;
using RetailInsight.Profiles.Csv;

namespace RetailInsight.Profiles.Definition;

/// <summary>Reads what a profile says about the bytes of a payload.</summary>
internal sealed class ContainerReader(YamlMap map)
{
    private const int LongestRecord = 1 << 20;

    private TextEncoding _encoding;

    /// <summary>The columns of rows that do not name them; null where the first row does.</summary>
    public IReadOnlyList<string>? Header { get; private set; }

    /// <summary>The container.</summary>
    public static Container Read(YamlMap? map, out IReadOnlyList<string>? header)
    {
        header = null;
        if (map is null)
        {
            return new Container(ContainerFormat.Csv, TextEncoding.Utf8, (byte)',', (byte)'"');
        }

        var reader = new ContainerReader(map);
        var container = reader.Read();
        header = reader.Header;
        return container;
    }

    private Container Read()
    {
        var word = map.Choice("format", required: true,
            ("csv", "csv"), ("tsv", "tsv"), ("fixed", "fixed"), ("json", "json"), ("ndjson", "ndjson"), ("xml", "xml"), ("files", "files"));
        _encoding = map.Choice("encoding", required: true, ("utf-8", TextEncoding.Utf8), ("cp932", TextEncoding.Cp932), ("utf-16", TextEncoding.Utf16));
        switch (word)
        {
            case "json" or "ndjson":
                if (_encoding != TextEncoding.Utf8)
                {
                    map.Error("encoding", "JSON is UTF-8");
                }

                var doubled = map.Choice("doubled_members", required: false, ("refuse", false), ("last", true));
                if (doubled && word == "ndjson")
                {
                    map.Error("doubled_members", "a line of an NDJSON feed with a member that stands twice is held");
                }

                map.Done();
                return new Container(word == "json" ? ContainerFormat.Json : ContainerFormat.Ndjson, _encoding, 0, 0) { LastOfDoubled = doubled };
            case "xml":
                return ReadXml();
            case "fixed":
                return ReadFixed();
            case "files":
                return ReadFiles();
            default:
                return ReadCsv(word == "tsv" ? '\t' : ',');
        }
    }

    private Container ReadCsv(char delimiterByDefault)
    {
        var container = Delimited(ContainerFormat.Csv, delimiterByDefault);
        if (map.IsText("header"))
        {
            if (!map.Flag("header", fallback: true))
            {
                map.Error("header", "name the columns of a file without a header row: header: [first, second]");
            }
        }
        else if (map.Has("header"))
        {
            Header = map.List("header");
        }

        container = container with { PreambleRows = Number("preamble_rows", 0, 0, 1000), Footer = map.List("footer"), Unused = map.List("unused") };
        map.Done();
        return container;
    }

    private Container ReadFiles()
    {
        var files = map.Maps("files").Select(ReadFile).ToList();
        if (files.Count(file => file.Kind == FileRoleKind.Heads) != 1 || files.Count(file => file.Kind == FileRoleKind.Lines) != 1)
        {
            map.Error("files", "exactly one file of 'heads' and one of 'lines' is needed");
        }

        var length = files.FirstOrDefault(file => file.Kind == FileRoleKind.Heads)?.Key.Count ?? 0;
        if (files.Any(file => file.Kind is FileRoleKind.Lines or FileRoleKind.Tenders && file.Key.Count != length))
        {
            map.Error("files", "the keys of heads, lines and tenders must have the same number of columns: they are compared in order");
        }

        var container = Delimited(ContainerFormat.Files, ',') with { Files = files };
        map.Done();
        return container;
    }

    private static FileRole ReadFile(YamlMap file)
    {
        var kind = file.Choice("rows", required: true,
            ("heads", FileRoleKind.Heads), ("lines", FileRoleKind.Lines), ("tenders", FileRoleKind.Tenders),
            ("master", FileRoleKind.Master), ("ignored", FileRoleKind.Ignored));
        var role = new FileRole(kind, file.RequiredText("name"), file.List("key"), file.List("line_key"));
        if (role.Key.Count == 0 && kind != FileRoleKind.Ignored)
        {
            file.Error("'key' must name the columns by which its rows find their receipt");
        }

        if (kind == FileRoleKind.Master && role.LineKey.Count != role.Key.Count)
        {
            file.Error("line_key", "a master names as many columns of the lines as its key has");
        }

        file.Done();
        return role;
    }

    private Container ReadXml()
    {
        var namespaces = new Dictionary<string, string>(StringComparer.Ordinal);
        if (map.Map("namespaces") is { } prefixes)
        {
            foreach (var prefix in prefixes.Keys)
            {
                namespaces[prefix] = prefixes.RequiredText(prefix);
            }
        }

        map.Done();
        return new Container(ContainerFormat.Xml, _encoding, 0, 0) { Namespaces = namespaces };
    }

    private Container ReadFixed()
    {
        var columns = map.Maps("columns").Select(ReadColumn).OrderBy(column => column.Start).ToList();
        for (var i = 1; i < columns.Count; i++)
        {
            if (columns[i].Start < columns[i - 1].Start + columns[i - 1].Length)
            {
                map.Error("columns", $"'{columns[i].Name}' overlaps '{columns[i - 1].Name}'");
            }
        }

        var lineEnds = map.Flag("line_ends", fallback: true);
        var length = Number("record_length", 0, 1, LongestRecord);
        if (columns.Count == 0)
        {
            map.Error("'columns' must name at least one column");
        }
        else if ((length > 0 || !lineEnds) && columns[^1].Start + columns[^1].Length > length)
        {
            map.Error("record_length", "a record without line ends needs its length, and no column may lie beyond it");
        }

        var types = map.Map("record_type") is { } type ? ReadTypes(type) : null;
        Header = [.. columns.Select(column => column.Name)];
        var container = new Container(ContainerFormat.Fixed, _encoding, 0, 0)
        {
            Fixed = new FixedLayout(columns, length, lineEnds, types),
            PreambleRows = Number("preamble_rows", 0, 0, 1000),
            Footer = map.List("footer"),
        };
        map.Done();
        return container;
    }

    private static FixedColumn ReadColumn(YamlMap column)
    {
        var padding = column.Text("padding");
        if (padding is not (null or { Length: 1 }) || padding?[0] > '~')
        {
            column.Error("padding", "one ASCII character is expected");
        }

        var read = new FixedColumn(
            column.RequiredText("name"),
            Number(column, "start", 1, 1, LongestRecord) - 1,
            Number(column, "length", 1, 1, LongestRecord),
            (byte)(padding?[0] ?? ' '));
        column.Done();
        return read;
    }

    private static RecordTypes ReadTypes(YamlMap map)
    {
        var types = new RecordTypes(
            Number(map, "start", 1, 1, LongestRecord) - 1,
            Number(map, "length", 1, 1, 64),
            [.. map.List("data").Select(System.Text.Encoding.ASCII.GetBytes)],
            [.. map.List("skipped").Select(System.Text.Encoding.ASCII.GetBytes)]);
        if (types.Data.Count == 0)
        {
            map.Error("'data' must name the record types that are rows");
        }

        if (types.Data.Concat(types.Skipped).Any(type => type.Length != types.Length))
        {
            map.Error("length", "every record type has this length");
        }

        map.Done();
        return types;
    }

    private Container Delimited(ContainerFormat format, char delimiterByDefault)
    {
        var delimiter = Single("delimiter", map.Text("delimiter"), delimiterByDefault);
        var quote = map.Text("quote") is not "none" and var text ? (byte)Single("quote", text, '"') : (byte)0;
        if (delimiter == quote)
        {
            map.Error("delimiter", "delimiter and quote must differ");
        }

        return new Container(format, _encoding, (byte)delimiter, quote);
    }

    private char Single(string key, string? text, char fallback)
    {
        if (text is null)
        {
            return fallback;
        }

        // Bytes from 0x40 on can be the second byte of a CP932 character, so that a row could not be split by its bytes.
        if (text.Length == 1 && text[0] is '\t' or (> ' ' and < '@') && !char.IsAsciiDigit(text[0]))
        {
            return text[0];
        }

        map.Error(key, "one ASCII sign below '@' is expected, or a TAB (\"\\t\")");
        return fallback;
    }

    private int Number(string key, int fallback, int least, int most) => Number(map, key, fallback, least, most);

    private static int Number(YamlMap map, string key, int fallback, int least, int most)
    {
        if (map.Text(key) is not { } text)
        {
            return fallback;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        map.Error(key, $"a whole number from {least} to {most} is expected");
        return fallback;
    }
}
