using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Tests.Profiles.RoundTrip;

/// <summary>Makes receipts at random within what a format carries, and says what their canonical content is.</summary>
internal sealed class SaleMaker(Carries carries, int seed)
{
    private readonly Random _random = new(seed);

    public List<Till> Make(int count)
    {
        var tills = new List<Till>(count);
        for (var i = 0; i < count; i++)
        {
            var kind = i == 0 ? carries.Kinds[0] : Pick(carries.Kinds);
            var sold = kind == TransactionKind.Void
                ? tills.Where(till => till.Sale.Kind == TransactionKind.Sale && tills.TrueForAll(other => other.Sale.Original != till.Sale.Number)).Select(till => till.Sale).FirstOrDefault()
                : null;
            kind = kind == TransactionKind.Void && sold is null ? TransactionKind.Sale : kind;
            var sale = sold is null ? Make(kind, i + 1) : sold with { Kind = kind, Number = carries.Number(kind, i + 1), Original = sold.Number };
            tills.Add(new Till(sale, Record(sale)));
        }

        return tills;
    }

    private Sale Make(TransactionKind kind, int number)
    {
        var minute = carries.Night ? _random.Next(5 * 60, 29 * 60) : _random.Next(8 * 60, 23 * 60);
        Rate[] rates = carries.BasisOfReceipt is { Length: > 0 } bases && Pick(bases) is var basis ? [.. carries.Rates.Select(rate => rate with { Basis = basis })] : carries.Rates;
        var lines = Enumerable.Range(0, _random.Next(1, 6)).Select(_ => Line(rates)).ToList();
        var whole = carries.ReceiptDiscount is not null && _random.Next(3) == 0 ? lines.Sum(line => line.Amount - line.Discounts.Sum()) : 0;
        return new Sale
        {
            Kind = kind,
            Place = Pick(carries.Places),
            Number = carries.Number(kind, number),
            Day = new DateOnly(2026, 11, 1).AddDays(_random.Next(20)),
            Time = TimeSpan.FromSeconds((minute * 60) + (carries.Seconds ? _random.Next(60) : 0)),
            Guests = carries.Guests ? (uint)_random.Next(0, 5) : 0,
            Customer = carries.Customer && _random.Next(2) == 0 ? carries.CustomerCode(_random) : "",
            Lines = [.. lines],
            Discount = decimal.Floor(whole * _random.Next(0, 40) / 100),
        };
    }

    private SaleLine Line(Rate[] rates)
    {
        var (code, name) = carries.Item(_random);
        var price = Pick(carries.Prices);
        var quantity = price % 2 == 0 && _random.Next(8) == 0 ? 1.5m : _random.Next(1, 5);
        return new SaleLine(
            code, name, Pick(carries.Categories), quantity, price,
            [.. carries.LineDiscounts.Select(_ => _random.Next(4) == 0 ? decimal.Floor(quantity * price / 5) : 0)],
            Pick(rates));
    }

    /// <summary>The canonical record. The original of a void and the places in the payload are filled in by who knows them.</summary>
    private Transaction Record(Sale sale)
    {
        var unit = Money.MinorUnitMicros(carries.Currency);
        long[] discounts = [.. sale.Lines.Select(line => sale.Sign * Micros(line.Discounts.Sum()))];
        long[] payable = [.. sale.Lines.Select((line, i) => (sale.Sign * Micros(line.Amount)) - discounts[i])];
        var shares = Shares(sale, payable, unit);
        var lines = new TransactionLine[sale.Lines.Count];
        var buckets = new List<TaxBucket>();
        foreach (var rate in sale.Lines.Select(line => line.Rate).Distinct().OrderByDescending(rate => rate.BasisPoints).ThenBy(rate => rate.Category))
        {
            int[] members = [.. Enumerable.Range(0, lines.Length).Where(i => sale.Lines[i].Rate == rate)];
            long[] amounts = [.. members.Select(i => payable[i] - shares[i])];
            var whole = TaxOf(rate, amounts.Sum(), carries.Rounding, unit);
            var taxes = Split(rate, whole, amounts, unit);
            for (var m = 0; m < members.Length; m++)
            {
                var (i, line) = (members[m], sale.Lines[members[m]]);
                var net = rate.Basis == TaxBasis.Inclusive ? amounts[m] - taxes[m] : amounts[m];
                lines[i] = new TransactionLine(
                    i + 1, new Item(line.Item, line.Name, line.Category), sale.Sign * Micros(line.Quantity), Micros(line.Price), rate.Basis, rate.BasisPoints, rate.Category,
                    sale.Sign * Micros(line.Amount), discounts[i] + shares[i], net, taxes[m], net + taxes[m], line.Category != "90", 1);
            }

            var bucketNet = members.Sum(i => lines[i].Net);
            buckets.Add(new TaxBucket(rate.BasisPoints, rate.Category, bucketNet, whole, bucketNet + whole, carries.Stated(rate), whole));
        }

        var wall = sale.Wall;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(carries.Zone);
        return new Transaction
        {
            EventId = Id128.None,
            Store = sale.Place.Store,
            StoreAsSent = "",
            Terminal = sale.Place.Terminal,
            ReceiptNumber = sale.Number,
            Kind = sale.Kind,
            BusinessDate = sale.Day,
            BusinessDateSource = BusinessDateSource.Stated,
            OccurredAt = new DateTimeOffset(wall, zone.GetUtcOffset(wall)),
            Clock = ClockSource.Terminal,
            Currency = carries.Currency,
            SourceRevision = carries.Revision ? (new DateTimeOffset(wall, zone.GetUtcOffset(wall)).AddHours(2).UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond : 0,
            Guests = sale.Guests,
            Customer = sale.Customer,
            Source = new SourceLocation(1, 0, 0),
            Lines = [.. lines],
            TaxBuckets = [.. buckets],
            Tenders = [.. Tenders(buckets.Sum(bucket => bucket.Gross))],
            Discounts =
            [
                .. sale.Lines.SelectMany((line, i) => carries.LineDiscounts.Select((rule, d) => new Discount(i + 1, rule.Kind, sale.Sign * Micros(line.Discounts[d]), rule.Label))).Where(discount => discount.Amount != 0),
                .. sale.Discount == 0 ? (Discount[])[] : [new Discount(0, DiscountKind.Receipt, sale.Sign * Micros(sale.Discount), carries.ReceiptDiscount!)],
            ],
        };
    }

    private long[] Shares(Sale sale, long[] payable, long unit)
    {
        var discount = sale.Sign * Micros(sale.Discount);
        var shares = new long[payable.Length];
        if (discount == 0)
        {
            return shares;
        }

        var groups = Enumerable.Range(0, payable.Length).GroupBy(i => carries.DiscountByRate ? sale.Lines[i].Rate : carries.Rates[0]).Select(group => group.ToArray()).ToArray();
        var parts = Allocation.LargestRemainder(discount, [.. groups.Select(group => group.Sum(i => payable[i]))], unit);
        for (var g = 0; g < groups.Length; g++)
        {
            var of = Allocation.LargestRemainder(parts[g], [.. groups[g].Select(i => payable[i])], unit);
            for (var m = 0; m < of.Length; m++)
            {
                shares[groups[g][m]] = of[m];
            }
        }

        return shares;
    }

    private long[] Split(Rate rate, long whole, long[] amounts, long unit)
    {
        if (!carries.TaxByLine)
        {
            return Allocation.LargestRemainder(whole, amounts, unit);
        }

        long[] own = [.. amounts.Select(amount => TaxOf(rate, amount, TaxRounding.Floor, unit))];
        var rest = Allocation.LargestRemainder(whole - own.Sum(), amounts, unit);
        return [.. own.Zip(rest, (one, more) => one + more)];
    }

    private List<Tender> Tenders(long gross)
    {
        if (carries.Tenders.Length == 0 || gross == 0)
        {
            return [];
        }

        string[] methods = [.. carries.Tenders.Where(_ => _random.Next(2) == 0).Take(carries.MostTenders)];
        methods = methods.Length == 0 || Math.Abs(gross) < 10_000_000 ? [Pick(carries.Tenders)] : methods;
        var first = methods.Length == 1 ? gross : gross / 3 / 1_000_000 * 1_000_000;
        return [.. methods.Select((method, i) => new Tender(method, i < methods.Length - 1 ? first / (methods.Length - 1) / 1_000_000 * 1_000_000 : gross - ((methods.Length - 1) * (first / Math.Max(1, methods.Length - 1) / 1_000_000 * 1_000_000))))];
    }

    private static long TaxOf(Rate rate, long amount, TaxRounding rounding, long unit) => rate.Basis switch
    {
        TaxBasis.Inclusive => Tax.InGross(amount, rate.BasisPoints, rounding, unit),
        TaxBasis.Exclusive => Tax.OnNet(amount, rate.BasisPoints, rounding, unit),
        _ => 0,
    };

    private static long Micros(decimal units) => (long)(units * Money.MicrosPerUnit);

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
