using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;

namespace RetailInsight.Api.Customers;

/// <summary>The answer of <c>GET /v1/customers/segments</c>.</summary>
internal sealed record SegmentAnswer(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    [property: Description("The night customers were counted; null where they never were up to the date.")] DateOnly? BusinessDate,
    [property: Description("ISO 4217 code of every amount: of one store its latest, else the company's.")] string Currency,
    [property: Description("Segments of fewer customers have no figures, nor has the smallest other one where they could be had by subtraction.")] int FewestCustomers,
    [property: Description("Receipts with a customer out of all, over the four weeks up to the date, four decimals; null without receipts.")] string? IdentifiedShare,
    IReadOnlyList<SegmentView> Segments,
    [property: Description("The state of the data under the four weeks.")] DataState Data);

/// <summary>One segment.</summary>
internal sealed record SegmentView(
    [property: Description("best, regular, new, occasional, at_risk or lapsed.")] string Segment,
    [property: Description("How many; null where too few.")] int? Customers,
    [property: Description("Share of the customers shown, four decimals; null where too few.")] string? CustomerShare,
    [property: Description("Over 365 days; null where too few.")] int? Receipts,
    [property: Description("Net sales over 365 days: exact decimal string in currency units; null where too few.")] string? NetSales,
    [property: Description("Share of the net sales shown, four decimals; null where too few, or where they come to nothing.")] string? SalesShare,
    [property: Description("net_sales ÷ customers, two decimals rounded half away from zero; null of nobody.")] string? NetSalesPerCustomer,
    [property: Description("receipts ÷ customers, two decimals rounded half away from zero; null of nobody.")] string? ReceiptsPerCustomer)
{
    /// <summary>The columns of a file.</summary>
    public static IReadOnlyList<CsvColumn<SegmentView>> Columns { get; } =
    [
        new("segment", one => one.Segment), new("customers", one => one.Customers?.ToString(CultureInfo.InvariantCulture)), new("customer_share", one => one.CustomerShare),
        new("receipts", one => one.Receipts?.ToString(CultureInfo.InvariantCulture)), new("net_sales", one => one.NetSales), new("sales_share", one => one.SalesShare),
        new("net_sales_per_customer", one => one.NetSalesPerCustomer), new("receipts_per_customer", one => one.ReceiptsPerCustomer),
    ];

    public static SegmentView Of(SegmentFigures segment, IReadOnlyList<SegmentFigures> all) => new(
        JsonNamingPolicy.SnakeCaseLower.ConvertName(segment.Segment.ToString()), segment.Customers, WireFigures.Ratio(segment.CustomerShare(all), 4), segment.Receipts, WireFigures.Amount(segment.Net),
        WireFigures.Ratio(segment.SalesShare(all), 4), WireFigures.Ratio(segment.NetPerCustomer, 2), WireFigures.Ratio(segment.ReceiptsPerCustomer, 2));
}
