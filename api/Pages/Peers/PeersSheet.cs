using RetailInsight.Api.Kpis;
using RetailInsight.Api.Peers;
using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Pages.Peers;

/// <summary>The page of peers as files.</summary>
internal static class PeersSheet
{
    public static IReadOnlyList<SheetTable> Tables(PageRequest request, PeersModel model) =>
    [
        .. model.Group.Size == 0 ? Array.Empty<SheetTable>() : [Standings(request, model), Stores(request, model)], .. model.Nearest.Count == 0 ? Array.Empty<SheetTable>() : [Nearest(request, model)],
    ];

    private static SheetTable Standings(PageRequest request, PeersModel model) => SheetTable.Of("standings", PeersWording.Of(request.Words).Standing, model.Group.Standings,
    [
        new("from", _ => model.From), new("to", _ => model.To), new("store", _ => request.StoreCode), new("store_name", _ => request.StoreName), new("currency", _ => model.Group.Currency),
        new("metric", standing => PeerStanding.Name(standing.Figure)), new("actual", standing => FigureColumns.Round(standing.Own, 4)), new("quarter", standing => FigureColumns.Round(standing.Quarter, 4)),
        new("median", standing => FigureColumns.Round(standing.Median, 4)), new("three_quarters", standing => FigureColumns.Round(standing.ThreeQuarters, 4)),
        new("rank", standing => standing.Rank), new("of", standing => standing.Of), new("gain_per_day", standing => FigureColumns.Round(standing.GainPerDay, 2)),
        new("group_size", _ => model.Group.Size),
    ]);

    private static SheetTable Stores(PageRequest request, PeersModel model) => SheetTable.Of("stores", PeersWording.Of(request.Words).Named, model.Group.Named,
    [
        new("from", _ => model.From), new("to", _ => model.To), new("store", peer => peer.Store.Code), new("store_name", peer => peer.Store.Name), new("currency", _ => model.Group.Currency),
        .. Enum.GetValues<PeerFigure>().Select(figure => new SheetColumn<(Store Store, StoreTotal Total)>(PeerStanding.Name(figure), peer => FigureColumns.Round(PeerStanding.Value(figure, peer.Total), 4))),
        new("days_reported", peer => peer.Total.Days),
    ]);

    private static SheetTable Nearest(PageRequest request, PeersModel model) => SheetTable.Of("nearest", PeersWording.Of(request.Words).Nearest, model.Nearest,
    [
        new("store", _ => request.StoreCode), new("store_name", _ => request.StoreName), new("rank", near => near.Rank), new("peer", near => near.Store?.Code), new("peer_name", near => near.Store?.Name),
        new("distance", near => FigureColumns.Round((decimal)near.Distance, 4)), new("alike", near => string.Join(' ', near.Alike)), new("unlike", near => near.Unlike),
    ]);
}
