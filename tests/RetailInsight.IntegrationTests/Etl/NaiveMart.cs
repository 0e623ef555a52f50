using System.Globalization;
using System.Runtime.InteropServices;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.IntegrationTests.Etl;

/// <summary>A revision of a receipt and when the gateway had it.</summary>
internal sealed record ReceivedReceipt(Transaction Receipt, int Revision, DateTimeOffset ReceivedAt);

/// <summary>
/// Every table of the datamart as the definitions have it, counted one record after the other: plain loops over canonical records, no SQL
/// and nothing of the models. A row is a line of text, its values in the order of <see cref="Columns"/>.
/// </summary>
internal sealed class NaiveMart(IReadOnlyList<SyntheticStore> stores, IReadOnlyList<ReceivedReceipt> received, IReadOnlyList<PeopleCount> counts)
{
    /// <summary>The tables and the columns that are compared.</summary>
    public static readonly IReadOnlyDictionary<string, string> Columns = new Dictionary<string, string>
    {
        ["kpi_store_day"] = "store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, guests, identified_receipts, discount, visitors, observed_minutes, expected_minutes, sales_reported",
        ["kpi_item_day"] = "store, business_date, item_code, item_name, category, merchandise, currency, net, tax, gross, quantity, receipts, returned_quantity",
        ["kpi_category_day"] = "store, business_date, category, currency, net, tax, gross, quantity, receipts",
        ["kpi_tender_day"] = "store, business_date, method, currency, amount, receipts",
        ["kpi_discount_day"] = "store, business_date, kind, label, currency, amount, receipts",
        ["kpi_tax_day"] = "store, business_date, rate_bp, tax_category, currency, net, tax, gross",
        ["data_health_day"] = "store, business_date, registers_expected, registers_reported, receipts, first_at, last_at, last_received_at, late_receipts, missing_numbers, voided_receipts, observed_minutes, expected_minutes",
        ["data_health_register"] = "store, business_date, terminal, receipts, first_at, last_at, last_received_at, first_number, last_number, missing_numbers",
        ["customer_rfm"] = "store, business_date, recency_quintile, frequency_quintile, monetary_quintile, currency, customers, receipts, net",
        ["basket_pair"] = "store, business_date, item_a, item_b, receipts, receipts_a, receipts_b, receipts_all",
    };

    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    private readonly Dictionary<(string, DateOnly), List<Transaction>> _current = received
        .GroupBy(one => one.Receipt.EventId).Select(revisions => revisions.MaxBy(one => one.Revision)!.Receipt)
        .GroupBy(receipt => (receipt.Store, receipt.BusinessDate)).ToDictionary(day => day.Key, day => day.ToList());

    private readonly HashSet<Id128> _voided =
        [.. received.GroupBy(one => one.Receipt.EventId).Select(revisions => revisions.MaxBy(one => one.Revision)!.Receipt)
            .Where(receipt => receipt.Kind == TransactionKind.Void).Select(receipt => receipt.OriginalEventId)];

    private readonly ILookup<(string, DateOnly), ReceivedReceipt> _received = received.ToLookup(one => (one.Receipt.Store, one.Receipt.BusinessDate));
    private readonly ILookup<(string, DateOnly), PeopleCount> _counts = counts.ToLookup(count => (count.Store, count.BusinessDate));

    /// <summary>The rows of a table for the store-days something was received of.</summary>
    public IEnumerable<string> Rows(string table) => StoreDays().SelectMany(day => table switch
    {
        "kpi_store_day" => StoreDay(day.Store, day.Date),
        "kpi_item_day" => Items(day.Store, day.Date),
        "kpi_category_day" => Categories(day.Store, day.Date),
        "kpi_tender_day" => Tenders(day.Store, day.Date),
        "kpi_discount_day" => Discounts(day.Store, day.Date),
        "kpi_tax_day" => Taxes(day.Store, day.Date),
        "data_health_day" => HealthOfDay(day.Store, day.Date),
        "data_health_register" => HealthOfRegisters(day.Store, day.Date).Select(register => register.Line),
        "customer_rfm" => Rfm(day.Store, day.Date),
        _ => Pairs(day.Store, day.Date),
    });

    private IEnumerable<(SyntheticStore Store, DateOnly Date)> StoreDays() =>
        from store in stores
        from date in _received.Select(day => day.Key).Concat(_counts.Select(day => day.Key)).Where(day => day.Item1 == store.Code).Select(day => day.Item2).Distinct()
        select (store, date);

    private List<Transaction> Current(SyntheticStore store, DateOnly date) => _current.GetValueOrDefault((store.Code, date), []);

    private List<Transaction> Money(SyntheticStore store, DateOnly date) =>
        Current(store, date).FindAll(receipt => receipt.Kind is TransactionKind.Sale or TransactionKind.Return && !_voided.Contains(receipt.EventId));

    private static bool Counts(Transaction receipt) =>
        receipt.Kind == TransactionKind.Sale && receipt.Net >= 0 && receipt.Lines.Any(line => line.Quantity > 0);

    private IEnumerable<string> StoreDay(SyntheticStore store, DateOnly date)
    {
        var money = Money(store, date);
        if (Current(store, date).Count == 0 && !_counts[(store.Code, date)].Any())
        {
            yield break;
        }

        var paid = money.FindAll(Counts);
        var returned = money.FindAll(receipt => receipt.Kind == TransactionKind.Return);
        var (seen, observed, expected) = Door(store, date);
        yield return Line(
            store.Code, date, money.Count == 0 ? "JPY" : money[0].Currency, money.Sum(r => r.Net), money.Sum(r => r.TaxTotal), money.Sum(r => r.Gross), paid.Count,
            paid.Sum(r => r.Lines.Where(line => line.Merchandise).Sum(line => line.Quantity)), returned.Count, returned.Sum(r => r.Net), paid.Sum(r => r.Guests),
            paid.Count(r => r.Customer.Length > 0), money.Sum(r => r.Discounts.Sum(discount => discount.Amount)), seen, observed, expected, Current(store, date).Count > 0);
    }

    private (long? Seen, long Observed, long Expected) Door(SyntheticStore store, DateOnly date)
    {
        double Minute(DateTimeOffset at) => (at.DateTime - date.ToDateTime(TimeOnly.MinValue)).TotalMinutes;
        var inside = _counts[(store.Code, date)].Where(count => Minute(count.From) >= store.Opens && Minute(count.From) < store.Closes).ToList();
        return (inside.Count == 0 ? null : inside.Sum(count => (long)count.Entered),
            inside.Sum(count => (long)(Math.Min(Minute(count.To), store.Closes) - Minute(count.From))), (long)(store.Closes - store.Opens) * store.DoorLines);
    }

    private IEnumerable<string> Items(SyntheticStore store, DateOnly date)
    {
        var lines = Lines(store, date);
        foreach (var item in lines.GroupBy(sold => sold.Line.Item.Code))
        {
            string Latest(Func<TransactionLine, string> word) => item.Select(sold => (Word: word(sold.Line), sold.Receipt.OccurredAt))
                .OrderBy(said => said.Word.Length == 0).ThenByDescending(said => said.OccurredAt.UtcTicks).ThenBy(said => said.Word, StringComparer.Ordinal).First().Word;
            yield return Line(
                store.Code, date, item.Key, Latest(line => line.Item.Name), Latest(line => line.Item.Category), item.Any(sold => sold.Line.Merchandise), item.First().Receipt.Currency,
                item.Sum(sold => sold.Line.Net), item.Sum(sold => sold.Line.Tax), item.Sum(sold => sold.Line.Gross),
                item.Where(sold => Counts(sold.Receipt)).Sum(sold => sold.Line.Quantity),
                item.Where(sold => Counts(sold.Receipt)).Select(sold => sold.Receipt.EventId).Distinct().Count(),
                -item.Where(sold => sold.Receipt.Kind == TransactionKind.Return).Sum(sold => sold.Line.Quantity));
        }
    }

    private IEnumerable<string> Categories(SyntheticStore store, DateOnly date) => Lines(store, date).GroupBy(sold => sold.Line.Item.Category).Select(category => Line(
        store.Code, date, category.Key, category.First().Receipt.Currency, category.Sum(sold => sold.Line.Net), category.Sum(sold => sold.Line.Tax), category.Sum(sold => sold.Line.Gross),
        category.Where(sold => Counts(sold.Receipt)).Sum(sold => sold.Line.Quantity), category.Where(sold => Counts(sold.Receipt)).Select(sold => sold.Receipt.EventId).Distinct().Count()));

    private List<(Transaction Receipt, TransactionLine Line)> Lines(SyntheticStore store, DateOnly date) =>
        [.. from receipt in Money(store, date) from line in receipt.Lines select (receipt, line)];

    private IEnumerable<string> Tenders(SyntheticStore store, DateOnly date) =>
        from receipt in Money(store, date)
        from tender in receipt.Tenders
        group (receipt, tender) by tender.Method into method
        select Line(store.Code, date, method.Key, method.First().receipt.Currency, method.Sum(paid => paid.tender.Amount), CountedIn(method.Select(paid => paid.receipt)));

    private IEnumerable<string> Discounts(SyntheticStore store, DateOnly date) =>
        from receipt in Money(store, date)
        from discount in receipt.Discounts
        group (receipt, discount) by (discount.Kind, discount.Label) into stated
        select Line(
            store.Code, date, stated.Key.Kind.ToString().ToLowerInvariant(), stated.Key.Label, stated.First().receipt.Currency, stated.Sum(one => one.discount.Amount), CountedIn(stated.Select(one => one.receipt)));

    private static int CountedIn(IEnumerable<Transaction> receipts) => receipts.Where(Counts).Select(receipt => receipt.EventId).Distinct().Count();

    private IEnumerable<string> Taxes(SyntheticStore store, DateOnly date) =>
        from receipt in Money(store, date)
        from bucket in receipt.TaxBuckets
        group (receipt, bucket) by (bucket.RateBasisPoints, bucket.Category) into rate
        select Line(
            store.Code, date, rate.Key.RateBasisPoints, rate.Key.Category == TaxCategory.TaxFree ? "tax_free" : rate.Key.Category.ToString().ToLowerInvariant(), rate.First().receipt.Currency,
            rate.Sum(one => one.bucket.Net), rate.Sum(one => one.bucket.Tax), rate.Sum(one => one.bucket.Gross));

    private IEnumerable<string> HealthOfDay(SyntheticStore store, DateOnly date)
    {
        var registers = HealthOfRegisters(store, date).ToList();
        var all = Current(store, date);
        var (_, observed, expected) = Door(store, date);
        yield return Line(
            store.Code, date, registers.Count(register => register.Expected), all.Select(receipt => receipt.Terminal).Distinct().Count(), all.Count,
            all.Count == 0 ? null : all.Min(receipt => receipt.OccurredAt), all.Count == 0 ? null : all.Max(receipt => receipt.OccurredAt),
            Arrivals(store, date, all).Select(arrival => (DateTimeOffset?)arrival.Last).Max(), Arrivals(store, date, all).Count(arrival => arrival.IsLate), registers.Sum(register => register.Missing),
            all.Count(receipt => _voided.Contains(receipt.EventId)), observed, expected);
    }

    private IEnumerable<(string Line, bool Expected, long Missing)> HealthOfRegisters(SyntheticStore store, DateOnly date)
    {
        var before = Enumerable.Range(1, 14).SelectMany(days => _received[(store.Code, date.AddDays(-days))]).Select(one => one.Receipt.Terminal).ToHashSet();
        foreach (var terminal in before.Union(Current(store, date).Select(receipt => receipt.Terminal)))
        {
            var of = Current(store, date).FindAll(receipt => receipt.Terminal == terminal);
            var numbers = new SortedSet<long>(of.Select(receipt => receipt.ReceiptNumber).Where(number => number.Length is > 0 and <= 18 && number.All(char.IsAsciiDigit)).Select(number => long.Parse(number, CultureInfo.InvariantCulture)));
            var missing = 0L;
            long? last = null;
            foreach (var number in numbers)
            {
                missing += last is { } previous && number - previous <= 1000 ? number - previous - 1 : 0;
                last = number;
            }

            yield return (
                Line(
                    store.Code, date, terminal, of.Count, of.Count == 0 ? null : of.Min(receipt => receipt.OccurredAt), of.Count == 0 ? null : of.Max(receipt => receipt.OccurredAt),
                    Arrivals(store, date, of).Select(arrival => (DateTimeOffset?)arrival.Last).Max(), numbers.Count == 0 ? null : numbers.Min, numbers.Count == 0 ? null : numbers.Max, missing),
                before.Contains(terminal), missing);
        }
    }

    private IEnumerable<(DateTimeOffset Last, bool IsLate)> Arrivals(SyntheticStore store, DateOnly date, List<Transaction> receipts)
    {
        var arrived = _received[(store.Code, date)].ToLookup(one => one.Receipt.EventId, one => one.ReceivedAt);
        foreach (var receipt in receipts)
        {
            var end = new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), receipt.OccurredAt.Offset).AddMinutes(Math.Max(1440, store.Closes));
            yield return (arrived[receipt.EventId].Max(), arrived[receipt.EventId].Min() - end > TimeSpan.FromHours(24));
        }
    }

    private IEnumerable<string> Rfm(SyntheticStore store, DateOnly date)
    {
        var customers =
            (from receipt in Enumerable.Range(0, 365).SelectMany(days => Money(store, date.AddDays(-days)))
             where receipt.Customer.Length > 0
             group receipt by receipt.Customer into bought
             where bought.Any(Counts)
             select (Last: (long)bought.Where(Counts).Max(receipt => receipt.BusinessDate.DayNumber), Receipts: (long)bought.Count(Counts), Net: bought.Sum(receipt => receipt.Net), bought.First().Currency)).ToList();
        int Fifth(long value, Func<(long Last, long Receipts, long Net, string Currency), long> of) => (customers.Count(other => of(other) < value) * 5 / customers.Count) + 1;
        return customers
            .GroupBy(customer => (Fifth(customer.Last, c => c.Last), Fifth(customer.Receipts, c => c.Receipts), Fifth(customer.Net, c => c.Net)))
            .Select(cell => Line(store.Code, date, cell.Key.Item1, cell.Key.Item2, cell.Key.Item3, cell.First().Currency, cell.Count(), cell.Sum(c => c.Receipts), cell.Sum(c => c.Net)));
    }

    private IEnumerable<string> Pairs(SyntheticStore store, DateOnly date)
    {
        var baskets = Enumerable.Range(0, 28).SelectMany(days => Money(store, date.AddDays(-days))).Where(Counts)
            .Select(receipt => receipt.Lines.Where(line => line.Merchandise && line.Quantity > 0 && line.Item.Code.Length > 0).Select(line => line.Item.Code).Distinct().Order(StringComparer.Ordinal).ToArray()).ToList();
        var names = baskets.SelectMany(basket => basket).Distinct().Order(StringComparer.Ordinal).ToArray();
        var numbers = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        var single = new int[names.Length];
        var pairs = new Dictionary<(int A, int B), int>();
        foreach (var basket in baskets)
        {
            var items = Array.ConvertAll(basket, name => numbers[name]);
            for (var a = 0; a < items.Length; a++)
            {
                single[items[a]]++;
                for (var b = a + 1; b < items.Length; b++)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(pairs, (items[a], items[b]), out _)++;
                }
            }
        }

        return pairs.Where(pair => pair.Value >= 5)
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.A).ThenBy(pair => pair.Key.B).Take(200)
            .Select(pair => Line(store.Code, date, names[pair.Key.A], names[pair.Key.B], pair.Value, single[pair.Key.A], single[pair.Key.B], baskets.Count));
    }

    private static string Line(params object?[] values) => string.Join('|', values.Select(value => value switch
    {
        null => "-",
        bool truth => truth ? "true" : "false",
        DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset at => ((at - Epoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    }));
}
