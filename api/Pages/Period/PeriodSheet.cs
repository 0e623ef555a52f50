using RetailInsight.Api.Growth;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Breakdowns;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Core.Calendar;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Period;

/// <summary>The page of a week or month as files.</summary>
internal static class PeriodSheet
{
    public static IReadOnlyList<SheetTable> Tables(PageRequest request, PeriodModel model, PageNotes notes) =>
    [
        Figures(request, model), Days(request, model, notes), .. request.Store is null ? [Stores(request, model)] : Array.Empty<SheetTable>(),
        .. model.Growth is { } growth ? [Growth(request, growth)] : Array.Empty<SheetTable>(), .. BreakdownSheet.Tables(request, model.Breakdown, new DateSpan(model.From, model.To), model.Currency),
    ];

    private static SheetTable Figures(PageRequest request, PeriodModel model) => SheetTable.Of<PeriodModel>("figures", request.Words.KeyFigures, [model],
    [
        new("from", period => period.From), new("to", period => period.Through ?? period.To), new("store", _ => request.StoreCode), new("store_name", _ => request.StoreName),
        new("currency", period => period.Currency), .. FigureColumns.Compared<PeriodModel>(period => period.Now, period => period.ComparedNow, period => period.Then),
        new("comparison", period => ComparisonChoice.WordOf(period.Choice)), new("net_sales_target", period => period.Target), new("actual", period => period.Target is null ? (decimal?)null : period.Reached),
        new("compared_until_hour", period => period.UntilHour), new("days_elapsed", period => period.Elapsed.Count()), new("days_reported", period => period.Elapsed.Count(day => day.IsReported)),
        .. FigureColumns.Registers<PeriodModel>(period => period.Completeness),
    ]);

    private static SheetTable Days(PageRequest request, PeriodModel model, PageNotes notes) => SheetTable.Of<PeriodDay>("days", PeriodWording.Of(request.Words).Chart, model.Days,
    [
        new("business_date", day => day.Date), new("store", _ => request.StoreCode), new("currency", _ => model.Currency),
        .. FigureColumns.Compared<PeriodDay>(day => day.Total?.Figures, day => model.AlikeOf(day)?.Now, day => day.Date > model.Through ? day.Compared?.Figures : model.AlikeOf(day)?.Then),
        new("compared_date", day => day.Pair?.Other), new("net_sales_target", day => day.Target),
        new("stores_expected", _ => request.Shown.Count), new("stores_reported", day => day.Total?.Stores ?? (day.Date > model.Through ? (int?)null : 0)),
        new("computed_at", day => SheetCell.At(day.Total?.ComputedAt, request.TimeZone)), new("notes", day => notes.TextOf(day.Date)),
    ]);

    private static SheetTable Stores(PageRequest request, PeriodModel model) => SheetTable.Of("stores", request.Words.StoreTable, model.Stores,
    [
        new("from", _ => model.From), new("to", _ => model.Through), new("store", row => row.Now.Store),
        new("store_name", row => request.Stores.First(store => store.Code == row.Now.Store).Name), new("currency", _ => model.Currency),
        .. FigureColumns.Compared<(StoreTotal Now, StorePair? Pair)>(row => row.Now.Figures, row => row.Pair?.Now, row => row.Pair?.Then),
        new("days_reported", row => row.Now.Days),
    ]);

    private static SheetTable Growth(PageRequest request, SalesGrowth growth) => SheetTable.Of<StoreGrowth>("growth", GrowthWording.Of(request.Words).Title, growth.Stores,
    [
        new("store", store => store.Store), new("store_name", store => request.Stores.FirstOrDefault(one => one.Code == store.Store)?.Name ?? ""), new("currency", _ => growth.Currency),
        new("net_sales", store => Money.ToDecimal(store.Now)), new("net_sales_comparison", store => Money.ToDecimal(store.Then)),
        new("net_sales_difference", store => Money.ToDecimal(store.Now - store.Then)), new("net_sales_change", store => FigureColumns.Change(store.Now, store.Then)),
        new("same_store", store => store.Verdict.IsIn ? 1 : 0),
    ]);
}
