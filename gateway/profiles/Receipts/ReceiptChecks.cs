using System.Globalization;
using System.Runtime.InteropServices;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Receipts;

/// <summary>Compares what a receipt states, and looks for what is possible and yet odd. A profile says whether that warns or holds.</summary>
/// <param name="definition">The profile.</param>
/// <param name="context">When the payload came, and whether the profile is only tried.</param>
/// <param name="findings">Receives what only warns.</param>
internal sealed class ReceiptChecks(ProfileDefinition definition, ConversionContext context, FindingTally findings)
{
    // Clocks of registers go wrong by minutes; a day ahead is a wrong date.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(24);

    private readonly CheckRules _rules = context.Scrutiny ? definition.Receipts!.Checks.Scrutinised() : definition.Receipts!.Checks;

    private readonly bool _nothing = !context.Scrutiny && definition.Receipts!.Checks == CheckRules.None;

    /// <summary>Whether the amount of a line as sent, before its discount, may stand.</summary>
    /// <param name="draft">The receipt.</param>
    /// <param name="line">The line.</param>
    /// <param name="product">Quantity × unit price, in millionths of a micro.</param>
    public bool AmountHolds(ReceiptDraft draft, in LineDraft line, Int128 product)
    {
        if (_rules.Amount == CheckLevel.Off || product == (Int128)line.Amount!.Value * Money.MicrosPerUnit)
        {
            return true;
        }

        var discount = line.Discount == 0 ? "" : $", with a discount of {Money.Format(line.Discount)}";
        return Report(draft, _rules.Amount, FindingCode.AmountDifference, NameOf(definition.Line, CanonicalFields.Amount),
            $"{Money.Format(line.Amount.Value)} is not {Money.Format(line.Quantity)} × {Money.Format(line.UnitPrice)}{discount}.", line.At);
    }

    /// <summary>Whether the receipt may pass; what holds it is noted on the draft.</summary>
    /// <param name="draft">The receipt as sent.</param>
    /// <param name="transaction">What it came to.</param>
    /// <param name="sign">−1 where the feed prints positive figures for what is taken back.</param>
    public bool Hold(ReceiptDraft draft, Transaction transaction, long sign)
    {
        if (_nothing)
        {
            return true;
        }

        // A receipt that never counts (cancelled, training) is kept whatever its figures say.
        if (transaction.Kind is TransactionKind.Sale or TransactionKind.Return or TransactionKind.Void && !MoneyHolds(draft, transaction, sign))
        {
            return false;
        }

        var passes = true;
        if (_rules.Future != CheckLevel.Off && context.ReceivedAt is { } received && transaction.OccurredAt > received + ClockTolerance)
        {
            passes &= Report(draft, _rules.Future, FindingCode.FutureDate, definition.Head[CanonicalFields.OccurredAt].VendorName,
                string.Create(CultureInfo.InvariantCulture, $"It happened at {transaction.OccurredAt:yyyy-MM-dd'T'HH:mmzzz} and was received at {received:yyyy-MM-dd'T'HH:mmzzz}."));
        }

        if (_rules.Wild != CheckLevel.Off && transaction.Gross is var gross && (gross > _rules.WildAbove || gross < -_rules.WildAbove))
        {
            passes &= Report(draft, _rules.Wild, FindingCode.WildAmount, definition.Head.GetValueOrDefault(CanonicalFields.Total)?.VendorName,
                $"The receipt comes to {Money.Format(gross)}; the profile calls up to {Money.Format(_rules.WildAbove)} usual.");
        }

        foreach (var bucket in transaction.TaxBuckets)
        {
            if (_rules.Tax != CheckLevel.Off && bucket.TaxStated && bucket.Tax != bucket.ComputedTax)
            {
                passes &= Report(draft, _rules.Tax, FindingCode.TaxDifference, null, string.Create(CultureInfo.InvariantCulture,
                    $"The stated tax at {bucket.RateBasisPoints / 100m:0.##} % {bucket.Category} is {Money.Format(bucket.Tax)}; the profile's rule gives {Money.Format(bucket.ComputedTax)}."));
            }
        }

        return passes;
    }

    private bool MoneyHolds(ReceiptDraft draft, Transaction transaction, long sign)
    {
        var stated = sign * draft.Head!.Total;
        var passes = true;
        if (_rules.Total != CheckLevel.Off && stated is { } total && total != transaction.Gross)
        {
            passes &= Report(draft, _rules.Total, FindingCode.TotalDifference, definition.Head[CanonicalFields.Total].VendorName,
                $"The receipt states {Money.Format(total)}; its lines, discounts and taxes give {Money.Format(transaction.Gross)}.");
        }

        if (_rules.Tenders != CheckLevel.Off && definition.Receipts!.Tenders is not null)
        {
            Int128 paid = 0;
            foreach (var tender in transaction.Tenders)
            {
                paid += tender.Amount;
            }

            var due = stated ?? transaction.Gross;
            if (paid != due)
            {
                var shown = Int128.Abs(paid) <= long.MaxValue ? Money.Format((long)paid) : "more than money can be";
                passes &= Report(draft, _rules.Tenders, FindingCode.TenderDifference, NameOfTenders(), $"The receipt comes to {Money.Format(due)}; its means of payment, less the change, come to {shown}.");
            }
        }

        return passes & (_rules.Discounts == CheckLevel.Off || DiscountsLower(draft));
    }

    private bool DiscountsLower(ReceiptDraft draft)
    {
        var passes = true;
        Int128 sum = 0;
        foreach (ref readonly var line in CollectionsMarshal.AsSpan(draft.Lines))
        {
            var amount = line.Amount ?? 0;
            sum += (Int128)amount - line.Discount;
            if (line.Discount != 0 && Math.Sign(line.Discount) == -Math.Sign(amount))
            {
                var field = NameOf(definition.Line, CanonicalFields.Discount) ?? NameOf(definition.Receipts!.Sale.Line);
                passes &= Report(draft, _rules.Discounts, FindingCode.DiscountSign, field,
                    $"A discount of {Money.Format(line.Discount)} on an amount of {Money.Format(amount)} makes it larger.", line.At);
            }
        }

        if (draft.Head!.Discount is var discount && discount != 0 && Math.Sign(discount) == -Int128.Sign(sum))
        {
            var field = NameOf(definition.Head, CanonicalFields.Discount) ?? NameOf(definition.Receipts!.Sale.Receipt);
            passes &= Report(draft, _rules.Discounts, FindingCode.DiscountSign, field, $"A discount of {Money.Format(discount)} on the receipt makes it larger.");
        }

        return passes;
    }

    private CheckLevel AskedFor(FindingCode code)
    {
        var asked = definition.Receipts!.Checks;
        return code switch
        {
            FindingCode.TotalDifference => asked.Total,
            FindingCode.AmountDifference => asked.Amount,
            FindingCode.TenderDifference => asked.Tenders,
            FindingCode.DiscountSign => asked.Discounts,
            FindingCode.TaxDifference => asked.Tax,
            FindingCode.FutureDate => asked.Future,
            _ => asked.Wild,
        };
    }

    private string? NameOfTenders() => definition.Receipts!.Tenders is { Each: [var first, ..] } ? first.Amount.VendorName : null;

    private static string? NameOf(IReadOnlyDictionary<string, Binding> fields, string field) => fields.GetValueOrDefault(field)?.VendorName;

    private static string? NameOf(IReadOnlyList<DiscountRule> discounts) => discounts is [var first, ..] ? first.Amount.VendorName : null;

    private bool Report(ReceiptDraft draft, CheckLevel level, FindingCode code, string? field, string detail, SourceLocation? at = null)
    {
        if (level == CheckLevel.Hold)
        {
            var reason = code is FindingCode.TotalDifference or FindingCode.TaxDifference ? RejectionReason.TotalMismatch : RejectionReason.FieldRange;
            draft.Reject([new Rejection(reason, detail, field, at ?? draft.At)]);
            return false;
        }

        findings.Add(code, field, detail, at ?? draft.At, draft.Key, unasked: AskedFor(code) == CheckLevel.Off);
        return true;
    }
}
