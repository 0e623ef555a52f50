using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Gateway.Receipts;

/// <summary>
/// Adds receipts up the way a register's own day report does: sales and returns. A void, a cancelled or a training
/// receipt is no turnover of its own, so it counts as a row and not as money. Sums are kept in decimal, which no
/// number of receipts can overflow.
/// </summary>
internal sealed class SalesTotals
{
    private readonly Dictionary<string, Amounts> _byCurrency = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Store, DateOnly Date, string Currency, int Rate), Amounts> _byDay = [];
    private readonly HashSet<int> _rates = [];

    /// <summary>Adds a receipt, if it is a sale or a return.</summary>
    public void Add(Transaction transaction)
    {
        if (transaction.Kind is not (TransactionKind.Sale or TransactionKind.Return))
        {
            return;
        }

        _rates.Clear();
        var total = Of(_byCurrency, transaction.Currency);
        foreach (var bucket in transaction.TaxBuckets)
        {
            total.Add(bucket);
            var day = Of(_byDay, (transaction.Store, transaction.BusinessDate, transaction.Currency, bucket.RateBasisPoints));
            day.Add(bucket);

            // Standard and reduced 8 % are two buckets of one receipt.
            day.Receipts += _rates.Add(bucket.RateBasisPoints) ? 1 : 0;
        }
    }

    /// <summary>Adds totals that were added up before.</summary>
    public void Add(IReadOnlyList<MoneyTotal> byCurrency, IReadOnlyList<DayTotal> byDay)
    {
        foreach (var total in byCurrency)
        {
            Of(_byCurrency, total.Currency).Add(Amount(total.Net), Amount(total.Tax), Amount(total.Gross));
        }

        foreach (var day in byDay)
        {
            var amounts = Of(_byDay, (day.Store, day.BusinessDate, day.Currency, (int)(Amount(day.Rate) * 10_000m)));
            amounts.Add(Amount(day.Net), Amount(day.Tax), Amount(day.Gross));
            amounts.Receipts += day.Receipts;
        }
    }

    /// <summary>Totals by currency code.</summary>
    public List<MoneyTotal> ByCurrency() =>
    [
        .. _byCurrency.OrderBy(total => total.Key, StringComparer.Ordinal)
            .Select(total => new MoneyTotal(total.Key, Text(total.Value.Net), Text(total.Value.Tax), Text(total.Value.Gross))),
    ];

    /// <summary>Totals by store, business date, currency and rate, in that order.</summary>
    public List<DayTotal> ByDay() =>
    [
        .. _byDay.OrderBy(day => day.Key.Store, StringComparer.Ordinal).ThenBy(day => day.Key.Date)
            .ThenBy(day => day.Key.Currency, StringComparer.Ordinal).ThenBy(day => day.Key.Rate)
            .Select(day => new DayTotal(
                day.Key.Store,
                day.Key.Date,
                day.Key.Currency,
                Text(day.Key.Rate / 10_000m),
                Text(day.Value.Net),
                Text(day.Value.Tax),
                Text(day.Value.Gross),
                day.Value.Receipts)),
    ];

    private static Amounts Of<TKey>(Dictionary<TKey, Amounts> totals, TKey key)
        where TKey : notnull
    {
        if (!totals.TryGetValue(key, out var amounts))
        {
            totals.Add(key, amounts = new Amounts());
        }

        return amounts;
    }

    private static decimal Amount(string text) => decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);

    private static string Text(decimal amount) => amount.ToString("0.######", CultureInfo.InvariantCulture);

    private sealed class Amounts
    {
        public decimal Net { get; private set; }

        public decimal Tax { get; private set; }

        public decimal Gross { get; private set; }

        public int Receipts { get; set; }

        public void Add(TaxBucket bucket) => Add(Money.ToDecimal(bucket.Net), Money.ToDecimal(bucket.Tax), Money.ToDecimal(bucket.Gross));

        public void Add(decimal net, decimal tax, decimal gross)
        {
            Net += net;
            Tax += tax;
            Gross += gross;
        }
    }
}
