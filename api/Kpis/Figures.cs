using RetailInsight.Core.Calendar;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Kpis;

/// <summary>
/// The counted figures of a store-day, an hour, or a sum of them, and the ratios that follow. Money is in micros. Numerators and
/// denominators are kept apart, so the ratio of a chain is the ratio of its sums and not a mean of ratios.
/// </summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Net">Tax-exclusive, net of returns; micros.</param>
/// <param name="Tax">Micros.</param>
/// <param name="Gross">Micros.</param>
/// <param name="Receipts">Sales, not voided.</param>
/// <param name="Items">Micros of merchandise quantity on those receipts.</param>
/// <param name="Returns">How many.</param>
/// <param name="Visitors">Null when no counter reported: missing is not zero.</param>
/// <param name="CountedReceipts">Receipts where visitors are known: the numerator of the conversion.</param>
/// <param name="ObservedMinutes">Counter minutes received.</param>
/// <param name="ExpectedMinutes">Opening minutes times door lines.</param>
internal sealed record Figures(
    string Currency, long Net, long Tax, long Gross, long Receipts, long Items, long Returns,
    long? Visitors, long CountedReceipts, long ObservedMinutes, long ExpectedMinutes)
{
    /// <summary>客単価: net sales per receipt in currency units, so that sales = receipts × basket value; null without a receipt.</summary>
    public decimal? BasketValue => Ratio(Money.ToDecimal(Net), Receipts);

    /// <summary>買上点数: merchandise pieces per receipt; null without a receipt.</summary>
    public decimal? ItemsPerReceipt => Ratio(Money.ToDecimal(Items), Receipts);

    /// <summary>買上率: receipts per visitor; null when nobody was counted.</summary>
    public decimal? Conversion => Visitors is { } visitors ? Ratio(CountedReceipts, visitors) : null;

    /// <summary>充足率: counter minutes received of those expected; null when none was expected.</summary>
    public decimal? Coverage => Ratio(ObservedMinutes, ExpectedMinutes);

    /// <summary>Whether enough counter minutes arrived for visitors to be compared and explained: 90 % of those expected.</summary>
    public bool IsCounterReliable => Coverage is null or >= 0.9m;

    /// <summary>一品単価: net sales per piece in currency units; null without a piece.</summary>
    public decimal? PricePerItem => Items == 0 ? null : (decimal)Net / Items;

    /// <summary>
    /// The change of net sales since other figures, split over the factors whose product sales are; null where one side has no receipt.
    /// Visitors take part where both sides counted them well and all receipts come from stores that count.
    /// </summary>
    public Decomposition? ChangeFrom(Figures before)
    {
        if (Receipts == 0 || before.Receipts == 0)
        {
            return null;
        }

        var counted = CountsExplain(this) && CountsExplain(before);
        SalesFigures Of(Figures figures) => new(figures.Net, figures.Receipts, figures.Items, counted ? figures.Visitors : null);
        return Decomposition.Of(Of(before), Of(this), Money.MinorUnitMicros(Currency));
    }

    /// <summary>The sum of figures in one currency; null of nothing.</summary>
    /// <exception cref="ArgumentException">The currencies differ.</exception>
    public static Figures? Sum(IEnumerable<Figures> parts)
    {
        Figures? sum = null;
        foreach (var part in parts)
        {
            sum = sum is null ? part : Add(sum, part);
        }

        return sum;
    }

    private static bool CountsExplain(Figures figures) => figures.Conversion is > 0 && figures.CountedReceipts == figures.Receipts && figures.IsCounterReliable;

    private static Figures Add(Figures left, Figures right) => left.Currency != right.Currency
        ? throw new ArgumentException($"{left.Currency} and {right.Currency} cannot be added.")
        : new Figures(
            left.Currency, left.Net + right.Net, left.Tax + right.Tax, left.Gross + right.Gross, left.Receipts + right.Receipts,
            left.Items + right.Items, left.Returns + right.Returns,
            left.Visitors is null && right.Visitors is null ? null : (left.Visitors ?? 0) + (right.Visitors ?? 0),
            left.CountedReceipts + right.CountedReceipts, left.ObservedMinutes + right.ObservedMinutes, left.ExpectedMinutes + right.ExpectedMinutes);

    private static decimal? Ratio(decimal numerator, long denominator) => denominator == 0 ? null : numerator / denominator;
}

/// <summary>What one store did on one trading day. <paramref name="ComputedAt"/> is UTC.</summary>
internal sealed record StoreDay(string Store, DateOnly BusinessDate, Figures Figures, DateTimeOffset ComputedAt);

/// <summary>One hour since local midnight of the business date, 0 to 47.</summary>
internal sealed record StoreHour(string Store, DateOnly BusinessDate, int Hour, Figures Figures);

/// <summary>One hour since local midnight of a business date, summed over stores.</summary>
internal sealed record HourTotal(DateOnly Date, int Hour, Figures Figures);

/// <summary>A trading day, summed over stores. <paramref name="ComputedAt"/>: when the oldest of the figures was published, UTC.</summary>
internal sealed record DayTotal(DateOnly Date, int Stores, Figures Figures, DateTimeOffset ComputedAt);

/// <summary>A span of a store. <paramref name="Days"/>: trading days with figures.</summary>
internal sealed record StoreTotal(string Store, int Days, Figures Figures);

/// <summary>A date with figures.</summary>
/// <param name="Date">Trading day.</param>
/// <param name="Stores">Stores that reported.</param>
/// <param name="ComputedAt">When the oldest of their figures was published, UTC.</param>
/// <param name="Currency">ISO 4217 code; of several the last in the alphabet.</param>
internal sealed record ReportedDay(DateOnly Date, int Stores, DateTimeOffset ComputedAt, string Currency);
