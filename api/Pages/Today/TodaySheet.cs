using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Today;

/// <summary>The page of today as files.</summary>
internal static class TodaySheet
{
    public static IReadOnlyList<SheetTable> Tables(PageRequest request, TodayModel model) => [Figures(request, model), Hours(request, model)];

    private static SheetTable Figures(PageRequest request, TodayModel model) => SheetTable.Of<TodayModel>("figures", request.Words.KeyFigures, [model],
    [
        new("business_date", today => today.Date), new("store", _ => request.StoreCode), new("store_name", _ => request.StoreName), new("currency", today => today.Currency),
        .. FigureColumns.Of<TodayModel>(today => today.SoFar), new("net_sales_typical", today => today.AsOf is null ? (decimal?)null : InUnits(today.Alike.NetBy(today.AsOfMinute))),
        new("outlook", today => today.SoFar?.Net is { } soFar && today.Alike.Outlook(soFar, today.AsOfMinute) is { } outlook ? InUnits(outlook) : (decimal?)null),
        new("stores_expected", _ => request.Shown.Count), new("stores_reported", today => today.Reported), .. FigureColumns.Registers<TodayModel>(today => today.Completeness),
        new("computed_at", today => SheetCell.At(today.AsOf, request.TimeZone)),
    ]);

    private static SheetTable Hours(PageRequest request, TodayModel model)
    {
        var typical = model.Alike.Hours.ToDictionary(hour => hour.Hour);
        return SheetTable.Of("hours", TodayWording.Of(request.Words).Chart, model.Hours.Keys.Union(typical.Keys).Order(),
        [
            new("business_date", _ => model.Date), new("store", _ => request.StoreCode), new("hour", hour => hour), new("currency", _ => model.Currency),
            .. FigureColumns.Of<int>(hour => model.Hours.GetValueOrDefault(hour)),
            new("net_sales_typical", hour => typical.TryGetValue(hour, out var usual) ? InUnits(usual.Net) : (decimal?)null),
            new("receipts_typical", hour => typical.TryGetValue(hour, out var usual) ? usual.Receipts : (decimal?)null),
            new("visitors_typical", hour => typical.TryGetValue(hour, out var usual) ? usual.Visitors : null),
            new("computed_at", _ => SheetCell.At(model.AsOf, request.TimeZone)),
        ]);
    }

    private static decimal InUnits(decimal micros) => micros / Money.MicrosPerUnit;
}
