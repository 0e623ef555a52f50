using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Gateway.Receipts;

namespace RetailInsight.Tests.Gateway;

public sealed class SalesTotalsTests
{
    private const long Yen = 1_000_000;

    [Fact]
    public void Sales_and_returns_are_turnover_and_nothing_else_is()
    {
        var totals = new SalesTotals();
        foreach (var kind in Enum.GetValues<TransactionKind>())
        {
            totals.Add(Receipt(kind, "JPY", new TaxBucket(1000, TaxCategory.Standard, 100 * Yen, 10 * Yen, 110 * Yen, true, 10 * Yen)));
        }

        Assert.Equal([new MoneyTotal("JPY", "200", "20", "220")], totals.ByCurrency());
        Assert.Equal(2, Assert.Single(totals.ByDay()).Receipts);
    }

    [Fact]
    public void A_receipt_with_two_categories_of_one_rate_is_one_receipt_of_the_rate()
    {
        var totals = new SalesTotals();
        totals.Add(Receipt(
            TransactionKind.Sale,
            "JPY",
            new TaxBucket(800, TaxCategory.Standard, 100 * Yen, 8 * Yen, 108 * Yen, true, 8 * Yen),
            new TaxBucket(800, TaxCategory.Reduced, 200 * Yen, 16 * Yen, 216 * Yen, true, 16 * Yen),
            new TaxBucket(1000, TaxCategory.Standard, 1_000 * Yen, 100 * Yen, 1_100 * Yen, true, 100 * Yen)));
        Assert.Equal(
            [
                new DayTotal("S001", new DateOnly(2026, 11, 1), "JPY", "0.08", "300", "24", "324", 1),
                new DayTotal("S001", new DateOnly(2026, 11, 1), "JPY", "0.1", "1000", "100", "1100", 1),
            ],
            totals.ByDay());
    }

    [Fact]
    public void Currencies_stay_apart_and_sums_beyond_64_bits_stay_exact()
    {
        var totals = new SalesTotals();
        for (var i = 0; i < 3; i++)
        {
            totals.Add(Receipt(TransactionKind.Sale, "JPY", new TaxBucket(0, TaxCategory.Exempt, long.MaxValue, 0, long.MaxValue, false, 0)));
        }

        totals.Add(Receipt(TransactionKind.Return, "GBP", new TaxBucket(0, TaxCategory.Exempt, -2_550_000, 0, -2_550_000, false, 0)));
        Assert.Equal(
            [new MoneyTotal("GBP", "-2.55", "0", "-2.55"), new MoneyTotal("JPY", "27670116110564.327421", "0", "27670116110564.327421")],
            totals.ByCurrency());
    }

    private static Transaction Receipt(TransactionKind kind, string currency, params TaxBucket[] buckets) => new()
    {
        EventId = Id128.FromParts(kind.ToString()),
        Store = "S001",
        StoreAsSent = "S001",
        Terminal = "1",
        ReceiptNumber = "1",
        Kind = kind,
        BusinessDate = new DateOnly(2026, 11, 1),
        BusinessDateSource = BusinessDateSource.Stated,
        OccurredAt = new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.FromHours(9)),
        Clock = ClockSource.Terminal,
        Currency = currency,
        Source = default,
        Lines = [],
        TaxBuckets = [.. buckets],
    };
}
