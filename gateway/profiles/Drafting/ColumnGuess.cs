using System.Globalization;
using System.Text;

namespace RetailInsight.Profiles.Drafting;

/// <summary>What columns are, by their names and by values looked at.</summary>
internal static class ColumnGuess
{
    private static readonly string[] DateFormats = ["yyyy/MM/dd", "yyyy-MM-dd", "yyyyMMdd", "yyyy/M/d", "yy/MM/dd"];
    private static readonly string[] TimestampFormats = ["yyyy/MM/dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyy/MM/dd HH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyyMMddHHmmss"];

    /// <summary>Names that columns of registers have, by what they are; compared without width, case, blanks and hyphens.</summary>
    private static readonly (string Field, string[] Names)[] Names =
    [
        ("store", ["店舗コード", "店番", "店舗番号", "店コード", "店舗", "store", "storecode", "storeid", "shop", "shopcode"]),
        ("terminal", ["posコード", "レジ番号", "レジno", "レジ", "レジ名", "端末番号", "端末コード", "端末", "terminal", "terminalid", "register", "till", "pos"]),
        ("business_date", ["営業日", "営業日付", "売上日", "売上日付", "年月日", "日付", "取引日", "会計日", "businessdate", "date", "salesdate"]),
        ("occurred_at", ["取引日時", "売上日時", "日時", "精算日時", "時刻", "時間", "取引時刻", "会計時刻", "invoicedate", "timestamp", "datetime", "time", "at", "soldat"]),
        ("receipt_number", ["レシート番号", "レシートno", "伝票番号", "伝票no", "取引番号", "取引no", "取引id", "receiptnumber", "receiptno", "receipt", "transactionid", "invoiceno", "invoice"]),
        ("original_receipt_number", ["元レシート番号", "元伝票番号", "元取引番号", "originalreceipt", "originalreceiptnumber"]),
        ("kind", ["取引区分", "区分", "売上区分", "取引種別", "kind", "type", "transactiontype"]),
        ("guests", ["客数", "人数", "guests", "customers"]),
        ("customer", ["会員コード", "会員番号", "顧客コード", "会員", "member", "customerid", "customer"]),
        ("total", ["合計金額", "合計", "税込合計", "総合計", "total", "totalamount"]),
        ("item_code", ["商品コード", "jan", "janコード", "品番", "商品番号", "itemcode", "sku", "productcode", "barcode", "stockcode"]),
        ("item_name", ["商品名", "品名", "名称", "itemname", "product", "productname", "description"]),
        ("category", ["部門", "部門コード", "分類", "カテゴリ", "カテゴリー", "category", "department", "dept"]),
        ("quantity", ["数量", "個数", "点数", "quantity", "qty"]),
        ("unit_price", ["単価", "販売単価", "売価", "unitprice", "price"]),
        ("amount", ["金額", "売上金額", "小計", "明細金額", "amount", "linetotal"]),
        ("tax_rate", ["税率", "消費税率", "taxrate"]),
        ("tax_category", ["税区分", "軽減", "軽減税率", "taxcategory", "taxtype"]),
        ("tender", ["支払方法", "支払", "決済方法", "支払種別", "payment", "paymentmethod", "tender"]),
    ];

    /// <summary>The columns by what they are; each column is one thing at most.</summary>
    public static Dictionary<string, int> Fields(FileSample sample)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (field, names) in Names)
        {
            var column = sample.Columns.Index().FirstOrDefault(one => names.Contains(Normal(one.Item)) && !found.ContainsValue(one.Index), (Index: -1, Item: "")).Index;
            if (column >= 0)
            {
                found.Add(field, column);
            }
        }

        return found;
    }

    /// <summary>How the moments of a column are written: type and, where the profile asks for it, the format; null where none fits all values.</summary>
    public static (string Type, string? Format)? Moment(IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        if (values.All(value => value.Contains('T', StringComparison.Ordinal) && (value.EndsWith('Z') || value.LastIndexOfAny(['+', '-']) > 10)
            && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)))
        {
            return ("timestamp", "iso");
        }

        if (Fitting(values, TimestampFormats) is { } timestamp)
        {
            return ("timestamp", timestamp);
        }

        if (Fitting(values, DateFormats) is { } date)
        {
            return ("date", date);
        }

        // Hours run to 47 where a day goes on after midnight.
        return values.All(value => value.Split(':') is { Length: 2 or 3 } parts && parts.All(part => part.Length is 1 or 2 && part.All(char.IsAsciiDigit))) ? ("time", null)
            : values.All(value => value.Length > 1 && (value[0] is 'R' or 'H' || value.StartsWith("令和", StringComparison.Ordinal)) && value.Any(char.IsAsciiDigit)) ? ("date", "era")
            : null;
    }

    /// <summary>Whether every value is a figure.</summary>
    public static bool IsNumber(IReadOnlyList<string> values) => values.Count > 0 && values.All(value => decimal.TryParse(Plain(value), NumberStyles.Number, CultureInfo.InvariantCulture, out _));

    /// <summary>A figure without the ways of writing a profile has to declare.</summary>
    public static string Plain(string value) => value.Replace("▲", "-", StringComparison.Ordinal).Replace("△", "-", StringComparison.Ordinal).TrimStart('¥', '￥');

    private static string? Fitting(IReadOnlyList<string> values, string[] formats) =>
        Array.Find(formats, format => values.All(value => DateTime.TryParseExact(value, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)));

    private static string Normal(string name) =>
        string.Concat(name.Normalize(NormalizationForm.FormKC).Where(letter => !char.IsWhiteSpace(letter) && letter is not ('_' or '-' or '.'))).ToLowerInvariant();
}
