using System.ComponentModel;
using System.Globalization;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Kpis;

/// <summary>The answer of <c>GET /v1/kpis/store-day</c>.</summary>
internal sealed record StoreDayPage(
    IReadOnlyList<StoreDayView> Items,
    [property: Description("Send as cursor to read on; null on the last page.")] string? NextCursor);

/// <summary>The answer of <c>GET /v1/kpis/store-hour</c>.</summary>
internal sealed record StoreHourList(IReadOnlyList<StoreHourView> Items);

/// <summary>One store-day on the wire.</summary>
internal sealed record StoreDayView(
    string Store,
    DateOnly BusinessDate,
    [property: Description("ISO 4217 code of every amount of the item.")] string Currency,
    [property: Description(WireFigures.Net + WireFigures.Unknown)] string? NetSales,
    [property: Description(WireFigures.Tax + WireFigures.Unknown)] string? Tax,
    [property: Description(WireFigures.Gross + WireFigures.Unknown)] string? GrossSales,
    [property: Description(WireFigures.Receipts + WireFigures.Unknown)] long? Receipts,
    [property: Description(WireFigures.Basket)] string? BasketValue,
    [property: Description(WireFigures.ItemsPerReceipt)] string? ItemsPerReceipt,
    [property: Description("Number of returns." + WireFigures.Unknown)] long? Returns,
    [property: Description(WireFigures.Visitors)] long? Visitors,
    [property: Description(WireFigures.Conversion)] string? Conversion,
    [property: Description(WireFigures.Coverage)] string? Coverage,
    [property: Description("When the figures were published, UTC.")] DateTimeOffset ComputedAt)
{
    public static StoreDayView Of(StoreDay day) => new(
        day.Store, day.BusinessDate, day.Figures.Currency, WireFigures.Amount(day.Figures.Net), WireFigures.Amount(day.Figures.Tax),
        WireFigures.Amount(day.Figures.Gross), day.Figures.Receipts, WireFigures.Ratio(day.Figures.BasketValue, 2),
        WireFigures.Ratio(day.Figures.ItemsPerReceipt, 2), day.Figures.Returns, day.Figures.Visitors,
        WireFigures.Ratio(day.Figures.Conversion, 4), WireFigures.Ratio(day.Figures.Coverage, 4), day.ComputedAt.ToUniversalTime());
}

/// <summary>One hour on the wire.</summary>
internal sealed record StoreHourView(
    [property: Description("Hours since local midnight of the business date: 25 is 01:00 of the next calendar day.")] int Hour,
    [property: Description("ISO 4217 code of every amount of the item.")] string Currency,
    [property: Description(WireFigures.Net + WireFigures.Unknown)] string? NetSales,
    [property: Description(WireFigures.Tax + WireFigures.Unknown)] string? Tax,
    [property: Description(WireFigures.Gross + WireFigures.Unknown)] string? GrossSales,
    [property: Description(WireFigures.Receipts + WireFigures.Unknown)] long? Receipts,
    [property: Description(WireFigures.Basket)] string? BasketValue,
    [property: Description(WireFigures.ItemsPerReceipt)] string? ItemsPerReceipt,
    [property: Description("Number of returns." + WireFigures.Unknown)] long? Returns,
    [property: Description(WireFigures.Visitors)] long? Visitors,
    [property: Description("Receipts of the hour per visitor of the hour, four decimals rounded half away from zero; receipts lag entry, so it may pass 1.")] string? Conversion,
    [property: Description(WireFigures.Coverage)] string? Coverage)
{
    public static StoreHourView Of(StoreHour hour) => new(
        hour.Hour, hour.Figures.Currency, WireFigures.Amount(hour.Figures.Net), WireFigures.Amount(hour.Figures.Tax), WireFigures.Amount(hour.Figures.Gross),
        hour.Figures.Receipts, WireFigures.Ratio(hour.Figures.BasketValue, 2), WireFigures.Ratio(hour.Figures.ItemsPerReceipt, 2),
        hour.Figures.Returns, hour.Figures.Visitors, WireFigures.Ratio(hour.Figures.Conversion, 4), WireFigures.Ratio(hour.Figures.Coverage, 4));
}

/// <summary>How figures are written for programs, and the words OpenAPI says of them.</summary>
internal static class WireFigures
{
    public const string Net = "Tax-exclusive sales net of returns: exact decimal string in currency units.";
    public const string Tax = "Tax net of returns: exact decimal string in currency units.";
    public const string Gross = "Tax-inclusive sales net of returns: exact decimal string in currency units.";
    public const string Receipts = "Sale receipts, not voided, with at least one line and net of zero or more.";
    public const string Basket = "net_sales / receipts in currency units, two decimals rounded half away from zero; null without a receipt.";
    public const string ItemsPerReceipt = "Merchandise pieces / receipts, two decimals rounded half away from zero; null without a receipt.";
    public const string Visitors = "People counted in during opening hours; null when no counter reported (missing is not zero).";
    public const string Conversion = "receipts / visitors, four decimals rounded half away from zero; null when visitors is null or 0.";
    public const string Coverage = "Counter minutes received / expected, four decimals rounded half away from zero; null when none was expected.";

    public const string Unknown = " Null when no receipt of the store-day arrived (missing is not zero).";

    /// <summary>An exact amount in currency units; null stays null.</summary>
    public static string? Amount(long? micros) => micros is { } known ? Money.Format(known) : null;

    /// <summary>A fixed number of decimals, rounded half away from zero.</summary>
    public static string? Ratio(decimal? value, int decimals) => value is { } known
        ? Math.Round(known, decimals, MidpointRounding.AwayFromZero).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
        : null;
}
