using System.Buffers.Binary;
using System.Text;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Core.Canon;

/// <summary>
/// The hash of what a record says: every business field in a fixed order and in a form no two contents share. Where it
/// stands in a payload, and when it was received, are left out, so that a resend has the same hash.
/// </summary>
public static class ContentHash
{
    private const int FirstCapacity = 1024;

    [ThreadStatic]
    private static byte[]? _spare;

    /// <summary>Hash of a receipt with its lines, buckets, tenders and discounts.</summary>
    public static Id128 Of(Transaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var writer = new Canonical(_spare ?? new byte[FirstCapacity]);
        writer.Add(transaction.Store);
        writer.Add(transaction.Terminal);
        writer.Add(transaction.ReceiptNumber);
        writer.Add((int)transaction.Kind);
        writer.Add(transaction.BusinessDate.DayNumber);
        writer.Add(transaction.OccurredAt);
        writer.Add(transaction.Currency);
        writer.Add(transaction.Guests);
        writer.Add(transaction.Customer);
        writer.Add(transaction.OriginalEventId);
        writer.Add(transaction.Lines.Length);
        foreach (ref readonly var line in transaction.Lines.AsSpan())
        {
            AddItem(ref writer, line.Item);
            writer.Add([
                line.Quantity, line.UnitPrice, (long)line.TaxBasis, line.RateBasisPoints, (long)line.TaxCategory, line.StatedAmount, line.Discount, line.Net,
                line.Tax, line.Merchandise ? 1 : 0,
            ]);
        }

        writer.Add(transaction.TaxBuckets.Length);
        foreach (ref readonly var bucket in transaction.TaxBuckets.AsSpan())
        {
            writer.Add([bucket.RateBasisPoints, (long)bucket.Category, bucket.Net, bucket.Tax, bucket.TaxStated ? 1 : 0]);
        }

        writer.Add(transaction.Tenders.Length);
        foreach (var tender in transaction.Tenders)
        {
            writer.Add(tender.Method);
            writer.Add(tender.Amount);
        }

        writer.Add(transaction.Discounts.Length);
        foreach (var discount in transaction.Discounts)
        {
            writer.Add(discount.LineNumber);
            writer.Add((int)discount.Kind);
            writer.Add(discount.Amount);
            writer.Add(discount.Label);
        }

        // The same content again under a higher revision is a correction of a correction, not a resend.
        if (transaction.SourceRevision != 0)
        {
            writer.Add(transaction.SourceRevision);
        }

        return writer.Hash();
    }

    /// <summary>Hash of a count: what the device says of the interval.</summary>
    public static Id128 Of(PeopleCount count)
    {
        ArgumentNullException.ThrowIfNull(count);
        var writer = new Canonical(_spare ?? new byte[FirstCapacity]);
        writer.Add(count.Store);
        writer.Add(count.Device);
        writer.Add(count.Line);
        writer.Add((int)count.Kind);
        writer.Add(count.From);
        writer.Add(count.To);
        writer.Add(count.Entered);
        writer.Add(count.Left);

        // Counts that say none of it keep the hash they had before there was such a thing. Sequence and firmware say nothing about people.
        if (count is not { Staff: 0, Occupancy: 0, Zone: "", Role: CountRole.Entrance, Measure: CountMeasure.Raw, Partial: false })
        {
            writer.Add(count.Staff);
            writer.Add(count.Occupancy);
            writer.Add(count.Zone);
            writer.Add((int)count.Role);
            writer.Add((int)count.Measure);
            writer.Add(count.Partial ? 1 : 0);
        }

        return writer.Hash();
    }

    /// <summary>Hash of what somebody did. Firmware says nothing about people.</summary>
    public static Id128 Of(VisitorEvent visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        var writer = new Canonical(_spare ?? new byte[FirstCapacity]);
        writer.Add(visitor.Store);
        writer.Add(visitor.Device);
        writer.Add(visitor.Line);
        writer.Add(visitor.Zone);
        writer.Add((int)visitor.Kind);
        writer.Add(visitor.At);
        writer.Add((long)visitor.DurationMilliseconds);
        writer.Add(visitor.Person);
        writer.Add(visitor.Staff ? 1 : 0);
        return writer.Hash();
    }

    // Items come again and again in a file: the hash of their texts stands for them, a quarter of what there would be to hash.
    private static void AddItem(ref Canonical writer, Item item)
    {
        if (item.Digest is { } digest)
        {
            writer.Add(digest);
            return;
        }

        var from = writer.Length;
        writer.Add(item.Code);
        writer.Add(item.Name);
        writer.Add(item.Category);
        item.Digest = writer.Replace(from);
    }

    // Whole numbers in zigzag base 128, texts behind their length: no two contents give the same bytes.
    private struct Canonical(byte[] buffer)
    {
        private const int LongestUtf8 = 3;
        private const int ShortText = 63 / LongestUtf8;

        private byte[] _buffer = buffer;
        private int _length;

        public readonly int Length => _length;

        // Puts the hash of what was added since in its place.
        public byte[] Replace(int from)
        {
            var hash = Id128.FromContent(_buffer.AsSpan(from, _length - from));
            _length = from;
            Add(hash);
            return _buffer.AsSpan(from, _length - from).ToArray();
        }

        public void Add(byte[] bytes)
        {
            Reserve(bytes.Length);
            bytes.CopyTo(_buffer.AsSpan(_length));
            _length += bytes.Length;
        }

        public void Add(long value)
        {
            Reserve(Varint.Longest);
            _length += Varint.Write(_buffer.AsSpan(_length), Varint.ZigZag(value));
        }

        public void Add(ReadOnlySpan<long> values)
        {
            Reserve(Varint.Longest * values.Length);
            var target = _buffer.AsSpan(_length);
            var written = 0;
            foreach (var value in values)
            {
                written += Varint.Write(target[written..], Varint.ZigZag(value));
            }

            _length += written;
        }

        public void Add(Id128 value)
        {
            Reserve(16);
            BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_length), value.Hi);
            BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_length + 8), value.Lo);
            _length += 16;
        }

        public void Add(DateTimeOffset value)
        {
            Add(value.UtcTicks);
            Add(value.TotalOffsetMinutes);
        }

        public void Add(string value)
        {
            // A text that is surely short needs no counting first: its length takes one byte.
            if (value.Length <= ShortText)
            {
                Reserve(1 + (value.Length * LongestUtf8));
                var written = Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length + 1));
                _buffer[_length] = (byte)(written << 1);
                _length += 1 + written;
                return;
            }

            var length = Encoding.UTF8.GetByteCount(value);
            Add(length);
            Reserve(length);
            _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
        }

        public readonly Id128 Hash()
        {
            _spare = _buffer;
            return Id128.FromContent(_buffer.AsSpan(0, _length));
        }

        private void Reserve(int bytes)
        {
            if (_buffer.Length - _length < bytes)
            {
                Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
            }
        }
    }
}
