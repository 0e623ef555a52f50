using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Growth;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Peers;

/// <summary>The answer of <c>GET /v1/peers/stores</c>.</summary>
internal sealed record PeerStores(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    string Store,
    [property: Description("First day that counts; null where no whole day of the period has figures.")] DateOnly? From,
    [property: Description("Last day that counts.")] DateOnly? To,
    [property: Description("ISO 4217 code of every amount: the latest the store reported in.")] string Currency,
    [property: Description("Best sales a day first. Empty where the group is too small to be shown.")] IReadOnlyList<PeerStoreView> Stores,
    [property: Description("The state of the data of the store asked for.")] DataState Data)
{
    public static PeerStores Of(ComparedDays asked, PeerGroup group, IReadOnlyList<PeerStoreView> stores, DataState data) =>
        new(asked.Read.DataVersion, asked.Stores.First(), asked.First, asked.Last, group.Currency, stores, data);
}

/// <summary>One store of the group.</summary>
internal sealed record PeerStoreView(
    string Store,
    string Name,
    [property: Description("Days of which receipts came.")] int DaysReported,
    [property: Description(PeerStandingView.Rounded)] string? NetSalesPerDay,
    [property: Description("Likewise; null where counters sent less than nine tenths of their time.")] string? VisitorsPerDay,
    [property: Description("Likewise.")] string? Conversion,
    [property: Description(PeerStandingView.Rounded)] string? BasketValue,
    [property: Description(PeerStandingView.Rounded)] string? ItemsPerReceipt)
{
    /// <summary>The columns of a file.</summary>
    public static IReadOnlyList<CsvColumn<PeerStoreView>> Columns { get; } =
    [
        new("store", one => one.Store, IsText: true), new("store_name", one => one.Name, IsText: true), new("days_reported", one => one.DaysReported.ToString(CultureInfo.InvariantCulture)),
        new("net_sales_per_day", one => one.NetSalesPerDay), new("visitors_per_day", one => one.VisitorsPerDay), new("conversion", one => one.Conversion), new("basket_value", one => one.BasketValue),
        new("items_per_receipt", one => one.ItemsPerReceipt),
    ];

    public static PeerStoreView Of((Store Store, StoreTotal Total) peer)
    {
        string? Value(PeerFigure figure) => PeerStandingView.Write(PeerStanding.Value(figure, peer.Total));
        return new PeerStoreView(
            peer.Store.Code, peer.Store.Name, peer.Total.Days, Value(PeerFigure.NetPerDay), Value(PeerFigure.VisitorsPerDay), Value(PeerFigure.Conversion), Value(PeerFigure.BasketValue), Value(PeerFigure.ItemsPerReceipt));
    }
}
