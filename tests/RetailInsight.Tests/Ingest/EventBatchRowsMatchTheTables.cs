using System.Globalization;
using Google.Protobuf;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ingest.Batches;
using RetailInsight.Ingest.Ledger;

namespace RetailInsight.Tests.Ingest;

public sealed class EventBatchRowsMatchTheTables
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    [Fact]
    public void Every_table_gets_its_columns_in_order_with_their_types()
    {
        var tables = EventBatchRows.Of(Parsed(Batch())).Tables;

        foreach (var table in RawTables.All.Where(table => table != RawTables.StoreSnapshot))
        {
            Assert.Equal(
                table.Columns.Select(column => (column.Name, column.Type)),
                tables[table.Name].Columns.Select(column => (column.Name, column.Type)));
            Assert.All(tables[table.Name].Columns, column => Assert.Equal(tables[table.Name].RowCount, column.Count));
            Assert.All(
                table.Columns.Zip(tables[table.Name].Columns),
                pair => Assert.True(pair.First.Nullable || pair.Second.IsNull is null, pair.First.Name));
        }
    }

    [Fact]
    public void Lines_carry_the_partition_of_their_receipt_and_point_at_it()
    {
        var tables = EventBatchRows.Of(Parsed(Batch())).Tables;
        var lines = tables["raw_pos_line"];
        var receipts = Column<long>(tables["raw_pos_transaction"], "receipt_key");
        var batch = unchecked((long)Id128.FromParts("batch").Hi);

        Assert.Equal(["s1", "s1", "s2"], Column<string>(lines, "store"));
        Assert.Equal([batch, unchecked(batch + 1)], receipts);
        Assert.Equal([receipts[0], receipts[0], receipts[1]], Column<long>(lines, "receipt_key"));
        Assert.Equal([batch], Column<long>(tables["raw_batch"], "batch_key"));
        Assert.Equal([batch, batch], Column<long>(tables["raw_pos_transaction"], "batch_key"));
        Assert.Equal([Id("a"), Id("v")], Column<string>(tables["raw_pos_transaction"], "event_id"));
        Assert.Equal([1L, 2], Column<long>(tables["raw_pos_transaction"], "revision"));
        Assert.Equal(Day.AddDays(1), lines["business_date"].DateAt(2));
        Assert.Equal([true, false, true], Column<bool>(lines, "merchandise"));
    }

    [Fact]
    public void Enums_are_snake_case_and_no_original_is_null()
    {
        var tables = EventBatchRows.Of(Parsed(Batch())).Tables;
        var receipts = tables["raw_pos_transaction"];

        Assert.Equal(["sale", "cash_movement"], Column<string>(receipts, "kind"));
        Assert.Equal(["stated", "derived"], Column<string>(receipts, "business_date_source"));
        Assert.True(receipts["original_event_id"].IsNullAt(0));
        Assert.Equal(Id("a"), receipts["original_event_id"].StringAt(1));
        Assert.Equal(["tax_free", "reduced"], Column<string>(tables["raw_pos_tax"], "tax_category"));
        Assert.Equal([1L, 2], Column<long>(tables["raw_pos_tender"], "tender_number"));
        Assert.Equal(["points"], Column<string>(tables["raw_pos_discount"], "kind"));
        Assert.Equal(["interval"], Column<string>(tables["raw_iot_count"], "kind"));
        Assert.Equal(["pass_by", "stop"], Column<string>(tables["raw_visitor_event"], "kind"));
        Assert.Equal([12_345L, 12_345], Column<long>(tables["raw_visitor_event"], "duration_ms"));
        Assert.Equal(Id("somebody"), tables["raw_visitor_event"]["person"].StringAt(0));
        Assert.True(tables["raw_visitor_event"]["person"].IsNullAt(1));
    }

    [Fact]
    public void The_ledger_entry_counts_records_by_partition_and_adds_those_touched_without_records()
    {
        var entry = LedgerEntry.Of(Parsed(Batch()));

        Assert.Equal(5, entry.Records);
        Assert.Equal(
            new Dictionary<PartitionKey, long>
            {
                [new("t", "s1", Day, Datasets.PosTransaction)] = 1,
                [new("t", "s2", Day.AddDays(1), Datasets.PosTransaction)] = 1,
                [new("t", "s1", Day, Datasets.PeopleCount)] = 1,
                [new("t", "s2", Day, Datasets.VisitorEvent)] = 2,
                [new("t", "s1", Day.AddDays(-3), Datasets.PosTransaction)] = 0,
                [new("t", "s1", Day.AddDays(-3), Datasets.PeopleCount)] = 0,
                [new("t", "s1", Day.AddDays(-3), Datasets.VisitorEvent)] = 0,
            }.OrderBy(pair => pair.ToString()),
            entry.Touched.OrderBy(pair => pair.ToString()));
    }

    public static TheoryData<string, Action<EventBatch>> Faults => new()
    {
        { "lines.net has 4 elements where lines.transaction has 3", batch => batch.Lines.Net.Add(1) },
        { "lines.transaction[0] = 2 points outside the 2 transactions", batch => batch.Lines.Transaction[0] = 2 },
        { "transactions.store[1] = 999 points outside", batch => batch.Transactions.Store[1] = 999 },
        { "transactions.kind[0] = 99 is not a value", batch => batch.Transactions.Kind[0] = (TransactionKind)99 },
        { "transactions.kind[1] = Unspecified is not a value", batch => batch.Transactions.Kind[1] = TransactionKind.Unspecified },
        { "transactions.kind[1] = -1 is not a value", batch => batch.Transactions.Kind[1] = (TransactionKind)(-1) },
        { "transactions.business_date[0] = 2147483647 is outside", batch => batch.Transactions.BusinessDate[0] = int.MaxValue },
        { "transactions.revision[0] = 0 is not 1 or more", batch => batch.Transactions.Revision[0] = 0 },
        { "people_counts.from_us[0] = 9223372036854775807 is outside", batch => batch.PeopleCounts.FromUs[0] = long.MaxValue },
        { "batch_id is not 32", batch => batch.BatchId = "x" },
        { "tenant is empty", batch => batch.Tenant = "" },
        { "visitor_events.line[1] = 500 points outside", batch => batch.VisitorEvents.Line[1] = 500 },
        { "visitor_events.person_lo has 1 elements", batch => batch.VisitorEvents.PersonLo.RemoveAt(0) },
        { "visitor_events.kind[0] = Unspecified is not a value", batch => batch.VisitorEvents.Kind[0] = VisitorEventKind.Unspecified },
        { "also_touched.store[0] = 500 points outside", batch => batch.AlsoTouched.Store[0] = 500 },
        { "strings[0] is not the empty string", batch => batch.Strings[0] = "x" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_malformed_batch_is_refused_with_the_field_and_the_row(string complaint, Action<EventBatch> spoil)
    {
        var batch = Batch();
        spoil(batch);

        var (sound, malformed) = EventBatchShape.Parse(batch.ToByteArray());

        Assert.Contains(complaint, malformed, StringComparison.Ordinal);
        Assert.Empty(sound);
    }

    [Fact]
    public void A_batch_at_fault_is_named_and_keeps_none_of_its_bundle_back()
    {
        var (first, bad, last) = (Batch(), Batch(), Batch());
        (first.BatchId, last.BatchId) = (Id("1"), Id("3"));
        bad.Tenant = "";

        var (sound, malformed) = EventBatchShape.Parse(EventBundle.Pack([.. new[] { first, bad, last }.Select(batch => (ReadOnlyMemory<byte>)batch.ToByteArray())]));

        Assert.Equal([first.BatchId, last.BatchId], sound.Select(batch => batch.BatchId));
        Assert.Equal($"Batch '{bad.BatchId}' of 3: tenant is empty.", malformed);
    }

    [Fact]
    public void Bytes_that_are_no_protobuf_are_refused()
    {
        Assert.Contains("not a protobuf EventBatch", EventBatchShape.Parse([0xff, 0xff, 0xff]).Malformed, StringComparison.Ordinal);
        Assert.Contains("schema_version is missing", EventBatchShape.Parse([]).Malformed, StringComparison.Ordinal);
    }

    private static EventBatch Parsed(EventBatch batch) => Assert.Single(EventBatchShape.Parse(batch.ToByteArray()).Batches);

    private static T[] Column<T>(RowBlock block, string name) => (T[])block[name].Values;

    private static string Id(string key) => Id128.FromParts(key).ToString();

    private static EventBatch Batch()
    {
        var at = DateTimeOffset.Parse("2026-11-20T10:00:00+09:00", CultureInfo.InvariantCulture);
        var origin = new BatchOrigin("t", "v", "f", "p", 3, "o", 7, 9, new byte[32], at);
        var builder = new EventBatchBuilder(origin, Id128.FromParts("batch"));
        var first = new Transaction
        {
            EventId = Id128.FromParts("a"),
            Store = "s1",
            StoreAsSent = "S-1",
            Terminal = "1",
            ReceiptNumber = "100",
            Kind = TransactionKind.Sale,
            BusinessDate = Day,
            BusinessDateSource = BusinessDateSource.Stated,
            OccurredAt = at,
            Clock = ClockSource.Terminal,
            Currency = "JPY",
            Source = new SourceLocation(1, 0, 10),
            Lines = [Line(1, true), Line(2, false)],
            TaxBuckets = [new TaxBucket(0, TaxCategory.TaxFree, 100, 0, 100, true, 0)],
            Tenders = [new Tender("cash", 50), new Tender("card", 50)],
            Discounts = [new Discount(0, DiscountKind.Points, 5, "P")],
        };
        builder.Add(first, ContentHash.Of(first), 1);
        builder.Add(
            first with
            {
                EventId = Id128.FromParts("v"),
                Store = "s2",
                Kind = TransactionKind.CashMovement,
                BusinessDate = Day.AddDays(1),
                BusinessDateSource = BusinessDateSource.Derived,
                OriginalEventId = Id128.FromParts("a"),
                Lines = [Line(1, true)],
                TaxBuckets = [new TaxBucket(800, TaxCategory.Reduced, 100, 8, 108, true, 8)],
                Tenders = [],
                Discounts = [],
            },
            Id128.FromParts("h"),
            2);
        var count = new PeopleCount
        {
            EventId = Id128.FromParts("c"),
            Store = "s1",
            Device = "d",
            Line = "l",
            Kind = CountKind.Interval,
            From = at,
            To = at.AddMinutes(15),
            BusinessDate = Day,
            Entered = 4,
            Left = 3,
            Source = new SourceLocation(1, 0, 10),
        };
        builder.Add(count, ContentHash.Of(count), 1);
        var visitor = new VisitorEvent
        {
            EventId = Id128.FromParts("e"),
            Store = "s2",
            Device = "d",
            Line = "l",
            Zone = "z",
            Kind = VisitorEventKind.PassBy,
            At = at,
            BusinessDate = Day,
            DurationMilliseconds = 12_345,
            Person = Id128.FromParts("somebody"),
            Staff = true,
            Source = new SourceLocation(2, 10, 10),
        };
        builder.Add(visitor, ContentHash.Of(visitor), 1);
        builder.Add(visitor with { EventId = Id128.FromParts("f"), Kind = VisitorEventKind.Stop, Person = Id128.None }, ContentHash.Of(visitor), 2);
        builder.AlsoTouch("s1", Day.AddDays(-3));
        return EventBatch.Parser.ParseFrom(builder.Serialize());
    }

    private static TransactionLine Line(int number, bool merchandise) => new(
        number, new Item("i", "Item", "c"), 1_000_000, 50, TaxBasis.Inclusive, 0, TaxCategory.TaxFree, 50, 0, 50, 0, 50, merchandise, number);
}
