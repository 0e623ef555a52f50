using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Receipts;

/// <summary>Looks at built receipts for what is possible and yet odd. A profile says whether it warns or holds.</summary>
/// <param name="definition">The profile.</param>
/// <param name="receivedAt">When the payload came; null where that is not known.</param>
/// <param name="findings">Receives what only warns.</param>
internal sealed class ReceiptChecks(ProfileDefinition definition, DateTimeOffset? receivedAt, FindingTally findings)
{
    // Clocks of registers go wrong by minutes; a day ahead is a wrong date.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(24);

    private readonly CheckRules _rules = definition.Receipts!.Checks;

    /// <summary>Whether the receipt may pass; what holds it is noted on the draft.</summary>
    public bool Hold(ReceiptDraft draft, Transaction transaction)
    {
        if (_rules == CheckRules.None)
        {
            return true;
        }

        var passes = true;
        if (_rules.Future != CheckLevel.Off && receivedAt is { } received && transaction.OccurredAt > received + ClockTolerance)
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

    /// <summary>Notes that the lines do not add up to the stated total; always true.</summary>
    public bool NoteTotal(ReceiptDraft draft, long stated, long total)
    {
        findings.Add(FindingCode.TotalDifference, definition.Head[CanonicalFields.Total].VendorName,
            $"The receipt states {Money.Format(stated)}; its lines, discounts and taxes give {Money.Format(total)}.", draft.At);
        return true;
    }

    private bool Report(ReceiptDraft draft, CheckLevel level, FindingCode code, string? field, string detail)
    {
        if (level == CheckLevel.Hold)
        {
            draft.Reject([new Rejection(code == FindingCode.TaxDifference ? RejectionReason.TotalMismatch : RejectionReason.FieldRange, detail, field, draft.At)]);
            return false;
        }

        findings.Add(code, field, detail, draft.At);
        return true;
    }
}
