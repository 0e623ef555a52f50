using System.Collections.Immutable;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Receipts;

/// <summary>Reads how a receipt was paid; what was given back is taken from the cash.</summary>
/// <param name="rules">The means of payment of the profile.</param>
/// <param name="fields">Reads its fields.</param>
/// <param name="columns">Columns of the file at hand that carry means of payment the profile names by pattern only.</param>
internal sealed class TenderReader(TenderRules rules, FieldReader fields, IReadOnlyList<(Binding Amount, string Method)> columns)
{
    /// <summary>Every payment has an amount of its own.</summary>
    public const int NoRest = -1;

    private const string Cash = "cash";

    // One receipt at a time: the list is kept for the next.
    private readonly List<Tender> _tenders = new(2);
    private readonly TenderRule[] _each = [.. rules.Each];
    private readonly (Binding Amount, string Method)[] _columns = [.. columns];
    private int _rest;

    /// <summary>The payments of a receipt as sent.</summary>
    /// <param name="source">Its head.</param>
    /// <param name="rest">Which of them stands with nothing and paid what the others left of the total; <see cref="NoRest"/> for none.</param>
    public ImmutableArray<Tender> Read(FieldSource source, out int rest)
    {
        _tenders.Clear();
        _rest = NoRest;
        foreach (var rule in _each)
        {
            if (rules.Path is null)
            {
                Add(source, rule);
                continue;
            }

            foreach (var element in fields.Elements(source, rules.Path))
            {
                Add(element, rule);
            }
        }

        foreach (var (amount, method) in _columns)
        {
            if (fields.Micros(source, amount) is { } paid && paid != 0)
            {
                _tenders.Add(new Tender(method, paid));
            }
        }

        TakeChange(source);
        rest = _rest;
        return [.. _tenders];
    }

    /// <summary>The payments of a receipt, the one without an amount with what the others left.</summary>
    /// <param name="head">The receipt, figures as sent.</param>
    /// <param name="total">What it comes to, likewise.</param>
    public static ImmutableArray<Tender> WithRest(ReceiptHead head, long total)
    {
        if (head.RestOfTotal == NoRest)
        {
            return head.Tenders;
        }

        Int128 rest = total;
        foreach (var tender in head.Tenders)
        {
            rest -= tender.Amount;
        }

        // Where the others come to more than the total nothing is left, and that they do is seen by the check of the tenders.
        return Int128.Sign(rest) != Math.Sign(total) || Int128.Abs(rest) > Int128.Abs(total)
            ? head.Tenders.RemoveAt(head.RestOfTotal)
            : head.Tenders.SetItem(head.RestOfTotal, head.Tenders[head.RestOfTotal] with { Amount = (long)rest });
    }

    // A column of its own for each means of payment is zero where that one was not used.
    private void Add(FieldSource source, TenderRule rule)
    {
        if (fields.Meaning(source, rule.Method) is not { } method)
        {
            return;
        }

        if (fields.Micros(source, rule.Amount) is { } paid)
        {
            if (paid != 0 || rule.Method.Constant is null)
            {
                _tenders.Add(new Tender(method, paid));
            }
        }
        else if (rule.EmptyIsRest && method.Length > 0)
        {
            if (_rest != NoRest)
            {
                fields.Reject(RejectionReason.FieldMissing, rule.Amount.VendorName, "Two payments have no amount: only one can be the rest of the total.");
            }

            _rest = _tenders.Count;
            _tenders.Add(new Tender(method, 0));
        }
    }

    // Change leaves the drawer in cash, also where a voucher was paid with: then the drawer holds less than before.
    private void TakeChange(FieldSource source)
    {
        if (rules.Change is not { } given || fields.Micros(source, given) is not { } change || change == 0)
        {
            return;
        }

        var cash = _tenders.FindIndex(tender => tender.Method == Cash);
        var handed = cash < 0 ? 0 : _tenders[cash].Amount;
        var kept = handed - change;
        if (Math.Sign(kept) == -Math.Sign(change))
        {
            fields.Findings.Add(FindingCode.ChangeWithoutCash, given.VendorName,
                $"{Money.Format(change)} was given back of {Money.Format(handed)} in cash; the cash is counted as {Money.Format(kept)}.", fields.At);
        }

        if (cash < 0)
        {
            _tenders.Add(new Tender(Cash, kept));
        }
        else
        {
            _tenders[cash] = new Tender(Cash, kept);
        }
    }
}
