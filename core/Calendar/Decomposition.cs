namespace RetailInsight.Core.Calendar;

/// <summary>The figures of a period that explain its sales.</summary>
/// <param name="Net">Sales, micros of currency.</param>
/// <param name="Receipts">Counted receipts.</param>
/// <param name="Items">Merchandise quantity on them, micros of a piece.</param>
/// <param name="Visitors">People who came in; null when nobody counted them.</param>
public readonly record struct SalesFigures(long Net, long Receipts, long Items, long? Visitors);

/// <summary>A factor of sales.</summary>
public enum SalesFactor
{
    /// <summary>来店客数.</summary>
    Visitors,

    /// <summary>買上率: receipts over visitors.</summary>
    Conversion,

    /// <summary>レジ客数; the first factor where visitors were not counted.</summary>
    Receipts,

    /// <summary>買上点数: items over receipts.</summary>
    ItemsPerReceipt,

    /// <summary>一品単価: sales over items.</summary>
    PricePerItem,

    /// <summary>客単価: sales over receipts, that is items per receipt × price per item.</summary>
    BasketValue,
}

/// <summary>What a factor contributed to a change.</summary>
/// <param name="Factor">The factor.</param>
/// <param name="Micros">Its part, whole minor units of the currency in micros.</param>
public readonly record struct DecompositionPart(SalesFactor Factor, long Micros);

/// <summary>
/// A change of sales split over its factors by logarithmic mean (LMDI): sales = visitors × conversion × items per receipt × price per
/// item, without visitors receipts × items per receipt × price per item. Each factor's part is L(now, before) × ln(factor now / factor
/// before), which adds up to the change; rounded to whole minor units by largest remainder, ties to the earlier factor, it adds up exactly.
/// <para>
/// Where a factor is not above zero in one of the periods its logarithm does not exist. Then the whole change belongs to the first
/// such factor in the order above, and the others have 0: it is what the split comes to as that factor goes to zero.
/// </para>
/// </summary>
public sealed class Decomposition
{
    private Decomposition(long change, IReadOnlyList<DecompositionPart> parts)
    {
        Change = change;
        Parts = parts;
    }

    /// <summary>The change of sales in micros, rounded to whole minor units, halves away from zero.</summary>
    public long Change { get; }

    /// <summary>One part a factor, in the order of the formula; they add up to <see cref="Change"/>.</summary>
    public IReadOnlyList<DecompositionPart> Parts { get; }

    /// <summary>The two factors sales are at first sight, receipts × basket value; their parts add up to <see cref="Change"/> as well.</summary>
    public IReadOnlyList<DecompositionPart> Top => [Part(SalesFactor.Receipts), Part(SalesFactor.BasketValue)];

    /// <summary>What a factor is made of: receipts of visitors × conversion where visitors take part, basket value of items × price. Empty for the others.</summary>
    public IReadOnlyList<DecompositionPart> Below(SalesFactor factor)
    {
        SalesFactor[] factors = factor switch
        {
            SalesFactor.Receipts => [SalesFactor.Visitors, SalesFactor.Conversion],
            SalesFactor.BasketValue => [SalesFactor.ItemsPerReceipt, SalesFactor.PricePerItem],
            _ => [],
        };
        return [.. Parts.Where(part => factors.Contains(part.Factor))];
    }

    // The logarithm of a product is the sum of the logarithms, so the part of a product is the sum of its factors' parts.
    private DecompositionPart Part(SalesFactor factor) =>
        new(factor, Parts.Where(part => part.Factor == factor).Concat(Below(factor)).Sum(part => part.Micros));

    /// <summary>Splits the change between two periods. Visitors take part where both periods counted them.</summary>
    /// <param name="before">The period compared with.</param>
    /// <param name="now">The period.</param>
    /// <param name="minorUnit">The smallest amount of the currency in micros: <see cref="Canon.Money.MinorUnitMicros"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The minor unit is not above zero.</exception>
    /// <exception cref="OverflowException">The change or a part of it does not fit in 64 bits of micros.</exception>
    public static Decomposition Of(SalesFigures before, SalesFigures now, long minorUnit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minorUnit);
        var units = Rounded((Int128)now.Net - before.Net, minorUnit);
        var withVisitors = before.Visitors is not null && now.Visitors is not null;
        SalesFactor[] factors = withVisitors
            ? [SalesFactor.Visitors, SalesFactor.Conversion, SalesFactor.ItemsPerReceipt, SalesFactor.PricePerItem]
            : [SalesFactor.Receipts, SalesFactor.ItemsPerReceipt, SalesFactor.PricePerItem];

        // The factors are quotients of neighbours in this chain, and the logarithm of a quotient is a difference.
        var chainBefore = Chain(before, withVisitors);
        var chainNow = Chain(now, withVisitors);
        var missing = Enumerable.Range(0, factors.Length).Where(at => chainBefore[at] <= 0 || chainNow[at] <= 0).Cast<int?>().FirstOrDefault();
        var shares = missing is null ? Exactly(units, Split(chainBefore, chainNow, minorUnit)) : new long[factors.Length];
        if (missing is { } link)
        {
            shares[link] = units;
        }

        return new Decomposition(
            checked(units * minorUnit), [.. factors.Zip(shares, (factor, share) => new DecompositionPart(factor, checked(share * minorUnit)))]);
    }

    private static long[] Chain(SalesFigures figures, bool withVisitors) => withVisitors
        ? [figures.Visitors!.Value, figures.Receipts, figures.Items, figures.Net]
        : [figures.Receipts, figures.Items, figures.Net];

    /// <summary>The part of each factor in minor units, not yet rounded.</summary>
    private static double[] Split(long[] before, long[] now, long minorUnit)
    {
        var mean = LogarithmicMean((double)before[^1] / minorUnit, (double)now[^1] / minorUnit);
        var growth = before.Zip(now, (from, to) => Math.Log((double)to / from)).ToArray();
        return [.. growth.Select((link, at) => mean * (at == 0 ? link : link - growth[at - 1]))];
    }

    // The quotient of two small differences loses its digits where both periods sold nearly the same; its series does not.
    private static double LogarithmicMean(double before, double now)
    {
        var half = (now - before) / (now + before);
        return Math.Abs(half) < 1e-4 ? (now + before) / 2 * (1 - (half * half / 3)) : (now - before) / Math.Log(now / before);
    }

    /// <summary>Rounds the parts down and gives what is left to the largest remainders, so that they add up.</summary>
    private static long[] Exactly(long units, double[] parts)
    {
        var shares = parts.Select(part => checked((long)Math.Floor(part))).ToArray();
        var order = Enumerable.Range(0, parts.Length).OrderByDescending(at => parts[at] - Math.Floor(parts[at])).ThenBy(at => at).ToArray();

        // More than one each is left only where the amounts are beyond the digits of a double.
        var left = units - shares.Sum();
        for (var at = 0; at < shares.Length; at++)
        {
            shares[order[at]] += (left / shares.Length) + (at < left % shares.Length ? 1 : 0);
        }

        if (left < 0)
        {
            shares[order[^1]] += units - shares.Sum();
        }

        return shares;
    }

    private static long Rounded(Int128 micros, long unit)
    {
        var (whole, rest) = Int128.DivRem(micros, unit);
        return checked((long)(Int128.Abs(rest) * 2 >= unit ? whole + Int128.Sign(micros) : whole));
    }
}
