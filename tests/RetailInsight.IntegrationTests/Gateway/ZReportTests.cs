using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>Trap V7: declared day totals are received apart from the sales, compared to the yen, and differences are given their causes.</summary>
public sealed class ZReportTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateOnly Day = new(2026, 11, 10);

    [Fact]
    public async Task A_declaration_that_agrees_is_matched_in_every_figure()
    {
        await using var gateway = await StartAsync();
        var sales = Sales(Day, 6);
        await gateway.Acme.LandAsync("vendor-a", Till.File(sales));
        var compared = await gateway.Acme.DeclareAsync(Till.Declared(Day, sales));
        Assert.Equal("matched", compared.Text("status"));
        Assert.Equal("", compared.Causes());
        Assert.Equal(["gross", "receipts", "rate_tax", "rate_tax", "tender", "tender"], compared.GetProperty("measures").EnumerateArray().Select(measure => measure.Text("measure")));
        Assert.Equal("matched", (await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days")).GetProperty("items")[0].Text("status"));
    }

    [Fact]
    public async Task What_is_held_is_named_as_quarantined_and_what_nobody_knows_the_store_of_as_unmapped()
    {
        await using var gateway = await StartAsync();
        var sales = Sales(Day, 6);
        sales[1] = sales[1] with { Kind = "05" };
        await gateway.Acme.LandAsync("vendor-a", Till.File(sales));
        Assert.Equal($"quarantined {sales[1].Gross}", (await gateway.Acme.DeclareAsync(Till.Declared(Day, sales))).Causes());

        var next = Sales(Day.AddDays(1), 6);
        next[2] = next[2] with { Pos = "P009" };
        next[4] = next[4] with { Pos = "P009" };
        await gateway.Acme.LandAsync("vendor-a", Till.File(next));
        var compared = await gateway.Acme.DeclareAsync(Till.Declared(Day.AddDays(1), next));
        Assert.Equal($"unmapped {next[2].Gross + next[4].Gross}", compared.Causes());
        Assert.Contains("P009", compared.GetProperty("causes")[0].GetProperty("text").Text("ja"), StringComparison.Ordinal);

        // The master makes it good by itself.
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P009,S001,一号店,2026/01/01,"));
        await GatewayHost.UntilAsync(async () =>
        {
            await gateway.WorkAsync();
            return (await gateway.Acme.ComparisonAsync(Day.AddDays(1))).Text("status") == "matched";
        });
    }

    [Fact]
    public async Task Receipts_that_came_after_the_declaration_are_late()
    {
        await using var gateway = await StartAsync();
        var sales = Sales(Day, 6);
        await gateway.Acme.LandAsync("vendor-a", Till.File(sales[..4]));
        Assert.Equal("matched", (await gateway.Acme.DeclareAsync(Till.Declared(Day, sales[..4]))).Text("status"));
        await gateway.Acme.LandAsync("vendor-a", Till.File(sales[4..]));
        var corrected = sales[0] with { Lines = [new TillLine(5_000)] };
        await gateway.Acme.LandAsync("vendor-a", Till.File([corrected]));
        var compared = await gateway.Acme.ComparisonAsync(Day);
        Assert.Equal($"late {sales[0].Gross - 5_000 - sales[4..].Sum(sale => sale.Gross)}", compared.Causes());
        Assert.Equal(["101", "105", "106"], compared.GetProperty("causes")[0].GetProperty("evidence").EnumerateArray().Select(one => one.Text("receipt_number")).Order());

        // The register declares again, and that version counts.
        Assert.Equal("matched", (await gateway.Acme.DeclareAsync(Till.Declared(Day, [corrected, .. sales[1..]]))).Text("status"));
        Assert.Equal(2, (await gateway.Acme.ComparisonAsync(Day)).GetProperty("revision").GetInt32());
    }

    [Fact]
    public async Task A_void_on_another_day_explains_both_days()
    {
        await using var gateway = await StartAsync();
        await gateway.FixProfileAsync("vendor-a-running");
        var sales = Sales(Day, 6);
        List<TillReceipt> next = [.. Sales(Day.AddDays(1), 5).Select(sale => sale with { Number = "2" + sale.Number })];
        var taken = sales[2];
        await gateway.Acme.LandAsync("vendor-a", Till.File([.. sales, .. next, taken with { Number = "900", Date = Day.AddDays(1), Time = "20:00:00", Kind = "03", Original = taken.Number }]));
        var compared = await gateway.Acme.DeclareAsync(Till.Declared(Day, sales));
        Assert.Equal($"void {taken.Gross}", compared.Causes());
        Assert.Equal(taken.Number, compared.GetProperty("causes")[0].GetProperty("evidence")[0].Text("receipt_number"));
        Assert.Contains("2026-11-11", compared.GetProperty("causes")[0].GetProperty("text").Text("ja"), StringComparison.Ordinal);

        // The register takes the void off the day it was made.
        Assert.Equal($"void -{taken.Gross}", (await gateway.Acme.DeclareAsync(Till.Declared(Day.AddDays(1), [.. next, taken with { Kind = "02" }]).Without("receipts"))).Causes());
    }

    [Fact]
    public async Task A_register_that_closes_at_midnight_differs_by_the_receipts_up_to_the_cut_over()
    {
        await using var gateway = await StartAsync();
        var evening = new[] { Sale(Day, 201, "22:10:00", 1_100), Sale(Day, 202, "24:15:00", 770), Sale(Day, 203, "25:40:00", 1_320) };
        var sales = Sales(Day, 4);
        await gateway.Acme.LandAsync("vendor-a", Till.File([.. sales, .. evening]));
        var compared = await gateway.Acme.DeclareAsync(Till.Declared(Day, [.. sales, evening[0]]));
        Assert.Equal("cut_over -2090", compared.Causes());
        var evidence = compared.GetProperty("causes")[0].GetProperty("evidence").EnumerateArray().ToList();
        Assert.Equal(["202", "203"], evidence.Select(one => one.Text("receipt_number")));

        // 24:15 of the 10th in Tokyo.
        Assert.Equal(DateTimeOffset.Parse("2026-11-10T15:15:00Z", CultureInfo.InvariantCulture), evidence[0].GetProperty("occurred_at").GetDateTimeOffset());
        Assert.Equal("cut_over 2090", (await gateway.Acme.DeclareAsync(Till.Declared(Day.AddDays(1), [.. evening[1..]]))).Causes());
    }

    [Fact]
    public async Task Tax_rounded_line_by_line_is_a_difference_of_rounding()
    {
        await using var gateway = await StartAsync();
        var sales = Enumerable.Range(1, 5).Select(i => new TillReceipt($"{100 + i}", Day, $"{9 + i}:00:00", new TillLine(107 + i), new TillLine(109), new TillLine(115), new TillLine(105, 8), new TillLine(104, 8))).ToList();
        await gateway.Acme.LandAsync("vendor-a", Till.File(sales));
        var declared = Till.Declared(Day, sales);
        declared["taxes"] = new[] { 10, 8 }.Select(rate => new { rate = rate / 100m, tax = sales.SelectMany(sale => sale.Lines).Where(line => line.Rate == rate).Sum(line => line.Gross * rate / (100 + rate)) }).ToArray();
        var compared = await gateway.Acme.DeclareAsync(declared);
        Assert.Equal("rounding 0", compared.Causes());
        Assert.Contains("line by line", compared.GetProperty("causes")[0].GetProperty("text").Text("en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_that_never_came_are_missing_receipts_with_register_and_time()
    {
        await using var gateway = await StartAsync();
        var sales = Sales(Day, 8);
        await gateway.Acme.LandAsync("vendor-a", Till.File([.. sales[..3], .. sales[5..]]));
        var compared = await gateway.Acme.DeclareAsync(Till.Declared(Day, sales));
        Assert.Equal($"missing_receipts {sales[3].Gross + sales[4].Gross}", compared.Causes());
        var gap = Assert.Single(compared.GetProperty("missing_numbers").EnumerateArray());
        Assert.Equal(("P001", "104", "105", 2), (gap.Text("terminal"), gap.Text("first"), gap.Text("last"), gap.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task Several_causes_add_up_and_the_rest_is_called_unexplained()
    {
        await using var gateway = await StartAsync();
        var sales = Sales(Day, 8);
        sales[1] = sales[1] with { Kind = "05" };
        var taken = sales[6];
        await gateway.Acme.LandAsync("vendor-a", Till.File([.. sales, taken with { Number = "900", Kind = "03", Original = taken.Number }]));
        var declared = Till.Declared(Day, sales);
        Assert.Equal($"quarantined {sales[1].Gross}; void {taken.Gross}", (await gateway.Acme.DeclareAsync(declared)).Causes());

        declared["gross"] = (int)declared["gross"] + 123_457;
        var compared = await gateway.Acme.DeclareAsync(declared);
        Assert.Equal("unexplained", compared.Causes().Split("; ")[^1].Split(' ')[0]);
    }

    [Fact]
    public async Task The_worked_example_of_the_document()
    {
        await using var gateway = await StartAsync();
        int[] amounts = [1_100, 980, 1_733, 2_047, 2_300, 1_700];
        List<TillReceipt> sales = [.. amounts.Select((amount, i) => Sale(Day, 101 + i, $"1{i}:00:00", amount))];
        sales[2] = sales[2] with { Kind = "05" };
        await gateway.Acme.LandAsync("vendor-a", Till.File([.. sales, sales[4] with { Number = "107", Time = "21:00:00", Kind = "03", Original = "105" }]));
        var compared = await gateway.Acme.DeclareAsync(Till.Declared(Day, sales));
        Assert.Equal("4033", compared.Text("difference"));
        Assert.Equal("quarantined 1733; void 2300", compared.Causes());
        var feed = (await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days/S001/2026-11-10")).GetProperty("feeds")[0];
        var (rows, total) = (feed.GetProperty("rows"), feed.GetProperty("totals")[0]);
        Assert.Equal((8, 7, 1), (rows.GetProperty("rows_read").GetInt32(), rows.GetProperty("accepted").GetInt32(), rows.GetProperty("quarantined").GetInt32()));
        Assert.Equal(("5298", "529", "5827"), (total.Text("net"), total.Text("tax"), total.Text("gross")));

        await gateway.FixProfileAsync();
        await gateway.ReplayAsync(new { reason = "code_unknown" });
        compared = await gateway.Acme.ComparisonAsync(Day);
        Assert.Equal("void 2300", compared.Causes());
    }

    [Fact]
    public async Task The_same_receipt_twice_in_one_file_is_a_duplicate_in_the_sense_of_the_declaration()
    {
        await using var gateway = await StartAsync();
        var one = VendorFiles.SalesJson("S001", "1", "100");
        var text = Encoding.UTF8.GetString(one);
        var from = text.IndexOf("{\"terminal\"", StringComparison.Ordinal);
        var to = text.LastIndexOf("]}", StringComparison.Ordinal);
        var receipt = text[from..to];
        await gateway.Acme.LandAsync("vendor-b", Encoding.UTF8.GetBytes(text[..to] + "," + receipt + "," + receipt.Replace("\"receipt_no\":\"1\"", "\"receipt_no\":\"2\"", StringComparison.Ordinal) + text[to..]));
        var declared = new Dictionary<string, object> { ["store"] = "S001", ["business_date"] = "2026-11-01", ["gross"] = "330", ["receipts"] = 3, ["tax"] = 30 };
        var answer = await gateway.Acme.PostJsonAsync("/v1/reconciliation/declared?feed=vendor-b", new { declared = new[] { declared } });
        Assert.Equal("duplicate 110", answer.GetProperty("store_days")[0].GetProperty("declared")[0].Causes());
    }

    [Fact]
    public async Task Registers_declare_one_by_one_by_their_own_file_and_reports_of_a_day_add_up()
    {
        await using var gateway = await StartAsync();
        await gateway.ExecuteAsync("INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('acme', 'z', 'vendor-a', 'vendor-a-z-report'); UPDATE tenancy.api_key SET feeds = feeds || ARRAY['z'] WHERE label = 'acme'");
        const string Header = "POSコード,営業日,精算回数,総売上,純売上,取引件数,10%対象額,10%税額,8%対象額,8%税額,現金,クレジット,電子マネー,QR";
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P001,S001,x,2026/01/01,", "P003,S001,x,2026/01/01,"));
        await gateway.Acme.LandAsync("vendor-a", Till.File([Sale(Day, 1, "10:00:00", 1_100), Sale(Day, 2, "11:00:00", 2_200), Sale(Day, 1, "10:00:00", 550) with { Pos = "P003" }]));
        var receipt = await gateway.Acme.LandAsync("z", VendorFiles.Csv(Header, [
            "P001,2026/11/10,1,1100,1000,1,1100,100,,,1100,0,0,0", "P001,2026/11/10,2,2200,2000,1,2200,200,,,2200,0,0,0", "P003,2026/11/10,1,880,800,1,880,80,,,880,0,0,0", "P077,2026/11/10,1,1,1,1,1,0,,,1,0,0,0"]));
        Assert.Equal((4, 3, 0, 0, 1), receipt.Rows());
        var day = await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days/S001/2026-11-10");
        var declared = day.GetProperty("declared").EnumerateArray().ToDictionary(one => one.Text("terminal"));
        Assert.Equal("difference", day.Text("status"));
        Assert.Equal("matched", declared["P001"].Text("status"));
        Assert.Equal(["1", "2"], declared["P001"].GetProperty("report_numbers").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal("unexplained 330", declared["P003"].Causes());
    }

    [Fact]
    public async Task A_bad_declaration_is_held_with_the_field_at_fault()
    {
        await using var gateway = await StartAsync();
        foreach (var (body, field) in new[]
        {
            ("{\"declared\":[{\"store\":\"S001\",\"business_date\":\"2026-11-10\"}]}", "gross"),
            ("{\"declared\":[{\"store\":\"S001\",\"business_date\":\"10/11\",\"gross\":\"1\"}]}", "business_date"),
            ("{\"declared\":[{\"store\":\"S999\",\"business_date\":\"2026-11-10\",\"gross\":\"1\"}]}", "store"),
            ("{\"declared\":[{\"store\":\"S001\",\"business_date\":\"2026-11-10\",\"gross\":\"x\"}]}", "gross"),
            ("{\"declared\":[{\"store\":\"S001\",\"business_date\":\"2026-11-10\",\"gross\":1,\"taxes\":[{\"rate\":10,\"tax\":1}]}]}", "rate"),
            ("{\"declared\":[{\"store\":\"S001\",\"business_date\":\"2026-11-10\",\"gross\":1,\"taxes\":[7]}]}", "taxes"),
        })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await gateway.Acme.PostAsync(new Uri("/v1/reconciliation/declared?feed=vendor-a", UriKind.Relative), content);
            var receipt = (await response.JsonAsync()).GetProperty("receipt");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal((1, 0, 0, 0, 1), receipt.Rows());
            Assert.Equal(field, receipt.GetProperty("verdicts")[0].GetProperty("reasons")[0].Text("field"));
        }
    }

    [Fact]
    public async Task A_body_that_is_no_declaration_and_a_feed_out_of_reach_are_refused()
    {
        await using var gateway = await StartAsync();
        foreach (var (client, path, body, expected) in new[]
        {
            (gateway.Acme, "?feed=vendor-a", "{\"sales\":[]}", HttpStatusCode.UnprocessableEntity), (gateway.Acme, "?feed=vendor-a", "x", HttpStatusCode.UnprocessableEntity),
            (gateway.Acme, "?feed=vendor-a", "", HttpStatusCode.BadRequest), (gateway.Acme, "", "{}", HttpStatusCode.BadRequest), (gateway.Acme, "?feed=none", "{}", HttpStatusCode.NotFound),
            (gateway.Client(GatewayHost.Key("acme-b")), "?feed=vendor-a", "{}", HttpStatusCode.Forbidden),
        })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await client.PostAsync(new Uri("/v1/reconciliation/declared" + path, UriKind.Relative), content);
            Assert.Equal(expected, response.StatusCode);
            Assert.True((await response.JsonAsync()).Text("detail").Length > 20);
        }
    }

    [Fact]
    public async Task A_declaration_of_a_store_that_is_not_known_comes_in_when_the_store_is()
    {
        await using var gateway = await StartAsync();
        var declared = Till.Declared(Day, [], "S077");
        declared["gross"] = 500;
        using var held = await gateway.Acme.PostAsJsonAsync(new Uri("/v1/reconciliation/declared?feed=vendor-a", UriKind.Relative), new { declared = new[] { declared } });
        Assert.Equal(1, (await held.JsonAsync()).GetProperty("receipt").GetProperty("quarantined").GetInt32());
        await gateway.ExecuteAsync("INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute) VALUES ('acme', 'S077', 'S077', 'Asia/Tokyo', 600, 1320)");
        await gateway.WorkAsync();
        Assert.Equal("unexplained 500", (await gateway.Acme.ComparisonAsync(Day, "S077")).Causes());
        var release = (await gateway.Operator.GetJsonAsync("/v1/quarantine/replays")).GetProperty("items")[0].Id();
        await gateway.ExecuteAsync("UPDATE gateway.replay SET feeds = '{vendor-a}'");
        await gateway.UndoAsync(release);
        Assert.Equal(0, (await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days/S077/2026-11-10")).GetProperty("declared").GetArrayLength());
    }

    private async Task<GatewayHost> StartAsync()
    {
        var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        return gateway;
    }

    private static TillReceipt Sale(DateOnly date, int number, string time, int gross) => new($"{number}", date, time, new TillLine(gross));

    // Receipts 101, 102 … through the day, of two rates and two tenders, no two alike.
    private static List<TillReceipt> Sales(DateOnly date, int count) =>
    [
        .. Enumerable.Range(1, count).Select(i => new TillReceipt($"{100 + i}", date, $"{9 + i}:{7 * i:00}:00", new TillLine(1_000 + (137 * i * i)), new TillLine(500 + (61 * i), 8))
        {
            Tender = i % 3 == 0 ? "クレジット" : "現金",
        }),
    ];
}
