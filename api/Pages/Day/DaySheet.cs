using RetailInsight.Api.Pages.Breakdowns;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Day;

/// <summary>The page of a day as files.</summary>
internal static class DaySheet
{
    public static IReadOnlyList<SheetTable> Tables(PageRequest request, DayPageModel model, PageNotes notes) =>
    [
        Figures(request, model), Hours(request, model), Days(request, model, notes), request.Store is null ? Stores(request, model) : Targets(request, model),
        .. BreakdownSheet.Tables(request, model.Breakdown, new DateSpan(model.Date, model.Date), model.Currency),
    ];

    private static SheetTable Figures(PageRequest request, DayPageModel model) => SheetTable.Of<DayPageModel>("figures", request.Words.KeyFigures, [model],
    [
        new("business_date", day => day.Date), new("store", _ => request.StoreCode), new("store_name", _ => request.StoreName), new("currency", day => day.Currency),
        .. FigureColumns.Compared<DayPageModel>(day => day.Figures, day => day.Comparison.Now, day => day.Comparison.Then),
        new("comparison", day => ComparisonChoice.WordOf(day.Comparison.Choice)), new("compared_date", day => day.Comparison.Pair?.Other), new("compared_until_hour", day => day.Comparison.UntilHour),
        new("net_sales_target", day => day.Comparison.Target?.Target),
        new("stores_expected", day => request.Shown.Count - day.OtherCurrencies), new("stores_reported", day => request.Store is null ? day.Rows.Count(row => row.Figures.Net is not null) : day.Figures?.Net is null ? 0 : 1),
        .. FigureColumns.Registers<DayPageModel>(day => day.Completeness),
        new("computed_at", day => SheetCell.At(day.ComputedAt, day.TimeZone)),
    ]);

    private static SheetTable Hours(PageRequest request, DayPageModel model) => SheetTable.Of<HourSlot>("hours", request.Words.ByHour, model.Hours,
    [
        new("business_date", _ => model.Date), new("store", _ => request.StoreCode), new("hour", slot => slot.Hour), new("currency", _ => model.Currency),
        .. FigureColumns.Of<HourSlot>(slot => slot.Figures), new("counter_state", slot => DayCharts.StateOf(slot).ToString()),
    ]);

    private static SheetTable Days(PageRequest request, DayPageModel model, PageNotes notes) => SheetTable.Of("days", request.Words.Trend, model.Days,
    [
        new("business_date", day => day.Date), new("store", _ => request.StoreCode), new("currency", _ => model.Currency),
        .. FigureColumns.Of<(DateOnly Date, Kpis.Figures? Figures)>(day => day.Figures), new("notes", day => notes.TextOf(day.Date)),
    ]);

    private static SheetTable Stores(PageRequest request, DayPageModel model) => SheetTable.Of<StoreRow>("stores", request.Words.StoreTable, model.Rows,
    [
        new("business_date", _ => model.Date), new("store", row => row.Store.Code), new("store_name", row => row.Store.Name), new("currency", _ => model.Currency),
        .. FigureColumns.Compared<StoreRow>(row => row.Figures, row => row.Now, row => row.Before),
        new("compared_date", _ => model.Comparison.Pair?.Other), new("net_sales_target", row => row.SalesTarget?.Target),
    ]);

    private static SheetTable Targets(PageRequest request, DayPageModel model) => SheetTable.Of("targets", request.Words.Targets, model.Targets,
    [
        new("business_date", target => target.BusinessDate), new("store", target => target.Store), new("metric", target => target.Metric), new("unit", target => target.Unit),
        new("actual", target => target.Actual), new("target", target => target.Target), new("group_mean", target => target.ClusterMean), new("group_size", target => target.ClusterSize),
    ]);
}
