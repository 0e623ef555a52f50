using System.Collections.Immutable;
using System.Runtime.InteropServices;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Receipts;

/// <summary>
/// The money of one receipt: line discounts off, the receipt's discount spread, tax once per rate, and every bucket spread
/// back over its lines so that they add up to it exactly.
/// </summary>
internal sealed class ReceiptAmounts(ReceiptRules rules, string currency)
{
    private readonly long _unit = Money.MinorUnitMicros(currency);
    private readonly LineTax? _byLine = rules.Tax.ByLine ? new LineTax(rules.Tax, Money.MinorUnitMicros(currency)) : null;

    // One receipt at a time: what it needs is kept for the next.
    private readonly List<TaxRate> _rates = [];
    private readonly List<StatedTax?> _taxes = [];
    private LineAmounts[] _result = [];
    private long[] _payable = [];
    private long[] _shares = [];
    private long[] _amounts = [];
    private long[] _parts = [];
    private int[] _members = [];

    /// <summary>Amounts of one line, in micros.</summary>
    public readonly record struct LineAmounts(long Stated, long Discount, long Net, long Tax, long Gross);

    /// <summary>What <see cref="Compute"/> found.</summary>
    /// <param name="lines">Amounts by line; valid until the next receipt is computed.</param>
    /// <param name="buckets">Amounts by rate.</param>
    /// <param name="problem">Why there are none.</param>
    public readonly ref struct Result(ReadOnlySpan<LineAmounts> lines, ImmutableArray<TaxBucket> buckets, (RejectionReason Reason, string? Field, string Detail)? problem)
    {
        public ReadOnlySpan<LineAmounts> Lines { get; } = lines;

        public ImmutableArray<TaxBucket> Buckets { get; } = buckets;

        public (RejectionReason Reason, string? Field, string Detail)? Problem { get; } = problem;
    }

    /// <summary>Computes a receipt.</summary>
    /// <param name="draft">Its lines; their amounts are read.</param>
    /// <param name="sign">−1 where the feed prints positive figures for what is taken back.</param>
    /// <exception cref="OverflowException">The amounts do not fit in 64 bits of micros.</exception>
    public Result Compute(ReceiptDraft draft, long sign)
    {
        var head = draft.Head!;
        var lines = CollectionsMarshal.AsSpan(draft.Lines);
        Reserve(lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            _result[i] = new LineAmounts(sign * lines[i].Amount!.Value, sign * lines[i].Discount, 0, 0, 0);
            _payable[i] = _result[i].Stated - _result[i].Discount;
            _shares[i] = 0;
        }

        FindRates(lines);
        if (FindStated(head) is { } strange)
        {
            return new Result([], [], strange);
        }

        if (SpreadDiscount(lines, sign, sign * head.Discount) is { } problem)
        {
            return new Result([], [], problem);
        }

        var buckets = new TaxBucket[_rates.Count];
        for (var b = 0; b < buckets.Length; b++)
        {
            var members = Members(lines, _rates[b]);
            var statedTax = _taxes[b] is { } tax ? sign * tax.Tax : (long?)null;
            var amounts = _amounts.AsSpan(0, members.Length);
            for (var i = 0; i < members.Length; i++)
            {
                amounts[i] = _payable[members[i]] - _shares[members[i]];
            }

            buckets[b] = _byLine is null
                ? ComputeBucket(_rates[b], members, amounts, statedTax)
                : _byLine.Compute(_rates[b], draft.Lines, members.ToArray(), amounts.ToArray(), statedTax, sign, _result);
        }

        for (var i = 0; i < lines.Length; i++)
        {
            _result[i] = _result[i] with { Discount = _result[i].Discount + _shares[i] };
        }

        return new Result(_result.AsSpan(0, lines.Length), ImmutableCollectionsMarshal.AsImmutableArray(buckets), null);
    }

    private void Reserve(int lines)
    {
        if (_result.Length < lines)
        {
            var length = lines * 2;
            _result = new LineAmounts[length];
            _payable = new long[length];
            _shares = new long[length];
            _amounts = new long[length];
            _parts = new long[length];
            _members = new int[length];
        }
    }

    private (RejectionReason, string?, string)? FindStated(ReceiptHead head)
    {
        _taxes.Clear();
        foreach (var _ in _rates)
        {
            _taxes.Add(null);
        }

        foreach (var tax in head.Taxes)
        {
            var at = _rates.IndexOf(tax.Rate);
            if (at >= 0 && _taxes[at] is not null)
            {
                return (RejectionReason.ReceiptInconsistent, tax.From.VendorName, $"The tax of {Percent(tax.Rate)} is stated twice.");
            }

            if (at >= 0)
            {
                _taxes[at] = tax;
            }
            else if (tax.Tax != 0 || tax.Net is not (null or 0))
            {
                return (RejectionReason.TotalMismatch, tax.From.VendorName, $"A tax of {Money.Format(tax.Tax)} is stated for {Percent(tax.Rate)}, a rate no line has.");
            }
        }

        return null;
    }

    // Where every rate states its net amount, the vendor has already spread the discount over the rates, and that is kept.
    private (RejectionReason, string?, string)? SpreadDiscount(ReadOnlySpan<LineDraft> lines, long sign, long discount)
    {
        if (rules.Tax.Basis == TaxBasis.Exclusive && _rates.Count > 0 && _taxes.TrueForAll(tax => tax?.Net is not null))
        {
            long spread = 0;
            for (var b = 0; b < _rates.Count; b++)
            {
                var members = Members(lines, _rates[b]);
                var (from, net) = (_taxes[b]!.Value.From, sign * _taxes[b]!.Value.Net!.Value);
                var part = -net;
                foreach (var i in members)
                {
                    part += _payable[i];
                }

                if (part != 0 && (discount == 0 || Math.Sign(part) != Math.Sign(discount)))
                {
                    return (RejectionReason.TotalMismatch, from.VendorName,
                        $"The net amount stated for {Percent(_rates[b])} is {Money.Format(net)}; its lines add up to {Money.Format(net + part)}.");
                }

                spread += part;
                Spread(part, members);
            }

            return spread == discount
                ? null
                : (RejectionReason.TotalMismatch, _taxes[0]!.Value.From.VendorName,
                    $"The stated net amounts leave {Money.Format(spread)} of discount; the receipt states {Money.Format(discount)}.");
        }

        if (discount != 0 && lines.IsEmpty)
        {
            return (RejectionReason.TotalMismatch, CanonicalFields.Discount, "The receipt has a discount but no line to take it from.");
        }

        if (discount != 0)
        {
            Spread(discount, [.. Enumerable.Range(0, lines.Length)]);
        }

        return null;
    }

    private void Spread(long discount, ReadOnlySpan<int> members)
    {
        if (discount == 0)
        {
            return;
        }

        // A line that runs against the receipt (an item taken back within a sale) bears no share of its discount.
        long sum = 0;
        foreach (var i in members)
        {
            sum += _payable[i];
        }

        var direction = Math.Sign(sum);
        var weights = _amounts.AsSpan(0, members.Length);
        for (var i = 0; i < members.Length; i++)
        {
            weights[i] = Math.Sign(_payable[members[i]]) == direction ? _payable[members[i]] : 0;
        }

        var parts = Parts(discount, weights);
        for (var i = 0; i < members.Length; i++)
        {
            _shares[members[i]] = parts[i];
        }
    }

    private TaxBucket ComputeBucket(TaxRate rate, ReadOnlySpan<int> members, ReadOnlySpan<long> amounts, long? stated)
    {
        long total = 0;
        foreach (var amount in amounts)
        {
            total += amount;
        }

        var inclusive = rules.Tax.Basis == TaxBasis.Inclusive;
        var computed = rules.Tax.Basis switch
        {
            TaxBasis.Inclusive => Tax.InGross(total, rate.BasisPoints, rules.Tax.Rounding, _unit),
            TaxBasis.Exclusive => Tax.OnNet(total, rate.BasisPoints, rules.Tax.Rounding, _unit),
            _ => 0,
        };
        var tax = stated ?? computed;
        var shares = amounts.Length == 1 ? [tax] : SpreadTax(tax, amounts, rate);
        for (var i = 0; i < members.Length; i++)
        {
            ref var line = ref _result[members[i]];
            line = inclusive
                ? line with { Net = amounts[i] - shares[i], Tax = shares[i], Gross = amounts[i] }
                : line with { Net = amounts[i], Tax = shares[i], Gross = amounts[i] + shares[i] };
        }

        var net = inclusive ? total - tax : total;
        return new TaxBucket(rate.BasisPoints, rate.Category, net, tax, net + tax, stated is not null, computed);
    }

    // Lines of both signs: each bears the tax of its own amount, and only what rounding leaves is spread.
    private ReadOnlySpan<long> SpreadTax(long tax, ReadOnlySpan<long> amounts, TaxRate rate)
    {
        if (!amounts.ContainsAnyInRange(long.MinValue, -1) || !amounts.ContainsAnyInRange(1, long.MaxValue))
        {
            return Parts(tax, amounts);
        }

        var own = new long[amounts.Length];
        var rest = tax;
        for (var i = 0; i < own.Length; i++)
        {
            own[i] = rules.Tax.Basis == TaxBasis.Inclusive
                ? Tax.InGross(amounts[i], rate.BasisPoints, TaxRounding.Floor, _unit)
                : Tax.OnNet(amounts[i], rate.BasisPoints, TaxRounding.Floor, _unit);
            rest -= own[i];
        }

        var shares = Parts(rest, amounts);
        for (var i = 0; i < own.Length; i++)
        {
            own[i] += shares[i];
        }

        return own;
    }

    // Valid until the next amount is split.
    private ReadOnlySpan<long> Parts(long total, ReadOnlySpan<long> weights)
    {
        var parts = _parts.AsSpan(0, weights.Length);
        Allocation.LargestRemainder(total, weights, _unit, parts);
        return parts;
    }

    // Highest rate first, so that the same receipt always has the same order of buckets.
    private void FindRates(ReadOnlySpan<LineDraft> lines)
    {
        _rates.Clear();
        foreach (ref readonly var line in lines)
        {
            if (!_rates.Contains(line.Rate))
            {
                _rates.Add(line.Rate);
            }
        }

        if (_rates.Count > 1)
        {
            _rates.Sort(static (a, b) => a.BasisPoints != b.BasisPoints ? b.BasisPoints.CompareTo(a.BasisPoints) : a.Category.CompareTo(b.Category));
        }
    }

    private ReadOnlySpan<int> Members(ReadOnlySpan<LineDraft> lines, TaxRate rate)
    {
        var count = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Rate == rate)
            {
                _members[count++] = i;
            }
        }

        return _members.AsSpan(0, count);
    }

    private static string Percent(TaxRate rate) => $"{Money.Format(rate.BasisPoints * 10_000L)} % {rate.Category}";
}
