using RetailInsight.Core.Calendar;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Kpis;

/// <summary>
/// The counted figures of a store-day, an hour, or a sum of them, and the ratios that follow. Money is in micros. Numerators and
/// denominators are kept apart, so the ratio of a chain is the ratio of its sums and not a mean of ratios.
/// </summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Net">Tax-exclusive, net of returns; micros. Null, as the other figures of sales then are, where no receipt of any kind came: missing is not zero.</param>
/// <param name="Tax">Micros.</param>
/// <param name="Gross">Micros.</param>
/// <param name="Receipts">Sales, not voided.</param>
/// <param name="Items">Micros of merchandise quantity on those receipts.</param>
/// <param name="Returns">How many.</param>
/// <param name="Visitors">Null when no counter reported: missing is not zero.</param>
/// <param name="CountedReceipts">Receipts where visitors are known: the numerator of the conversion.</param>
/// <param name="CountedVisitors">Visitors where receipts are known: its denominator.</param>
/// <param name="ObservedMinutes">Counter minutes received.</param>
/// <param name="ExpectedMinutes">Opening minutes times door lines.</param>
internal sealed record Figures(
    string Currency, long? Net, long? Tax, long? Gross, long? Receipts, long? Items, long? Returns,
    long? Visitors, long CountedReceipts, long CountedVisitors, long ObservedMinutes, long ExpectedMinutes)
{
    /// <summary>純売上: net sales in currency units; null where no receipt came.</summary>
    public decimal? NetSales => Net is { } micros ? Money.ToDecimal(micros) : null;

    /// <summary>客単価: net sales per receipt in currency units, so that sales = receipts × basket value; null without a receipt.</summary>
    public decimal? BasketValue => Ratio(NetSales, Receipts);

    /// <summary>買上点数: merchandise pieces per receipt; null without a receipt.</summary>
    public decimal? ItemsPerReceipt => Ratio(Items is { } micros ? Money.ToDecimal(micros) : null, Receipts);

    /// <summary>買上率: receipts per visitor, of the parts of which both are known; null when nobody was counted there.</summary>
    public decimal? Conversion => Ratio(CountedReceipts, CountedVisitors);

    /// <summary>充足率: counter minutes received of those expected; null when none was expected.</summary>
    public decimal? Coverage => Ratio(ObservedMinutes, ExpectedMinutes);

    /// <summary>The share of the minutes expected with which visitors are compared and explained; with less they are for reference.</summary>
    public const decimal EnoughMinutes = 0.9m;

    /// <summary>Whether enough counter minutes arrived for visitors to be compared and explained.</summary>
    public bool IsCounterReliable => Coverage is null or >= EnoughMinutes;

    /// <summary>一品単価: net sales per piece in currency units; null without a piece.</summary>
    public decimal? PricePerItem => Items is { } items and not 0 ? (decimal?)Net / items : null;

    /// <summary>
    /// The change of net sales since other figures, split over the factors whose product sales are; null where one side has no receipt.
    /// Visitors take part where both sides counted them well and all receipts come from stores that count.
    /// </summary>
    public Decomposition? ChangeFrom(Figures before)
    {
        var counted = CountsExplain(this) && CountsExplain(before);
        SalesFigures? Of(Figures figures) => figures is { Net: { } net, Receipts: { } receipts and not 0, Items: { } items }
            ? new(net, receipts, items, counted ? figures.Visitors : null) : null;
        return Of(before) is { } then && Of(this) is { } now ? Decomposition.Of(then, now, Money.MinorUnitMicros(Currency)) : null;
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

    private static bool CountsExplain(Figures figures) =>
        figures.Conversion is > 0 && figures.CountedReceipts == figures.Receipts && figures.CountedVisitors == figures.Visitors && figures.IsCounterReliable;

    private static Figures Add(Figures left, Figures right) => left.Currency != right.Currency
        ? throw new ArgumentException($"{left.Currency} and {right.Currency} cannot be added.")
        : new Figures(
            left.Currency, Known(left.Net, right.Net), Known(left.Tax, right.Tax), Known(left.Gross, right.Gross), Known(left.Receipts, right.Receipts),
            Known(left.Items, right.Items), Known(left.Returns, right.Returns), Known(left.Visitors, right.Visitors),
            left.CountedReceipts + right.CountedReceipts, left.CountedVisitors + right.CountedVisitors, left.ObservedMinutes + right.ObservedMinutes, left.ExpectedMinutes + right.ExpectedMinutes);

    private static long? Known(long? left, long? right) => left is null && right is null ? null : (left ?? 0) + (right ?? 0);

    private static decimal? Ratio(decimal? numerator, long? denominator) => denominator is null or 0 ? null : numerator / denominator;
}

/// <summary>What one store did on one trading day. <paramref name="ComputedAt"/> is UTC.</summary>
internal sealed record StoreDay(string Store, DateOnly BusinessDate, Figures Figures, DateTimeOffset ComputedAt);

/// <summary>One hour since local midnight of the business date, 0 to 47.</summary>
internal sealed record StoreHour(string Store, DateOnly BusinessDate, int Hour, Figures Figures);

/// <summary>One hour since local midnight of a business date, summed over stores.</summary>
internal sealed record HourTotal(DateOnly Date, int Hour, Figures Figures);

/// <summary>A trading day, summed over stores. <paramref name="Stores"/>: those whose registers reported. <paramref name="ComputedAt"/>: when the oldest of the figures was published, UTC.</summary>
internal sealed record DayTotal(DateOnly Date, int Stores, Figures Figures, DateTimeOffset ComputedAt);

/// <summary>
/// A day beside another one, both of the stores whose registers reported on both. <paramref name="Stores"/>: how many these are.
/// </summary>
internal sealed record PairTotal(DateOnly Date, int Stores, Figures Now, Figures Then);

/// <summary>A store's days beside others, of the days on which its registers reported on both sides.</summary>
internal sealed record StorePair(string Store, int Days, Figures Now, Figures Then);

/// <summary>A span of a store. <paramref name="Days"/>: trading days of which receipts came, <paramref name="CountedDays"/>: of which counts came.</summary>
internal sealed record StoreTotal(string Store, int Days, int CountedDays, Figures Figures);

/// <summary>A date with figures.</summary>
/// <param name="Date">Trading day.</param>
/// <param name="Stores">Stores whose registers reported; 0 where only counters did.</param>
/// <param name="ComputedAt">When the oldest of their figures was published, UTC.</param>
/// <param name="Currency">ISO 4217 code; of several the last in the alphabet.</param>
internal sealed record ReportedDay(DateOnly Date, int Stores, DateTimeOffset ComputedAt, string Currency)
{
    /// <summary>What amounts are in: of one store its latest in the days at hand, else the company's.</summary>
    public static string CurrencyOf(IReadOnlyList<ReportedDay> days, bool ofOneStore, string company) => !ofOneStore || days.Count == 0 ? company : days[^1].Currency;
}
