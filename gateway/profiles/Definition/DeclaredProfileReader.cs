using RetailInsight.Core.Canon;

namespace RetailInsight.Profiles.Definition;

/// <summary>What a profile of declared day totals says beyond its bindings.</summary>
/// <param name="TaxPath">JSON: array of the totals by rate; null where each rate has columns of its own.</param>
/// <param name="Taxes">Columns by rate, or the one description of the array's elements.</param>
/// <param name="RatesAreFractions">Whether a rate that is read is a fraction (0.1), else a percentage (10).</param>
/// <param name="Tenders">Amounts by means of payment.</param>
internal sealed record DeclaredRules(string[]? TaxPath, IReadOnlyList<DeclaredTaxColumns> Taxes, bool RatesAreFractions, TenderRules? Tenders);

/// <summary>Where the totals of one rate stand.</summary>
internal sealed record DeclaredTaxColumns(Binding? Rate, int BasisPoints, Binding? Net, Binding? Tax, Binding? Gross);

/// <summary>Reads what a profile says about declared day totals.</summary>
internal sealed class DeclaredProfileReader(YamlMap root, Container container, NumberStyle numbers, BindingReader bindings)
{
    public ProfileDefinition Read(string[] recordsPath)
    {
        var currency = root.RequiredText("currency");
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
        {
            root.Error("currency", "an ISO 4217 code such as JPY is expected");
        }

        var head = bindings.Section(root.RequiredMap("record"), CanonicalFields.DeclaredTotals);
        if (!head.ContainsKey(CanonicalFields.Gross) && !head.ContainsKey(CanonicalFields.Net))
        {
            root.Error("record", "'gross' or 'net' must be bound");
        }

        var declared = ReadTaxes() with { Tenders = new TenderRulesReader(root, container, bindings, sums: true).Read() };
        return new ProfileDefinition
        {
            Container = container,
            Numbers = numbers.MinorUnits ? numbers with { AmountUnit = Money.MinorUnitMicros(currency) } : numbers,
            Currency = currency,
            Head = head,
            Line = new Dictionary<string, Binding>(),
            Bindings = bindings.All,
            RecordsPath = recordsPath,
            Identity = [],
            Store = SharedRules.Store(root, head),
            BusinessDate = BusinessDateRule.Stated,
            Declared = declared,
        };
    }

    private DeclaredRules ReadTaxes()
    {
        if (!root.Has("taxes"))
        {
            return new DeclaredRules(null, [], false, null);
        }

        if (root.IsList("taxes"))
        {
            return new DeclaredRules(null, [.. root.Maps("taxes").Select(map => ReadColumns(map, each: false))], false, null);
        }

        var each = root.Map("taxes")!;
        if (container.IsRows)
        {
            each.Error("a CSV feed names its rates in a list");
        }

        var fractions = each.Choice("rate_unit", required: true, ("percent", false), ("fraction", true));
        return new DeclaredRules(bindings.Each(each, "each"), [ReadColumns(each, each: true)], fractions, null);
    }

    private DeclaredTaxColumns ReadColumns(YamlMap map, bool each)
    {
        Binding? Money(string key) => map.Map(key) is { } binding ? bindings.Read(binding, "tax_" + key, ValueType.Money) : null;
        var rate = each && map.RequiredMap("rate") is { } read ? bindings.Read(read, "tax_rate", ValueType.Decimal) : null;
        var basisPoints = 0;
        if (!each && (!decimal.TryParse(map.RequiredText("rate"), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var percent)
            || !TryBasisPoints(percent, out basisPoints)))
        {
            map.Error("rate", "a percentage such as 10 is expected");
        }

        var columns = new DeclaredTaxColumns(rate, basisPoints, Money("net"), Money("tax"), Money("gross"));
        if (columns is { Net: null, Tax: null, Gross: null })
        {
            map.Error("'net', 'tax' or 'gross' must be bound");
        }

        map.Done();
        return columns;
    }

    private static bool TryBasisPoints(decimal percent, out int basisPoints)
    {
        basisPoints = percent is >= 0 and <= 100 && decimal.Truncate(percent * 100) == percent * 100 ? (int)(percent * 100) : -1;
        return basisPoints >= 0;
    }
}
