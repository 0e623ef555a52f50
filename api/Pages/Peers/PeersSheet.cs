using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Pages.Peers;

/// <summary>The page of peers as files.</summary>
internal static class PeersSheet
{
    private static readonly string[] Columns = ["net_sales_per_day", "visitors_per_day", "conversion", "basket_value", "items_per_receipt"];

    public static IReadOnlyList<SheetTable> Tables(PageRequest request, PeersModel model) => model.GroupSize == 0 ? [] : [Standings(request, model), Stores(request, model)];

    private static SheetTable Standings(PageRequest request, PeersModel model) => SheetTable.Of("standings", PeersWording.Of(request.Words).Standing, model.Standings,
    [
        new("from", _ => model.From), new("to", _ => model.To), new("store", _ => request.StoreCode), new("store_name", _ => request.StoreName), new("currency", _ => model.Currency),
        new("metric", standing => Columns[(int)standing.Figure]), new("actual", standing => FigureColumns.Round(standing.Own, 4)), new("quarter", standing => FigureColumns.Round(standing.Quarter, 4)),
        new("median", standing => FigureColumns.Round(standing.Median, 4)), new("three_quarters", standing => FigureColumns.Round(standing.ThreeQuarters, 4)),
        new("rank", standing => standing.Rank), new("of", standing => standing.Of), new("gain_per_day", standing => FigureColumns.Round(standing.GainPerDay, 2)),
        new("group_size", _ => model.GroupSize),
    ]);

    private static SheetTable Stores(PageRequest request, PeersModel model) => SheetTable.Of("stores", PeersWording.Of(request.Words).Named, model.Named,
    [
        new("from", _ => model.From), new("to", _ => model.To), new("store", peer => peer.Store.Code), new("store_name", peer => peer.Store.Name), new("currency", _ => model.Currency),
        .. Enum.GetValues<PeerFigure>().Select(figure => new SheetColumn<(Store Store, StoreTotal Total)>(Columns[(int)figure], peer => FigureColumns.Round(PeersModel.Value(figure, peer.Total), 4))),
        new("days_reported", peer => peer.Total.Days),
    ]);
}
