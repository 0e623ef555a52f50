namespace RetailInsight.Core.Canon;

/// <summary>Splits an amount over parts so that the parts add up to it exactly.</summary>
public static class Allocation
{
    /// <summary>
    /// Largest remainder: each part first gets its proportional share rounded toward zero to <paramref name="unit"/>, then
    /// the units left over go one each to the largest remainders, ties to the earlier part. An amount that is not a
    /// multiple of the unit leaves its odd rest on the first part that carries weight.
    /// </summary>
    /// <param name="total">What to split, in micros; may be negative.</param>
    /// <param name="weights">One weight a part; the sign is ignored. All zero = equal weights.</param>
    /// <param name="unit">The smallest step, in micros.</param>
    /// <returns>One share a weight; they add up to <paramref name="total"/>.</returns>
    /// <exception cref="ArgumentException">There is an amount to split but no part to put it on.</exception>
    public static long[] LargestRemainder(long total, ReadOnlySpan<long> weights, long unit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(unit);
        if (weights.IsEmpty)
        {
            return total == 0 ? [] : throw new ArgumentException("Nothing to allocate to.", nameof(weights));
        }

        var shares = new long[weights.Length];
        var remainders = new Int128[weights.Length];
        Int128 sum = 0;
        foreach (var weight in weights)
        {
            sum += Int128.Abs(weight);
        }

        var equal = sum == 0;
        if (equal)
        {
            sum = weights.Length;
        }

        var units = Math.Abs(total / unit);
        var left = units;
        for (var i = 0; i < weights.Length; i++)
        {
            var weight = equal ? 1 : Int128.Abs(weights[i]);
            var (share, remainder) = Int128.DivRem(weight * units, sum);
            shares[i] = (long)share;
            remainders[i] = remainder;
            left -= shares[i];
        }

        GiveOut((int)left, remainders, shares);
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] *= total < 0 ? -unit : unit;
        }

        var rest = total % unit;
        if (rest != 0)
        {
            shares[FirstWithWeight(weights)] += rest;
        }

        return shares;
    }

    private static void GiveOut(int left, Int128[] remainders, long[] shares)
    {
        if (left == 0)
        {
            return;
        }

        var order = new int[shares.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) => remainders[b].CompareTo(remainders[a]) is var byRemainder && byRemainder != 0 ? byRemainder : a.CompareTo(b));
        for (var i = 0; i < left; i++)
        {
            shares[order[i]]++;
        }
    }

    private static int FirstWithWeight(ReadOnlySpan<long> weights)
    {
        var at = weights.IndexOfAnyExcept(0L);
        return at < 0 ? 0 : at;
    }
}
