using RetailInsight.Api.Kpis;
using RetailInsight.Api.Targets;

namespace RetailInsight.Api.Peers;

/// <summary>Where a store stands among stores like it in one figure.</summary>
/// <param name="Figure">Which.</param>
/// <param name="Own">The store's value.</param>
/// <param name="Quarter">First quartile of the group.</param>
/// <param name="Median">Median of the group.</param>
/// <param name="ThreeQuarters">Third quartile of the group.</param>
/// <param name="Rank">1 for the highest.</param>
/// <param name="Of">Stores that have the figure, this one included.</param>
/// <param name="GainPerDay">Net sales a day that reaching the median would bring, in currency units; null above it, or where it says nothing of sales.</param>
internal sealed record PeerStanding(PeerFigure Figure, decimal Own, decimal Quarter, decimal Median, decimal ThreeQuarters, int Rank, int Of, decimal? GainPerDay)
{
    private static readonly string[] Names = ["net_sales_per_day", "visitors_per_day", "conversion", "basket_value", "items_per_receipt"];

    /// <summary>What files and programs call a figure.</summary>
    public static string Name(PeerFigure figure) => Names[(int)figure];

    /// <summary>A figure of a store's days; null where it is not known.</summary>
    public static decimal? Value(PeerFigure figure, StoreTotal total) => figure switch
    {
        PeerFigure.NetPerDay => total.Days == 0 ? null : total.Figures.NetSales / total.Days,
        PeerFigure.VisitorsPerDay => total.Figures is { Visitors: { } visitors, IsCounterReliable: true } ? (decimal)visitors / total.CountedDays : null,
        PeerFigure.Conversion => total.Figures.IsCounterReliable ? total.Figures.Conversion : null,
        PeerFigure.BasketValue => total.Figures.BasketValue,
        _ => total.Figures.ItemsPerReceipt,
    };

    /// <summary>Where a store stands; null where too few stores have the figure, or the store itself has not.</summary>
    public static PeerStanding? Stand(PeerFigure figure, StoreTotal own, IReadOnlyList<StoreTotal> group)
    {
        var values = group.Select(total => Value(figure, total)).OfType<decimal>().Order().ToList();
        if (Value(figure, own) is not { } value || values.Count < TargetReads.SmallestGroup)
        {
            return null;
        }

        var median = Quantile(values, 2);
        return new PeerStanding(
            figure, value, Quantile(values, 1), median, Quantile(values, 3), 1 + values.Count(other => other > value), values.Count,
            median > value ? Gain(figure, median - value, own) : null);
    }

    // What the difference in one figure is worth while the others stay as they are.
    private static decimal? Gain(PeerFigure figure, decimal difference, StoreTotal own) => figure switch
    {
        PeerFigure.NetPerDay => difference,
        PeerFigure.VisitorsPerDay => difference * own.Figures.Conversion * own.Figures.BasketValue,
        PeerFigure.Conversion => difference * own.Figures.Visitors / own.CountedDays * own.Figures.BasketValue,
        PeerFigure.BasketValue => difference * own.Figures.Receipts / own.Days,
        _ => own.Figures.ItemsPerReceipt is > 0 and { } items ? difference / items * own.Figures.NetSales / own.Days : null,
    };

    // Between neighbours in proportion (type 7 of Hyndman and Fan 1996).
    private static decimal Quantile(List<decimal> sorted, int quarters)
    {
        var place = (sorted.Count - 1) * quarters / 4m;
        var below = (int)decimal.Floor(place);
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (place - below));
    }
}

/// <summary>A figure a store is compared in.</summary>
internal enum PeerFigure
{
    /// <summary>Net sales a day, currency units.</summary>
    NetPerDay,

    /// <summary>Visitors a day.</summary>
    VisitorsPerDay,

    /// <summary>Receipts per visitor.</summary>
    Conversion,

    /// <summary>Net sales per receipt, currency units.</summary>
    BasketValue,

    /// <summary>Pieces per receipt.</summary>
    ItemsPerReceipt,
}
