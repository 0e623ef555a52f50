using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Receipts;

/// <summary>Reads what few feeds state: discounts by kind, fees, the tax and the tax basis of each line.</summary>
internal sealed class SaleReader(ProfileDefinition definition, FieldReader fields)
{
    private readonly SaleRules _rules = definition.Receipts!.Sale;
    private readonly Binding? _basis = definition.Line.GetValueOrDefault(CanonicalFields.LineTaxBasis);
    private readonly Binding? _tax = definition.Line.GetValueOrDefault(CanonicalFields.LineTax);

    /// <summary>Whether a profile states anything of the kind.</summary>
    public static bool Needed(ProfileDefinition definition) => definition.Receipts!.Sale is var rules
        && (rules.Receipt.Count + rules.Line.Count + rules.Fees.Count > 0 || rules.Outside is not null
            || definition.Line.ContainsKey(CanonicalFields.LineTaxBasis) || definition.Line.ContainsKey(CanonicalFields.LineTax));

    /// <summary>The head with its discounts and fees.</summary>
    public ReceiptHead Head(FieldSource source, ReceiptHead head)
    {
        var fees = new List<LineDraft>();
        foreach (var fee in _rules.Fees)
        {
            if (fields.Micros(source, fee.Amount) is { } amount && amount != 0)
            {
                fees.Add(new LineDraft(new Item(fee.Code, fee.Name, ""), 1_000_000, amount, amount, 0, fee.Rate, false, fields.At)
                {
                    Extras = new LineExtras { Basis = fee.Basis },
                });
            }
        }

        return head with { Fees = fees, Discounts = Discounts(source, _rules.Receipt) };
    }

    /// <summary>The line with its discounts and tax.</summary>
    public LineDraft Line(FieldSource source, LineDraft line)
    {
        var basis = TaxBasis.Unspecified;
        if (_basis is not null)
        {
            _ = EnumWords.TryParse(fields.Meaning(source, _basis) ?? "", out basis);
        }

        var discounts = Discounts(source, _rules.Line);
        var discount = (Int128)line.Discount;
        foreach (var part in discounts)
        {
            discount += part.Amount;
        }

        return line with
        {
            Discount = Int128.Abs(discount) <= long.MaxValue ? (long)discount : long.MaxValue,
            Extras = new LineExtras
            {
                Basis = basis,
                Tax = fields.Micros(source, _tax),
                Discounts = discounts,
                Outside = _rules.Outside is { } rule && rule.Excluded.Find(fields.Text(source, rule.Field)) is not null,
            },
        };
    }

    private List<StatedDiscount> Discounts(FieldSource source, IReadOnlyList<DiscountRule> rules)
    {
        var discounts = new List<StatedDiscount>();
        foreach (var rule in rules)
        {
            if (fields.Micros(source, rule.Amount) is { } amount && amount != 0)
            {
                discounts.Add(new StatedDiscount(rule, amount));
            }
        }

        return discounts;
    }
}
