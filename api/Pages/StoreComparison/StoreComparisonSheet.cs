using RetailInsight.Api.Metrics;
using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Pages.StoreComparison;

/// <summary>The page of stores side by side as files.</summary>
internal static class StoreComparisonSheet
{
    public static IReadOnlyList<SheetTable> Tables(PageRequest request, StoreComparisonModel model)
    {
        var words = StoreComparisonWording.Of(request.Words);
        var course = Enumerable.Range(0, model.Places.Count).SelectMany(place => model.Lines.Select(line => (Place: place, Line: line)));
        return
        [
            SheetTable.Of<Store>("stores", words.Table, model.Chosen,
            [
                new("from", _ => model.Span.From), new("to", _ => model.Span.To), new("store", store => store.Code), new("store_name", store => store.Name), new("currency", _ => model.Currency),
                .. StoreComparisonModel.Metrics.Select((metric, at) => new SheetColumn<Store>(
                    metric, store => FigureColumns.Round(model.Rows.TryGetValue(store.Code, out var values) ? values[at] : null, MetricCatalogue.Find(metric)?.Places ?? 6))),
            ]),
            SheetTable.Of("course", words.Title, course,
            [
                new("period", row => model.Places[row.Place]), new("store_name", row => row.Line.Name), new("currency", _ => model.Currency),
                new(model.Choice.Metric, row => FigureColumns.Round(row.Line.Values[row.Place], MetricCatalogue.Find(model.Choice.Metric)?.Places ?? 6)),
            ]),
        ];
    }
}
