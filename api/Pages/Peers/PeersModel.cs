using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Peers;

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

/// <summary>Where a store stands among stores like it in one figure.</summary>
/// <param name="Figure">Which.</param>
/// <param name="Own">The store's value.</param>
/// <param name="Quarter">First quartile of the group.</param>
/// <param name="Median">Median of the group.</param>
/// <param name="ThreeQuarters">Third quartile of the group.</param>
/// <param name="Rank">1 for the highest.</param>
/// <param name="Of">Stores that have the figure, this one included.</param>
/// <param name="GainPerDay">Net sales a day that reaching the median would bring, in currency units; null above it, or where it says nothing of sales.</param>
internal sealed record PeerStanding(PeerFigure Figure, decimal Own, decimal Quarter, decimal Median, decimal ThreeQuarters, int Rank, int Of, decimal? GainPerDay);

/// <summary>What the page of peers shows: four weeks of a store and of the stores that resemble it.</summary>
/// <param name="From">First date.</param>
/// <param name="To">Last date, a whole day.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="GroupSize">Stores in the group, this one included; 0 where there is no group large enough to show.</param>
/// <param name="Standings">By figure.</param>
/// <param name="Named">Stores of the group the reader may see, best sales a day first.</param>
/// <param name="Last">The last day, and whether it is left out because it runs.</param>
/// <param name="Completeness">What has arrived of the store, or of all stores.</param>
internal sealed record PeersModel(
    DateOnly From, DateOnly To, string Currency, int GroupSize, IReadOnlyList<PeerStanding> Standings, IReadOnlyList<(Store Store, StoreTotal Total)> Named,
    LastDay Last, Completeness Completeness)
{
    private const int Days = 28;

    /// <summary>Reads the page of one store.</summary>
    public static async Task<PeersModel> ReadAsync(PageRequest request, DateOnly today, CancellationToken cancellationToken)
    {
        var last = await LastDay.ReadAsync(request, request.Codes, today, cancellationToken);
        var to = last.Whole;
        var from = to.AddDays(1 - Days);
        var completeness = await request.Read.CompletenessAsync(request.Codes, new DateSpan(from, to), null, cancellationToken);
        if (request.Store is not { } store)
        {
            return new PeersModel(from, to, request.Company.Currency, 0, [], [], last, completeness);
        }

        var reported = await request.Read.ReportedDaysAsync([store.Code], from, to, cancellationToken);
        var currency = request.CurrencyOf(reported);
        var group = await request.Read.GroupOfAsync(store.Code, to, cancellationToken);
        var totals = await request.Read.StoreTotalsAsync(group, [.. new DateSpan(from, to).Days], currency, cancellationToken);
        var own = totals.Find(total => total.Store == store.Code);
        if (own is null || totals.Count < TargetReads.SmallestGroup)
        {
            return new PeersModel(from, to, currency, 0, [], [], last, completeness);
        }

        var named = totals.Select(total => (Store: request.Stores.FirstOrDefault(one => one.Code == total.Store), Total: total))
            .Where(peer => peer.Store is not null).Select(peer => (peer.Store!, peer.Total)).OrderByDescending(peer => Value(PeerFigure.NetPerDay, peer.Total));
        return new PeersModel(
            from, to, currency, totals.Count, [.. Enum.GetValues<PeerFigure>().Select(figure => Stand(figure, own, totals)).OfType<PeerStanding>()], [.. named], last, completeness);
    }

    /// <summary>A figure of a store's four weeks; null where it is not known.</summary>
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
