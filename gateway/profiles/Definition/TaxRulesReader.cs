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
            ("untaxed", TaxBasis.Untaxed), ("inclusive", TaxBasis.Inclusive), ("exclusive", TaxBasis.Exclusive), ("by_line", TaxBasis.Unspecified));
        if (basis == TaxBasis.Untaxed)
        {
            foreach (var key in (string[])["rounding", "rate_unit", "per", "rates", "stated"])
            {
                map.Refuse(key, "a feed without tax says 'basis: untaxed' and nothing else");
            }

            map.Done();
            return Untaxed;
        }

        var rounding = map.Choice("rounding", required: true,
            ("floor", TaxRounding.Floor), ("half_up", TaxRounding.HalfUp), ("ceiling", TaxRounding.Ceiling));
        var unit = map.Choice("rate_unit", required: true, ("percent", 100m), ("fraction", 10_000m));
        var validity = new Dictionary<TaxRate, (DateOnly, DateOnly)>();
        var rates = map.Maps("rates").Select(rate => ReadRate(rate, unit, validity)).ToList();
        var perLine = map.Choice("per", required: false, ("receipt", false), ("line", true));
        if (rates.Count == 0)
        {
            map.Missing("'rates' must name every rate and category the feed may use");
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

        map.Done();
        LintLine(basis, rates, validity);
        return new TaxRules(basis, rounding, unit, rates, columns, array)
        {
            ByLine = basis == TaxBasis.Unspecified || perLine || line.ContainsKey(CanonicalFields.LineTax),
            RoundedPerLine = perLine,
            Validity = validity,
        };
    }

    private static TaxRate ReadRate(YamlMap map, decimal unit, Dictionary<TaxRate, (DateOnly, DateOnly)> validity)
    {
        var rate = ReadRate(map, unit);
        var from = Day(map, "from", DateOnly.MinValue);
        var until = Day(map, "until", DateOnly.MaxValue);
        if (until < from)
        {
            map.Error("until", "a rate must not end before it begins");
        }

        if (from > DateOnly.MinValue || until < DateOnly.MaxValue)
        {
            validity[rate] = (from, until);
        }

        map.Done();
        return rate;
    }

    private static DateOnly Day(YamlMap map, string key, DateOnly fallback)
    {
        if (map.Text(key) is not { } text)
        {
            return fallback;
        }

        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            map.Error(key, "a date such as 2019-10-01 is expected");
        }

        return day;
    }

    /// <summary>Reads rate and category of a mapping; other keys are left.</summary>
    public static TaxRate ReadRate(YamlMap rate, decimal unit)
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
        var rate = ReadRate(stated, unit);
        if (!rates.Contains(rate))
        {
            stated.Error("rate and category are not among the rates of the profile");
        }

        var tax = stated.RequiredMap("tax") is { } binding ? bindings.Read(binding, "stated_tax", ValueType.Money) : null;
        stated.Done();
        return new StatedTaxColumn(rate, tax!);
    }

    private StatedTaxArray? ReadArray(YamlMap stated)
    {
        var path = BindingReader.Steps(container.Format, stated.RequiredText("each"));
        var rate = stated.RequiredMap("rate");
        var category = stated.RequiredMap("category");
        var tax = stated.RequiredMap("tax");
        var net = stated.Map("net");
        stated.Done();
        return rate is null || category is null || tax is null
            ? null
            : new StatedTaxArray(
                path,
                bindings.Read(rate, "stated_rate", ValueType.Decimal),
                Category(bindings.Read(category, "stated_category", ValueType.Code), category),
                bindings.Read(tax, "stated_tax", ValueType.Money),
                net is null ? null : bindings.Read(net, "stated_net", ValueType.Money));
    }

    private void LintLine(TaxBasis basis, List<TaxRate> rates, Dictionary<TaxRate, (DateOnly From, DateOnly Until)> validity)
    {
        if ((basis == TaxBasis.Unspecified) != line.TryGetValue(CanonicalFields.LineTaxBasis, out var byLine))
        {
            map!.Error("basis", "'by_line' and 'tax_basis' of the line go together");
        }

        foreach (var word in byLine?.Meanings.Where(word => word is not ("inclusive" or "exclusive" or "untaxed")) ?? [])
        {
            map!.Error("basis", $"'tax_basis' of the line means inclusive, exclusive or untaxed; '{word}' is none of them");
        }

        if (!line.ContainsKey(CanonicalFields.TaxRate))
        {
            map!.Error("'tax_rate' of the line must be bound");
        }

        if (line.TryGetValue(CanonicalFields.TaxCategory, out var category))
        {
            Category(category, map!);
        }
        else if (rates.Any(one => rates.Any(other => one != other && one.BasisPoints == other.BasisPoints && Overlap(one, other))))
        {
            map!.Error("'tax_category' of the line must be bound: 8 % standard and 8 % reduced are not the same");
        }

        bool Overlap(TaxRate one, TaxRate other)
        {
            var (from, until) = validity.GetValueOrDefault(one, (DateOnly.MinValue, DateOnly.MaxValue));
            var (otherFrom, otherUntil) = validity.GetValueOrDefault(other, (DateOnly.MinValue, DateOnly.MaxValue));
            return from <= otherUntil && otherFrom <= until;
        }
    }

    private static Binding Category(Binding binding, YamlMap at)
    {
        foreach (var word in binding.Meanings)
        {
            if (!EnumWords.TryParse<TaxCategory>(word, out _))
            {
                at.Error($"'{binding.Field}' needs a map to standard, reduced, exempt and tax_free; '{word}' is none of them");
            }
        }

        return binding;
    }
}
