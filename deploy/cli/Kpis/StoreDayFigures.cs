using System.Globalization;

namespace RetailInsight.Cli;

/// <summary>One store-day of the API.</summary>
internal sealed record StoreDayFigures(
    string Store,
    DateOnly BusinessDate,
    string Currency,
    string NetSales,
    string Tax,
    string GrossSales,
    long Receipts,
    long Returns,
    string? BasketValue = null,
    string? ItemsPerReceipt = null,
    long? Visitors = null,
    string? Conversion = null,
    string? Coverage = null);

/// <summary>
/// Figures of a period in one currency. Ratios are those of the sums, so a busy day weighs more: basket value = Σ net ÷ Σ receipts, conversion =
/// Σ receipts ÷ Σ visitors over the days a counter reported. Items per receipt are weighed by receipts from daily figures of two decimals.
/// </summary>
internal sealed record PeriodFigures(
    string Currency,
    int Days,
    string NetSales,
    string Tax,
    string GrossSales,
    long Receipts,
    string? BasketValue,
    string? ItemsPerReceipt,
    long Returns,
    long? Visitors,
    string? Conversion)
{
    public static PeriodFigures Of(string currency, IReadOnlyCollection<StoreDayFigures> days)
    {
        var receipts = days.Sum(day => day.Receipts);
        var net = days.Sum(day => Number(day.NetSales));
        var items = days.Sum(day => day.ItemsPerReceipt is null ? 0 : Number(day.ItemsPerReceipt) * day.Receipts);
        var counted = days.Where(day => day.Visitors is not null).ToArray();
        var visitors = counted.Sum(day => day.Visitors!.Value);
        return new PeriodFigures(
            currency,
            days.Count,
            Text(net),
            Text(days.Sum(day => Number(day.Tax))),
            Text(days.Sum(day => Number(day.GrossSales))),
            receipts,
            Ratio(net, receipts, 2),
            Ratio(items, receipts, 2),
            days.Sum(day => day.Returns),
            counted.Length == 0 ? null : visitors,
            Ratio(counted.Sum(day => day.Receipts), visitors, 4));
    }

    private static string? Ratio(decimal part, long whole, int decimals) => whole == 0
        ? null
        : Math.Round(part / whole, decimals, MidpointRounding.AwayFromZero).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);
}
