using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Profiles.Definition;

/// <summary>Reads the tax section of a profile.</summary>
internal sealed class TaxRulesReader(YamlMap? map, Container container, BindingReader bindings, IReadOnlyDictionary<string, Binding> line)
{
    private static readonly TaxRules Untaxed = new(TaxBasis.Untaxed, TaxRounding.Floor, 1, [], [], null);

    public TaxRules Read()
    {
        if (map is null)
        {
            return Untaxed;
        }

        var basis = map.Choice("basis", required: true,
            ("untaxed", TaxBasis.Untaxed), ("inclusive", TaxBasis.Inclusive), ("exclusive", TaxBasis.Exclusive));
        if (basis == TaxBasis.Untaxed)
        {
            map.Done("basis (nothing else where a feed has no tax)");
            return Untaxed;
        }

        var rounding = map.Choice("rounding", required: true,
            ("floor", TaxRounding.Floor), ("half_up", TaxRounding.HalfUp), ("ceiling", TaxRounding.Ceiling));
        var unit = map.Choice("rate_unit", required: true, ("percent", 100m), ("fraction", 10_000m));
        var rates = map.Maps("rates").Select(rate => ReadRate(rate, unit, "rate, category")).ToList();
        if (rates.Count == 0)
        {
            map.Error("'rates' must name every rate and category the feed may use");
        }

        var columns = new List<StatedTaxColumn>();
        StatedTaxArray? array = null;
        if (map.Has("stated"))
        {
            if (container.IsRows || map.IsList("stated"))
            {
                columns.AddRange(map.Maps("stated").Select(stated => ReadColumn(stated, unit, rates)));
            }
            else
            {
                array = ReadArray(map.Map("stated")!);
            }
        }

        map.Done("basis, rounding, rate_unit, rates, stated");
        LintLine();
        return new TaxRules(basis, rounding, unit, rates, columns, array);
    }

    private static TaxRate ReadRate(YamlMap rate, decimal unit, string? known)
    {
        var basisPoints = 0;
        if (decimal.TryParse(rate.RequiredText("rate"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value * unit is var points and <= 10_000m && decimal.Truncate(points) == points)
        {
            basisPoints = (int)points;
        }
        else
        {
            rate.Error("rate", "a rate in the unit of 'rate_unit' is expected, to the basis point");
        }

        var category = ReadCategory(rate);
        if (known is not null)
        {
            rate.Done(known);
        }

        return new TaxRate(basisPoints, category);
    }

    private static TaxCategory ReadCategory(YamlMap rate)
    {
        var word = rate.RequiredText("category");
        if (!EnumWords.TryParse<TaxCategory>(word, out var category))
        {
            rate.Error("category", $"'{word}' is not one of standard, reduced, exempt, tax_free");
        }

        return category;
    }

    private StatedTaxColumn ReadColumn(YamlMap stated, decimal unit, List<TaxRate> rates)
    {
        var rate = ReadRate(stated, unit, known: null);
        if (!rates.Contains(rate))
        {
            stated.Error("rate and category are not among the rates of the profile");
        }

        var tax = stated.RequiredMap("tax") is { } binding ? bindings.Read(binding, "stated_tax", ValueType.Money) : null;
        stated.Done("rate, category, tax");
        return new StatedTaxColumn(rate, tax!);
    }

    private StatedTaxArray? ReadArray(YamlMap stated)
    {
        var path = BindingReader.Steps(container.Format, stated.RequiredText("each"));
        var rate = stated.RequiredMap("rate");
        var category = stated.RequiredMap("category");
        var tax = stated.RequiredMap("tax");
        var net = stated.Map("net");
        stated.Done("each, rate, category, tax, net");
        return rate is null || category is null || tax is null
            ? null
            : new StatedTaxArray(
                path,
                bindings.Read(rate, "stated_rate", ValueType.Decimal),
                Category(bindings.Read(category, "stated_category", ValueType.Code), category),
                bindings.Read(tax, "stated_tax", ValueType.Money),
                net is null ? null : bindings.Read(net, "stated_net", ValueType.Money));
    }

    private void LintLine()
    {
        if (!line.ContainsKey(CanonicalFields.TaxRate))
        {
            map!.Error("'tax_rate' of the line must be bound");
        }

        if (line.TryGetValue(CanonicalFields.TaxCategory, out var category))
        {
            Category(category, map!);
        }
        else
        {
            map!.Error("'tax_category' of the line must be bound: 8 % standard and 8 % reduced are not the same");
        }
    }

    private static Binding Category(Binding binding, YamlMap at)
    {
        var words = binding.Map?.Meanings ?? [binding.Constant ?? ""];
        foreach (var word in words)
        {
            if (!EnumWords.TryParse<TaxCategory>(word, out _))
            {
                at.Error($"'{binding.Field}' needs a map to standard, reduced, exempt and tax_free; '{word}' is none of them");
            }
        }

        return binding;
    }
}
