using System.Globalization;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>One line of a register of vendor A: tax-inclusive, in whole yen.</summary>
internal sealed record TillLine(int Gross, int Rate = 10);

/// <summary>A receipt as a register of vendor A prints it.</summary>
internal sealed record TillReceipt(string Number, DateOnly Date, string Time, params TillLine[] Lines)
{
    public string Pos { get; init; } = "P001";

    public string Kind { get; init; } = "01";

    public string Original { get; init; } = "";

    public string Tender { get; init; } = "現金";

    public int Gross => Lines.Sum(line => line.Gross);

    /// <summary>Tax of a rate, rounded down once a receipt.</summary>
    public int Tax(int rate) => Lines.Where(line => line.Rate == rate).Sum(line => line.Gross) * rate / (100 + rate);

    /// <summary>The rows of the file.</summary>
    public IEnumerable<string> Rows() => Lines.Select((line, place) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Pos},{Date:yyyy/MM/dd},{Time},{Number},{Kind},{Original},{place + 1},4901234567894,お茶,01,1,{line.Gross},{line.Gross},0,{line.Rate},{(line.Rate == 10 ? "標準" : "軽減")},0,{Gross},{Tax(10)},{Tax(8)},{Tender},{Gross},1,"));
}

/// <summary>A day of registers: pushed as a file, declared as a Z report.</summary>
internal static class Till
{
    public static byte[] File(params IEnumerable<TillReceipt> receipts) => VendorFiles.SalesCsv([.. receipts.SelectMany(receipt => receipt.Rows())]);

    /// <summary>What the register declares of some receipts.</summary>
    public static Dictionary<string, object> Declared(DateOnly date, IEnumerable<TillReceipt> receipts, string store = "S001")
    {
        var list = receipts.ToList();
        return new()
        {
            ["store"] = store,
            ["business_date"] = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["gross"] = list.Sum(Signed),
            ["receipts"] = list.Count,
            ["taxes"] = new[] { 10, 8 }.Where(rate => list.Exists(receipt => receipt.Tax(rate) > 0))
                .Select(rate => new { rate = rate / 100m, tax = list.Sum(receipt => Math.Sign(Signed(receipt)) * receipt.Tax(rate)) }).ToArray(),
            ["tenders"] = list.GroupBy(receipt => receipt.Tender == "現金" ? "cash" : "credit").Select(group => new { method = group.Key, amount = group.Sum(Signed) }).ToArray(),
        };
    }

    /// <summary>A declaration that says one figure otherwise.</summary>
    public static Dictionary<string, object> With(this Dictionary<string, object> declared, string figure, object value)
    {
        declared[figure] = value;
        return declared;
    }

    /// <summary>A declaration that does not say one figure.</summary>
    public static Dictionary<string, object> Without(this Dictionary<string, object> declared, string figure)
    {
        declared.Remove(figure);
        return declared;
    }

    /// <summary>Declares, and gives the comparison.</summary>
    public static async Task<JsonElement> DeclareAsync(this HttpClient client, params object[] declared)
    {
        var answer = await client.PostJsonAsync("/v1/reconciliation/declared?feed=vendor-a", new { declared });
        return answer.GetProperty("store_days")[0].GetProperty("declared")[0];
    }

    /// <summary>The comparison of a store-day as the ledger has it now.</summary>
    public static async Task<JsonElement> ComparisonAsync(this HttpClient client, DateOnly date, string store = "S001") =>
        (await client.GetJsonAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/reconciliation/store-days/{store}/{date:yyyy-MM-dd}"))).GetProperty("declared")[0];

    /// <summary>Causes as text: code amount; and checks that they add up to the difference in every measure.</summary>
    public static string Causes(this JsonElement comparison)
    {
        var causes = comparison.GetProperty("causes").EnumerateArray().ToList();
        var measures = comparison.GetProperty("measures").EnumerateArray().ToList();
        for (var place = 0; place < measures.Count; place++)
        {
            Assert.Equal(Number(measures[place].Text("difference")), causes.Sum(cause => Number(cause.GetProperty("parts")[place].GetString()!)));
            Assert.Equal(Number(measures[place].Text("difference")), Number(measures[place].Text("declared")) - Number(measures[place].Text("counted")));
        }

        Assert.Equal(causes.Count == 0, comparison.Text("status") == "matched");
        return string.Join("; ", causes.Select(cause => $"{cause.Text("code")} {cause.Text("amount")}"));
    }

    private static int Signed(TillReceipt receipt) => receipt.Kind == "02" ? -receipt.Gross : receipt.Gross;

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
