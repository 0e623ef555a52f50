using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Profiles;

namespace RetailInsight.Bench.Conversion;

/// <summary>
/// A vendor-a file turned into the very batches the product makes of it, written as one would with CsvHelper: typed records,
/// decimals, LINQ, the runtime's SHA-256 and the generated message classes. It knows this one vendor alone and stops at the
/// first row that is wrong.
/// </summary>
internal sealed class EqualConverter(StoreDirectory stores, string tenant)
{
    private const decimal Micros = 1_000_000m;

    private readonly EqualBatches _batches = new();

    /// <summary>The batches of a file, as they travel.</summary>
    public IReadOnlyList<byte[]> Convert(byte[] content)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(932, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;
        using var reader = new StreamReader(new MemoryStream(content), encoding);
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { CountBytes = true, Encoding = encoding });
        csv.Read();
        csv.ReadHeader();
        var receipts = new Dictionary<(string, string, string), List<(PlainConverter.Row Row, int Number, long Offset)>>();
        var (number, offset) = (0, csv.Parser.ByteCount);
        while (csv.Read())
        {
            var row = csv.GetRecord<PlainConverter.Row>();
            Check(row, ++number);
            var key = (row.POSコード, row.営業日, row.レシート番号);
            if (!receipts.TryGetValue(key, out var rows))
            {
                receipts.Add(key, rows = []);
            }

            rows.Add((row, number, offset));
            offset = csv.Parser.ByteCount;
        }

        foreach (var rows in receipts.Values)
        {
            Add(rows);
        }

        return _batches.Close();
    }

    private static void Check(PlainConverter.Row row, int number)
    {
        if (new[] { row.POSコード, row.営業日, row.時刻, row.レシート番号, row.取引区分, row.商品コード, row.部門, row.税区分 }.Any(string.IsNullOrWhiteSpace))
        {
            throw new InvalidDataException($"Row {number} lacks a field.");
        }

        if (Math.Abs(row.数量 * row.単価 - row.金額) >= 1)
        {
            throw new InvalidDataException($"Row {number}: {row.数量} × {row.単価} is not {row.金額}.");
        }
    }

    private void Add(List<(PlainConverter.Row Row, int Number, long Offset)> rows)
    {
        var head = rows[0].Row;
        var date = DateOnly.ParseExact(head.営業日, "yyyy/MM/dd", CultureInfo.InvariantCulture);
        var store = stores.ByTerminal(head.POSコード, date) ?? throw new InvalidDataException($"Register {head.POSコード} stands nowhere.");
        var kind = head.取引区分 switch
        {
            "01" => TransactionKind.Sale,
            "02" => TransactionKind.Return,
            "03" => TransactionKind.Void,
            "04" => TransactionKind.Cancelled,
            "09" => TransactionKind.Training,
            _ => throw new InvalidDataException($"Kind {head.取引区分} is not known."),
        };
        var sign = kind is TransactionKind.Return or TransactionKind.Void ? -1 : 1;
        if (rows.Any(one => (one.Row.時刻, one.Row.取引区分, one.Row.合計金額, one.Row.小計値引額, one.Row.支払方法, one.Row.支払金額) != (head.時刻, head.取引区分, head.合計金額, head.小計値引額, head.支払方法, head.支払金額)))
        {
            throw new InvalidDataException($"The rows of receipt {head.レシート番号} differ.");
        }

        var time = head.時刻.Split(':').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        var occurredAt = store.Calendar.ToInstant(date.ToDateTime(TimeOnly.MinValue).AddHours(time[0]).AddMinutes(time[1]).AddSeconds(time[2]));
        var lines = rows.Select((one, i) => new EqualLine(i + 1, one.Row, one.Number, sign)).ToArray();
        if (head.小計値引額 != 0)
        {
            var shares = Shares(sign * head.小計値引額, [.. lines.Select(line => line.Payable)]);
            for (var i = 0; i < lines.Length; i++)
            {
                lines[i].ReceiptDiscount = shares[i];
            }
        }

        var buckets = lines.GroupBy(line => (line.Rate, line.Category)).OrderByDescending(group => group.Key.Rate).ThenBy(group => group.Key.Category).Select(group => Bucket(group, head, sign)).ToArray();
        if (buckets.Sum(bucket => bucket.Gross) != sign * head.合計金額)
        {
            throw new InvalidDataException($"Receipt {head.レシート番号} does not come to {head.合計金額}.");
        }

        Tender[] tenders = head.支払方法.Length == 0 ? [] : [new Tender(Method(head.支払方法), (long)(sign * head.支払金額 * Micros))];
        var discounts = lines.Where(line => line.Row.値引額 != 0).Select(line => new Discount(line.Number, DiscountKind.Line, (long)(sign * line.Row.値引額 * Micros), "値引額"))
            .Concat(head.小計値引額 == 0 ? [] : [new Discount(0, DiscountKind.Receipt, (long)(sign * head.小計値引額 * Micros), "小計値引額")]).ToArray();
        var original = kind == TransactionKind.Void ? Key(head.POSコード, date, head.元レシート番号) : Id128.None;
        var at = rows[0];
        _batches.Add(new EqualReceipt(head, Key(head.POSコード, date, head.レシート番号), kind, date, store.Code, occurredAt, original, lines, buckets, tenders, discounts, at.Number, at.Offset));
    }

    // One rounding a receipt and rate; what is stated goes before what is computed.
    private static EqualBucket Bucket(IGrouping<(int Rate, TaxCategory Category), EqualLine> group, PlainConverter.Row head, int sign)
    {
        var lines = group.ToArray();
        var gross = lines.Sum(line => line.Gross);
        var computed = decimal.Truncate(gross * group.Key.Rate / (10_000 + group.Key.Rate));
        var stated = group.Key.Rate switch { 1_000 => head.内税額10, 800 => head.内税額8, _ => null };
        var tax = stated is { } printed ? sign * printed : computed;
        var shares = Shares(tax, [.. lines.Select(line => line.Gross)]);
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i].Tax = shares[i];
        }

        return new EqualBucket(group.Key.Rate, group.Key.Category, gross - tax, tax, gross, stated is not null, computed);
    }

    // Largest remainder, in whole yen.
    private static decimal[] Shares(decimal total, decimal[] weights)
    {
        var sum = weights.Sum(Math.Abs);
        var exact = weights.Select(weight => Math.Abs(total) * (sum == 0 ? 1m / weights.Length : Math.Abs(weight) / sum)).ToArray();
        var shares = exact.Select(decimal.Truncate).ToArray();
        var left = (int)(Math.Abs(total) - shares.Sum());
        foreach (var i in Enumerable.Range(0, weights.Length).OrderByDescending(i => Math.Round(exact[i] - shares[i], 12, MidpointRounding.ToEven)).ThenBy(i => i).Take(left))
        {
            shares[i]++;
        }

        return [.. shares.Select(share => Math.Sign(total) * share)];
    }

    private static string Method(string printed) => printed switch
    {
        "現金" => "cash",
        "クレジット" => "credit",
        "電子マネー" => "e_money",
        "QR" => "qr",
        _ => throw new InvalidDataException($"'{printed}' is no known means of payment."),
    };

    private Id128 Key(string terminal, DateOnly date, string number)
    {
        using var content = new MemoryStream();
        foreach (var part in new[] { tenant, "vendor-a", "transaction", terminal, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), number })
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            var length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            content.Write(length);
            content.Write(bytes);
        }

        return Id128.FromDigest(SHA256.HashData(content.ToArray()));
    }
}
