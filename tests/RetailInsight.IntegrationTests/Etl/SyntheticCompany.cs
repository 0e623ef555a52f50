using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.IntegrationTests.Etl;

/// <summary>A store as the recount knows it. Minutes after local midnight.</summary>
internal sealed record SyntheticStore(string Code, int Opens, int Closes, int DoorLines);

/// <summary>A batch and the records it carries.</summary>
internal sealed record SyntheticBatch(
    EventBatch Message, IReadOnlyList<(Transaction Receipt, int Revision)> Receipts, IReadOnlyList<(PeopleCount Count, int Revision)> Counts);

/// <summary>
/// Some days of receipts and counts with everything that makes figures go wrong: corrections, moved receipts, voids in
/// other batches and on other days, returns, training, hours after midnight, missing counters. Seeded.
/// </summary>
internal sealed class SyntheticCompany
{
    public const string Tenant = "synthetic";
    public const int LateWords = 20;
    public static readonly DateOnly FirstDay = new(2026, 11, 18);

    private static readonly TimeSpan Tokyo = TimeSpan.FromHours(9);
    private readonly Random _random;
    private readonly int _firstWord;
    private int _number;

    public SyntheticCompany(int seed)
    {
        _random = new Random(seed);
        foreach (var store in Stores)
        {
            for (var day = 0; day < 3; day++)
            {
                AddReceipts(store, FirstDay.AddDays(day));
                AddCounts(store, FirstDay.AddDays(day));
            }
        }

        _firstWord = Receipts.Count;
        AddLaterWords();
    }

    public IReadOnlyList<SyntheticStore> Stores { get; } =
        [new("s1", 600, 1260, 2), new("s2", 1080, 1560, 0), new("s3", 570, 1170, 1), new("closed", 600, 1200, 1)];

    public List<(Transaction Receipt, int Revision)> Receipts { get; } = [];

    public List<(PeopleCount Count, int Revision)> Counts { get; } = [];

    /// <summary>All records in batches, in no order; the last <see cref="LateWords"/> carry one correction or void each.</summary>
    public IReadOnlyList<SyntheticBatch> Batches()
    {
        var batches = new List<SyntheticBatch>();
        void AddBatch((Transaction Receipt, int Revision)[] part) => batches.Add(new SyntheticBatch(
            Batch(batches.Count, builder => Array.ForEach(part, record => Add(builder, record.Receipt, record.Revision))), part, []));

        var words = Receipts[_firstWord..].ToArray();
        _random.Shuffle(words);
        foreach (var part in Receipts[.._firstWord].Concat(words.Skip(LateWords)).Chunk(6))
        {
            AddBatch(part);
        }

        foreach (var part in Counts.Chunk(100))
        {
            batches.Add(new SyntheticBatch(
                Batch(batches.Count, builder => Array.ForEach(part, record => builder.Add(record.Count, ContentHash.Of(record.Count), record.Revision))), [], part));
        }

        var shuffled = batches.ToArray();
        _random.Shuffle(shuffled);
        batches = [.. shuffled];
        foreach (var word in words.Take(LateWords))
        {
            AddBatch([word]);
        }

        return batches;
    }

    /// <summary>As the gateway does: a correction also touches where the receipt lay before, a void where its original lies.</summary>
    private void Add(EventBatchBuilder builder, Transaction receipt, int revision)
    {
        builder.Add(receipt, ContentHash.Of(receipt), revision);
        foreach (var (other, _) in Receipts.Where(other => other.Receipt.EventId == receipt.OriginalEventId || (revision > 1 && other.Receipt.EventId == receipt.EventId)))
        {
            builder.AlsoTouch(other.Store, other.BusinessDate);
        }
    }

    private static EventBatch Batch(int chunk, Action<EventBatchBuilder> fill)
    {
        var received = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero).AddMinutes(chunk);
        var origin = new BatchOrigin(Tenant, "vendor", "feed", "profile", 1, "raw/object", 0, 1, new byte[32], received);
        var builder = new EventBatchBuilder(origin, Id128.FromParts(Tenant, chunk.ToString(CultureInfo.InvariantCulture)));
        fill(builder);
        return EventBatch.Parser.ParseFrom(builder.Serialize());
    }

    private void AddReceipts(SyntheticStore store, DateOnly day)
    {
        var receipts = store.Code switch { "closed" => 0, "s3" => _random.Next(2), _ => 60 };
        for (var at = 0; at < receipts; at++)
        {
            var kind = _random.Next(10) switch { 0 => TransactionKind.Return, 1 => TransactionKind.Training, 2 => TransactionKind.Cancelled, _ => TransactionKind.Sale };
            Receipts.Add((Receipt(store, day, kind, Id128.None), 1));
        }
    }

    private Transaction Receipt(SyntheticStore store, DateOnly day, TransactionKind kind, Id128 original)
    {
        var number = (++_number).ToString(CultureInfo.InvariantCulture);
        var minute = _random.Next(store.Opens - 30, store.Closes + 30);
        return WithAmounts(new Transaction
        {
            EventId = Id128.FromParts(Tenant, number),
            Store = store.Code,
            StoreAsSent = store.Code,
            Terminal = "1",
            ReceiptNumber = number,
            Kind = kind,
            BusinessDate = day,
            BusinessDateSource = BusinessDateSource.Stated,
            OccurredAt = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), Tokyo).AddMinutes(minute),
            Clock = ClockSource.Terminal,
            Currency = "JPY",
            OriginalEventId = original,
            Source = new SourceLocation(1, 0, 1),
            Lines = [],
            TaxBuckets = [],
        });
    }

    private Transaction WithAmounts(Transaction receipt)
    {
        var sign = receipt.Kind is TransactionKind.Return or TransactionKind.Void ? -1 : 1;
        var lines = new List<TransactionLine>();
        for (var number = 1; number <= _random.Next(5); number++)
        {
            var net = sign * _random.Next(-100, 5000) * Money.MicrosPerUnit;
            var tax = net / 10;
            lines.Add(new TransactionLine(
                number, new Item("i", "", ""), sign * _random.Next(1, 4) * Money.MicrosPerUnit, net, TaxBasis.Exclusive, 1000, TaxCategory.Standard, net, 0, net, tax, net + tax, _random.Next(5) > 0, 1));
        }

        return receipt with
        {
            Lines = [.. lines],
            TaxBuckets = [new TaxBucket(1000, TaxCategory.Standard, lines.Sum(line => line.Net), lines.Sum(line => line.Tax), lines.Sum(line => line.Gross), true, 0)],
        };
    }

    /// <summary>What vendors say afterwards: corrections, also of the date, and voids of sales and of returns.</summary>
    private void AddLaterWords()
    {
        foreach (var (receipt, _) in Receipts.ToArray())
        {
            switch (_random.Next(12))
            {
                case 0:
                    Receipts.Add((WithAmounts(receipt), 2));
                    break;
                case 1:
                    Receipts.Add((WithAmounts(receipt), 2));
                    Receipts.Add((receipt with { BusinessDate = receipt.BusinessDate.AddDays(1) }, 3));
                    break;
                case 2:
                    var store = Stores.Single(store => store.Code == receipt.Store);
                    Receipts.Add((Receipt(store, receipt.BusinessDate.AddDays(_random.Next(2)), TransactionKind.Void, receipt.EventId), 1));
                    break;
            }
        }
    }

    private void AddCounts(SyntheticStore store, DateOnly day)
    {
        for (var line = 1; line <= store.DoorLines; line++)
        {
            for (var minute = store.Opens - 60; minute < store.Closes + 60; minute += 15)
            {
                if (store.Code == "closed" || _random.Next(20) == 0)
                {
                    continue;
                }

                var from = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), Tokyo).AddMinutes(minute);
                var count = new PeopleCount
                {
                    EventId = Id128.FromParts(Tenant, store.Code, line.ToString(CultureInfo.InvariantCulture), from.ToString("O", CultureInfo.InvariantCulture)),
                    Store = store.Code,
                    Device = "d",
                    Line = line.ToString(CultureInfo.InvariantCulture),
                    Kind = CountKind.Interval,
                    From = from,
                    To = from.AddMinutes(15),
                    BusinessDate = day,
                    Entered = (uint)_random.Next(8),
                    Left = 0,
                    Source = new SourceLocation(1, 0, 1),
                };
                Counts.Add((count, 1));
                if (_random.Next(30) == 0)
                {
                    Counts.Add((count with { Entered = count.Entered + 1 }, 2));
                }
            }
        }
    }
}
