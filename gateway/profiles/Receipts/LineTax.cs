using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Receipts;

/// <summary>
/// Tax of one rate where lines say for themselves whether they contain it (内税 and 外税 on one receipt), state it, or are
/// rounded one by one. What a line or the receipt states is kept; the computed figure stands beside it.
/// </summary>
/// <param name="rules">The profile's tax rules.</param>
/// <param name="unit">Smallest payable amount, in micros.</param>
internal sealed class LineTax(TaxRules rules, long unit)
{
    /// <summary>Computes one bucket and the amounts of its lines.</summary>
    /// <param name="rate">Rate and category.</param>
    /// <param name="lines">All lines of the receipt.</param>
    /// <param name="members">Those of the rate.</param>
    /// <param name="amounts">What is to be paid for each member after discounts, signed.</param>
    /// <param name="stated">Tax of the rate as stated, signed; null where it is not.</param>
    /// <param name="sign">−1 where the feed prints positive figures for what is taken back.</param>
    /// <param name="result">Receives the tax of the lines.</param>
    /// <exception cref="OverflowException">The amounts do not fit in 64 bits of micros.</exception>
    public TaxBucket Compute(TaxRate rate, List<LineDraft> lines, int[] members, long[] amounts, long? stated, long sign, ReceiptAmounts.LineAmounts[] result)
    {
        var tax = new long[members.Length];
        long computed = 0;
        foreach (var basis in (ReadOnlySpan<TaxBasis>)[TaxBasis.Inclusive, TaxBasis.Exclusive])
        {
            int[] group = [.. Enumerable.Range(0, members.Length).Where(i => BasisOf(lines[members[i]]) == basis)];
            computed = checked(computed + Spread(group, basis, rate, amounts, tax));
        }

        var own = Array.TrueForAll(members, i => lines[i].Extras?.Tax is not null);
        if (own)
        {
            for (var i = 0; i < tax.Length; i++)
            {
                tax[i] = checked(sign * lines[members[i]].Extras!.Tax!.Value);
            }
        }

        if (stated is { } whole)
        {
            // The rate's own figure is the one the invoice shows: the lines follow it.
            var rest = Allocation.LargestRemainder(checked(whole - Sum(tax)), Taxable(lines, members, amounts), unit);
            for (var i = 0; i < tax.Length; i++)
            {
                tax[i] = checked(tax[i] + rest[i]);
            }
        }

        long net = 0;
        for (var i = 0; i < tax.Length; i++)
        {
            var lineNet = BasisOf(lines[members[i]]) == TaxBasis.Inclusive ? checked(amounts[i] - tax[i]) : amounts[i];
            net = checked(net + lineNet);
            result[members[i]] = result[members[i]] with { Net = lineNet, Tax = tax[i], Gross = checked(lineNet + tax[i]) };
        }

        var total = Sum(tax);
        return new TaxBucket(rate.BasisPoints, rate.Category, net, total, checked(net + total), own || stated is not null, computed);
    }

    // Each line bears the tax of its own amount; what one rounding of the whole leaves is spread over them.
    private long Spread(int[] group, TaxBasis basis, TaxRate rate, long[] amounts, long[] tax)
    {
        if (group.Length == 0)
        {
            return 0;
        }

        foreach (var i in group)
        {
            tax[i] = Of(amounts[i], basis, rate, rules.RoundedPerLine ? rules.Rounding : TaxRounding.Floor);
        }

        long[] own = [.. group.Select(i => tax[i])];
        if (rules.RoundedPerLine)
        {
            return Sum(own);
        }

        long[] paid = [.. group.Select(i => amounts[i])];
        var whole = Of(Sum(paid), basis, rate, rules.Rounding);
        var rest = Allocation.LargestRemainder(checked(whole - Sum(own)), paid, unit);
        for (var i = 0; i < group.Length; i++)
        {
            tax[group[i]] += rest[i];
        }

        return whole;
    }

    private long Of(long amount, TaxBasis basis, TaxRate rate, TaxRounding rounding) => basis == TaxBasis.Inclusive
        ? Tax.InGross(amount, rate.BasisPoints, rounding, unit)
        : Tax.OnNet(amount, rate.BasisPoints, rounding, unit);

    private TaxBasis BasisOf(LineDraft line) => line.Extras is { Basis: not TaxBasis.Unspecified } own ? own.Basis : rules.Basis;

    private long[] Taxable(List<LineDraft> lines, int[] members, long[] amounts) =>
        [.. members.Select((line, i) => BasisOf(lines[line]) == TaxBasis.Untaxed ? 0 : amounts[i])];

    private static long Sum(long[] amounts)
    {
        long sum = 0;
        foreach (var amount in amounts)
        {
            sum = checked(sum + amount);
        }

        return sum;
    }
}
