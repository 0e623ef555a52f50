using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RetailInsight.Profiles.Definition;

/// <summary>Reads and lints one profile file. All errors of a file are found in one go.</summary>
internal static class ProfileReader
{
    private const string Known =
        "id, version, vendor, content, container, numbers, currency, records, receipt, line, record, codes, decisions, discounts, fees, item_codes, outside_sales, sign, tax, tenders, change, merchandise, store, business_date, clock, identity, checks";

    /// <summary>The profile, or null when <paramref name="errors"/> has grown.</summary>
    public static Profile? Read(string file, string yaml, List<string> errors)
    {
        var lint = new LintErrors(file);
        var root = Parse(yaml, lint);
        var profile = root is null ? null : Read(new YamlMap(root, "", lint));
        errors.AddRange(lint.All);
        return lint.All.Count == 0 ? profile : null;
    }

    private static YamlNode? Parse(string yaml, LintErrors lint)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count == 1)
            {
                return stream.Documents[0].RootNode;
            }

            lint.Add("", 1, "exactly one YAML document is expected");
        }
        catch (YamlException e)
        {
            lint.Add("", e.Start.Line, $"not YAML: {e.Message}");
        }

        return null;
    }

    private static Profile Read(YamlMap root)
    {
        var id = root.RequiredText("id");
        if (!int.TryParse(root.RequiredText("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version < 1)
        {
            root.Error("version", "a whole number from 1 is expected");
        }

        var vendor = root.RequiredText("vendor");
        var content = root.Choice("content", required: true,
            ("transactions", FeedContent.Transactions), ("people_counts", FeedContent.PeopleCounts), ("pos_master", FeedContent.PosMaster));
        var container = ReadContainer(root.RequiredMap("container"), out var header);
        var numbers = ReadNumbers(root.Map("numbers"), container.Format);
        var codes = ReadCodes(root.Map("codes"));
        var bindings = new BindingReader(container.Format, codes);
        bindings.Decisions = DecisionReader.Read(root.Map("decisions"), bindings);
        var definition = content == FeedContent.Transactions
            ? new ReceiptProfileReader(root, container, numbers, bindings).Read()
            : new RecordProfileReader(root, container, numbers, bindings, content).Read();
        root.Done(Known);
        return new Profile(id, version, vendor, content, definition with { Header = header });
    }

    private static Container ReadContainer(YamlMap? map, out IReadOnlyList<string>? header)
    {
        header = null;
        if (map is null)
        {
            return new Container(ContainerFormat.Csv, TextEncoding.Utf8, (byte)',', (byte)'"');
        }

        var format = map.Choice("format", required: true, ("csv", ContainerFormat.Csv), ("json", ContainerFormat.Json));
        var encoding = map.Choice("encoding", required: true, ("utf-8", TextEncoding.Utf8), ("cp932", TextEncoding.Cp932));
        if (format == ContainerFormat.Json)
        {
            if (encoding != TextEncoding.Utf8)
            {
                map.Error("encoding", "JSON is UTF-8");
            }

            map.Done("format, encoding");
            return new Container(format, encoding, 0, 0);
        }

        var delimiter = Character(map, "delimiter", ',');
        var quote = map.Text("quote") is not "none" and var text ? (byte)Single(map, "quote", text, '"') : (byte)0;
        if (delimiter == quote)
        {
            map.Error("delimiter", "delimiter and quote must differ");
        }

        if (map.IsText("header"))
        {
            if (!map.Flag("header", fallback: true))
            {
                map.Error("header", "name the columns of a file without a header row: header: [first, second]");
            }
        }
        else if (map.Has("header"))
        {
            header = map.List("header");
        }

        map.Done("format, encoding, delimiter, quote, header");
        return new Container(format, encoding, (byte)delimiter, quote);
    }

    private static char Character(YamlMap map, string key, char fallback) => Single(map, key, map.Text(key), fallback);

    private static char Single(YamlMap map, string key, string? text, char fallback)
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

    private static NumberStyle ReadNumbers(YamlMap? map, ContainerFormat format)
    {
        if (map is null)
        {
            return new NumberStyle(false, false, "", format == ContainerFormat.Csv);
        }

        var style = new NumberStyle(
            map.Flag("thousands", fallback: false),
            map.Flag("currency_sign", fallback: false),
            string.Concat(map.List("minus")),
            map.Flag("as_strings", fallback: false) || format == ContainerFormat.Csv)
        {
            Parentheses = map.Flag("parentheses", fallback: false),
            MinorUnits = map.Flag("minor_units", fallback: false),
        };
        if (style.Minus.Any(sign => char.IsAsciiLetterOrDigit(sign) || sign is ',' or '.'))
        {
            map.Error("minus", "a minus is a sign such as △, ▲ or −");
        }

        map.Done("thousands, currency_sign, minus, parentheses, as_strings, minor_units");
        return style;
    }

    private static Dictionary<string, CodeMap> ReadCodes(YamlMap? map)
    {
        var codes = new Dictionary<string, CodeMap>(StringComparer.Ordinal);
        foreach (var name in map?.Keys ?? [])
        {
            var entries = map!.Map(name)!;
            codes[name] = new CodeMap(name, [.. entries.Keys.Select(code => KeyValuePair.Create(code, entries.RequiredText(code)))]);
        }

        return codes;
    }
}
