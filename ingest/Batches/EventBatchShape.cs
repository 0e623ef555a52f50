using System.Collections;
using Google.Protobuf;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Ingest.Batches;

/// <summary>
/// Checks what the protobuf grammar cannot say: columns of one length, indices that point somewhere, dates and instants
/// both warehouses can hold. After it, turning columns into rows cannot fail.
/// </summary>
internal static class EventBatchShape
{
    private static readonly int FirstDay = EventBatchBuilder.ToDays(DateOnly.MinValue);
    private static readonly int LastDay = EventBatchBuilder.ToDays(DateOnly.MaxValue);
    private static readonly long FirstInstant = EventBatchBuilder.ToMicroseconds(DateTimeOffset.MinValue);
    private static readonly long LastInstant = EventBatchBuilder.ToMicroseconds(DateTimeOffset.MaxValue);

    /// <summary>
    /// Reads one message and checks each batch in it. Absent column groups are read as empty ones. A batch at fault does not
    /// keep the others from being loaded.
    /// </summary>
    /// <returns>The sound batches, and what is wrong with the first that is not; null when all are sound.</returns>
    public static (IReadOnlyList<EventBatch> Batches, string? Malformed) Parse(ReadOnlySpan<byte> message)
    {
        IReadOnlyList<EventBatch> batches;
        try
        {
            batches = EventBundle.Unpack(EventBatch.Parser.ParseFrom(message));
        }
        catch (InvalidProtocolBufferException exception)
        {
            return ([], $"The message is not a protobuf EventBatch: {exception.Message}");
        }

        var sound = new List<EventBatch>(batches.Count);
        string? malformed = null;
        foreach (var batch in batches)
        {
            batch.Raw ??= new RawObject();
            batch.Transactions ??= new TransactionColumns();
            batch.Lines ??= new LineColumns();
            batch.TaxBuckets ??= new TaxBucketColumns();
            batch.Tenders ??= new TenderColumns();
            batch.Discounts ??= new DiscountColumns();
            batch.PeopleCounts ??= new PeopleCountColumns();
            batch.VisitorEvents ??= new VisitorEventColumns();
            batch.AlsoTouched ??= new AlsoTouchedColumns();
            try
            {
                Check(batch);
                sound.Add(batch);
            }
            catch (MalformedBatchException exception)
            {
                malformed ??= batches.Count == 1 ? exception.Message : $"Batch '{batch.BatchId}' of {batches.Count}: {exception.Message}";
            }
        }

        return (sound, malformed);
    }

    private static void Check(EventBatch batch)
    {
        Require(batch.Bundle.Count == 0, "a bundle holds a bundle");
        Require(batch.SchemaVersion >= 1, "schema_version is missing");
        Require(batch.BatchId.Length == 32 && batch.BatchId.All(char.IsAsciiHexDigitLower), "batch_id is not 32 lower-case hexadecimal digits");
        Require(batch.Tenant.Length > 0, "tenant is empty");
        Require(batch.Strings.Count > 0 && batch.Strings[0].Length == 0, "strings[0] is not the empty string");
        Instants("received_at_us", [batch.ReceivedAtUs]);
        CheckTransactions(batch);
        CheckParts(batch);
        CheckCounts(batch);
        CheckVisitorEvents(batch);
        SameLength("also_touched", batch.AlsoTouched);
        Texts(batch, "also_touched.store", batch.AlsoTouched.Store);
        Days("also_touched.business_date", batch.AlsoTouched.BusinessDate);
    }

    private static void CheckTransactions(EventBatch batch)
    {
        var columns = batch.Transactions;
        SameLength("transactions", columns);
        Texts(batch, "transactions.store", columns.Store);
        Texts(batch, "transactions.store_as_sent", columns.StoreAsSent);
        Texts(batch, "transactions.terminal", columns.Terminal);
        Texts(batch, "transactions.receipt_number", columns.ReceiptNumber);
        Texts(batch, "transactions.currency", columns.Currency);
        Texts(batch, "transactions.customer", columns.Customer);
        Each("transactions.revision", columns.Revision, revision => revision >= 1, "is not 1 or more");
        Days("transactions.business_date", columns.BusinessDate);
        Instants("transactions.occurred_at_us", columns.OccurredAtUs);
        Offsets("transactions.utc_offset_minutes", columns.UtcOffsetMinutes);
        Names("transactions.kind", columns.Kind);
        Names("transactions.business_date_source", columns.BusinessDateSource);
        Names("transactions.clock", columns.Clock);
        Each("transactions.source_offset", columns.SourceOffset, offset => offset <= long.MaxValue, "is too large");
    }

    private static void CheckParts(EventBatch batch)
    {
        SameLength("lines", batch.Lines);
        Parents(batch, "lines.transaction", batch.Lines.Transaction);
        Texts(batch, "lines.item_code", batch.Lines.ItemCode);
        Texts(batch, "lines.item_name", batch.Lines.ItemName);
        Texts(batch, "lines.category", batch.Lines.Category);
        Names("lines.tax_basis", batch.Lines.TaxBasis);
        Names("lines.tax_category", batch.Lines.TaxCategory);
        SameLength("tax_buckets", batch.TaxBuckets);
        Parents(batch, "tax_buckets.transaction", batch.TaxBuckets.Transaction);
        Names("tax_buckets.category", batch.TaxBuckets.Category);
        SameLength("tenders", batch.Tenders);
        Parents(batch, "tenders.transaction", batch.Tenders.Transaction);
        Texts(batch, "tenders.method", batch.Tenders.Method);
        SameLength("discounts", batch.Discounts);
        Parents(batch, "discounts.transaction", batch.Discounts.Transaction);
        Names("discounts.kind", batch.Discounts.Kind);
        Texts(batch, "discounts.label", batch.Discounts.Label);
    }

    private static void CheckCounts(EventBatch batch)
    {
        var columns = batch.PeopleCounts;
        SameLength("people_counts", columns, youngerFrom: PeopleCountColumns.ZoneFieldNumber);
        Texts(batch, "people_counts.store", columns.Store);
        Texts(batch, "people_counts.device", columns.Device);
        Texts(batch, "people_counts.line", columns.Line);
        Each("people_counts.revision", columns.Revision, revision => revision >= 1, "is not 1 or more");
        Names("people_counts.kind", columns.Kind);
        Instants("people_counts.from_us", columns.FromUs);
        Instants("people_counts.to_us", columns.ToUs);
        Offsets("people_counts.utc_offset_minutes", columns.UtcOffsetMinutes);
        Days("people_counts.business_date", columns.BusinessDate);
        Each("people_counts.source_offset", columns.SourceOffset, offset => offset <= long.MaxValue, "is too large");
        Texts(batch, "people_counts.zone", columns.Zone);
        Names("people_counts.role", columns.Role);
        Names("people_counts.measure", columns.Measure);
        Each("people_counts.sequence", columns.Sequence, sequence => sequence <= long.MaxValue, "is too large");
        Texts(batch, "people_counts.firmware", columns.Firmware);
    }

    private static void CheckVisitorEvents(EventBatch batch)
    {
        var columns = batch.VisitorEvents;
        SameLength("visitor_events", columns);
        Texts(batch, "visitor_events.store", columns.Store);
        Texts(batch, "visitor_events.device", columns.Device);
        Texts(batch, "visitor_events.line", columns.Line);
        Texts(batch, "visitor_events.zone", columns.Zone);
        Texts(batch, "visitor_events.firmware", columns.Firmware);
        Each("visitor_events.revision", columns.Revision, revision => revision >= 1, "is not 1 or more");
        Names("visitor_events.kind", columns.Kind);
        Instants("visitor_events.at_us", columns.AtUs);
        Offsets("visitor_events.utc_offset_minutes", columns.UtcOffsetMinutes);
        Days("visitor_events.business_date", columns.BusinessDate);
        Each("visitor_events.duration_ms", columns.DurationMs, duration => duration <= long.MaxValue, "is too large");
        Each("visitor_events.source_offset", columns.SourceOffset, offset => offset <= long.MaxValue, "is too large");
    }

    // A column that came later is empty in a batch from before it.
    private static void SameLength(string name, IMessage columns, int youngerFrom = int.MaxValue)
    {
        var fields = columns.Descriptor.Fields.InFieldNumberOrder();
        var expected = ((IList)fields[0].Accessor.GetValue(columns)).Count;
        foreach (var field in fields)
        {
            var count = ((IList)field.Accessor.GetValue(columns)).Count;
            Require(count == expected || (count == 0 && field.FieldNumber >= youngerFrom), $"{name}.{field.Name} has {count} elements where {name}.{fields[0].Name} has {expected}");
        }
    }

    private static void Texts(EventBatch batch, string field, IReadOnlyList<uint> indices) =>
        Each(field, indices, index => index < batch.Strings.Count, $"points outside the {batch.Strings.Count} strings");

    private static void Parents(EventBatch batch, string field, IReadOnlyList<uint> indices) =>
        Each(field, indices, index => index < batch.Transactions.Store.Count, $"points outside the {batch.Transactions.Store.Count} transactions");

    private static void Days(string field, IReadOnlyList<int> values) =>
        Each(field, values, day => day >= FirstDay && day <= LastDay, "is outside the years 1 to 9999");

    private static void Instants(string field, IReadOnlyList<long> values) =>
        Each(field, values, instant => instant >= FirstInstant && instant <= LastInstant, "is outside the years 1 to 9999");

    private static void Offsets(string field, IReadOnlyList<int> values) =>
        Each(field, values, offset => offset is >= -1080 and <= 1080, "is more than 18 hours");

    private static void Names<T>(string field, IReadOnlyList<T> values)
        where T : struct, Enum =>
        Each(field, values, EnumText<T>.Has, "is not a value this version knows");

    private static void Each<T>(string field, IReadOnlyList<T> values, Func<T, bool> isGood, string complaint)
    {
        for (var row = 0; row < values.Count; row++)
        {
            if (!isGood(values[row]))
            {
                throw new MalformedBatchException($"{field}[{row}] = {values[row]} {complaint}.");
            }
        }
    }

    private static void Require(bool holds, string complaint)
    {
        if (!holds)
        {
            throw new MalformedBatchException(complaint + ".");
        }
    }
}
