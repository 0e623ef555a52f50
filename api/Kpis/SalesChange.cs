using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Kpis;

/// <summary>What moved sales between two days.</summary>
internal enum SalesFactor
{
    /// <summary>来店客数.</summary>
    Visitors,

    /// <summary>買上率.</summary>
    Conversion,

    /// <summary>レシート数, where visitors are not reliable on both days.</summary>
    Receipts,

    /// <summary>客単価.</summary>
    BasketValue,
}

/// <summary>
/// The change of net sales split over the factors whose product it is, by Shapley value: each factor's effect averaged over
/// every order in which the factors could have changed. No order is preferred and the parts add up to the change exactly, in
/// the currency's smallest unit.
/// </summary>
/// <param name="Total">Micros.</param>
/// <param name="Parts">Micros by factor.</param>
internal sealed record SalesChange(long Total, IReadOnlyList<(SalesFactor Factor, long Micros)> Parts)
{
    /// <summary>Null when one of the days has no receipt.</summary>
    public static SalesChange? Between(Figures before, Figures after)
    {
        if (before.BasketValue is not { } basketBefore || after.BasketValue is not { } basketAfter)
        {
            return null;
        }

        var minor = Money.MinorUnitMicros(after.Currency);
        var total = Rounded(Money.ToDecimal(after.Net) - Money.ToDecimal(before.Net), minor);
        var parts = Reliable(before) && Reliable(after)
            ? Three(
                (before.Visitors!.Value, after.Visitors!.Value), (before.Conversion!.Value, after.Conversion!.Value), (basketBefore, basketAfter))
            : Two((before.Receipts, after.Receipts), (basketBefore, basketAfter));
        var rounded = parts.Select(part => (part.Factor, Micros: Rounded(part.Effect, minor))).ToList();
        var largest = Enumerable.Range(0, rounded.Count).MaxBy(index => Math.Abs(rounded[index].Micros));
        rounded[largest] = (rounded[largest].Factor, rounded[largest].Micros + total - rounded.Sum(part => part.Micros));
        return new SalesChange(total, rounded);
    }

    private static bool Reliable(Figures figures) => figures.Conversion is > 0 && figures.CountedReceipts == figures.Receipts && figures.IsCounterReliable;

    private static List<(SalesFactor Factor, decimal Effect)> Three(
        (decimal Old, decimal New) a, (decimal Old, decimal New) b, (decimal Old, decimal New) c) =>
    [
        (SalesFactor.Visitors, (a.New - a.Old) * Others(b, c)),
        (SalesFactor.Conversion, (b.New - b.Old) * Others(a, c)),
        (SalesFactor.BasketValue, (c.New - c.Old) * Others(a, b)),
    ];

    private static List<(SalesFactor Factor, decimal Effect)> Two((decimal Old, decimal New) a, (decimal Old, decimal New) b) =>
    [
        (SalesFactor.Receipts, (a.New - a.Old) * (b.Old + b.New) / 2),
        (SalesFactor.BasketValue, (b.New - b.Old) * (a.Old + a.New) / 2),
    ];

    // Of the six orders, the factor moves first in two, last in two, and between the other two in one each.
    private static decimal Others((decimal Old, decimal New) x, (decimal Old, decimal New) y) =>
        ((2 * x.Old * y.Old) + (2 * x.New * y.New) + (x.Old * y.New) + (x.New * y.Old)) / 6;

    private static long Rounded(decimal amount, long minor) =>
        decimal.ToInt64(Math.Round(amount * Money.MicrosPerUnit / minor, MidpointRounding.AwayFromZero)) * minor;
}
