using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>Small files in the vendors' own formats.</summary>
internal static class VendorFiles
{
    public const string CsvHeader =
        "POSコード,営業日,時刻,レシート番号,取引区分,元レシート番号,行番号,商品コード,商品名,部門,数量,単価,金額,値引額,税率,税区分,小計値引額,合計金額,内税額10,内税額8,支払方法,支払金額,客数,会員コード";

    private static readonly Encoding Cp932 = CodePagesEncodingProvider.Instance.GetEncoding(932)!;

    /// <summary>The register master that makes P001 a register of S001 and P002 one of S002.</summary>
    public static byte[] PosMaster(params string[] rows) => Csv(
        "POSコード,店舗コード,店舗名,有効開始日,有効終了日", rows.Length > 0 ? rows : ["P001,S001,一号店,2026/01/01,", "P002,S002,二号店,2026/01/01,"]);

    /// <summary>A sales file of vendor A.</summary>
    public static byte[] SalesCsv(params string[] rows) => Csv(CsvHeader, rows);

    /// <summary>A receipt of one line at 10 %, tax-inclusive, in whole yen.</summary>
    public static string Sale(string number, int gross, string pos = "P001", string date = "2026/11/01", string kind = "01", string original = "", string total = "") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{pos},{date},10:00:00,{number},{kind},{original},1,4901234567894,お茶,01,1,{gross},{gross},0,10,標準,0,{(total.Length > 0 ? total : gross)},{gross * 10 / 110},,現金,{gross},1,");

    /// <summary>A push of vendor B with one receipt of one line at 10 %, tax-exclusive.</summary>
    public static byte[] SalesJson(string store, string number, string net) => Encoding.UTF8.GetBytes(
        $$"""
        {"schema":"vendor-b/2","store":{"code":"{{store}}","name":"x"},"exported_at":"2026-11-01T14:00:00+09:00","transactions":[
         {"terminal":"03","receipt_no":"{{number}}","type":"SALE","at":"2026-11-01T10:23:45+09:00","void_of":null,"guests":1,"member":null,
          "items":[{"code":"4901234567894","name":"茶","dept":"01","qty":1,"unit_price":{{net}},"amount":{{net}},"discount":0,"tax_rate":0.1,"tax_type":"standard"}],
          "discount":0,"taxes":[{"rate":0.1,"type":"standard","net":{{net}},"tax":10}],"total":110,"payments":[{"method":"CASH","amount":110}]}]}
        """);

    /// <summary>Quarter hours counted at one door of S001, each beginning at a Tokyo wall-clock time.</summary>
    public static byte[] People(params DateTime[] from) => Encoding.UTF8.GetBytes(
        "{\"device\":\"PC-S001-1\",\"store\":\"S001\",\"firmware\":\"2.4.1\",\"sequence\":17,\"intervals\":["
        + string.Join(",", from.Select(time => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"line":"entrance-1","from":"{{time:s}}+09:00","to":"{{time.AddMinutes(15):s}}+09:00","in":12,"out":9}""")))
        + "]}");

    public static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    public static byte[] Csv(string header, IEnumerable<string> rows) => Cp932.GetBytes(string.Join("\r\n", rows.Prepend(header)) + "\r\n");
}
