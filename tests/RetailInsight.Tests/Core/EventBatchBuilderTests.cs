using Google.Protobuf;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Tests.Core;

public sealed class EventBatchBuilderTests
{
    private static readonly BatchOrigin Origin = new(
        "acme", "vendor-a", "tills", "vendor-a", 3, "raw/acme/tills", 12, 3_400, new byte[32], new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3_000)]
    public void A_batch_is_byte_for_byte_what_the_generated_message_writes(int receipts)
    {
        var random = new Random(20261121);
        var builder = new EventBatchBuilder(Origin, Id128.FromParts("batch"));
        var expected = new List<Transaction>();
        for (var number = 0; number < receipts; number++)
        {
            var receipt = Receipt(random, number);
            expected.Add(receipt);
            builder.Add(receipt, ContentHash.Of(receipt), 1 + (number % 3));
        }

        builder.Add(Count(random), Id128.FromParts("count"), 2);
        var visitor = new VisitorEvent
        {
            EventId = Id128.FromParts("visitor"),
            Store = "S001",
            Device = "door-1",
            Line = "door",
            Kind = VisitorEventKind.Enter,
            At = new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.FromHours(9)),
            BusinessDate = new DateOnly(2026, 11, 1),
            DurationMilliseconds = (ulong)random.NextInt64(),
            Person = Id128.FromParts("somebody"),
            Staff = random.Next(2) == 0,
            Source = new SourceLocation(1, 0, 10),
        };
        builder.Add(visitor, ContentHash.Of(visitor), 1);
        builder.AlsoTouch("S009", new DateOnly(1969, 12, 31));
        var bytes = builder.Serialize();
        var batch = EventBatch.Parser.ParseFrom(bytes);
        Assert.Equal(batch.ToByteArray(), bytes);
        Assert.Equal(expected.Select(receipt => receipt.Gross), batch.Transactions.Gross);
        Assert.Equal(expected.SelectMany(receipt => receipt.Lines).Select(line => line.Quantity), batch.Lines.Quantity);
        Assert.Equal(expected.SelectMany(receipt => receipt.Lines).Select(line => line.Item.Name), batch.Lines.ItemName.Select(at => batch.Strings[(int)at]));
        Assert.Equal(batch.Strings.Count, batch.Strings.Distinct().Count());
        Assert.Equal(-1, batch.AlsoTouched.BusinessDate.Single());
    }

    private static Transaction Receipt(Random random, int number) => new()
    {
        EventId = Id128.FromParts("receipt", $"{number}"),
        Store = "S001",
        StoreAsSent = "POS01",
        Terminal = new string("POS01"),
        ReceiptNumber = $"{number:D6}",
        Kind = (TransactionKind)random.Next(1, 6),
        BusinessDate = new DateOnly(2026, 11, 1).AddDays(-random.Next(40_000)),
        BusinessDateSource = BusinessDateSource.Derived,
        OccurredAt = new DateTimeOffset(1960, 1, 1, 10, 0, 0, TimeSpan.FromHours(-5)).AddSeconds(random.NextInt64(4_000_000_000)),
        Clock = ClockSource.Terminal,
        Currency = "JPY",
        Guests = (uint)random.Next(),
        Customer = random.Next(2) == 0 ? "" : "会員0001",
        OriginalEventId = random.Next(9) == 0 ? Id128.FromParts("original") : Id128.None,
        Source = new SourceLocation(number + 1, random.NextInt64(1L << 40), 80),
        Lines = [.. Enumerable.Range(1, random.Next(6)).Select(line => new TransactionLine(
            line, new Item($"{random.Next(100)}", $"品名{random.Next(100)}", "01"), random.NextInt64() - random.NextInt64(), 108, TaxBasis.Inclusive, 800, TaxCategory.Reduced,
            long.MinValue, long.MaxValue, 0, -1, 1, random.Next(2) == 0, line))],
        TaxBuckets = [new TaxBucket(800, TaxCategory.Reduced, random.Next(), -8, random.Next(), true, 8)],
        Tenders = [new Tender("cash", random.Next())],
        Discounts = [new Discount(0, DiscountKind.Receipt, 1, "割引")],
    };

    private static PeopleCount Count(Random random) => new()
    {
        EventId = Id128.FromParts("count"),
        Store = "S001",
        Device = "door-1",
        Line = "1",
        Kind = CountKind.Interval,
        From = new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.FromHours(9)),
        To = new DateTimeOffset(2026, 11, 1, 10, 15, 0, TimeSpan.FromHours(9)),
        BusinessDate = new DateOnly(2026, 11, 1),
        Entered = (uint)random.Next(),
        Left = uint.MaxValue,
        Source = new SourceLocation(1, 0, 10),
    };
}
