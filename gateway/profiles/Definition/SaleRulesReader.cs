using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Profiles.Definition;

/// <summary>Reads the sections about discounts, fees, item codes and what is outside sales.</summary>
internal sealed class SaleRulesReader(YamlMap root, BindingReader bindings, TaxRules tax)
{
    private static readonly (string Word, DiscountKind Kind)[] Kinds =
        [("receipt", DiscountKind.Receipt), ("line", DiscountKind.Line), ("coupon", DiscountKind.Coupon), ("points", DiscountKind.Points), ("staff", DiscountKind.Staff)];

    private static readonly (string Word, CheckLevel Level)[] Levels = [("off", CheckLevel.Off), ("note", CheckLevel.Note), ("hold", CheckLevel.Hold)];

    private static readonly (string Word, CheckLevel Level)[] HeldOrNoted = [("false", CheckLevel.Off), ("note", CheckLevel.Note), ("true", CheckLevel.Hold)];

    public SaleRules Read()
    {
        var discounts = root.Map("discounts");
        var rules = new SaleRules
        {
            Receipt = [.. discounts?.Maps("receipt").Select(map => ReadDiscount(map, onReceipt: true)) ?? []],
            Line = [.. discounts?.Maps("line").Select(map => ReadDiscount(map, onReceipt: false)) ?? []],
            Fees = [.. root.Maps("fees").Select(ReadFee)],
            Outside = ReadOutside(),
            ItemCodes = ReadItemCodes(),
        };
        discounts?.Done();
        return rules;
    }

    /// <summary>The level of one check; a missing one is off.</summary>
    public static CheckLevel Level(YamlMap map, string key) => map.Choice(key, required: false, Levels);

    /// <summary>The checks of a profile.</summary>
    public static CheckRules ReadChecks(YamlMap map)
    {
        var total = map.Choice("total", required: false, HeldOrNoted);
        var amount = map.Choice("amount", required: false, HeldOrNoted);
        var wild = Level(map, "wild_amount");
        if (wild == CheckLevel.Off)
        {
            map.Refuse("wild_above", "'wild_above' goes with 'wild_amount: note' or 'hold'");
        }

        long above = 0;
        if (wild != CheckLevel.Off && (!long.TryParse(map.RequiredText("wild_above"), NumberStyles.None, CultureInfo.InvariantCulture, out above) || above > long.MaxValue / Money.MicrosPerUnit))
        {
            map.Error("wild_above", "a whole number of currency units is expected");
            above = 0;
        }

        return new CheckRules
        {
            Total = total,
            Amount = amount,
            Tenders = Level(map, "tenders"),
            Discounts = Level(map, "discounts"),
            Tax = Level(map, "tax"),
            Future = Level(map, "future"),
            Wild = wild,
            WildAbove = above * Money.MicrosPerUnit,
        };
    }

    private DiscountRule ReadDiscount(YamlMap map, bool onReceipt)
    {
        var kind = map.Choice("kind", required: true, Kinds);
        var amount = map.RequiredMap("amount") is { } binding ? bindings.Read(binding, "discount", ValueType.Money) : null;
        var tender = onReceipt ? map.Text("tender") : null;
        map.Refuse("tender", "what somebody else bears is paid on the whole receipt, not on a line");
        map.Done();
        return new DiscountRule(kind, amount!, tender);
    }

    private FeeRule ReadFee(YamlMap map)
    {
        var code = map.RequiredText("code");
        var name = map.Text("name") ?? "";
        if (tax.Rates.Count == 0)
        {
            map.Refuse("rate", "a feed without tax has no rates");
            map.Refuse("category", "a feed without tax has no rates");
        }

        var rate = tax.Rates.Count == 0 ? new TaxRate(0, TaxCategory.Exempt) : TaxRulesReader.ReadRate(map, tax.RateUnit);
        if (tax.Rates.Count > 0 && !tax.Rates.Contains(rate))
        {
            map.Error("rate and category are not among the rates of the profile");
        }

        var basis = map.Choice("basis", required: true,
            ("inclusive", TaxBasis.Inclusive), ("exclusive", TaxBasis.Exclusive), ("untaxed", TaxBasis.Untaxed));
        if (!tax.ByLine && basis != tax.Basis)
        {
            map.Error("basis", "a fee has the tax basis of the profile unless that is 'by_line'");
        }

        var amount = map.RequiredMap("amount") is { } binding ? bindings.Read(binding, "fee", ValueType.Money) : null;
        map.Done();
        return new FeeRule(code, name, rate, basis, amount!);
    }

    private MerchandiseRule? ReadOutside()
    {
        if (root.Map("outside_sales") is not { } map)
        {
            return null;
        }

        var code = map.RequiredMap("code") is { } binding ? bindings.Read(binding, "outside_sales", ValueType.Code) : null;
        var values = map.List("values");
        map.Done();
        return code is null ? null : new MerchandiseRule(code, new CodeMap("outside_sales", values.Select(value => KeyValuePair.Create(value, "outside"))));
    }

    private ItemCodeRules? ReadItemCodes()
    {
        if (root.Map("item_codes") is not { } map)
        {
            return null;
        }

        var check = Level(map, "check");
        var wide = map.Flag("as_gtin14", fallback: false);
        var prefixes = map.List("price_embedded");
        if (prefixes.Count == 0)
        {
            map.Refuse("item_digits", "'item_digits' goes with 'price_embedded'");
        }

        var digits = 0;
        if (prefixes.Count > 0 && (!int.TryParse(map.RequiredText("item_digits"), out digits) || digits is < 1 or > 10))
        {
            map.Error("item_digits", "how many digits after the prefix name the item, 1 to 10");
        }

        map.Done();
        return new ItemCodeRules(check, wide, prefixes, digits);
    }
}
