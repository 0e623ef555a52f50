using System.Globalization;

namespace RetailInsight.Cli;

/// <summary>One store-day of the API. Figures of sales are null where no receipt of the day arrived.</summary>
internal sealed record StoreDayFigures(
    string Store,
    DateOnly BusinessDate,
    string Currency,
    string? NetSales,
    string? Tax,
    string? GrossSales,
    long? Receipts,
    long? Returns,
    string? BasketValue = null,
    string? ItemsPerReceipt = null,
    long? Visitors = null,
    string? Conversion = null,
    string? Coverage = null);

/// <summary>
/// Figures of a period in one currency. Ratios are those of the sums, so a busy day weighs more: basket value = Σ net ÷ Σ receipts, conversion =
/// Σ receipts ÷ Σ visitors over the days of which counts and receipts arrived. Days are those with receipts. Items per receipt are weighed by receipts from daily figures of two decimals.
/// </summary>
internal sealed record PeriodFigures(
    string Currency,
    int Days,
    string? NetSales,
    string? Tax,
    string? GrossSales,
    long? Receipts,
    string? BasketValue,
    string? ItemsPerReceipt,
    long? Returns,
    long? Visitors,
    string? Conversion)
{
    public static PeriodFigures Of(string currency, IReadOnlyCollection<StoreDayFigures> days)
    {
        var sold = days.Where(day => day.Receipts is not null).ToArray();
        var counted = days.Where(day => day.Visitors is not null).ToArray();
        if (sold.Length == 0)
        {
            return new PeriodFigures(currency, 0, null, null, null, null, null, null, null, counted.Length == 0 ? null : counted.Sum(day => day.Visitors!.Value), null);
        }

        var receipts = sold.Sum(day => day.Receipts!.Value);
        var net = sold.Sum(day => Number(day.NetSales));
        var items = sold.Sum(day => day.ItemsPerReceipt is null ? 0 : Number(day.ItemsPerReceipt) * day.Receipts!.Value);
        var both = counted.Where(day => day.Receipts is not null).ToArray();
        return new PeriodFigures(
            currency,
            sold.Length,
            Text(net),
            Text(sold.Sum(day => Number(day.Tax))),
            Text(sold.Sum(day => Number(day.GrossSales))),
            receipts,
            Ratio(net, receipts, 2),
            Ratio(items, receipts, 2),
            sold.Sum(day => day.Returns ?? 0),
            counted.Length == 0 ? null : counted.Sum(day => day.Visitors!.Value),
            Ratio(both.Sum(day => day.Receipts!.Value), both.Sum(day => day.Visitors!.Value), 4));
    }

    private static string? Ratio(decimal part, long whole, int decimals) => whole == 0
        ? null
        : Math.Round(part / whole, decimals, MidpointRounding.AwayFromZero).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static decimal Number(string? text) => text is null ? 0 : decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);
}
