using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace RetailInsight.Bench.Conversion;

/// <summary>
/// The converter one would write with CsvHelper: decode, read records into objects, group by receipt, add up. It does neither
/// validation, tax, identity nor positions.
/// </summary>
internal static class PlainConverter
{
    /// <summary>Total of a vendor-a file in yen.</summary>
    public static long Total(byte[] content)
    {
        using var reader = new StreamReader(new MemoryStream(content), CodePagesEncodingProvider.Instance.GetEncoding(932)!);
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture));
        var receipts = new Dictionary<(string, string, string), (string Kind, long Total, List<Row> Rows)>();
        foreach (var row in csv.GetRecords<Row>())
        {
            var key = (row.POSコード, row.営業日, row.レシート番号);
            if (!receipts.TryGetValue(key, out var receipt))
            {
                receipts.Add(key, receipt = (row.取引区分, row.合計金額, []));
            }

            receipt.Rows.Add(row);
        }

        return receipts.Values.Sum(receipt => receipt.Kind is "02" or "03" ? -receipt.Total : receipt.Total);
    }

    /// <summary>One row of the file.</summary>
    public sealed record Row(
        string POSコード, string 営業日, string 時刻, string レシート番号, string 取引区分, string 元レシート番号, int 行番号, string 商品コード, string 商品名, string 部門,
        decimal 数量, decimal 単価, decimal 金額, decimal 値引額, int 税率, string 税区分, decimal 小計値引額, long 合計金額, decimal? 内税額10, decimal? 内税額8, string 支払方法,
        decimal 支払金額, int? 客数, string 会員コード);
}
