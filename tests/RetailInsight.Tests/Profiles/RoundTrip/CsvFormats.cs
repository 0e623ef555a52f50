using System.Globalization;
using System.IO.Compression;
using System.Text;
using RetailInsight.Core.Canon.V1;
using static RetailInsight.Tests.Profiles.RoundTrip.VendorFormat;

namespace RetailInsight.Tests.Profiles.RoundTrip;

/// <summary>The formats of rows and columns.</summary>
internal static class CsvFormats
{
    private static readonly Place[] Stores = [new("S001", "01"), new("S001", "02"), new("S002", "01")];

    // Fees beside the goods, and columns a shop adds, are not printed by any of them.
    public static IEnumerable<VendorFormat> All => [VendorA, SjisTsv, FixedPos, Airregi, Archive, OnlineRetail];

    private static VendorFormat VendorA => new(
        "vendor-a",
        new Carries
        {
            Kinds = [TransactionKind.Sale, TransactionKind.Return, TransactionKind.Void, TransactionKind.Cancelled, TransactionKind.Training],
            Places = [new("S001", "POS01"), new("S002", "POS02")],
            Rates = Inclusive,
            Guests = true,
            Customer = true,
            Categories = ["01", "05", "90"],
            LineDiscounts = [(DiscountKind.Line, "値引額")],
            ReceiptDiscount = "小計値引額",
            Tenders = ["cash", "credit", "e_money", "qr"],
            Stated = rate => rate.BasisPoints > 0,
        },
        tills => [Csv(ProfileFixtures.Cp932, ProfileFixtures.VendorAHeader.TrimEnd(), Lines(tills).Select(row => (string[])
        [
            row.Till.Sale.Place.Terminal, Date(row.Till.Sale, "yyyy/MM/dd"), Clock(row.Till.Sale, seconds: true), row.Till.Sale.Number,
            row.Till.Sale.Kind switch { TransactionKind.Sale => "01", TransactionKind.Return => "02", TransactionKind.Void => "03", TransactionKind.Cancelled => "04", _ => "09" },
            row.Till.Sale.Original, $"{row.At + 1}", row.Line.Item, row.Line.Name, row.Line.Category, Plain(row.Line.Quantity), Plain(row.Line.Price), Plain(row.Line.Amount),
            Plain(row.Line.Discounts[0]), Plain(row.Line.Rate.Percent), row.Line.Rate.Category switch { TaxCategory.Standard => "標準", TaxCategory.Reduced => "軽減", _ => "非課税" },
            Plain(row.Till.Sale.Discount), Plain(Math.Abs(Units(row.Till.Record.Gross))), TaxAt(row.Till, 1000), TaxAt(row.Till, 800),
            row.Till.Record.Tenders[0].Method switch { "cash" => "現金", "credit" => "クレジット", "e_money" => "電子マネー", _ => "QR" },
            Plain(Math.Abs(Units(row.Till.Record.Tenders[0].Amount))), $"{row.Till.Sale.Guests}", row.Till.Sale.Customer,
        ]))]);

    private static VendorFormat SjisTsv => new(
        "sjis-tsv",
        new Carries
        {
            Kinds = [TransactionKind.Sale, TransactionKind.Return, TransactionKind.Training, TransactionKind.Cancelled],
            Places = Stores,
            Rates = Exclusive[..2],
            Categories = ["01", "20", ""],
        },
        tills => [ProfileFixtures.Cp932.GetBytes(
            "売上明細一覧表\r\n出力日時：2026/11/21 06:00\r\n店舗コード\t売上日\t取引時刻\tレジ番号\t伝票番号\t区分\t担当者\tJANコード\t商品名称\t部門コード\t数量\t単価（税抜）\t金額（税抜）\t税率\t軽減\r\n"
            + string.Concat(Lines(tills).Select(row => string.Join(
                '\t',
                row.Till.Sale.Place.Store, Date(row.Till.Sale, "yyyyMMdd"), Clock(row.Till.Sale, seconds: true), row.Till.Sale.Place.Terminal, row.Till.Sale.Number,
                row.Till.Sale.Kind switch { TransactionKind.Sale => "売上", TransactionKind.Return => "返品", TransactionKind.Training => "訓練", _ => "取消" },
                "佐藤", row.Line.Item, row.Line.Name, row.Line.Category, Printed(row.Till.Sale.Sign * row.Line.Quantity), "￥" + Printed(row.Line.Price),
                "￥" + Printed(row.Till.Sale.Sign * row.Line.Amount), Plain(row.Line.Rate.Percent), row.Line.Rate.Category == TaxCategory.Reduced ? "1" : "0") + "\r\n"))
            + "合計\t\t\t\t\t\t\t\t\t\t\t\t0\t\t\r\n")]);

    private static VendorFormat FixedPos => new(
        "fixed-pos",
        new Carries
        {
            Kinds = [TransactionKind.Sale, TransactionKind.Return, TransactionKind.Void, TransactionKind.Training, TransactionKind.Cancelled],
            Places = [new("S001", "00001"), new("S002", "00007")],
            Rates = Inclusive,
            Categories = ["01", "02"],
            Seconds = false,
        },
        tills => [ProfileFixtures.Cp932.GetBytes(Field("1URIAGE", 96) + "\r\n" + string.Concat(Lines(tills).Select(row =>
            "2" + Field(row.Till.Sale.Place.Store, 4) + Date(row.Till.Sale, "yyyyMMdd") + Clock(row.Till.Sale, seconds: false) + row.Till.Sale.Place.Terminal + row.Till.Sale.Number
            + row.Till.Sale.Kind switch { TransactionKind.Sale => "01", TransactionKind.Return => "02", TransactionKind.Void => "03", TransactionKind.Training => "08", _ => "09" }
            + Field(row.Line.Item, 13) + Field(row.Line.Name, 20) + row.Line.Category + Plain(row.Line.Quantity).PadLeft(6) + Plain(row.Line.Price).PadLeft(7, '0') + Plain(row.Line.Amount).PadLeft(8)
            + Plain(row.Line.Rate.Percent).PadLeft(2) + row.Line.Rate.Category switch { TaxCategory.Standard => "S", TaxCategory.Reduced => "R", _ => "N" } + row.Till.Sale.Original.PadLeft(6, '*') + "\r\n")) + Field("9", 96) + "\r\n")]);

    private static VendorFormat Airregi => new(
        "airregi-journal",
        new Carries
        {
            Kinds = [TransactionKind.Sale, TransactionKind.Return, TransactionKind.Training, TransactionKind.Cancelled],
            Places = [new("S001", "レジ1")],
            Rates =
            [
                new(1000, TaxCategory.Standard, TaxBasis.Inclusive), new(800, TaxCategory.Reduced, TaxBasis.Exclusive), new(0, TaxCategory.Exempt, TaxBasis.Untaxed), new(0, TaxCategory.TaxFree, TaxBasis.Untaxed),
            ],
            TaxByLine = true,
            Guests = true,
            Categories = ["文具", "食品", ""],
            LineDiscounts = [(DiscountKind.Line, "商品値引き")],
            ReceiptDiscount = "小計値引き",
            Tenders = ["cash", "credit", "e_money", "qr"],
            MostTenders = 3,
        },
        tills => [Csv(
            ProfileFixtures.Cp932,
            "レジ名,会計日,会計時刻,伝票番号,取引種別,練習モード,客数,商品コード,商品名,カテゴリー,数量,単価,金額,商品値引き,税区分,税種別,税率,小計値引き,合計,現金,クレジットカード,電子マネー,QR決済,お釣り",
            Lines(tills).Select(row => (string[])
            [
                row.Till.Sale.Place.Terminal, Date(row.Till.Sale, "yyyy/MM/dd"), Clock(row.Till.Sale, seconds: true),
                row.Till.Sale.Number + (row.Till.Sale.Guests == 3 ? "-01" : ""),
                row.Till.Sale.Kind switch { TransactionKind.Return when row.Till.Sale.Guests > 1 => "返品", TransactionKind.Cancelled => "会計取消", _ => "会計" },
                row.Till.Sale.Kind == TransactionKind.Training ? "1" : "0", $"{row.Till.Sale.Guests}", row.Line.Item, row.Line.Name, row.Line.Category,
                Printed(row.Till.Sale.Sign * row.Line.Quantity), @"\" + Printed(row.Line.Price), Parenthesised(row.Till.Sale.Sign * row.Line.Amount), Printed(row.Till.Sale.Sign * row.Line.Discounts[0]),
                row.Line.Rate.Category switch { TaxCategory.Exempt => "非課税", TaxCategory.TaxFree => "免税", _ => row.Line.Rate.Basis == TaxBasis.Inclusive ? "内税" : "外税" },
                row.Line.Rate.Category switch { TaxCategory.Standard => "標準", TaxCategory.Reduced => "軽減", TaxCategory.Exempt => "非課税", _ => "免税" },
                Plain(row.Line.Rate.Percent), Printed(row.Till.Sale.Sign * row.Till.Sale.Discount), Parenthesised(Units(row.Till.Record.Gross)),
                Printed(Paid(row.Till, "cash") + Change(row.Till)), Printed(Paid(row.Till, "credit")), Printed(Paid(row.Till, "e_money")), Printed(Paid(row.Till, "qr")), Printed(Change(row.Till)),
            ]))]);

    private static VendorFormat Archive => new(
        "archive-pos",
        new Carries
        {
            Kinds = [TransactionKind.Sale, TransactionKind.Return, TransactionKind.Training],
            Places = Stores,
            Rates = Inclusive[..2],
            Seconds = false,
            Tenders = ["cash", "credit", "other"],
            MostTenders = 3,
        },
        tills => [Zip(
            ("uriage_head.csv", Csv(ProfileFixtures.Cp932, "店舗コード,営業日,時刻,レジ,伝票番号,区分,税込合計", tills.Select(till => (string[])
            [
                till.Sale.Place.Store, Date(till.Sale, "yyyy/MM/dd"), Clock(till.Sale, seconds: false), till.Sale.Place.Terminal, till.Sale.Number,
                till.Sale.Kind switch { TransactionKind.Sale => "1", TransactionKind.Return => "2", _ => "9" }, Units(till.Record.Gross).ToString("#,0.######", CultureInfo.InvariantCulture),
            ]))),
            ("uriage_meisai.csv", Csv(ProfileFixtures.Cp932, "店舗,日付,伝票No,行,商品CD,数量,単価,金額,税率,税区分", Lines(tills).Select(row => (string[])
            [
                row.Till.Sale.Place.Store, Date(row.Till.Sale, "yyyy/MM/dd"), row.Till.Sale.Number, $"{row.At + 1}", row.Line.Item, Plain(row.Till.Sale.Sign * row.Line.Quantity), Plain(row.Line.Price),
                Plain(row.Till.Sale.Sign * row.Line.Amount), Plain(row.Line.Rate.Percent), row.Line.Rate.Category == TaxCategory.Standard ? "標準" : "軽減",
            ]))),
            ("uriage_shiharai.csv", Csv(ProfileFixtures.Cp932, "店舗,日付,伝票No,支払方法,支払金額", tills.SelectMany(till => till.Record.Tenders.Select(tender => (string[])
            [
                till.Sale.Place.Store, Date(till.Sale, "yyyy/MM/dd"), till.Sale.Number, tender.Method switch { "cash" => "現金", "credit" => "クレジット", _ => "ＱＲ" }, Plain(Units(tender.Amount)),
            ])))),
            ("shohin.csv", Csv(ProfileFixtures.Cp932, "商品コード,商品名称", tills.SelectMany(till => till.Sale.Lines).DistinctBy(line => line.Item).Select(line => (string[])[line.Item, line.Name]))))]);

    // One shop without registers or tax; its invoices of returns begin with C.
    private static VendorFormat OnlineRetail => new(
        "online-retail",
        new Carries
        {
            Kinds = [TransactionKind.Sale, TransactionKind.Return],
            Places = [new("ONLINE-UK", "WEB")],
            Rates = [new(0, TaxCategory.Exempt, TaxBasis.Untaxed)],
            Currency = "GBP",
            Zone = "Europe/London",
            Night = false,
            Customer = true,
            CustomerCode = random => $"{random.Next(10_000, 20_000)}",
            Prices = [0.42m, 2.55m, 3.39m, 18m],
            Number = (kind, number) => (kind == TransactionKind.Return ? "C" : "") + (536_365 + number).ToString(CultureInfo.InvariantCulture),
        },
        tills => [Csv(Encoding.UTF8, "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country", Lines(tills).Select(row => (string[])
        [
            row.Till.Sale.Number, row.Line.Item, row.Line.Name, Plain(row.Till.Sale.Sign * row.Line.Quantity), At(row.Till.Sale, "yyyy-MM-dd HH:mm:ss"), Plain(row.Line.Price),
            row.Till.Sale.Customer.Length == 0 ? "" : row.Till.Sale.Customer + ".0", "United Kingdom",
        ]))]);

    private static string TaxAt(Till till, int basisPoints) =>
        till.Record.TaxBuckets.Where(bucket => bucket.RateBasisPoints == basisPoints).Select(bucket => Plain(Math.Abs(Units(bucket.Tax)))).FirstOrDefault() ?? "";

    private static decimal Paid(Till till, string method) => till.Record.Tenders.Where(tender => tender.Method == method).Sum(tender => Units(tender.Amount));

    private static decimal Change(Till till) => till.Sale.Kind == TransactionKind.Sale && Paid(till, "cash") > 0 ? 120 : 0;

    private static string Printed(decimal value) => (value < 0 ? "△" : "") + Math.Abs(value).ToString("#,0.######", CultureInfo.InvariantCulture);

    private static string Parenthesised(decimal value) => value < 0 ? $"({Printed(-value)})" : Printed(value);

    private static string Field(string text, int bytes) => text + new string(' ', bytes - ProfileFixtures.Cp932.GetByteCount(text));

    private static byte[] Zip(params (string Name, byte[] Bytes)[] files)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }

        return packed.ToArray();
    }
}
