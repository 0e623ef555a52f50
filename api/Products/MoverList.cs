using System.ComponentModel;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Growth;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Products;

/// <summary>The answer of <c>GET /v1/products/movers</c>.</summary>
internal sealed record MoverList(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    [property: Description("First day that counts; null where no whole day of the period has figures.")] DateOnly? From,
    [property: Description("Last day that counts.")] DateOnly? To,
    string Compare,
    [property: Description("First day compared with.")] DateOnly? ComparedFrom,
    [property: Description("Last day compared with.")] DateOnly? ComparedTo,
    [property: Description("Days compared with of which a store reported; with 0 nothing is compared and there are no items.")] int ComparedDaysReported,
    [property: Description("ISO 4217 code of every amount: of one store named alone its latest, else the company's. Sales in another are left out.")] string Currency,
    [property: Description("Largest change first, ties by code.")] IReadOnlyList<MoverView> Items,
    [property: Description("The state of the data under the answer.")] DataState Data,
    [property: Description("Send as cursor to read on; null on the last page.")] string? NextCursor)
{
    public static MoverList Of(ComparedDays asked, ProductRanking ranking, IReadOnlyList<MoverView> items, DataState data, string? next) => new(
        asked.Read.DataVersion, asked.First, asked.Last, asked.Compare, asked.Days?.First, asked.Days?.Last, ranking.DaysBefore, ranking.Currency, items, data, next);
}

/// <summary>One item that rose or fell.</summary>
internal sealed record MoverView(
    [property: Description("Item code.")] string Item,
    [property: Description("Its latest name; empty where none was sent.")] string Name,
    [property: Description("Its latest category; empty where none was sent.")] string Category,
    [property: Description("A, B or C among the items of the period; null for an item that is not sold any more.")] string? Class,
    [property: Description(WireFigures.Net)] string NetSales,
    ChangedSales Change)
{
    /// <summary>The columns of a file.</summary>
    public static IReadOnlyList<CsvColumn<MoverView>> Columns { get; } =
    [
        new("item", item => item.Item, IsText: true), new("item_name", item => item.Name, IsText: true), new("category", item => item.Category, IsText: true), new("abc_class", item => item.Class),
        new("net_sales", item => item.NetSales),
    ];

    public static MoverView Of(ProductLine line, ProductRanking ranking) => new(
        line.Total.Code, line.Total.Name, line.Total.Category, line.Class?.ToString(), Money.Format(line.Total.Net), ChangedSales.Of(line.Total.Net, line.Before, ranking.DaysBefore));
}
