using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Breakdowns;

/// <summary>What sales were made of, as files.</summary>
internal static class BreakdownSheet
{
    public static IReadOnlyList<SheetTable> Tables(PageRequest request, BreakdownModel model, DateSpan span, string currency)
    {
        var words = BreakdownWording.Of(request.Words);
        return
        [
            SheetTable.Of("measures", words.Title, model.Whole is null ? [] : new[] { model }, [.. Head<BreakdownModel>(request, span, currency), .. BreakdownModel.Metrics.Select(metric => new SheetColumn<BreakdownModel>(metric, one => FigureColumns.Rounded(one[metric], metric)))]),
            Of("tenders", words.Tenders, model.Tenders, "tender", "tender_amount", "tender_receipts"), Of("discounts", words.Discounts, model.Discounts, "discount_kind", "discount"),
            Of("taxes", words.Taxes, model.Taxes, "tax_rate", "net_sales", "tax"),
        ];

        SheetTable Of(string name, string title, IReadOnlyList<PageMetricRow> rows, string dimension, params string[] metrics) => SheetTable.Of(
            name, title, rows,
            [
                .. Head<PageMetricRow>(request, span, currency), new(dimension, row => row.Keys[0]),
                .. metrics.Select((metric, at) => new SheetColumn<PageMetricRow>(metric, row => FigureColumns.Rounded(row.Values[at], metric))),
            ]);
    }

    private static SheetColumn<T>[] Head<T>(PageRequest request, DateSpan span, string currency) =>
        [new("from", _ => span.From), new("to", _ => span.To), new("store", _ => request.StoreCode), new("store_name", _ => request.StoreName), new("currency", _ => currency)];
}
