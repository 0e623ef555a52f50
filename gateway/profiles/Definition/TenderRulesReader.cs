namespace RetailInsight.Profiles.Definition;

/// <summary>Reads how a profile's receipts were paid.</summary>
/// <param name="root">The profile.</param>
/// <param name="container">Its container.</param>
/// <param name="bindings">Reads its fields.</param>
/// <param name="sums">Whether the records are totals: they name each means of payment, and give no change.</param>
/// <param name="changes">Whether change is given: not on what is taken back.</param>
internal sealed class TenderRulesReader(YamlMap root, Container container, BindingReader bindings, bool sums = false, bool changes = true)
{
    public TenderRules? Read()
    {
        if (!root.Has("tenders"))
        {
            if (!sums && changes)
            {
                root.Refuse("change", "'change' is taken from the cash of the 'tenders', and there are none");
            }

            return null;
        }

        if (root.IsList("tenders"))
        {
            var maps = root.Maps("tenders");
            return new TenderRules(null, [.. maps.Where(map => !HasColumns(map)).Select(ReadTender)])
            {
                Columns = [.. maps.Where(HasColumns).Select(ReadColumns)],
                Change = ReadChange(),
            };
        }

        var each = root.Map("tenders")!;
        if (container.IsRows)
        {
            each.Error("a CSV feed names its tenders in a list");
        }

        return new TenderRules(bindings.Each(each, "each"), [ReadTender(each)]) { Change = ReadChange() };
    }

    private bool HasColumns(YamlMap map) => !sums && map.Has("columns");

    private Binding? ReadChange() => sums || !changes ? null : root.Map("change") is { } map ? bindings.Read(map, "change", ValueType.Money) : null;

    private TenderColumns ReadColumns(YamlMap map)
    {
        var pattern = map.RequiredText("columns").Split('*');
        if (container.Format != ContainerFormat.Csv || pattern.Length != 2 || (pattern[0].Length == 0 && pattern[1].Length == 0))
        {
            map.Error("columns", "a pattern of CSV column names with one '*' is expected, such as 金券(*)");
        }

        var columns = new TenderColumns(pattern[0], pattern[^1], bindings.FindMap(map, ValueType.Code));
        map.Done();
        return columns;
    }

    private TenderRule ReadTender(YamlMap map)
    {
        var method = map.RequiredMap("method") is { } m ? bindings.Read(m, "tender_method", ValueType.Code) : null;
        var amount = map.RequiredMap("amount") is { } a ? bindings.Read(a, "tender_amount", ValueType.Money) : null;
        var rest = map.Choice("when_empty", required: false, ("none", false), ("rest", true));
        if (rest && sums)
        {
            map.Error("when_empty", "a declared total has no rest");
        }

        if (rest && amount is { MayBeEmpty: false })
        {
            map.Error("when_empty", "an amount that may be empty is 'required: false' and has no default");
        }

        if (rest && method?.Constant is not null)
        {
            map.Error("when_empty", "whether it was used at all is said by 'method', so that is read from a field");
        }

        map.Done();
        return new TenderRule(method!, amount!, rest);
    }
}
