using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Bench.Conversion;

/// <summary>Writes worked-out receipts into batches through the generated message classes.</summary>
internal sealed class EqualBatches
{
    private const int MaxLines = 5_000;

    private readonly List<EventBatch> _closed = [];
    private readonly Dictionary<string, uint> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Code, string Name, string Category), byte[]> _items = [];
    private EventBatch _open = NewBatch();

    /// <summary>Adds a receipt.</summary>
    public void Add(EqualReceipt receipt)
    {
        if (_open.Transactions.Revision.Count > 0 && _open.Lines.Transaction.Count + receipt.Lines.Length > MaxLines)
        {
            CloseOpen();
        }

        var (columns, head, hash) = (_open.Transactions, receipt.Head, HashOf(receipt));
        var at = (uint)columns.Revision.Count;
        columns.EventIdHi.Add(receipt.Id.Hi);
        columns.EventIdLo.Add(receipt.Id.Lo);
        columns.ContentHashHi.Add(hash.Hi);
        columns.ContentHashLo.Add(hash.Lo);
        columns.Revision.Add(1);
        columns.Store.Add(Index(receipt.Store));
        columns.StoreAsSent.Add(Index(head.POSコード));
        columns.Terminal.Add(Index(head.POSコード));
        columns.ReceiptNumber.Add(Index(head.レシート番号));
        columns.Kind.Add(receipt.Kind);
        columns.BusinessDate.Add(EventBatchBuilder.ToDays(receipt.Date));
        columns.BusinessDateSource.Add(BusinessDateSource.Stated);
        columns.OccurredAtUs.Add(EventBatchBuilder.ToMicroseconds(receipt.OccurredAt));
        columns.UtcOffsetMinutes.Add(receipt.OccurredAt.TotalOffsetMinutes);
        columns.Clock.Add(ClockSource.Terminal);
        columns.Currency.Add(Index("JPY"));
        columns.Net.Add(ToMicros(receipt.Buckets.Sum(bucket => bucket.Net)));
        columns.Tax.Add(ToMicros(receipt.Buckets.Sum(bucket => bucket.Tax)));
        columns.Gross.Add(ToMicros(receipt.Buckets.Sum(bucket => bucket.Gross)));
        columns.Guests.Add((uint)(head.客数 ?? 0));
        columns.OriginalEventIdHi.Add(receipt.Original.Hi);
        columns.OriginalEventIdLo.Add(receipt.Original.Lo);
        columns.SourceRow.Add((uint)receipt.SourceRow);
        columns.SourceOffset.Add((ulong)receipt.SourceOffset);
        columns.Customer.Add(Index(head.会員コード));
        foreach (var line in receipt.Lines)
        {
            WriteLine(at, line);
        }

        foreach (var bucket in receipt.Buckets)
        {
            var target = _open.TaxBuckets;
            target.Transaction.Add(at);
            target.RateBp.Add(bucket.Rate);
            target.Category.Add(bucket.Category);
            target.Net.Add(ToMicros(bucket.Net));
            target.Tax.Add(ToMicros(bucket.Tax));
            target.Gross.Add(ToMicros(bucket.Gross));
            target.TaxStated.Add(bucket.Stated);
            target.ComputedTax.Add(ToMicros(bucket.Computed));
        }

        foreach (var tender in receipt.Tenders)
        {
            _open.Tenders.Transaction.Add(at);
            _open.Tenders.Method.Add(Index(tender.Method));
            _open.Tenders.Amount.Add(tender.Amount);
        }

        foreach (var discount in receipt.Discounts)
        {
            _open.Discounts.Transaction.Add(at);
            _open.Discounts.LineNumber.Add((uint)discount.LineNumber);
            _open.Discounts.Kind.Add(discount.Kind);
            _open.Discounts.Amount.Add(discount.Amount);
            _open.Discounts.Label.Add(Index(discount.Label));
        }
    }

    /// <summary>All batches, as they travel.</summary>
    public IReadOnlyList<byte[]> Close()
    {
        CloseOpen();
        return [.. _closed.Select(batch => batch.ToByteArray())];
    }

    private byte[] ItemHash((string Code, string Name, string Category) item)
    {
        if (!_items.TryGetValue(item, out var hash))
        {
            using var content = new MemoryStream();
            using var output = new BinaryWriter(content);
            foreach (var text in (string[])[item.Code, item.Name, item.Category])
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                output.Write7BitEncodedInt64(bytes.Length << 1);
                output.Write(bytes);
            }

            _items[item] = hash = SHA256.HashData(content.ToArray())[..16];
        }

        return hash;
    }

    private Id128 HashOf(EqualReceipt receipt)
    {
        using var content = new MemoryStream();
        using var output = new BinaryWriter(content);
        void Numbers(params long[] values)
        {
            foreach (var value in values)
            {
                output.Write7BitEncodedInt64((value << 1) ^ (value >> 63));
            }
        }

        void Text(string value)
        {
            var bytes = Encoding.UTF8.GetBytes(value);
            Numbers(bytes.Length);
            output.Write(bytes);
        }

        var head = receipt.Head;
        Text(receipt.Store);
        Text(head.POSコード);
        Text(head.レシート番号);
        Numbers((long)receipt.Kind, receipt.Date.DayNumber, receipt.OccurredAt.UtcTicks, receipt.OccurredAt.TotalOffsetMinutes);
        Text("JPY");
        Numbers(head.客数 ?? 0);
        Text(head.会員コード);
        output.Write(BinaryPrimitives.ReverseEndianness(receipt.Original.Hi));
        output.Write(BinaryPrimitives.ReverseEndianness(receipt.Original.Lo));
        Numbers(receipt.Lines.Length);
        foreach (var line in receipt.Lines)
        {
            output.Write(ItemHash((line.Row.商品コード, line.Row.商品名, line.Row.部門)));
            Numbers(
                line.Quantity, ToMicros(line.Row.単価), (long)TaxBasis.Inclusive, line.Rate, (long)line.Category, ToMicros(line.Stated), ToMicros(line.Discount), ToMicros(line.Gross - line.Tax),
                ToMicros(line.Tax), line.Merchandise ? 1 : 0);
        }

        Numbers(receipt.Buckets.Length);
        foreach (var bucket in receipt.Buckets)
        {
            Numbers(bucket.Rate, (long)bucket.Category, ToMicros(bucket.Net), ToMicros(bucket.Tax), bucket.Stated ? 1 : 0);
        }

        Numbers(receipt.Tenders.Length);
        foreach (var tender in receipt.Tenders)
        {
            Text(tender.Method);
            Numbers(tender.Amount);
        }

        Numbers(receipt.Discounts.Length);
        foreach (var discount in receipt.Discounts)
        {
            Numbers(discount.LineNumber, (long)discount.Kind, discount.Amount);
            Text(discount.Label);
        }

        output.Flush();
        return Id128.FromDigest(SHA256.HashData(content.ToArray()));
    }

    private void WriteLine(uint at, EqualLine line)
    {
        var target = _open.Lines;
        target.Transaction.Add(at);
        target.LineNumber.Add((uint)line.Number);
        target.ItemCode.Add(Index(line.Row.商品コード));
        target.ItemName.Add(Index(line.Row.商品名));
        target.Category.Add(Index(line.Row.部門));
        target.Quantity.Add(line.Quantity);
        target.UnitPrice.Add(ToMicros(line.Row.単価));
        target.TaxBasis.Add(TaxBasis.Inclusive);
        target.RateBp.Add(line.Rate);
        target.TaxCategory.Add(line.Category);
        target.StatedAmount.Add(ToMicros(line.Stated));
        target.Discount.Add(ToMicros(line.Discount));
        target.Net.Add(ToMicros(line.Gross - line.Tax));
        target.Tax.Add(ToMicros(line.Tax));
        target.Gross.Add(ToMicros(line.Gross));
        target.Merchandise.Add(line.Merchandise);
        target.SourceRow.Add((uint)line.SourceRow);
    }

    private uint Index(string text)
    {
        if (_open.Strings.Count == 0)
        {
            _open.Strings.Add("");
            _texts.Clear();
            _texts.Add("", 0);
        }

        if (!_texts.TryGetValue(text, out var at))
        {
            at = (uint)_open.Strings.Count;
            _texts.Add(text, at);
            _open.Strings.Add(text);
        }

        return at;
    }

    private void CloseOpen()
    {
        _closed.Add(_open);
        _open = NewBatch();
    }

    private static EventBatch NewBatch() => new()
    {
        Transactions = new TransactionColumns(),
        Lines = new LineColumns(),
        TaxBuckets = new TaxBucketColumns(),
        Tenders = new TenderColumns(),
        Discounts = new DiscountColumns(),
    };

    private static long ToMicros(decimal amount) => (long)(amount * 1_000_000m);
}
