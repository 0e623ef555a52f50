using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Api.Products;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Products;

/// <summary>The page of products as files; all items, where the page shows the first.</summary>
internal static class ProductsSheet
{
    public static IReadOnlyList<SheetTable> Tables(PageRequest request, ProductsModel model) =>
        request.Store is null ? [Items(request, model), Categories(request, model)] : [Items(request, model), Categories(request, model), Pairs(request, model)];

    private static SheetTable Items(PageRequest request, ProductsModel model)
    {
        var ranking = model.Ranking;
        return SheetTable.Of("items", ProductsWording.Of(request.Words).TopItems, ranking.Lines.Concat(ranking.Gone),
        [
            .. Period<ProductLine>(request, model), new("item", line => line.Total.Code), new("item_name", line => line.Total.Name),
            new("abc_class", line => line.Class?.ToString()), new("net_sales", line => Money.ToDecimal(line.Total.Net)),
            new("cumulative_share", line => FigureColumns.Round(ranking.CumulativeShare(line), 4)),
            new("quantity", line => Money.ToDecimal(line.Total.Quantity)), .. Before<ProductLine>(model, line => line.Total.Net, line => line.Before),
        ]);
    }

    private static SheetTable Categories(PageRequest request, ProductsModel model)
    {
        var all = model.Categories.Sum(category => category.Total.Net);
        return SheetTable.Of("categories", ProductsWording.Of(request.Words).Categories, model.Categories,
        [
            .. Period<CategoryLine>(request, model), new("category", row => row.Total.Code), new("net_sales", row => Money.ToDecimal(row.Total.Net)),
            new("share", row => all <= 0 ? (decimal?)null : FigureColumns.Round((decimal)row.Total.Net / all, 4)), .. Before<CategoryLine>(model, row => row.Total.Net, row => row.Before),
        ]);
    }

    private static SheetTable Pairs(PageRequest request, ProductsModel model) => SheetTable.Of("pairs", ProductsWording.Of(request.Words).Pairs, model.Pairs,
    [
        .. Period<ProductPair>(request, model), new("item_a", pair => pair.ItemA), new("item_b", pair => pair.ItemB), new("receipts", pair => pair.Receipts),
        new("lift", pair => FigureColumns.Round(pair.Lift, 4)),
    ]);

    private static SheetColumn<T>[] Period<T>(PageRequest request, ProductsModel model) =>
        [new("from", _ => model.From), new("to", _ => model.To), new("store", _ => request.StoreCode), new("store_name", _ => request.StoreName), new("currency", _ => model.Ranking.Currency)];

    // Without a day of the four weeks before there is nothing to compare with, and 0 would be a lie.
    private static SheetColumn<T>[] Before<T>(ProductsModel model, Func<T, long> now, Func<T, long> before)
    {
        decimal? Then(T row) => model.Ranking.DaysBefore == 0 ? null : Money.ToDecimal(before(row));
        return
        [
            new("net_sales_comparison", row => Then(row)), new("net_sales_difference", row => Money.ToDecimal(now(row)) - Then(row)),
            new("net_sales_change", row => FigureColumns.Change(Money.ToDecimal(now(row)), Then(row))), new("days_reported", _ => model.Ranking.DaysBefore),
        ];
    }
}
