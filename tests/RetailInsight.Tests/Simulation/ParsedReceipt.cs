using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RetailInsight.Tests.Simulation;

/// <summary>A receipt read back from a vendor file as a stranger would: by the format's description, with code of its own.</summary>
internal sealed record ParsedReceipt(
    string Store, string Terminal, DateOnly Date, int Second, string Number, string Kind, string VoidOf, long Net, long Tax, long Gross, int Pieces, int Rows)
{
    private static readonly Encoding Cp932 = CodePagesEncodingProvider.Instance.GetEncoding(932)!;

    public string Key => $"{Terminal}/{Date:yyyyMMdd}/{Number}";

    /// <summary>Reads the POS master: till and date to store.</summary>
    public static Func<string, DateOnly, string?> ReadMaster(byte[] content)
    {
        var rows = Lines(content).Skip(1).Select(line => line.Split(',')).ToArray();
        return (pos, date) => rows.SingleOrDefault(row => row[0] == pos && SlashDate(row[3]) <= date && (row[4].Length == 0 || date <= SlashDate(row[4])))?[1];
    }

    /// <summary>Reads vendor-a; a receipt that cannot be read or does not add up is left out.</summary>
    public static IEnumerable<ParsedReceipt> ReadVendorA(byte[] content, Func<string, DateOnly, string?> storeOf)
    {
        var lines = Lines(content);
        var at = lines[0].Split(',').Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        foreach (var rows in lines.Skip(1).Select(Fields).GroupBy(row => (row[at["POSコード"]], row[at["レシート番号"]])))
        {
            var head = rows.First();
            var date = SlashDate(head[at["営業日"]]);
            long Number(string[] row, string name) => long.TryParse(row[at[name]], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : long.MinValue;
            var readable = rows.All(row => Number(row, "金額") >= 0 && Number(row, "税率") is 10 or 8 or 0 && row[at["商品コード"]].Length == 13
                && !row[at["商品コード"]].Contains('E', StringComparison.Ordinal) && !HasNoCharacter(row[at["商品名"]]));
            var total = Number(head, "合計金額");
            if (!readable || storeOf(rows.Key.Item1, date) is not { } store
                || rows.Sum(row => Number(row, "金額") - Number(row, "値引額")) - Number(head, "小計値引額") != total)
            {
                continue;
            }

            Assert.All(rows, row => Assert.Equal(Number(row, "金額"), Number(row, "単価") * Number(row, "数量")));
            var time = head[at["時刻"]].Split(':').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
            var rates = rows.Select(row => Number(row, "税率")).Distinct().ToArray();
            long Gross(long rate) => rows.Where(row => Number(row, "税率") == rate).Sum(row => Number(row, "金額") - Number(row, "値引額"))
                - (rates.Length == 1 ? Number(head, "小計値引額") : 0);
            var tax = rates.Sum(rate => Gross(rate) * rate / (100 + rate));
            foreach (var rate in rates.Where(rate => rate > 0 && head[at[$"内税額{rate}"]].Length > 0))
            {
                Assert.Equal(Gross(rate) * rate / (100 + rate), Number(head, $"内税額{rate}"));
            }

            var sign = head[at["取引区分"]] is "02" or "03" ? -1 : 1;
            var kind = head[at["取引区分"]] switch { "01" => "SALE", "02" => "RETURN", "03" => "VOID", "04" => "CANCELLED", _ => "TRAINING" };
            var pieces = rows.Where(row => row[at["部門"]] != "90").Sum(row => (int)Number(row, "数量"));
            yield return new ParsedReceipt(
                store, rows.Key.Item1, date, (time[0] * 3600) + (time[1] * 60) + time[2], rows.Key.Item2, kind, head[at["元レシート番号"]],
                sign * (total - tax), sign * tax, sign * total, pieces, rows.Count());
        }
    }

    /// <summary>Reads vendor-b; a receipt that cannot be read or does not add up is left out.</summary>
    public static IEnumerable<ParsedReceipt> ReadVendorB(byte[] content, int cutOverMinute)
    {
        using var document = JsonDocument.Parse(content);
        var store = document.RootElement.GetProperty("store").GetProperty("code").GetString()!;
        foreach (var transaction in document.RootElement.GetProperty("transactions").EnumerateArray())
        {
            var items = transaction.GetProperty("items").EnumerateArray().ToArray();
            if (!Array.TrueForAll(items, item => item.GetProperty("amount").ValueKind == JsonValueKind.Number && item.GetProperty("tax_rate").GetDecimal() <= 0.10m))
            {
                continue;
            }

            Assert.All(items, item => Assert.Equal(item.GetProperty("amount").GetInt64(), item.GetProperty("qty").GetInt64() * item.GetProperty("unit_price").GetInt64()));
            var byRate = items.GroupBy(item => item.GetProperty("tax_rate").GetDecimal()).ToDictionary(
                group => group.Key, group => group.Sum(item => item.GetProperty("amount").GetInt64() - item.GetProperty("discount").GetInt64()));
            if (byRate.Count == 1)
            {
                byRate[byRate.Keys.Single()] -= transaction.GetProperty("discount").GetInt64();
            }

            var net = byRate.Values.Sum();
            var tax = byRate.Sum(pair => (long)decimal.Truncate(pair.Value * pair.Key));
            if (transaction.TryGetProperty("taxes", out var taxes))
            {
                Assert.Equal(tax, taxes.EnumerateArray().Sum(entry => entry.GetProperty("tax").GetInt64()));
            }

            if (net + tax != transaction.GetProperty("total").GetInt64())
            {
                continue;
            }

            var local = transaction.GetProperty("at").GetDateTimeOffset().DateTime;
            var date = DateOnly.FromDateTime(local.AddMinutes(-cutOverMinute));
            yield return new ParsedReceipt(
                store, transaction.GetProperty("terminal").GetString()!, date, (int)(local - date.ToDateTime(TimeOnly.MinValue)).TotalSeconds,
                transaction.GetProperty("receipt_no").GetString()!, transaction.GetProperty("type").GetString()!, transaction.GetProperty("void_of").GetString() ?? "",
                net, tax, net + tax, items.Where(item => item.GetProperty("dept").GetString() != "90").Sum(item => Math.Abs(item.GetProperty("qty").GetInt32())), Math.Max(1, items.Length));
        }
    }

    private static bool HasNoCharacter(string name) => Cp932.GetString(Cp932.GetBytes(name)) != name || name.Contains('・', StringComparison.Ordinal) || name.Contains('?', StringComparison.Ordinal);

    private static string[] Lines(byte[] content) => Cp932.GetString(content).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

    private static DateOnly SlashDate(string text) => DateOnly.ParseExact(text, "yyyy/MM/dd", CultureInfo.InvariantCulture);

    private static string[] Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append(line[i++]);
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (line[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(line[i]);
            }
        }

        fields.Add(field.ToString());
        return [.. fields];
    }
}
