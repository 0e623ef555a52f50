using System.Diagnostics;
using System.Numerics;

namespace RetailInsight.Core.Canon;

/// <summary>Splits an amount over parts so that the parts add up to it exactly.</summary>
public static class Allocation
{
    private const int FewParts = 32;

    // Weights as whole numbers: the largest has 2^52, as fine as a double.
    private const double Fineness = 1L << 52;

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
        var shares = new long[weights.Length];
        LargestRemainder(total, weights, unit, shares);
        return shares;
    }

    /// <summary>As <see cref="LargestRemainder(long, ReadOnlySpan{long}, long)"/>, into room that is there.</summary>
    /// <param name="total">What to split, in micros; may be negative.</param>
    /// <param name="weights">One weight a part; the sign is ignored. All zero = equal weights.</param>
    /// <param name="unit">The smallest step, in micros.</param>
    /// <param name="shares">Receives one share a weight.</param>
    /// <exception cref="ArgumentException">There is an amount to split but no part to put it on.</exception>
    public static void LargestRemainder(long total, ReadOnlySpan<long> weights, long unit, Span<long> shares)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(unit);
        ArgumentOutOfRangeException.ThrowIfNotEqual(shares.Length, weights.Length);
        if (weights.IsEmpty)
        {
            if (total != 0)
            {
                throw new ArgumentException("Nothing to allocate to.", nameof(weights));
            }

            return;
        }

        UInt128 sum = 0;
        foreach (var weight in weights)
        {
            sum += Magnitude(weight);
        }

        var equal = sum == 0;
        sum = equal ? (UInt128)weights.Length : sum;
        var units = Math.Abs(total / unit);

        // The weights of one receipt hardly ever ask for more than 64 bits.
        var left = sum <= ulong.MaxValue && Math.BigMul((ulong)sum, (ulong)units, out _) == 0
            ? Share<ulong>((ulong)units, (ulong)sum, equal, weights, shares)
            : Share((UInt128)units, sum, equal, weights, shares);
        Debug.Assert(left == 0, "Every unit has found its part.");
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] *= total < 0 ? -unit : unit;
        }

        var rest = total % unit;
        if (rest != 0)
        {
            shares[FirstWithWeight(weights)] += rest;
        }
    }

    /// <summary>As <see cref="LargestRemainder(long, ReadOnlySpan{long}, long)"/>, with weights that are estimates.</summary>
    /// <param name="total">What to split, in micros; may be negative.</param>
    /// <param name="weights">One weight a part, finite and not below 0. All zero = equal weights.</param>
    /// <param name="unit">The smallest step, in micros.</param>
    /// <returns>One share a weight; they add up to <paramref name="total"/>.</returns>
    /// <exception cref="ArgumentException">There is an amount to split but no part to put it on, or a weight is no weight.</exception>
    public static long[] ByEstimate(long total, IReadOnlyList<double> weights, long unit)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Any(weight => !double.IsFinite(weight) || weight < 0))
        {
            throw new ArgumentException("A weight is finite and not below 0.", nameof(weights));
        }

        var largest = weights.DefaultIfEmpty(0).Max();
        return LargestRemainder(total, [.. weights.Select(weight => largest > 0 ? (long)Math.Round(weight / largest * Fineness, MidpointRounding.ToEven) : 0)], unit);
    }

    private static long Share<T>(T units, T sum, bool equal, ReadOnlySpan<long> weights, Span<long> shares)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> remainders = weights.Length <= 64 ? stackalloc T[weights.Length] : new T[weights.Length];
        var left = long.CreateTruncating(units);
        for (var i = 0; i < weights.Length; i++)
        {
            var weighted = units * (equal ? T.One : T.CreateTruncating(Magnitude(weights[i])));
            var share = weighted / sum;
            remainders[i] = weighted - (share * sum);
            shares[i] = long.CreateTruncating(share);
            left -= shares[i];
        }

        return GiveOut(left, remainders, shares);
    }

    // Fewer are left than there are parts.
    private static long GiveOut<T>(long left, Span<T> remainders, Span<long> shares)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (left == 0)
        {
            return 0;
        }

        if (shares.Length <= FewParts)
        {
            Span<bool> served = stackalloc bool[shares.Length];
            served.Clear();
            for (; left > 0; left--)
            {
                var best = -1;
                for (var i = 0; i < shares.Length; i++)
                {
                    best = !served[i] && (best < 0 || remainders[i] > remainders[best]) ? i : best;
                }

                served[best] = true;
                shares[best]++;
            }

            return left;
        }

        foreach (var part in LargestFirst(remainders.ToArray()).AsSpan(0, (int)left))
        {
            shares[part]++;
        }

        return 0;
    }

    private static int[] LargestFirst<T>(T[] remainders)
        where T : IBinaryInteger<T>
    {
        var order = new int[remainders.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) => remainders[b].CompareTo(remainders[a]) is var byRemainder && byRemainder != 0 ? byRemainder : a.CompareTo(b));
        return order;
    }

    private static ulong Magnitude(long weight) => unchecked(weight < 0 ? 0UL - (ulong)weight : (ulong)weight);

    private static int FirstWithWeight(ReadOnlySpan<long> weights)
    {
        var at = weights.IndexOfAnyExcept(0L);
        return at < 0 ? 0 : at;
    }
}
