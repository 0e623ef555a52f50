using System.Globalization;

namespace RetailInsight.Profiles.Definition;

/// <summary>Reads and lints one profile file. All errors of a file are found in one go.</summary>
internal static class ProfileReader
{
    /// <summary>The profile, or null when <paramref name="errors"/> has grown.</summary>
    public static Profile? Read(string file, string yaml, List<ProfileMistake> errors)
    {
        var lint = new LintErrors(file);
        var profile = Read(yaml, lint);
        errors.AddRange(lint.All);
        return lint.All.Count == 0 ? profile : null;
    }

    /// <summary>The profile; null or of no use where <paramref name="lint"/> has grown.</summary>
    public static Profile? Read(string yaml, LintErrors lint)
    {
        var root = YamlText.Read(yaml, lint);
        return root is null ? null : Read(new YamlMap(root, "", lint));
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
            ("transactions", FeedContent.Transactions), ("people_counts", FeedContent.PeopleCounts), ("visitor_events", FeedContent.VisitorEvents),
            ("pos_master", FeedContent.PosMaster), ("declared_totals", FeedContent.DeclaredTotals));
        var container = ContainerReader.Read(root.RequiredMap("container"), out var header);
        var numbers = ReadNumbers(root.Map("numbers"), container.Format is ContainerFormat.Json or ContainerFormat.Ndjson);
        var codes = ReadCodes(root.Map("codes"));
        var bindings = new BindingReader(container.Format, numbers, codes);
        bindings.Decisions = DecisionReader.Read(root.Map("decisions"), bindings);
        var definition = content == FeedContent.Transactions
            ? new ReceiptProfileReader(root, container, numbers, bindings).Read()
            : new RecordProfileReader(root, container, numbers, bindings, content).Read();
        root.Done();
        return new Profile(id, version, vendor, content, definition with { Header = header });
    }

    private static NumberStyle ReadNumbers(YamlMap? map, bool typed)
    {
        if (map is null)
        {
            return new NumberStyle(false, false, "", !typed);
        }

        var style = new NumberStyle(
            map.Flag("thousands", fallback: false),
            map.Flag("currency_sign", fallback: false),
            string.Concat(map.List("minus")),
            map.Flag("as_strings", fallback: false) || !typed)
        {
            Parentheses = map.Flag("parentheses", fallback: false),
            MinorUnits = map.Flag("minor_units", fallback: false),
        };
        if (style.Minus.Any(sign => char.IsAsciiLetterOrDigit(sign) || sign is ',' or '.'))
        {
            map.Error("minus", "a minus is a sign such as △, ▲ or −");
        }

        map.Done();
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
