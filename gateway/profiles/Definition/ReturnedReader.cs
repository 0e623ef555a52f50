namespace RetailInsight.Profiles.Definition;

/// <summary>Reads what a profile says about goods taken back within a receipt.</summary>
internal sealed class ReturnedReader(YamlMap root, Container container, BindingReader bindings)
{
    // What is bound for what is sold holds for what is taken back too, unless it is bound otherwise here.
    private static readonly CanonicalField[] Line = [.. CanonicalFields.ReceiptLine.Select(field => field with { MustBind = false })];

    /// <summary>The profile as it reads what is taken back; null where nothing is.</summary>
    /// <param name="sold">The profile as it reads what is sold.</param>
    public ProfileDefinition? Read(ProfileDefinition sold)
    {
        if (root.Map("returned") is not { } map)
        {
            return null;
        }

        if (container.Format is not (ContainerFormat.Json or ContainerFormat.Ndjson))
        {
            map.Error("only a receipt of a JSON feed carries an array of what is taken back");
        }

        var rules = new ReturnedRules(bindings.Each(map, "each"), map.RequiredText("number_suffix"));
        var lines = bindings.Each(map, "lines");
        var head = new Dictionary<string, Binding>(sold.Head, StringComparer.Ordinal);
        head.Remove(CanonicalFields.Discount);
        head.Remove(CanonicalFields.Total);
        if (map.Map("total") is { } total)
        {
            head[CanonicalFields.Total] = bindings.Read(total, CanonicalFields.Total, ValueType.Money);
        }

        var line = new Dictionary<string, Binding>(sold.Line, StringComparer.Ordinal);
        if (map.Map("line") is { } section)
        {
            foreach (var (field, binding) in bindings.Section(section, Line))
            {
                line[field] = binding;
            }
        }

        var tenders = map.Has("tenders") ? new TenderRulesReader(map, container, bindings, changes: false).Read() : null;
        map.Done();
        var receipts = sold.Receipts!;
        return sold with
        {
            Head = head,
            Line = line,
            Returned = null,
            Receipts = receipts with
            {
                LinesPath = lines,
                Returned = rules,
                Returns = ReturnRule.ByKind,
                Tenders = tenders,
                Tax = receipts.Tax with { StatedArray = null, StatedColumns = [] },
                Sale = receipts.Sale with { Fees = [], Receipt = [] },
                Checks = receipts.Checks with { Total = head.ContainsKey(CanonicalFields.Total) ? receipts.Checks.Total : CheckLevel.Off },
            },
        };
    }
}
