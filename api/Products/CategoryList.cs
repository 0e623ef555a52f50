using System.ComponentModel;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Growth;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Products;

/// <summary>The answer of <c>GET /v1/products/categories</c>.</summary>
internal sealed record CategoryList(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    [property: Description("First day that counts; null where no whole day of the period has figures.")] DateOnly? From,
    [property: Description("Last day that counts.")] DateOnly? To,
    string Compare,
    [property: Description("First day compared with.")] DateOnly? ComparedFrom,
    [property: Description("Last day compared with.")] DateOnly? ComparedTo,
    [property: Description("Days compared with of which a store reported; with 0 nothing is compared.")] int ComparedDaysReported,
    [property: Description("ISO 4217 code of every amount: of one store named alone its latest, else the company's. Sales in another are left out.")] string Currency,
    [property: Description("Best sales first, ties by name. Bags and fees have their category too.")] IReadOnlyList<CategoryView> Items,
    [property: Description("The state of the data under the answer.")] DataState Data)
{
    public static CategoryList Of(ComparedDays asked, int daysBefore, IReadOnlyList<CategoryView> items, DataState data) => new(
        asked.Read.DataVersion, asked.First, asked.Last, asked.Compare, asked.Days?.First, asked.Days?.Last, daysBefore, asked.Currency, items, data);
}

/// <summary>One category.</summary>
internal sealed record CategoryView(
    [property: Description("As sent; empty for lines without one.")] string Category,
    [property: Description(WireFigures.Net)] string NetSales,
    [property: Description("Share of the net sales of all categories, four decimals rounded half away from zero; null where they come to nothing.")] string? Share,
    [property: Description("Pieces sold, exact; those brought back are not taken off.")] string Quantity,
    ChangedSales Change)
{
    /// <summary>The columns of a file.</summary>
    public static IReadOnlyList<CsvColumn<CategoryView>> Columns { get; } =
        [new("category", item => item.Category, IsText: true), new("net_sales", item => item.NetSales), new("share", item => item.Share), new("quantity", item => item.Quantity)];

    public static CategoryView Of(CategoryLine line, long all, int daysBefore) => new(
        line.Total.Code, Money.Format(line.Total.Net), all <= 0 ? null : WireFigures.Ratio((decimal)line.Total.Net / all, 4), Money.Format(line.Total.Quantity),
        ChangedSales.Of(line.Total.Net, line.Before, daysBefore));
}
