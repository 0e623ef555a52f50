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

    /// <summary>Amounts of one line, in micros.</summary>
    public readonly record struct LineAmounts(long Stated, long Discount, long Net, long Tax, long Gross);

    /// <summary>What <see cref="Compute"/> found.</summary>
    public sealed record Result(LineAmounts[] Lines, IReadOnlyList<TaxBucket> Buckets, (RejectionReason Reason, string? Field, string Detail)? Problem);

    /// <summary>Computes a receipt.</summary>
    /// <param name="draft">Its lines; their amounts are read.</param>
    /// <param name="sign">−1 where the feed prints positive figures for what is taken back.</param>
    /// <exception cref="OverflowException">The amounts do not fit in 64 bits of micros.</exception>
    public Result Compute(ReceiptDraft draft, long sign)
    {
        var head = draft.Head!;
        var lines = draft.Lines;
        var stated = new long[lines.Count];
        var discounts = new long[lines.Count];
        var payable = new long[lines.Count];
        for (var i = 0; i < lines.Count; i++)
        {
            stated[i] = sign * lines[i].Amount!.Value;
            discounts[i] = sign * lines[i].Discount;
            payable[i] = stated[i] - discounts[i];
        }

        var rates = RatesOf(lines);
        if (FindStated(head, rates, out var taxes) is { } strange)
        {
            return new Result([], [], strange);
        }

        if (SpreadDiscount(lines, rates, taxes, payable, sign, sign * head.Discount, out var shares) is { } problem)
        {
            return new Result([], [], problem);
        }

        var result = new LineAmounts[lines.Count];
        var buckets = new List<TaxBucket>(rates.Length);
        for (var b = 0; b < rates.Length; b++)
        {
            var members = Members(lines, rates[b]);
            var statedTax = taxes[b] is { } tax ? sign * tax.Tax : (long?)null;
            long[] amounts = [.. members.Select(i => payable[i] - shares[i])];
            buckets.Add(_byLine is null
                ? ComputeBucket(rates[b], members, amounts, statedTax, result)
                : _byLine.Compute(rates[b], lines, members, amounts, statedTax, sign, result));
        }

        for (var i = 0; i < result.Length; i++)
        {
            result[i] = result[i] with { Stated = stated[i], Discount = discounts[i] + shares[i] };
        }

        return new Result(result, buckets, null);
    }

    private static (RejectionReason, string?, string)? FindStated(ReceiptHead head, TaxRate[] rates, out StatedTax?[] taxes)
    {
        taxes = new StatedTax?[rates.Length];
        foreach (var tax in head.Taxes)
        {
            var at = Array.IndexOf(rates, tax.Rate);
            if (at >= 0 && taxes[at] is not null)
            {
                return (RejectionReason.ReceiptInconsistent, tax.From.VendorName, $"The tax of {Percent(tax.Rate)} is stated twice.");
            }

            if (at >= 0)
            {
                taxes[at] = tax;
            }
            else if (tax.Tax != 0 || tax.Net is not (null or 0))
            {
                return (RejectionReason.TotalMismatch, tax.From.VendorName, $"A tax of {Money.Format(tax.Tax)} is stated for {Percent(tax.Rate)}, a rate no line has.");
            }
        }

        return null;
    }

    // Where every rate states its net amount, the vendor has already spread the discount over the rates, and that is kept.
    private (RejectionReason, string?, string)? SpreadDiscount(
        List<LineDraft> lines, TaxRate[] rates, StatedTax?[] taxes, long[] payable, long sign, long discount, out long[] shares)
    {
        shares = new long[lines.Count];
        if (rules.Tax.Basis == TaxBasis.Exclusive && rates.Length > 0 && taxes.All(tax => tax?.Net is not null))
        {
            long spread = 0;
            for (var b = 0; b < rates.Length; b++)
            {
                var members = Members(lines, rates[b]);
                var net = sign * taxes[b]!.Net!.Value;
                var part = members.Sum(i => payable[i]) - net;
                if (part != 0 && (discount == 0 || Math.Sign(part) != Math.Sign(discount)))
                {
                    return (RejectionReason.TotalMismatch, taxes[b]!.From.VendorName,
                        $"The net amount stated for {Percent(rates[b])} is {Money.Format(net)}; its lines add up to {Money.Format(net + part)}.");
                }

                spread += part;
                Spread(part, members, payable, shares);
            }

            return spread == discount
                ? null
                : (RejectionReason.TotalMismatch, taxes[0]!.From.VendorName,
                    $"The stated net amounts leave {Money.Format(spread)} of discount; the receipt states {Money.Format(discount)}.");
        }

        if (discount != 0 && lines.Count == 0)
        {
            return (RejectionReason.TotalMismatch, CanonicalFields.Discount, "The receipt has a discount but no line to take it from.");
        }

        Spread(discount, [.. Enumerable.Range(0, lines.Count)], payable, shares);
        return null;
    }

    private void Spread(long discount, int[] members, long[] payable, long[] shares)
    {
        if (discount == 0)
        {
            return;
        }

        // A line that runs against the receipt (an item taken back within a sale) bears no share of its discount.
        var direction = Math.Sign(members.Sum(i => payable[i]));
        var parts = Allocation.LargestRemainder(discount, [.. members.Select(i => Math.Sign(payable[i]) == direction ? payable[i] : 0)], _unit);
        for (var i = 0; i < members.Length; i++)
        {
            shares[members[i]] = parts[i];
        }
    }

    private TaxBucket ComputeBucket(TaxRate rate, int[] members, long[] amounts, long? stated, LineAmounts[] result)
    {
        var total = amounts.Sum();
        var inclusive = rules.Tax.Basis == TaxBasis.Inclusive;
        var computed = rules.Tax.Basis switch
        {
            TaxBasis.Inclusive => Tax.InGross(total, rate.BasisPoints, rules.Tax.Rounding, _unit),
            TaxBasis.Exclusive => Tax.OnNet(total, rate.BasisPoints, rules.Tax.Rounding, _unit),
            _ => 0,
        };
        var tax = stated ?? computed;
        var shares = SpreadTax(tax, amounts, rate);
        for (var i = 0; i < members.Length; i++)
        {
            result[members[i]] = inclusive
                ? new LineAmounts(0, 0, amounts[i] - shares[i], shares[i], amounts[i])
                : new LineAmounts(0, 0, amounts[i], shares[i], amounts[i] + shares[i]);
        }

        var net = inclusive ? total - tax : total;
        return new TaxBucket(rate.BasisPoints, rate.Category, net, tax, net + tax, stated is not null, computed);
    }

    // Lines of both signs: each bears the tax of its own amount, and only what rounding leaves is spread.
    private long[] SpreadTax(long tax, long[] amounts, TaxRate rate)
    {
        if (amounts.Length == 1)
        {
            return [tax];
        }

        if (!amounts.AsSpan().ContainsAnyInRange(long.MinValue, -1) || !amounts.AsSpan().ContainsAnyInRange(1, long.MaxValue))
        {
            return Allocation.LargestRemainder(tax, amounts, _unit);
        }

        var own = new long[amounts.Length];
        for (var i = 0; i < own.Length; i++)
        {
            own[i] = rules.Tax.Basis == TaxBasis.Inclusive
                ? Tax.InGross(amounts[i], rate.BasisPoints, TaxRounding.Floor, _unit)
                : Tax.OnNet(amounts[i], rate.BasisPoints, TaxRounding.Floor, _unit);
        }

        var rest = Allocation.LargestRemainder(tax - own.Sum(), amounts, _unit);
        for (var i = 0; i < own.Length; i++)
        {
            own[i] += rest[i];
        }

        return own;
    }

    // Highest rate first, so that the same receipt always has the same order of buckets.
    private static TaxRate[] RatesOf(List<LineDraft> lines)
    {
        var rates = new List<TaxRate>(2);
        foreach (var line in lines)
        {
            if (!rates.Contains(line.Rate))
            {
                rates.Add(line.Rate);
            }
        }

        rates.Sort((a, b) => a.BasisPoints != b.BasisPoints ? b.BasisPoints.CompareTo(a.BasisPoints) : a.Category.CompareTo(b.Category));
        return [.. rates];
    }

    private static int[] Members(List<LineDraft> lines, TaxRate rate)
    {
        var members = new List<int>(lines.Count);
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Rate == rate)
            {
                members.Add(i);
            }
        }

        return [.. members];
    }

    private static string Percent(TaxRate rate) => $"{Money.Format(rate.BasisPoints * 10_000L)} % {rate.Category}";
}
