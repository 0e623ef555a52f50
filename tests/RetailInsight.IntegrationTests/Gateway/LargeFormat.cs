using System.Globalization;
using System.Reflection;
using System.Text;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A container large files come in: receipts printed one after the other, so that a file of any length can be written.</summary>
/// <param name="Feed">The feed, and the profile it is read by.</param>
/// <param name="Encoding">Of the text.</param>
/// <param name="Head">Before the first receipt.</param>
/// <param name="Receipt">A receipt by its number from 1 and its lines, each of 100 yen before or with 10 % tax, as the format has it.</param>
/// <param name="Between">Between two receipts.</param>
/// <param name="Foot">Behind the last receipt.</param>
internal sealed record LargeFormat(string Feed, Encoding Encoding, string Head, Func<int, int, bool, string> Receipt, string Between, string Foot)
{
    private const string Lines = "large-lines";

    private static readonly Encoding Cp932 = CodePagesEncodingProvider.Instance.GetEncoding(932)!;

    public static readonly IReadOnlyDictionary<string, LargeFormat> All = new Dictionary<string, LargeFormat>
    {
        ["csv"] = new("vendor-a", Cp932, VendorFiles.CsvHeader + "\r\n", Rows, "", ""),
        ["fixed"] = new("fixed-pos", Cp932, "1URIAGE".PadRight(96) + "\r\n", Records, "", "9".PadRight(96) + "\r\n"),
        ["ndjson"] = new(Lines, Encoding.UTF8, "", (number, lines, held) => Object(number, lines, held, "\"store\":\"S001\","), "\n", "\n"),
        ["json"] = new("vendor-b", Encoding.UTF8, "{\"schema\":\"vendor-b/2\",\"transactions\":[\n", (number, lines, held) => Object(number, lines, held, ""), ",\n", "],\"store\":{\"code\":\"S001\",\"name\":\"一号店\"}}"),
        ["xml"] = new("arts-poslog", Encoding.UTF8, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<POSLog xmlns=\"http://www.nrf-arts.org/IXRetail/namespace/\">\n", Element, "\n", "\n</POSLog>\n"),
    };

    /// <summary>A file of so many receipts; one in a hundred is held.</summary>
    public byte[] File(int receipts, int lines) =>
        Encoding.GetBytes(Head + string.Join(Between, Enumerable.Range(1, receipts).Select(i => Receipt(i, lines, i % 100 == 7))) + Foot);

    /// <summary>Writes the profile of the format that is not shipped.</summary>
    public static async Task WriteProfileAsync(string directory)
    {
        var root = typeof(LargeFormat).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "RepositoryRoot").Value!;
        var profile = await System.IO.File.ReadAllTextAsync(Path.Combine(root, "gateway", "profiles", "vendors", "vendor-b", "vendor-b.v1.yaml"));
        await System.IO.File.WriteAllTextAsync(Path.Combine(directory, Lines + ".v1.yaml"), profile
            .Replace("id: vendor-b", "id: " + Lines, StringComparison.Ordinal).Replace("format: json", "format: ndjson", StringComparison.Ordinal)
            .Replace("  receipts: transactions\n", "", StringComparison.Ordinal).Replace("$.store.code", "store", StringComparison.Ordinal));
    }

    /// <summary>Adds the feeds of all formats for acme, and the registers; to be called before the first request.</summary>
    public static async Task AddFeedsAsync(GatewayHost gateway)
    {
        await gateway.ExecuteAsync(
            $"""
            INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('acme', '{Lines}', 'vendor-b', '{Lines}'), ('acme', 'arts-poslog', 'arts-poslog', 'arts-poslog'), ('acme', 'fixed-pos', 'fixed-pos', 'fixed-pos');
            UPDATE tenancy.api_key SET feeds = (SELECT array_agg(feed) FROM gateway.feed WHERE tenant = 'acme') WHERE label IN ('acme', 'acme-operator');
            """);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
    }

    // One in a hundred and one takes back another.
    private static string Rows(int number, int lines, bool held)
    {
        var takesBack = number > 202 && number % 101 == 0;
        var row = VendorFiles.Sale(
            Number(number), 100, held ? "P999" : number % 2 == 0 ? "P001" : "P002", number % 3 == 0 ? "2026/11/02" : "2026/11/01", takesBack ? "03" : "01", takesBack ? Number(number - 202) : "", $"{lines * 100}")
            .Replace(",9,,", $",{lines * 1000 / 110},,", StringComparison.Ordinal) + "\r\n";
        return string.Concat(Enumerable.Repeat(row, lines));
    }

    private static string Records(int number, int lines, bool held) => string.Concat(Enumerable.Repeat(
        (held ? "2S999" : "2S001") + (number % 3 == 0 ? "20261102" : "20261101") + "10:00" + "00001" + Number(number)[^6..] + "01" + "4901234567894" + "牛乳".PadRight(18) + "01" + "     1" + "0000100" + "     100" + "10S" + "******" + "\r\n", lines));

    private static string Object(int number, int lines, bool held, string store)
    {
        const string line = """{"code":"4901234567894","name":"お茶","dept":"01","qty":1,"unit_price":100,"amount":100,"discount":0,"tax_rate":0.1,"tax_type":"standard"}""";
        var (net, tax) = (lines * 100, lines * 10);
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {{{store}}"terminal":"03","receipt_no":"{{Number(number)}}","type":"{{(held ? "???" : "SALE")}}","at":"2026-11-0{{(number % 3 == 0 ? 2 : 1)}}T10:23:45+09:00","void_of":null,"guests":1,"member":null,"items":[{{string.Join(',', Enumerable.Repeat(line, lines))}}],"discount":0,"taxes":[{"rate":0.1,"type":"standard","net":{{net}},"tax":{{tax}}}],"total":{{net + tax}},"payments":[{"method":"CASH","amount":{{net + tax}}}]}
            """);
    }

    private static string Element(int number, int lines, bool held)
    {
        const string line = """<LineItem><Sale ItemType="Stock"><ItemID>4901234567894</ItemID><MerchandiseHierarchy Level="Department">01</MerchandiseHierarchy><Description>お茶 &amp; 菓子</Description><ActualSalesUnitPrice>100</ActualSalesUnitPrice><ExtendedAmount>100</ExtendedAmount><Quantity>1</Quantity><Tax TaxType="Sales"><Percent>10</Percent></Tax></Sale></LineItem>""";
        return string.Create(CultureInfo.InvariantCulture, $"""
            <Transaction><RetailStoreID>{(held ? "S999" : "S001")}</RetailStoreID><WorkstationID>POS-1</WorkstationID><SequenceNumber>{number}</SequenceNumber><BusinessDayDate>2026-11-0{(number % 3 == 0 ? 2 : 1)}</BusinessDayDate><BeginDateTime>2026-11-0{(number % 3 == 0 ? 2 : 1)}T10:00:00+09:00</BeginDateTime><RetailTransaction>{string.Concat(Enumerable.Repeat(line, lines))}<LineItem><Tender TenderType="Cash"><Amount Currency="JPY">{lines * 100}</Amount></Tender></LineItem><Total TotalType="TransactionGrandAmount">{lines * 100}</Total></RetailTransaction></Transaction>
            """);
    }

    private static string Number(int i) => i.ToString("0000000", CultureInfo.InvariantCulture);
}
