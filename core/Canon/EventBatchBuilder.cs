using System.Runtime.CompilerServices;
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
    private readonly EventBatch _head;
    private readonly PackedColumns _transactions = new(TransactionColumns.CustomerFieldNumber);
    private readonly PackedColumns _lines = new(LineColumns.SourceRowFieldNumber);
    private readonly PackedColumns _taxBuckets = new(TaxBucketColumns.ComputedTaxFieldNumber);
    private readonly PackedColumns _tenders = new(TenderColumns.AmountFieldNumber);
    private readonly PackedColumns _discounts = new(DiscountColumns.LabelFieldNumber);
    private readonly PackedColumns _peopleCounts = new(PeopleCountColumns.PartialFieldNumber);
    private readonly PackedColumns _visitorEvents = new(VisitorEventColumns.SourceOffsetFieldNumber);
    private readonly PackedColumns _alsoTouched = new(AlsoTouchedColumns.BusinessDateFieldNumber);
    private readonly Dictionary<string, uint> _index = new(StringComparer.Ordinal) { [""] = 0 };

    // Texts of a file are mostly the same objects again and again: found by reference they need no hashing.
    private readonly Dictionary<string, uint> _known = new(ReferenceEqualityComparer.Instance);

    // A power of two, larger than the range of items of most shops.
    private const int Items = 2_048;

    private readonly KnownItem[] _items = new KnownItem[Items];
    private uint _receipts;
    private uint _lineCount;
    private uint _observations;

    /// <summary>Starts an empty batch.</summary>
    /// <param name="origin">Where its records come from.</param>
    /// <param name="batchId">See <see cref="BatchIdOf"/>.</param>
    public EventBatchBuilder(BatchOrigin origin, Id128 batchId)
    {
        ArgumentNullException.ThrowIfNull(origin);
        _head = new EventBatch
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
        };
        _head.Strings.Add("");
    }

    private IEnumerable<PackedColumns> Columns => [_transactions, _lines, _taxBuckets, _tenders, _discounts, _peopleCounts, _visitorEvents, _alsoTouched];

    /// <summary>How many lines, counts and visitor events the batch holds.</summary>
    public int Rows => (int)(_lineCount + _observations);

    /// <summary>Whether no record was added.</summary>
    public bool IsEmpty => _receipts + _observations == 0;

    /// <summary>The id of a chunk of a payload: the same bytes under the same profile version give the same id.</summary>
    public static Id128 BatchIdOf(string tenant, string feed, ReadOnlySpan<byte> rawSha256, string profile, int profileVersion, int chunk) =>
        Id128.FromParts(tenant, feed, Convert.ToHexStringLower(rawSha256), profile, Invariant(profileVersion), Invariant(chunk));

    /// <summary>The id of a chunk that a replay makes of a payload: each replay makes chunks of its own.</summary>
    public static Id128 ReplayBatchIdOf(string tenant, string feed, ReadOnlySpan<byte> rawSha256, string profile, int profileVersion, int chunk, long replay) =>
        Id128.FromParts(
            tenant, feed, Convert.ToHexStringLower(rawSha256), profile, Invariant(profileVersion), Invariant(chunk), "replay", replay.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Adds a receipt.</summary>
    /// <param name="transaction">The receipt.</param>
    /// <param name="contentHash">Its <see cref="ContentHash"/>.</param>
    /// <param name="revision">1, or one more than the revision it supersedes.</param>
    public void Add(Transaction transaction, Id128 contentHash, int revision)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var at = _receipts++;
        _transactions.AddFixed(TransactionColumns.EventIdHiFieldNumber, transaction.EventId.Hi);
        _transactions.AddFixed(TransactionColumns.EventIdLoFieldNumber, transaction.EventId.Lo);
        _transactions.AddFixed(TransactionColumns.ContentHashHiFieldNumber, contentHash.Hi);
        _transactions.AddFixed(TransactionColumns.ContentHashLoFieldNumber, contentHash.Lo);
        _transactions.Add(TransactionColumns.RevisionFieldNumber, (ulong)revision);
        _transactions.Add(TransactionColumns.StoreFieldNumber, Index(transaction.Store));
        _transactions.Add(TransactionColumns.StoreAsSentFieldNumber, Index(transaction.StoreAsSent));
        _transactions.Add(TransactionColumns.TerminalFieldNumber, Index(transaction.Terminal));
        _transactions.Add(TransactionColumns.ReceiptNumberFieldNumber, IndexOfText(transaction.ReceiptNumber));
        _transactions.Add(TransactionColumns.KindFieldNumber, (ulong)transaction.Kind);
        _transactions.AddSigned(TransactionColumns.BusinessDateFieldNumber, ToDays(transaction.BusinessDate));
        _transactions.Add(TransactionColumns.BusinessDateSourceFieldNumber, (ulong)transaction.BusinessDateSource);
        _transactions.AddSigned(TransactionColumns.OccurredAtUsFieldNumber, ToMicroseconds(transaction.OccurredAt));
        _transactions.AddSigned(TransactionColumns.UtcOffsetMinutesFieldNumber, transaction.OccurredAt.TotalOffsetMinutes);
        _transactions.Add(TransactionColumns.ClockFieldNumber, (ulong)transaction.Clock);
        _transactions.Add(TransactionColumns.CurrencyFieldNumber, Index(transaction.Currency));
        var (net, tax, gross) = transaction.Totals;
        _transactions.AddSigned(TransactionColumns.NetFieldNumber, net);
        _transactions.AddSigned(TransactionColumns.TaxFieldNumber, tax);
        _transactions.AddSigned(TransactionColumns.GrossFieldNumber, gross);
        _transactions.Add(TransactionColumns.GuestsFieldNumber, (ulong)transaction.Guests);
        _transactions.AddFixed(TransactionColumns.OriginalEventIdHiFieldNumber, transaction.OriginalEventId.Hi);
        _transactions.AddFixed(TransactionColumns.OriginalEventIdLoFieldNumber, transaction.OriginalEventId.Lo);
        _transactions.Add(TransactionColumns.SourceRowFieldNumber, (ulong)transaction.Source.Row);
        _transactions.Add(TransactionColumns.SourceOffsetFieldNumber, (ulong)transaction.Source.ByteOffset);
        _transactions.Add(TransactionColumns.CustomerFieldNumber, Index(transaction.Customer));
        AddParts(transaction, at);
    }

    /// <summary>Adds a people count.</summary>
    /// <param name="count">The count.</param>
    /// <param name="contentHash">Its <see cref="ContentHash"/>.</param>
    /// <param name="revision">1, or one more than the revision it supersedes.</param>
    public void Add(PeopleCount count, Id128 contentHash, int revision)
    {
        ArgumentNullException.ThrowIfNull(count);
        _observations++;
        _peopleCounts.AddFixed(PeopleCountColumns.EventIdHiFieldNumber, count.EventId.Hi);
        _peopleCounts.AddFixed(PeopleCountColumns.EventIdLoFieldNumber, count.EventId.Lo);
        _peopleCounts.AddFixed(PeopleCountColumns.ContentHashHiFieldNumber, contentHash.Hi);
        _peopleCounts.AddFixed(PeopleCountColumns.ContentHashLoFieldNumber, contentHash.Lo);
        _peopleCounts.Add(PeopleCountColumns.RevisionFieldNumber, (ulong)revision);
        _peopleCounts.Add(PeopleCountColumns.StoreFieldNumber, Index(count.Store));
        _peopleCounts.Add(PeopleCountColumns.DeviceFieldNumber, Index(count.Device));
        _peopleCounts.Add(PeopleCountColumns.LineFieldNumber, Index(count.Line));
        _peopleCounts.Add(PeopleCountColumns.KindFieldNumber, (ulong)count.Kind);
        _peopleCounts.AddSigned(PeopleCountColumns.FromUsFieldNumber, ToMicroseconds(count.From));
        _peopleCounts.AddSigned(PeopleCountColumns.ToUsFieldNumber, ToMicroseconds(count.To));
        _peopleCounts.AddSigned(PeopleCountColumns.UtcOffsetMinutesFieldNumber, count.From.TotalOffsetMinutes);
        _peopleCounts.AddSigned(PeopleCountColumns.BusinessDateFieldNumber, ToDays(count.BusinessDate));
        _peopleCounts.Add(PeopleCountColumns.EnteredFieldNumber, (ulong)count.Entered);
        _peopleCounts.Add(PeopleCountColumns.LeftFieldNumber, (ulong)count.Left);
        _peopleCounts.Add(PeopleCountColumns.SourceRowFieldNumber, (ulong)count.Source.Row);
        _peopleCounts.Add(PeopleCountColumns.SourceOffsetFieldNumber, (ulong)count.Source.ByteOffset);
        _peopleCounts.Add(PeopleCountColumns.ZoneFieldNumber, Index(count.Zone));
        _peopleCounts.Add(PeopleCountColumns.RoleFieldNumber, (ulong)count.Role);
        _peopleCounts.Add(PeopleCountColumns.MeasureFieldNumber, (ulong)count.Measure);
        _peopleCounts.Add(PeopleCountColumns.SequenceFieldNumber, count.Sequence);
        _peopleCounts.Add(PeopleCountColumns.FirmwareFieldNumber, Index(count.Firmware));
        _peopleCounts.Add(PeopleCountColumns.StaffFieldNumber, (ulong)count.Staff);
        _peopleCounts.Add(PeopleCountColumns.OccupancyFieldNumber, (ulong)count.Occupancy);
        _peopleCounts.Add(PeopleCountColumns.PartialFieldNumber, count.Partial);
    }

    /// <summary>Adds what somebody did.</summary>
    /// <param name="visitor">The event.</param>
    /// <param name="contentHash">Its <see cref="ContentHash"/>.</param>
    /// <param name="revision">1, or one more than the revision it supersedes.</param>
    public void Add(VisitorEvent visitor, Id128 contentHash, int revision)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        _observations++;
        _visitorEvents.AddFixed(VisitorEventColumns.EventIdHiFieldNumber, visitor.EventId.Hi);
        _visitorEvents.AddFixed(VisitorEventColumns.EventIdLoFieldNumber, visitor.EventId.Lo);
        _visitorEvents.AddFixed(VisitorEventColumns.ContentHashHiFieldNumber, contentHash.Hi);
        _visitorEvents.AddFixed(VisitorEventColumns.ContentHashLoFieldNumber, contentHash.Lo);
        _visitorEvents.Add(VisitorEventColumns.RevisionFieldNumber, (ulong)revision);
        _visitorEvents.Add(VisitorEventColumns.StoreFieldNumber, Index(visitor.Store));
        _visitorEvents.Add(VisitorEventColumns.DeviceFieldNumber, Index(visitor.Device));
        _visitorEvents.Add(VisitorEventColumns.LineFieldNumber, Index(visitor.Line));
        _visitorEvents.Add(VisitorEventColumns.ZoneFieldNumber, Index(visitor.Zone));
        _visitorEvents.Add(VisitorEventColumns.KindFieldNumber, (ulong)visitor.Kind);
        _visitorEvents.AddSigned(VisitorEventColumns.AtUsFieldNumber, ToMicroseconds(visitor.At));
        _visitorEvents.AddSigned(VisitorEventColumns.UtcOffsetMinutesFieldNumber, visitor.At.TotalOffsetMinutes);
        _visitorEvents.AddSigned(VisitorEventColumns.BusinessDateFieldNumber, ToDays(visitor.BusinessDate));
        _visitorEvents.Add(VisitorEventColumns.DurationMsFieldNumber, visitor.DurationMilliseconds);
        _visitorEvents.AddFixed(VisitorEventColumns.PersonHiFieldNumber, visitor.Person.Hi);
        _visitorEvents.AddFixed(VisitorEventColumns.PersonLoFieldNumber, visitor.Person.Lo);
        _visitorEvents.Add(VisitorEventColumns.StaffFieldNumber, visitor.Staff);
        _visitorEvents.Add(VisitorEventColumns.FirmwareFieldNumber, Index(visitor.Firmware));
        _visitorEvents.Add(VisitorEventColumns.SourceRowFieldNumber, (ulong)visitor.Source.Row);
        _visitorEvents.Add(VisitorEventColumns.SourceOffsetFieldNumber, (ulong)visitor.Source.ByteOffset);
    }

    /// <summary>Names a partition whose figures change although no record of the batch lies in it.</summary>
    public void AlsoTouch(string store, DateOnly businessDate)
    {
        _alsoTouched.Add(AlsoTouchedColumns.StoreFieldNumber, Index(store));
        _alsoTouched.AddSigned(AlsoTouchedColumns.BusinessDateFieldNumber, ToDays(businessDate));
    }

    /// <summary>The finished message as it goes over the wire. Afterwards the builder may be used for another batch: see <see cref="Restart"/>.</summary>
    public byte[] Serialize()
    {
        (int Field, PackedColumns Columns)[] groups =
        [
            (EventBatch.TransactionsFieldNumber, _transactions),
            (EventBatch.LinesFieldNumber, _lines),
            (EventBatch.TaxBucketsFieldNumber, _taxBuckets),
            (EventBatch.TendersFieldNumber, _tenders),
            (EventBatch.DiscountsFieldNumber, _discounts),
            (EventBatch.PeopleCountsFieldNumber, _peopleCounts),
            (EventBatch.VisitorEventsFieldNumber, _visitorEvents),
            (EventBatch.AlsoTouchedFieldNumber, _alsoTouched),
        ];
        var head = _head.CalculateSize();
        var message = GC.AllocateUninitializedArray<byte>(head + groups.Sum(group => group.Columns.SizeAs(group.Field)));
        _head.WriteTo(message.AsSpan(0, head));
        var target = message.AsSpan(head);
        foreach (var (field, columns) in groups)
        {
            target = columns.WriteAs(field, target);
        }

        return message;
    }

    /// <summary>Begins another batch of the same origin, in the room of the last one.</summary>
    /// <param name="batchId">See <see cref="BatchIdOf"/>.</param>
    public void Restart(Id128 batchId)
    {
        _head.BatchId = batchId.ToString();
        var texts = _head.Strings.Count;
        _head.Strings.Clear();
        _head.Strings.Capacity = texts;
        _head.Strings.Add("");
        _index.Clear();
        _index.Add("", 0);
        _known.Clear();
        Array.Clear(_items);
        (_receipts, _lineCount, _observations) = (0, 0, 0);
        foreach (var columns in Columns)
        {
            columns.Clear();
        }
    }

    /// <summary>Gives the room of the batch to whoever needs some next. Nothing can be added afterwards.</summary>
    public void Release()
    {
        foreach (var columns in Columns)
        {
            columns.Release();
        }
    }

    /// <summary>Days since 1970-01-01.</summary>
    public static int ToDays(DateOnly date) => date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>Microseconds since 1970-01-01T00:00:00Z.</summary>
    public static long ToMicroseconds(DateTimeOffset instant) =>
        (instant.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private void AddParts(Transaction transaction, uint at)
    {
        foreach (ref readonly var line in transaction.Lines.AsSpan())
        {
            _lineCount++;
            _lines.Add(LineColumns.TransactionFieldNumber, at);
            _lines.Add(LineColumns.LineNumberFieldNumber, (ulong)line.LineNumber);
            ref readonly var item = ref IndexOf(line.Item);
            _lines.Add(LineColumns.ItemCodeFieldNumber, item.Code);
            _lines.Add(LineColumns.ItemNameFieldNumber, item.Name);
            _lines.Add(LineColumns.CategoryFieldNumber, item.Category);
            _lines.AddSigned(LineColumns.QuantityFieldNumber, line.Quantity);
            _lines.AddSigned(LineColumns.UnitPriceFieldNumber, line.UnitPrice);
            _lines.Add(LineColumns.TaxBasisFieldNumber, (ulong)line.TaxBasis);
            _lines.AddSigned(LineColumns.RateBpFieldNumber, line.RateBasisPoints);
            _lines.Add(LineColumns.TaxCategoryFieldNumber, (ulong)line.TaxCategory);
            _lines.AddSigned(LineColumns.StatedAmountFieldNumber, line.StatedAmount);
            _lines.AddSigned(LineColumns.DiscountFieldNumber, line.Discount);
            _lines.AddSigned(LineColumns.NetFieldNumber, line.Net);
            _lines.AddSigned(LineColumns.TaxFieldNumber, line.Tax);
            _lines.AddSigned(LineColumns.GrossFieldNumber, line.Gross);
            _lines.Add(LineColumns.MerchandiseFieldNumber, line.Merchandise);
            _lines.Add(LineColumns.SourceRowFieldNumber, (ulong)line.SourceRow);
        }

        foreach (ref readonly var bucket in transaction.TaxBuckets.AsSpan())
        {
            _taxBuckets.Add(TaxBucketColumns.TransactionFieldNumber, at);
            _taxBuckets.AddSigned(TaxBucketColumns.RateBpFieldNumber, bucket.RateBasisPoints);
            _taxBuckets.Add(TaxBucketColumns.CategoryFieldNumber, (ulong)bucket.Category);
            _taxBuckets.AddSigned(TaxBucketColumns.NetFieldNumber, bucket.Net);
            _taxBuckets.AddSigned(TaxBucketColumns.TaxFieldNumber, bucket.Tax);
            _taxBuckets.AddSigned(TaxBucketColumns.GrossFieldNumber, bucket.Gross);
            _taxBuckets.Add(TaxBucketColumns.TaxStatedFieldNumber, bucket.TaxStated);
            _taxBuckets.AddSigned(TaxBucketColumns.ComputedTaxFieldNumber, bucket.ComputedTax);
        }

        foreach (var tender in transaction.Tenders)
        {
            _tenders.Add(TenderColumns.TransactionFieldNumber, at);
            _tenders.Add(TenderColumns.MethodFieldNumber, Index(tender.Method));
            _tenders.AddSigned(TenderColumns.AmountFieldNumber, tender.Amount);
        }

        foreach (var discount in transaction.Discounts)
        {
            _discounts.Add(DiscountColumns.TransactionFieldNumber, at);
            _discounts.Add(DiscountColumns.LineNumberFieldNumber, (ulong)discount.LineNumber);
            _discounts.Add(DiscountColumns.KindFieldNumber, (ulong)discount.Kind);
            _discounts.AddSigned(DiscountColumns.AmountFieldNumber, discount.Amount);
            _discounts.Add(DiscountColumns.LabelFieldNumber, Index(discount.Label));
        }
    }

    // What comes later takes the place of what came before: an item that is met once costs no more than its texts.
    private ref readonly KnownItem IndexOf(Item item)
    {
        ref var known = ref _items[RuntimeHelpers.GetHashCode(item) & (Items - 1)];
        if (!ReferenceEquals(known.Item, item))
        {
            known = new KnownItem { Item = item, Code = Index(item.Code), Name = Index(item.Name), Category = Index(item.Category) };
        }

        return ref known;
    }

    private struct KnownItem
    {
        public Item? Item;
        public uint Code;
        public uint Name;
        public uint Category;
    }

    private uint Index(string value)
    {
        if (!_known.TryGetValue(value, out var at))
        {
            at = IndexOfText(value);
            _known.Add(value, at);
        }

        return at;
    }

    private uint IndexOfText(string value)
    {
        if (!_index.TryGetValue(value, out var at))
        {
            at = (uint)_head.Strings.Count;
            _head.Strings.Add(value);
            _index.Add(value, at);
        }

        return at;
    }

    private static string Invariant(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
