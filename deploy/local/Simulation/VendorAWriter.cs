using System.Globalization;
using System.Text;

namespace RetailInsight.Local.Simulation;

/// <summary>Writes vendor-a files: CP932 CSV, tax-inclusive, one row per receipt line. Any store's receipts will do.</summary>
internal static class VendorAWriter
{
    public const string ContentType = "text/csv; charset=shift_jis";

    private const string Header =
        "POSコード,営業日,時刻,レシート番号,取引区分,元レシート番号,行番号,商品コード,商品名,部門,数量,単価,金額,値引額,税率,税区分,小計値引額,合計金額,内税額10,内税額8,支払方法,支払金額,客数,会員コード";

    private const int PosCodeField = 0;
    private const int JanField = 7;
    private const int NameField = 8;
    private const int AmountField = 12;
    private const int RateField = 14;
    private const int TotalField = 17;

    // Stands in for the bytes 0x81 0xAD, which have no character in CP932.
    private const string InvalidMarker = "\u0011\u0012";

    private static readonly Encoding Cp932 = CodePagesEncodingProvider.Instance.GetEncoding(932, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>One day file. A receipt without lines leaves no row.</summary>
    /// <param name="receipts">In the order they are to stand.</param>
    /// <param name="date">Business date.</param>
    /// <param name="stateTaxes">False leaves the tax columns empty.</param>
    /// <param name="badRows">Receipts to break, by key.</param>
    public static byte[] Write(IEnumerable<Receipt> receipts, DateOnly date, bool stateTaxes, IReadOnlyDictionary<string, BadRow> badRows)
    {
        using var bytes = new MemoryStream();
        bytes.Write(Cp932.GetBytes(Header + "\r\n"));
        foreach (var receipt in receipts)
        {
            var rows = Rows(receipt, date, stateTaxes);
            if (badRows.TryGetValue(receipt.Key, out var bad))
            {
                Break(rows, bad);
            }

            foreach (var row in rows)
            {
                bytes.Write(Encode(row));
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Data rows a receipt takes.</summary>
    public static int RowsOf(Receipt receipt) => receipt.Lines.Count;

    private static List<string[]> Rows(Receipt receipt, DateOnly date, bool stateTaxes)
    {
        var printed = TaxInclusivePrices.Of(receipt);
        var rates = receipt.Rates;
        string Tax(int rate) => stateTaxes && rates.FirstOrDefault(group => group.RatePercent == rate) is { } group ? Text(group.Tax) : "";
        var (total, tax10, tax8) = (Text(rates.Sum(group => group.Gross)), Tax(10), Tax(8));
        return [.. receipt.Lines.Select((line, at) => new[]
        {
            receipt.Register.PosCode,
            date.ToString("yyyy'/'MM'/'dd", CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{receipt.Second / 3600:00}:{receipt.Second / 60 % 60:00}:{receipt.Second % 60:00}"),
            receipt.Number,
            Kind(receipt.Kind),
            receipt.VoidOf ?? "",
            Text(at + 1),
            line.Item.Jan,
            line.Item.Name,
            line.Item.Department,
            Text(line.Quantity),
            Text(printed.Lines[at].UnitPrice),
            Text(printed.Lines[at].Amount),
            Text(printed.Lines[at].Discount),
            Text(line.Item.RatePercent),
            line.Item.RatePercent switch { 10 => "標準", 8 => "軽減", _ => "非課税" },
            Text(printed.Discount),
            total,
            tax10,
            tax8,
            Tender(receipt.Tender),
            total,
            receipt.Guests is { } guests ? Text(guests) : "",
            receipt.Member ?? "",
        })];
    }

    private static void Break(List<string[]> rows, BadRow bad)
    {
        var last = rows[^1];
        switch (bad)
        {
            case BadRow.NonNumericAmount:
                last[AmountField] = "#VALUE!";
                break;
            case BadRow.UnknownPosCode:
                rows.ForEach(row => row[PosCodeField] = "399999");
                break;
            case BadRow.ScientificJan:
                last[JanField] = "4.90123E+12";
                break;
            case BadRow.InvalidBytes:
                last[NameField] += InvalidMarker;
                break;
            case BadRow.BrokenTaxRate:
                last[RateField] = "80";
                break;
            case BadRow.TotalMismatch:
                rows.ForEach(row => row[TotalField] = Text(long.Parse(row[TotalField], CultureInfo.InvariantCulture) + 100));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(bad));
        }
    }

    private static byte[] Encode(string[] row)
    {
        var line = string.Join(',', row.Select(Quote));
        var bytes = Cp932.GetBytes(line + "\r\n");
        if (line.Contains(InvalidMarker, StringComparison.Ordinal))
        {
            var at = Array.IndexOf(bytes, (byte)InvalidMarker[0]);
            (bytes[at], bytes[at + 1]) = (0x81, 0xAD);
        }

        return bytes;
    }

    private static string Quote(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static string Kind(ReceiptKind kind) => kind switch
    {
        ReceiptKind.Sale => "01",
        ReceiptKind.Return => "02",
        ReceiptKind.Void => "03",
        ReceiptKind.Cancelled => "04",
        ReceiptKind.Training => "09",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string Tender(TenderMethod method) => method switch
    {
        TenderMethod.Cash => "現金",
        TenderMethod.Credit => "クレジット",
        TenderMethod.EMoney => "電子マネー",
        TenderMethod.QrCode => "QR",
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
