using System.Globalization;
using System.Runtime.InteropServices;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Receipts;

/// <summary>
/// Makes of a receipt as sent the sale it stands for: fees become lines, what is no sale leaves, what somebody else bears is
/// paid and not taken off, tax rates find their category by the date, item codes their form.
/// </summary>
internal sealed class SalePart(ProfileDefinition definition, FindingTally findings)
{
    /// <summary>The means of payment that stands against what was received for something that is no sale.</summary>
    public const string OutsideSales = "outside_sales";

    private readonly SaleRules _rules = definition.Receipts!.Sale;
    private readonly TaxRules _tax = definition.Receipts!.Tax;
    private readonly bool _ratesByDate = definition.Receipts!.Tax.Validity.Count > 0
        || (definition.Line.ContainsKey(CanonicalFields.TaxRate) && !definition.Line.ContainsKey(CanonicalFields.TaxCategory));

    /// <summary>Changes the draft; false where something about it holds the receipt.</summary>
    /// <param name="draft">The receipt as sent.</param>
    /// <param name="businessDate">Its trading day.</param>
    /// <exception cref="OverflowException">The amounts do not fit in 64 bits of micros.</exception>
    public bool Apply(ReceiptDraft draft, DateOnly? businessDate)
    {
        if (!ReceiptReader.HasLines(draft.Head))
        {
            return true;
        }

        if (draft.Head!.Kind == TransactionKind.Sale && IsReturn(draft))
        {
            draft.Head = draft.Head with { Kind = TransactionKind.Return };
        }

        if (_ratesByDate && businessDate is { } on)
        {
            FindRates(draft, on);
        }

        if (_rules.ItemCodes is { } codes)
        {
            ReadCodes(draft, codes);
        }

        draft.Lines.AddRange(draft.Head!.Fees);
        TakeOutside(draft);
        TakeDiscounts(draft);
        return draft.Rejections.Count == 0;
    }

    /// <summary>Lists the discounts of a line or of the receipt: those of a kind, and the plain rest.</summary>
    public static void AddDiscounts(
        List<Discount> discounts, int line, long sign, long total, IReadOnlyList<StatedDiscount>? parts, DiscountKind plainKind, string plainLabel)
    {
        parts ??= [];
        if (total == 0 && parts.Count == 0)
        {
            return;
        }

        var plain = total;
        foreach (var part in parts)
        {
            if (part.Rule.Tender is null)
            {
                plain -= part.Amount;
            }
        }

        if (plain != 0)
        {
            discounts.Add(new Discount(line, plainKind, sign * plain, plainLabel));
        }

        foreach (var part in parts)
        {
            if (part.Rule.Tender is null)
            {
                discounts.Add(new Discount(line, part.Rule.Kind, sign * part.Amount, part.Rule.Amount.VendorName));
            }
        }
    }

    private bool IsReturn(ReceiptDraft draft) => definition.Receipts!.Returns switch
    {
        ReturnRule.NegativeTotal => draft.Head!.Total < 0,
        ReturnRule.NegativeQuantity => draft.Lines.Exists(line => line.Quantity < 0) && !draft.Lines.Exists(line => line.Quantity > 0),
        _ => false,
    };

    // A return may bring back what was sold under an older rate.
    private void FindRates(ReceiptDraft draft, DateOnly on)
    {
        var field = definition.Line[CanonicalFields.TaxRate].VendorName;
        foreach (ref var line in CollectionsMarshal.AsSpan(draft.Lines))
        {
            if (line.Rate.Category == TaxCategory.Unspecified)
            {
                var points = line.Rate.BasisPoints;
                var fitting = _tax.Rates.Where(rate => rate.BasisPoints == points && Holds(rate, on)).ToList();
                if (fitting.Count == 1)
                {
                    line = line with { Rate = fitting[0] };
                    continue;
                }
            }
            else if (draft.Head!.Kind != TransactionKind.Sale || Holds(line.Rate, on))
            {
                continue;
            }

            draft.Reject([new Rejection(RejectionReason.TaxRateUnknown, string.Create(CultureInfo.InvariantCulture,
                $"On {on:yyyy-MM-dd} there is no rate of {line.Rate.BasisPoints / 100m:0.##} %{(line.Rate.Category == TaxCategory.Unspecified ? "" : $" {line.Rate.Category}")} by the profile."), field, line.At)]);
        }
    }

    private bool Holds(TaxRate rate, DateOnly on) => !_tax.Validity.TryGetValue(rate, out var days) || (days.From <= on && on <= days.Until);

    private void ReadCodes(ReceiptDraft draft, ItemCodeRules codes)
    {
        var field = definition.Line[CanonicalFields.ItemCode].VendorName;
        for (var i = 0; i < draft.Lines.Count; i++)
        {
            var line = draft.Lines[i];
            var reading = Gtin.Read(line.Item.Code, codes);
            if (!reading.Valid && line.Merchandise && codes.Check != CheckLevel.Off)
            {
                var detail = $"'{FieldReader.Shown(line.Item.Code)}' is no JAN or GTIN: wrong length or check digit.";
                if (codes.Check == CheckLevel.Hold)
                {
                    draft.Reject([new Rejection(RejectionReason.FieldRange, detail, field, line.At)]);
                }
                else
                {
                    findings.Add(FindingCode.ItemCodeInvalid, field, detail, line.At);
                }
            }

            if (!ReferenceEquals(reading.Code, line.Item.Code))
            {
                draft.Lines[i] = line with { Item = new Item(reading.Code, line.Item.Name, line.Item.Category) };
            }
        }
    }

    // Money taken for a gift certificate pays for no goods: it stands against the means of payment of the receipt.
    private void TakeOutside(ReceiptDraft draft)
    {
        if (_rules.Outside is null)
        {
            return;
        }

        long outside = 0;
        foreach (var line in draft.Lines)
        {
            if (line.Extras is { Outside: true })
            {
                outside = checked(outside + (line.Amount ?? checked((long)((Int128)line.Quantity * line.UnitPrice / Money.MicrosPerUnit))) - line.Discount);
            }
        }

        draft.Lines.RemoveAll(line => line.Extras is { Outside: true });
        if (outside != 0)
        {
            var head = draft.Head!;
            draft.Head = head with { Total = checked(head.Total - outside), Tenders = [.. head.Tenders, new Tender(OutsideSales, -outside)] };
        }
    }

    private static void TakeDiscounts(ReceiptDraft draft)
    {
        foreach (var part in draft.Head!.Discounts)
        {
            var head = draft.Head;
            draft.Head = part.Rule.Tender is { } method
                ? head with { Total = checked(head.Total + part.Amount), Tenders = [.. head.Tenders, new Tender(method, part.Amount)] }
                : head with { Discount = checked(head.Discount + part.Amount) };
        }
    }
}
