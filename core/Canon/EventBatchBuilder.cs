using Google.Protobuf;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Core.Canon;

/// <summary>Who sent a batch, through which profile, and where the bytes it came from lie.</summary>
/// <param name="Tenant">Tenant id.</param>
/// <param name="Vendor">Vendor id.</param>
/// <param name="Feed">Feed id, the one in the URL it was pushed to.</param>
/// <param name="Profile">Profile id.</param>
/// <param name="ProfileVersion">Profile version.</param>
/// <param name="RawObject">Lake object that holds the payload.</param>
/// <param name="RawOffset">Offset of the payload in the object.</param>
/// <param name="RawLength">Length of the payload as received.</param>
/// <param name="RawSha256">32 bytes: SHA-256 of the payload as received.</param>
/// <param name="ReceivedAt">When the gateway had it whole.</param>
public sealed record BatchOrigin(
    string Tenant,
    string Vendor,
    string Feed,
    string Profile,
    int ProfileVersion,
    string RawObject,
    long RawOffset,
    long RawLength,
    ReadOnlyMemory<byte> RawSha256,
    DateTimeOffset ReceivedAt);

/// <summary>Turns records into the columns of one <see cref="EventBatch"/>.</summary>
public sealed class EventBatchBuilder
{
    private readonly EventBatch _batch;
    private readonly Dictionary<string, uint> _index = new(StringComparer.Ordinal) { [""] = 0 };

    /// <summary>Starts an empty batch.</summary>
    /// <param name="origin">Where its records come from.</param>
    /// <param name="batchId">See <see cref="BatchIdOf"/>.</param>
    public EventBatchBuilder(BatchOrigin origin, Id128 batchId)
    {
        ArgumentNullException.ThrowIfNull(origin);
        _batch = new EventBatch
        {
            SchemaVersion = 1,
            BatchId = batchId.ToString(),
            Tenant = origin.Tenant,
            Vendor = origin.Vendor,
            Feed = origin.Feed,
            Profile = origin.Profile,
            ProfileVersion = (uint)origin.ProfileVersion,
            Raw = new RawObject
            {
                Object = origin.RawObject,
                Offset = origin.RawOffset,
                Length = origin.RawLength,
                Sha256 = ByteString.CopyFrom(origin.RawSha256.Span),
            },
            ReceivedAtUs = ToMicroseconds(origin.ReceivedAt),
            Transactions = new TransactionColumns(),
            Lines = new LineColumns(),
            TaxBuckets = new TaxBucketColumns(),
            Tenders = new TenderColumns(),
            Discounts = new DiscountColumns(),
            PeopleCounts = new PeopleCountColumns(),
            AlsoTouched = new AlsoTouchedColumns(),
        };
        _batch.Strings.Add("");
    }

    /// <summary>How many lines and counts the batch holds.</summary>
    public int Rows => _batch.Lines.Transaction.Count + _batch.PeopleCounts.Store.Count;

    /// <summary>Whether no record was added.</summary>
    public bool IsEmpty => _batch.Transactions.Store.Count + _batch.PeopleCounts.Store.Count == 0;

    /// <summary>The id of a chunk of a payload: the same bytes under the same profile version give the same id.</summary>
    public static Id128 BatchIdOf(string tenant, string feed, ReadOnlySpan<byte> rawSha256, string profile, int profileVersion, int chunk) =>
        Id128.FromParts(tenant, feed, Convert.ToHexStringLower(rawSha256), profile, Invariant(profileVersion), Invariant(chunk));

    /// <summary>Adds a receipt.</summary>
    /// <param name="transaction">The receipt.</param>
    /// <param name="contentHash">Its <see cref="ContentHash"/>.</param>
    /// <param name="revision">1, or one more than the revision it supersedes.</param>
    public void Add(Transaction transaction, Id128 contentHash, int revision)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var columns = _batch.Transactions;
        var at = (uint)columns.Store.Count;
        columns.EventIdHi.Add(transaction.EventId.Hi);
        columns.EventIdLo.Add(transaction.EventId.Lo);
        columns.ContentHashHi.Add(contentHash.Hi);
        columns.ContentHashLo.Add(contentHash.Lo);
        columns.Revision.Add((uint)revision);
        columns.Store.Add(Index(transaction.Store));
        columns.StoreAsSent.Add(Index(transaction.StoreAsSent));
        columns.Terminal.Add(Index(transaction.Terminal));
        columns.ReceiptNumber.Add(Index(transaction.ReceiptNumber));
        columns.Kind.Add(transaction.Kind);
        columns.BusinessDate.Add(ToDays(transaction.BusinessDate));
        columns.BusinessDateSource.Add(transaction.BusinessDateSource);
        columns.OccurredAtUs.Add(ToMicroseconds(transaction.OccurredAt));
        columns.UtcOffsetMinutes.Add((int)transaction.OccurredAt.Offset.TotalMinutes);
        columns.Clock.Add(transaction.Clock);
        columns.Currency.Add(Index(transaction.Currency));
        columns.Net.Add(transaction.Net);
        columns.Tax.Add(transaction.TaxTotal);
        columns.Gross.Add(transaction.Gross);
        columns.Guests.Add(transaction.Guests);
        columns.OriginalEventIdHi.Add(transaction.OriginalEventId.Hi);
        columns.OriginalEventIdLo.Add(transaction.OriginalEventId.Lo);
        columns.SourceRow.Add((uint)transaction.Source.Row);
        columns.SourceOffset.Add((ulong)transaction.Source.ByteOffset);
        columns.Customer.Add(Index(transaction.Customer));
        AddParts(transaction, at);
    }

    /// <summary>Adds a people count.</summary>
    /// <param name="count">The count.</param>
    /// <param name="contentHash">Its <see cref="ContentHash"/>.</param>
    /// <param name="revision">1, or one more than the revision it supersedes.</param>
    public void Add(PeopleCount count, Id128 contentHash, int revision)
    {
        ArgumentNullException.ThrowIfNull(count);
        var columns = _batch.PeopleCounts;
        columns.EventIdHi.Add(count.EventId.Hi);
        columns.EventIdLo.Add(count.EventId.Lo);
        columns.ContentHashHi.Add(contentHash.Hi);
        columns.ContentHashLo.Add(contentHash.Lo);
        columns.Revision.Add((uint)revision);
        columns.Store.Add(Index(count.Store));
        columns.Device.Add(Index(count.Device));
        columns.Line.Add(Index(count.Line));
        columns.Kind.Add(count.Kind);
        columns.FromUs.Add(ToMicroseconds(count.From));
        columns.ToUs.Add(ToMicroseconds(count.To));
        columns.UtcOffsetMinutes.Add((int)count.From.Offset.TotalMinutes);
        columns.BusinessDate.Add(ToDays(count.BusinessDate));
        columns.Entered.Add(count.Entered);
        columns.Left.Add(count.Left);
        columns.SourceRow.Add((uint)count.Source.Row);
        columns.SourceOffset.Add((ulong)count.Source.ByteOffset);
    }

    /// <summary>Names a partition whose figures change although no record of the batch lies in it.</summary>
    public void AlsoTouch(string store, DateOnly businessDate)
    {
        _batch.AlsoTouched.Store.Add(Index(store));
        _batch.AlsoTouched.BusinessDate.Add(ToDays(businessDate));
    }

    /// <summary>The finished message. The builder must not be used afterwards.</summary>
    public EventBatch Build() => _batch;

    /// <summary>Days since 1970-01-01.</summary>
    public static int ToDays(DateOnly date) => date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>Microseconds since 1970-01-01T00:00:00Z.</summary>
    public static long ToMicroseconds(DateTimeOffset instant) =>
        (instant.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private void AddParts(Transaction transaction, uint at)
    {
        foreach (var line in transaction.Lines)
        {
            var lines = _batch.Lines;
            lines.Transaction.Add(at);
            lines.LineNumber.Add((uint)line.LineNumber);
            lines.ItemCode.Add(Index(line.ItemCode));
            lines.ItemName.Add(Index(line.ItemName));
            lines.Category.Add(Index(line.Category));
            lines.Quantity.Add(line.Quantity);
            lines.UnitPrice.Add(line.UnitPrice);
            lines.TaxBasis.Add(line.TaxBasis);
            lines.RateBp.Add(line.RateBasisPoints);
            lines.TaxCategory.Add(line.TaxCategory);
            lines.StatedAmount.Add(line.StatedAmount);
            lines.Discount.Add(line.Discount);
            lines.Net.Add(line.Net);
            lines.Tax.Add(line.Tax);
            lines.Gross.Add(line.Gross);
            lines.Merchandise.Add(line.Merchandise);
            lines.SourceRow.Add((uint)line.SourceRow);
        }

        foreach (var bucket in transaction.TaxBuckets)
        {
            var buckets = _batch.TaxBuckets;
            buckets.Transaction.Add(at);
            buckets.RateBp.Add(bucket.RateBasisPoints);
            buckets.Category.Add(bucket.Category);
            buckets.Net.Add(bucket.Net);
            buckets.Tax.Add(bucket.Tax);
            buckets.Gross.Add(bucket.Gross);
            buckets.TaxStated.Add(bucket.TaxStated);
            buckets.ComputedTax.Add(bucket.ComputedTax);
        }

        foreach (var tender in transaction.Tenders)
        {
            _batch.Tenders.Transaction.Add(at);
            _batch.Tenders.Method.Add(Index(tender.Method));
            _batch.Tenders.Amount.Add(tender.Amount);
        }

        foreach (var discount in transaction.Discounts)
        {
            _batch.Discounts.Transaction.Add(at);
            _batch.Discounts.LineNumber.Add((uint)discount.LineNumber);
            _batch.Discounts.Kind.Add(discount.Kind);
            _batch.Discounts.Amount.Add(discount.Amount);
            _batch.Discounts.Label.Add(Index(discount.Label));
        }
    }

    private uint Index(string value)
    {
        if (!_index.TryGetValue(value, out var at))
        {
            at = (uint)_batch.Strings.Count;
            _batch.Strings.Add(value);
            _index.Add(value, at);
        }

        return at;
    }

    private static string Invariant(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
