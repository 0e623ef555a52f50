using System.Reflection;
using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

/// <summary>The company the samples belong to.</summary>
internal static class ProfileFixtures
{
    public const string VendorAHeader =
        "POSコード,営業日,時刻,レシート番号,取引区分,元レシート番号,行番号,商品コード,商品名,部門,数量,単価,金額,値引額,税率,税区分,小計値引額,合計金額,内税額10,内税額8,支払方法,支払金額,客数,会員コード\r\n";

    public static readonly ProfileCatalog Catalog = ProfileCatalog.LoadEmbedded();

    public static readonly Encoding Cp932 = CodePagesEncodingProvider.Instance.GetEncoding(932)!;

    public static readonly string VendorsFolder = Path.Combine(
        typeof(ProfileFixtures).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "RepositoryRoot").Value!,
        "gateway", "profiles", "vendors");

    private static readonly DateOnly Opening = new(2020, 4, 1);

    public static readonly ConversionContext Context = new("demo", new StoreDirectory(
        [Store("S001"), Store("S002"), Store("S011"), Store("1"), Store("47311"), Store("L7A9SHIBUYA"), Store("655441491"), Store("ONLINE"), new("ONLINE-UK", "Online", new BusinessCalendar(TimeZoneInfo.FindSystemTimeZoneById("Europe/London"), []))],
        [
            new("POS01", "S001", Opening, new DateOnly(2026, 11, 30)),
            new("POS01", "S002", new DateOnly(2026, 12, 1), null),
            new("POS02", "S002", Opening, null),
            new("レジ1", "S001", Opening, null),
        ]))
    {
        Devices = new DeviceDirectory(
            ["80:1F:12:D4:00:01", "80:1F:12:D4:00:02", "00408CAC0001", "369362028335", "6621D0000001", "Market street at the corner", "station-east", Sender, "unmapped"],
            [
                Line("80:1F:12:D4:00:01", "door"), Line("80:1F:12:D4:00:01", "street") with { Role = CountRole.Passage, Zone = "front", Reversed = true },
                Line("00408CAC0001", "*"), Line("369362028335", "*") with { Role = CountRole.Interior, Zone = "floor" }, Line("6621D0000001", "1"), Line("6621D0000001", "2") with { Store = "S002" },
                Line("Market street at the corner", "1") with { Store = "ONLINE-UK", ValidFrom = new(2010, 1, 1) }, Line("station-east", "Face"), Line("station-east", "Person") with { Role = CountRole.Passage },
                Line(Sender, "*"), Line("80:1F:12:D4:00:02", "*"), Line("80:1F:12:D4:00:02", "shelf") with { Role = CountRole.Interior, Zone = "spring" },
            ]),
        Device = null,
        Persons = (date, person) => Id128.FromParts("of these tests", $"{date:yyyy-MM}", person),
    };

    /// <summary>The device whose key sends what names no device.</summary>
    public const string Sender = "sender";

    private static readonly string[] Unnamed = ["axis-export", "milesight-csv", "hikvision"];

    public static Conversion Convert(string profile, byte[] payload) =>
        Converter.Convert(Catalog.Find(profile)!, payload, Unnamed.Contains(profile) ? Context with { Device = Sender } : Context, CancellationToken.None);

    public static Conversion ConvertVendorA(string rows) => Convert("vendor-a", Cp932.GetBytes(VendorAHeader + rows));

    public static Conversion ConvertJson(string profile, string json) => Convert(profile, Encoding.UTF8.GetBytes(json));

    /// <summary>Every row read is in exactly one record, converted or held.</summary>
    public static void AssertRowsBalance(Conversion conversion)
    {
        var rows = conversion.Transactions.Sum(t => t.Rows) + conversion.PeopleCounts.Sum(c => c.Rows) + conversion.CounterReadings.Sum(r => r.Rows) + conversion.VisitorEvents.Sum(v => v.Rows)
            + conversion.PosAssignments.Sum(a => a.Rows) + conversion.DeclaredTotals.Sum(d => d.Rows) + conversion.Held.Sum(h => h.Rows);
        Assert.Equal(conversion.RowsRead, rows);
        Assert.All(conversion.Held, held =>
        {
            Assert.NotEmpty(held.Rejections);
            Assert.Equal(held.Rows, held.SourceRows.Count);
        });
        var says = conversion.Findings.Any(finding => finding.Code == FindingCode.RecordSkipped);
        Assert.True(conversion.Unreadable is null ? conversion.RowsRead > 0 || says : conversion.RowsRead == 0);
    }

    /// <summary>Lines, buckets and totals of a receipt agree to the micro.</summary>
    public static void AssertMoneyBalances(Transaction transaction)
    {
        foreach (var bucket in transaction.TaxBuckets)
        {
            var lines = transaction.Lines.Where(l => l.RateBasisPoints == bucket.RateBasisPoints && l.TaxCategory == bucket.Category).ToList();
            Assert.Equal(bucket.Net, lines.Sum(l => (decimal)l.Net));
            Assert.Equal(bucket.Tax, lines.Sum(l => (decimal)l.Tax));
            Assert.Equal(bucket.Gross, bucket.Net + bucket.Tax);
            Assert.All(lines, l => Assert.Equal(l.Gross, l.Net + l.Tax));
        }

        Assert.Equal(transaction.Gross, transaction.Lines.Sum(l => (decimal)l.Gross));
        Assert.Equal(transaction.Discounts.Sum(d => (decimal)d.Amount), transaction.Lines.Sum(l => (decimal)l.Discount));
    }

    private static DeviceLine Line(string device, string line) => new(device, line, "S001", "", CountRole.Entrance, false, Opening, null);

    private static StoreEntry Store(string code) =>
        new(code, code, new BusinessCalendar(TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"), [new CutOverRule(Opening, 5 * 60)]));
}
