using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Tests.Core;

public sealed class ContentHashTests
{
    private static readonly Transaction Receipt = new()
    {
        EventId = Id128.FromParts("1"),
        Store = "S001",
        StoreAsSent = "POS01",
        Terminal = "POS01",
        ReceiptNumber = "000101",
        Kind = TransactionKind.Sale,
        BusinessDate = new DateOnly(2026, 11, 1),
        BusinessDateSource = BusinessDateSource.Stated,
        OccurredAt = new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.FromHours(9)),
        Clock = ClockSource.Terminal,
        Currency = "JPY",
        Source = new SourceLocation(1, 200, 100),
        Lines = [Line(100)],
        TaxBuckets = [new TaxBucket(800, TaxCategory.Reduced, 100, 8, 108, true, 8)],
    };

    [Fact]
    public void A_resend_elsewhere_in_another_file_has_the_same_hash() =>
        Assert.Equal(ContentHash.Of(Receipt), ContentHash.Of(Receipt with { Source = new SourceLocation(77, 9_000, 100), Lines = [Line(100) with { SourceRow = 77 }] }));

    [Fact]
    public void Whatever_the_receipt_says_changes_the_hash()
    {
        Transaction[] changed =
        [
            Receipt with { Kind = TransactionKind.Return },
            Receipt with { Store = "S002" },
            Receipt with { Guests = 1 },
            Receipt with { SourceRevision = 1 },
            Receipt with { OccurredAt = Receipt.OccurredAt.AddSeconds(1) },
            Receipt with { Lines = [Line(101)] },
            Receipt with { Lines = [Line(100), Line(100)] },
            Receipt with { TaxBuckets = [Receipt.TaxBuckets[0] with { Tax = 7 }] },
            Receipt with { Tenders = [new Tender("cash", 108)] },
            Receipt with { Discounts = [new Discount(0, DiscountKind.Receipt, 1, "")] },
        ];
        Assert.Equal(changed.Length + 1, changed.Append(Receipt).Select(ContentHash.Of).Distinct().Count());
    }

    [Fact]
    public void An_item_met_before_counts_for_what_it_says_and_not_for_where_it_lies()
    {
        var hash = ContentHash.Of(Receipt);
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(hash, ContentHash.Of(Receipt));
            Assert.Equal(hash, ContentHash.Of(Receipt with { Lines = [Line(100) with { Item = new Item(Copy("4901234567894"), Copy("髙級茶"), Copy("01")) }] }));
            foreach (var item in (Item[])[new("4901234567894", "緑茶", "01"), new("4901234567894", "髙級茶", "02"), new("490123456789", "4髙級茶", "01")])
            {
                Assert.NotEqual(hash, ContentHash.Of(Receipt with { Lines = [Line(100) with { Item = item }] }));
                Assert.NotEqual(hash, ContentHash.Of(Receipt with { Lines = [Line(100) with { Item = item }] }));
            }
        }

        static string Copy(string text) => new([.. text]);
    }

    private static TransactionLine Line(long net) => new(
        1, new Item("4901234567894", "髙級茶", "01"), 1_000_000, 108, TaxBasis.Inclusive, 800, TaxCategory.Reduced, 108, 0, net, 8, net + 8, true, 1);
}
