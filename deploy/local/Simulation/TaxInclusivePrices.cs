namespace RetailInsight.Local.Simulation;

/// <summary>A receipt as a till with tax-inclusive prices prints it.</summary>
/// <param name="Lines">One a line of the receipt, in its order.</param>
/// <param name="Discount">Off the whole receipt, yen with tax.</param>
internal sealed record TaxInclusiveReceipt(IReadOnlyList<TaxInclusiveLine> Lines, long Discount);

/// <summary>A printed line: <c>UnitPrice × quantity = Amount</c>; yen with tax.</summary>
internal sealed record TaxInclusiveLine(long UnitPrice, long Amount, long Discount);

/// <summary>Puts tax-inclusive prices on a receipt so that, rate by rate, amounts − discounts add up to its true gross.</summary>
internal static class TaxInclusivePrices
{
    public static TaxInclusiveReceipt Of(Receipt receipt)
    {
        var printed = new TaxInclusiveLine[receipt.Lines.Count];
        long receiptDiscount = 0;
        foreach (var rate in receipt.Rates)
        {
            var at = Enumerable.Range(0, printed.Length).Where(i => receipt.Lines[i].Item.RatePercent == rate.RatePercent).ToArray();
            receiptDiscount = WithTax(receipt.Discount, rate.RatePercent);
            Print(receipt, rate, at, receiptDiscount, printed);
        }

        return new TaxInclusiveReceipt(printed, receiptDiscount);
    }

    private static void Print(Receipt receipt, RateGroup rate, int[] at, long receiptDiscount, TaxInclusiveLine[] printed)
    {
        var discounts = at.ToDictionary(i => i, i => WithTax(receipt.Lines[i].Discount, rate.RatePercent));
        var amount = rate.Gross + receiptDiscount + discounts.Values.Sum();
        var weight = at.Sum(i => (long)receipt.Lines[i].AmountBeforeDiscount);
        var left = amount;
        foreach (var i in at.Where(i => receipt.Lines[i].Quantity > 1))
        {
            var (item, quantity, _) = receipt.Lines[i];
            var unit = item.NetPrice * amount / weight;
            printed[i] = new TaxInclusiveLine(unit, unit * quantity, discounts[i]);
            left -= unit * quantity;
        }

        var singles = at.Where(i => receipt.Lines[i].Quantity == 1).ToArray();
        var shares = Split(left, [.. singles.Select(i => receipt.Lines[i].AmountBeforeDiscount)]);
        for (var i = 0; i < singles.Length; i++)
        {
            printed[singles[i]] = new TaxInclusiveLine(shares[i], shares[i], discounts[singles[i]]);
        }
    }

    private static long WithTax(long net, int ratePercent) => net + (net * ratePercent / 100);

    // Largest remainder: whole shares first, then one yen each to those cut the most.
    private static long[] Split(long total, int[] weights)
    {
        long sum = weights.Sum();
        var shares = Array.ConvertAll(weights, weight => total * weight / sum);
        var cut = Enumerable.Range(0, weights.Length).OrderByDescending(i => total * weights[i] % sum).ThenBy(i => i);
        foreach (var i in cut.Take((int)(total - shares.Sum())))
        {
            shares[i]++;
        }

        return shares;
    }
}
