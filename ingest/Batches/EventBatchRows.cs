using Google.Protobuf.Collections;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Ports;

namespace RetailInsight.Ingest.Batches;

/// <summary>
/// Turns the columns of one checked <see cref="EventBatch"/> into the columns of <see cref="RawTables"/>: no object per
/// row, every dictionary string resolved once.
/// </summary>
internal sealed class EventBatchRows
{
    private readonly EventBatch _batch;
    private readonly string[] _strings;
    private readonly long _batchKey;
    private readonly long[] _receiptKeys;
    private readonly string[] _stores;
    private readonly int[] _dates;

    private EventBatchRows(EventBatch batch)
    {
        var transactions = batch.Transactions;
        _batch = batch;
        _strings = [.. batch.Strings];
        _batchKey = unchecked((long)Id128.Parse(batch.BatchId).Hi);
        _stores = Texts(transactions.Store);
        _dates = [.. transactions.BusinessDate];
        _receiptKeys = new long[_stores.Length];
        for (var row = 0; row < _receiptKeys.Length; row++)
        {
            _receiptKeys[row] = unchecked(_batchKey + row);
        }
    }

    /// <summary>The rows of a batch that <see cref="EventBatchShape.Parse"/> accepted; tables without a row are left out.</summary>
    public static WarehouseBatch Of(EventBatch batch)
    {
        var rows = new EventBatchRows(batch);
        var tables = new Dictionary<string, RowBlock>(StringComparer.Ordinal);
        void Add(TableSpec table, int count, Func<ColumnData[]> columns)
        {
            if (count > 0)
            {
                tables.Add(table.Name, new RowBlock(columns()));
            }
        }

        Add(RawTables.Batch, batch.Transactions.Store.Count + batch.PeopleCounts.Store.Count + batch.VisitorEvents.Store.Count > 0 ? 1 : 0, rows.Batch);
        Add(RawTables.PosTransaction, batch.Transactions.Store.Count, rows.Transactions);
        Add(RawTables.PosLine, batch.Lines.Transaction.Count, rows.Lines);
        Add(RawTables.PosTax, batch.TaxBuckets.Transaction.Count, rows.TaxBuckets);
        Add(RawTables.PosTender, batch.Tenders.Transaction.Count, rows.Tenders);
        Add(RawTables.PosDiscount, batch.Discounts.Transaction.Count, rows.Discounts);
        Add(RawTables.IotCount, batch.PeopleCounts.Store.Count, rows.PeopleCounts);
        Add(RawTables.VisitorEvent, batch.VisitorEvents.Store.Count, rows.VisitorEvents);
        return new WarehouseBatch(batch.BatchId, batch.Tenant, tables);
    }

    private ColumnData[] Batch() =>
    [
        ColumnData.String("tenant", [_batch.Tenant]),
        ColumnData.Int64("batch_key", [_batchKey]),
        ColumnData.String("batch_id", [_batch.BatchId]),
        ColumnData.String("vendor", [_batch.Vendor]),
        ColumnData.String("feed", [_batch.Feed]),
        ColumnData.String("profile", [_batch.Profile]),
        ColumnData.Int64("profile_version", [_batch.ProfileVersion]),
        ColumnData.Timestamp("received_at", [_batch.ReceivedAtUs]),
        ColumnData.String("raw_object", [_batch.Raw.Object]),
        ColumnData.Int64("raw_offset", [_batch.Raw.Offset]),
    ];

    private ColumnData[] Transactions()
    {
        var from = _batch.Transactions;
        return
        [
            .. Partition(_stores, _dates),
            ColumnData.Int64("receipt_key", _receiptKeys),
            ColumnData.Int64("batch_key", Same(_batchKey, _stores.Length)),
            ColumnData.String("event_id", Ids(from.EventIdHi, from.EventIdLo)),
            ColumnData.Int64("revision", Longs(from.Revision)),
            ColumnData.String("store_as_sent", Texts(from.StoreAsSent)),
            ColumnData.String("terminal", Texts(from.Terminal)),
            ColumnData.String("receipt_number", Texts(from.ReceiptNumber)),
            ColumnData.String("kind", Names(from.Kind)),
            ColumnData.String("business_date_source", Names(from.BusinessDateSource)),
            ColumnData.Timestamp("occurred_at", [.. from.OccurredAtUs]),
            ColumnData.Int64("utc_offset_minutes", Longs(from.UtcOffsetMinutes)),
            ColumnData.String("clock", Names(from.Clock)),
            ColumnData.String("currency", Texts(from.Currency)),
            ColumnData.Int64("net", [.. from.Net]),
            ColumnData.Int64("tax", [.. from.Tax]),
            ColumnData.Int64("gross", [.. from.Gross]),
            ColumnData.Int64("guests", Longs(from.Guests)),
            ColumnData.String("customer", Texts(from.Customer)),
            ColumnData.String("original_event_id", OptionalIds(from.OriginalEventIdHi, from.OriginalEventIdLo)),
            ColumnData.Int64("source_row", Longs(from.SourceRow)),
            ColumnData.Int64("source_offset", Longs(from.SourceOffset)),
        ];
    }

    private ColumnData[] Lines()
    {
        var from = _batch.Lines;
        return
        [
            .. ReceiptPart(from.Transaction),
            ColumnData.Int64("line_number", Longs(from.LineNumber)),
            ColumnData.String("item_code", Texts(from.ItemCode)),
            ColumnData.String("item_name", Texts(from.ItemName)),
            ColumnData.String("category", Texts(from.Category)),
            ColumnData.Int64("quantity", [.. from.Quantity]),
            ColumnData.Int64("unit_price", [.. from.UnitPrice]),
            ColumnData.String("tax_basis", Names(from.TaxBasis)),
            ColumnData.Int64("rate_bp", Longs(from.RateBp)),
            ColumnData.String("tax_category", Names(from.TaxCategory)),
            ColumnData.Int64("stated_amount", [.. from.StatedAmount]),
            ColumnData.Int64("discount", [.. from.Discount]),
            ColumnData.Int64("net", [.. from.Net]),
            ColumnData.Int64("tax", [.. from.Tax]),
            ColumnData.Int64("gross", [.. from.Gross]),
            ColumnData.Bool("merchandise", [.. from.Merchandise]),
            ColumnData.Int64("source_row", Longs(from.SourceRow)),
        ];
    }

    private ColumnData[] TaxBuckets()
    {
        var from = _batch.TaxBuckets;
        return
        [
            .. ReceiptPart(from.Transaction),
            ColumnData.Int64("rate_bp", Longs(from.RateBp)),
            ColumnData.String("tax_category", Names(from.Category)),
            ColumnData.Int64("net", [.. from.Net]),
            ColumnData.Int64("tax", [.. from.Tax]),
            ColumnData.Int64("gross", [.. from.Gross]),
            ColumnData.Bool("tax_stated", [.. from.TaxStated]),
            ColumnData.Int64("computed_tax", [.. from.ComputedTax]),
        ];
    }

    private ColumnData[] Tenders()
    {
        var from = _batch.Tenders;
        return
        [
            .. ReceiptPart(from.Transaction),
            ColumnData.Int64("tender_number", NumberWithinReceipt(from.Transaction)),
            ColumnData.String("method", Texts(from.Method)),
            ColumnData.Int64("amount", [.. from.Amount]),
        ];
    }

    private ColumnData[] Discounts()
    {
        var from = _batch.Discounts;
        return
        [
            .. ReceiptPart(from.Transaction),
            ColumnData.Int64("discount_number", NumberWithinReceipt(from.Transaction)),
            ColumnData.Int64("line_number", Longs(from.LineNumber)),
            ColumnData.String("kind", Names(from.Kind)),
            ColumnData.Int64("amount", [.. from.Amount]),
            ColumnData.String("label", Texts(from.Label)),
        ];
    }

    private ColumnData[] PeopleCounts()
    {
        var from = _batch.PeopleCounts;
        return
        [
            .. Partition(Texts(from.Store), [.. from.BusinessDate]),
            ColumnData.Int64("batch_key", Same(_batchKey, from.Store.Count)),
            ColumnData.String("event_id", Ids(from.EventIdHi, from.EventIdLo)),
            ColumnData.Int64("revision", Longs(from.Revision)),
            ColumnData.String("device", Texts(from.Device)),
            ColumnData.String("line", Texts(from.Line)),
            ColumnData.String("kind", Names(from.Kind)),
            ColumnData.Timestamp("from_at", [.. from.FromUs]),
            ColumnData.Timestamp("to_at", [.. from.ToUs]),
            ColumnData.Int64("utc_offset_minutes", Longs(from.UtcOffsetMinutes)),
            ColumnData.Int64("entered", Longs(from.Entered)),
            ColumnData.Int64("exited", Longs(from.Left)),
            ColumnData.Int64("source_row", Longs(from.SourceRow)),
            ColumnData.Int64("source_offset", Longs(from.SourceOffset)),
            ColumnData.String("zone", Younger(from.Zone, Texts, "")),
            ColumnData.String("role", Younger(from.Role, Names, EnumText<CountRole>.Of(CountRole.Entrance))),
            ColumnData.String("measure", Younger(from.Measure, Names, EnumText<CountMeasure>.Of(CountMeasure.Raw))),
            ColumnData.Int64("sequence", Younger(from.Sequence, Longs, 0)),
            ColumnData.String("firmware", Younger(from.Firmware, Texts, "")),
            ColumnData.Int64("staff", Younger(from.Staff, Longs, 0)),
            ColumnData.Int64("occupancy", Younger(from.Occupancy, Longs, 0)),
            ColumnData.Bool("partial", Younger(from.Partial, column => [.. column], false)),
        ];

        // A batch from before the column has none of it.
        TTo[] Younger<TFrom, TTo>(RepeatedField<TFrom> column, Func<RepeatedField<TFrom>, TTo[]> read, TTo otherwise) =>
            column.Count == 0 ? Same(otherwise, from.Store.Count) : read(column);
    }

    private ColumnData[] VisitorEvents()
    {
        var from = _batch.VisitorEvents;
        return
        [
            .. Partition(Texts(from.Store), [.. from.BusinessDate]),
            ColumnData.Int64("batch_key", Same(_batchKey, from.Store.Count)),
            ColumnData.String("event_id", Ids(from.EventIdHi, from.EventIdLo)),
            ColumnData.Int64("revision", Longs(from.Revision)),
            ColumnData.String("device", Texts(from.Device)),
            ColumnData.String("line", Texts(from.Line)),
            ColumnData.String("zone", Texts(from.Zone)),
            ColumnData.String("kind", Names(from.Kind)),
            ColumnData.Timestamp("occurred_at", [.. from.AtUs]),
            ColumnData.Int64("utc_offset_minutes", Longs(from.UtcOffsetMinutes)),
            ColumnData.Int64("duration_ms", Longs(from.DurationMs)),
            ColumnData.String("person", OptionalIds(from.PersonHi, from.PersonLo)),
            ColumnData.Bool("staff", [.. from.Staff]),
            ColumnData.String("firmware", Texts(from.Firmware)),
            ColumnData.Int64("source_row", Longs(from.SourceRow)),
            ColumnData.Int64("source_offset", Longs(from.SourceOffset)),
        ];
    }

    private ColumnData[] Partition(string[] stores, int[] dates) =>
    [
        ColumnData.String("tenant", Same(_batch.Tenant, stores.Length)),
        ColumnData.String("store", stores),
        ColumnData.Date("business_date", dates),
    ];

    private ColumnData[] ReceiptPart(RepeatedField<uint> parents) =>
    [
        .. Partition(Gather(_stores, parents), Gather(_dates, parents)),
        ColumnData.Int64("receipt_key", Gather(_receiptKeys, parents)),
    ];

    /// <summary>1, 2, … within each receipt: tenders and discounts carry no number of their own.</summary>
    private long[] NumberWithinReceipt(RepeatedField<uint> parents)
    {
        var seen = new long[_stores.Length];
        return Map(parents, parent => ++seen[parent]);
    }

    private string[] Texts(IReadOnlyList<uint> indices) => Gather(_strings, indices);

    private static string[] Names<T>(IReadOnlyList<T> values)
        where T : struct, Enum => Map(values, EnumText<T>.Of);

    private static string[] Ids(RepeatedField<ulong> hi, RepeatedField<ulong> lo)
    {
        var ids = new string[hi.Count];
        for (var row = 0; row < ids.Length; row++)
        {
            ids[row] = new Id128(hi[row], lo[row]).ToString();
        }

        return ids;
    }

    private static string?[] OptionalIds(RepeatedField<ulong> hi, RepeatedField<ulong> lo)
    {
        var ids = new string?[hi.Count];
        for (var row = 0; row < ids.Length; row++)
        {
            var id = new Id128(hi[row], lo[row]);
            ids[row] = id.IsNone ? null : id.ToString();
        }

        return ids;
    }

    private static T[] Gather<T>(T[] values, IReadOnlyList<uint> indices) => Map(indices, index => values[index]);

    private static long[] Longs(IReadOnlyList<uint> values) => Map(values, value => (long)value);

    private static long[] Longs(IReadOnlyList<int> values) => Map(values, value => (long)value);

    private static long[] Longs(IReadOnlyList<ulong> values) => Map(values, value => (long)value);

    private static TTo[] Map<TFrom, TTo>(IReadOnlyList<TFrom> values, Func<TFrom, TTo> map)
    {
        var result = new TTo[values.Count];
        for (var row = 0; row < result.Length; row++)
        {
            result[row] = map(values[row]);
        }

        return result;
    }

    private static T[] Same<T>(T value, int rows)
    {
        var values = new T[rows];
        Array.Fill(values, value);
        return values;
    }
}
