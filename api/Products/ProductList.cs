using System.ComponentModel;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Growth;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Products;

/// <summary>The answer of <c>GET /v1/products</c>.</summary>
internal sealed record ProductList(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    [property: Description("First day that counts; null where no whole day of the period has figures.")] DateOnly? From,
    [property: Description("Last day that counts.")] DateOnly? To,
    string Compare,
    [property: Description("First day compared with.")] DateOnly? ComparedFrom,
    [property: Description("Last day compared with.")] DateOnly? ComparedTo,
    [property: Description("Days compared with of which a store reported; with 0 nothing is compared.")] int ComparedDaysReported,
    [property: Description("ISO 4217 code of every amount: of one store named alone its latest, else the company's. Sales in another are left out.")] string Currency,
    [property: Description("Net sales of all items, which are merchandise only: bags and fees are none.")] string NetSales,
    [property: Description("How many items there are.")] int ItemCount,
    [property: Description("The classes: A up to 70 % of net sales added up, B up to 90 %, C the rest. The best item is A in any case.")] IReadOnlyList<ProductClassView> Classes,
    [property: Description("Best sales first, ties by code.")] IReadOnlyList<ProductView> Items,
    [property: Description("The state of the data under the answer.")] DataState Data,
    [property: Description("Send as cursor to read on; null on the last page.")] string? NextCursor)
{
    public static ProductList Of(ComparedDays asked, ProductRanking ranking, IReadOnlyList<ProductView> items, DataState data, string? next) => new(
        asked.Read.DataVersion, asked.First, asked.Last, asked.Compare, asked.Days?.First, asked.Days?.Last, ranking.DaysBefore, ranking.Currency, Money.Format(ranking.Net), ranking.Lines.Count,
        [.. ranking.Classes.Select(one => new ProductClassView(one.Class.ToString(), one.Items, Money.Format(one.Net), WireFigures.Ratio(ranking.Share(one.Net), 4)))], items, data, next);
}

/// <summary>One ABC class.</summary>
internal sealed record ProductClassView(
    [property: Description("A, B or C.")] string Class,
    [property: Description("Items of it.")] int Items,
    [property: Description(WireFigures.Net)] string NetSales,
    [property: Description(ProductView.ShareText)] string? Share);

/// <summary>One item.</summary>
internal sealed record ProductView(
    [property: Description("Item code.")] string Item,
    [property: Description("Its latest name; empty where none was sent.")] string Name,
    [property: Description("Its latest category; empty where none was sent.")] string Category,
    [property: Description("A, B or C.")] string Class,
    [property: Description(WireFigures.Net)] string NetSales,
    [property: Description(ProductView.ShareText)] string? Share,
    [property: Description("Share of this item and all before it, of the items that sold more than was brought back, four decimals; null where none did.")] string? CumulativeShare,
    [property: Description("Pieces sold, exact; those brought back are not taken off.")] string Quantity,
    ChangedSales Change)
{
    /// <summary>What a share is.</summary>
    public const string ShareText = "Share of net_sales of all items, four decimals rounded half away from zero; null where they come to nothing.";

    /// <summary>The columns of a file.</summary>
    public static IReadOnlyList<CsvColumn<ProductView>> Columns { get; } =
    [
        new("item", item => item.Item, IsText: true), new("item_name", item => item.Name, IsText: true), new("category", item => item.Category, IsText: true), new("abc_class", item => item.Class),
        new("net_sales", item => item.NetSales), new("share", item => item.Share), new("cumulative_share", item => item.CumulativeShare), new("quantity", item => item.Quantity),
    ];

    public static ProductView Of(ProductLine line, ProductRanking ranking) => new(
        line.Total.Code, line.Total.Name, line.Total.Category, line.Abc.Class.ToString(), Money.Format(line.Total.Net), WireFigures.Ratio(ranking.Share(line.Total.Net), 4),
        WireFigures.Ratio(ranking.CumulativeShare(line), 4), Money.Format(line.Total.Quantity), ChangedSales.Of(line.Total.Net, line.Before, ranking.DaysBefore));
}
