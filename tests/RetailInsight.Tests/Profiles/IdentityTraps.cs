using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

/// <summary>Traps of identity: stores, terminals, receipt numbers, item codes.</summary>
public sealed class IdentityTraps
{
    private const string Day = "2026-11-01,10:00,S,,";

    [Fact]
    public void I1_A_register_not_yet_in_the_master_is_held_until_its_row_comes()
    {
        var row = "POS77,2026/11/01,10:00:00,000001,01,,1,49,牛乳,01,1,108,108,0,8,軽減,0,108,,8,現金,108,,\r\n";
        var held = Assert.Single(ProfileFixtures.ConvertVendorA(row).Held);
        Assert.Equal(RejectionReason.StoreUnknown, held.Rejections[0].Reason);
        Assert.Equal(108_000_000, held.MoneyAtRisk);
    }

    [Fact]
    public void I1_Moving_a_register_does_not_move_what_it_sold_before()
    {
        string Row(string day) => $"POS01,{day},10:00:00,000001,01,,1,49,牛乳,01,1,108,108,0,8,軽減,0,108,,8,現金,108,,\r\n";
        var conversion = ProfileFixtures.ConvertVendorA(Row("2026/11/30") + Row("2026/12/01"));
        Assert.Equal(["S001", "S002"], conversion.Transactions.Select(t => t.Record.Store));
    }

    [Theory]
    [InlineData("stated", "10:00", "2026-11-30", "S001")]
    [InlineData("stated", "10:00", "2026-12-01", "S002")]
    [InlineData("cut_over", "2026-12-01 04:59", "", "S001")]
    [InlineData("cut_over", "2026-12-01 05:00", "", "S002")]
    [InlineData("calendar_date", "2026-12-01 00:00", "", "S002")]
    [InlineData("stated", "10:00", "2020-03-31", null)]
    [InlineData("cut_over", "2020-04-01 04:59", "", null)]
    public void I1_A_code_given_to_another_store_means_the_store_of_its_day(string rule, string time, string day, string? store)
    {
        var occurred = rule == "stated" ? "occurred_at: { from: time, type: time }" : "occurred_at: { from: time, type: timestamp, formats: [\"yyyy-MM-dd HH:mm\"] }";
        var conversion = TrapFeed.Convert($"1,{day},{time},S,POS01,A,,1,110,0,0,exempt,untaxed,0,\n",
            ("store: { by: constant, code: S001 }", "store: { by: dated_code }"),
            ("receipt:\n", "receipt:\n  store: { from: orig, type: code }\n"),
            ("  original_receipt_number: { from: orig, type: code, required: false }\n", ""),
            ("V: void, ", ""),
            ("  occurred_at: { from: time, type: time }", "  " + occurred),
            ("  business_date: { from: day, type: date, formats: [yyyy-MM-dd] }\n", rule == "stated" ? "  business_date: { from: day, type: date, formats: [yyyy-MM-dd] }\n" : ""),
            ("business_date: stated", "business_date: " + rule));
        Assert.Equal(store is null ? [] : [store], conversion.Transactions.Select(t => t.Record.Store));
        if (store is null)
        {
            var held = Assert.Single(conversion.Held);
            Assert.Equal((RejectionReason.StoreUnknown, "orig", "POS01"), (held.Rejections[0].Reason, held.Rejections[0].Field, held.StoreAsSent));
        }
    }

    [Fact]
    public void I1_A_code_whose_later_store_is_out_of_reach_is_not_given_to_the_earlier_one()
    {
        var stores = new StoreDirectory(
            [new("S1", "S1", new BusinessCalendar(TimeZoneInfo.Utc, []))],
            [new("001", "S1", new DateOnly(2026, 1, 1), null), new("001", "S2", new DateOnly(2026, 4, 1), new DateOnly(2026, 4, 30))]);
        Assert.Equal(["S1", null, "S1"], new[] { 3, 4, 5 }.Select(month => stores.ByTerminal("001", _ => new DateOnly(2026, month, 15))?.Code));
    }

    [Fact]
    public void Rows_are_one_receipt_by_its_number_less_what_the_vendor_adds_to_it()
    {
        var rows = $"000501-01,{Day}A,,1,110,0,10,standard,inclusive,0,330\n000501-02,{Day}B,,2,110,0,10,standard,inclusive,0,330\n000502-01,{Day}A,,1,110,0,10,standard,inclusive,0,110\n";
        (string Was, string Is)[] cut =
        [
            ("receipt_number: { from: no, type: code }", "receipt_number: { from: no, type: code, cut_at: \"-\" }"),
            ("receipt_key: [receipt_number] }", "receipt_key: [receipt_number], branch: line }"),
        ];
        Assert.Equal(["000501", "000502"], TrapFeed.Convert(rows, cut).Transactions.Select(t => t.Record.ReceiptNumber));
        Assert.Equal([2, 1], TrapFeed.Convert(rows, cut).Transactions.Select(t => t.Record.Lines.Length));

        var held = Assert.Single(TrapFeed.Convert(rows.Replace(",B,,2,110,", ",B,,2,111,", StringComparison.Ordinal), cut).Held);
        Assert.Equal(("000501", 2), (held.Key, held.Rows));
    }

    [Fact]
    public void I2_The_same_store_code_of_two_vendors_makes_two_receipts()
    {
        var a = TrapFeed.Convert($"1,{Day}A,,1,110,0,10,standard,inclusive,0,110\n").Transactions[0].Record;
        var b = TrapFeed.Convert($"1,{Day}A,,1,110,0,10,standard,inclusive,0,110\n", ("vendor: trap", "vendor: other")).Transactions[0].Record;
        Assert.NotEqual(a.EventId, b.EventId);
    }

    [Fact]
    public void I2_A_store_number_and_a_category_mean_what_the_profile_maps_them_to()
    {
        (string, string)[] mapped =
        [
            ("store: { by: constant, code: S001 }", "store: { by: code }"),
            ("receipt:\n", "receipt:\n  store: { from: points, type: code, map: store }\n"),
            ("line:\n", "line:\n  category: { from: name, type: code, map: category, default: \"9\" }\n"),
            ("codes:\n", "codes:\n  store: { \"001\": S001 }\n  category: { \"1\": FOOD, \"9\": OTHER }\n"),
        ];
        string Row(string number, string name, string store) => $"{number},2026-11-01,10:00,S,,A,{name},1,110,0,10,standard,inclusive,{store},110\n";
        var conversion = TrapFeed.Convert(Row("1", "1", "001") + Row("2", "", "001") + Row("3", "2", "001") + Row("4", "1", "002"), mapped);
        Assert.All(conversion.Transactions, t => Assert.Equal("001", t.Record.StoreAsSent));
        Assert.Equal([("S001", "FOOD"), ("S001", "OTHER")], conversion.Transactions.Select(t => (t.Record.Store, t.Record.Lines[0].Item.Category)));
        Assert.Equal([RejectionReason.CodeUnknown, RejectionReason.CodeUnknown], conversion.Held.Select(held => held.Rejections[0].Reason));
    }

    [Fact]
    public void I3_A_number_that_starts_again_each_day_is_another_receipt()
    {
        string Row(string day) => $"0001,{day},10:00,S,,A,,1,110,0,10,standard,inclusive,0,110\n";
        var first = TrapFeed.Convert(Row("2026-11-01")).Transactions[0].Record.EventId;
        Assert.NotEqual(first, TrapFeed.Convert(Row("2026-11-02")).Transactions[0].Record.EventId);
    }

    [Fact]
    public void I3_A_guid_the_client_repeats_for_another_day_is_another_checkout()
    {
        string Checkout(string date) => $$"""
            {"checkouts":[{"guid":"g-1","account_id":47311,"paid_at":"{{date}}T03:00:00Z","sales_date":"{{date}}","price":"110.0","status":"close","cashier_id":1,
             "payments":[],"items":[{"menu_item_id":1,"count":1,"unit_price":"100.0","sales":"100.0","tax_rate":"10.0","tax_total":"10.0"}]}]}
            """;
        var first = ProfileFixtures.ConvertJson("ubiregi", Checkout("2026-11-01")).Transactions[0].Record.EventId;
        Assert.NotEqual(first, ProfileFixtures.ConvertJson("ubiregi", Checkout("2026-11-02")).Transactions[0].Record.EventId);
    }

    [Fact]
    public void I4_A_reprint_with_a_branch_number_is_the_receipt_it_prints_again()
    {
        var path = Path.Combine(ProfileFixtures.VendorsFolder, "airregi-journal", "samples", "journal.csv");
        var sales = ProfileFixtures.Convert("airregi-journal", File.ReadAllBytes(path)).Transactions.Where(t => t.Record.ReceiptNumber == "10002").ToList();
        Assert.Equal(2, sales.Count);
        Assert.Equal(sales[0].Record.EventId, sales[1].Record.EventId);
        Assert.Equal(RetailInsight.Core.Canon.ContentHash.Of(sales[0].Record), RetailInsight.Core.Canon.ContentHash.Of(sales[1].Record));
    }

    [Theory]
    [InlineData("4901234567894", "04901234567894")]
    [InlineData("49123456", "00000049123456")]
    [InlineData("036000291452", "00036000291452")]
    [InlineData("14901234567891", "14901234567891")]
    [InlineData("2012345678903", "2012345678903")]
    public void I5_A_valid_code_has_one_form_and_codes_of_the_shop_stay_as_they_are(string sent, string kept)
    {
        var conversion = Coded(sent);
        Assert.Equal(kept, conversion.Transactions[0].Record.Lines[0].Item.Code);
        Assert.DoesNotContain(conversion.Findings, finding => finding.Code != FindingCode.ColumnUnknown);
    }

    [Theory]
    [InlineData("4901234567890")]
    [InlineData("123")]
    [InlineData("ABC4567894123")]
    public void I5_A_wrong_check_digit_is_counted_and_the_code_kept(string sent)
    {
        var conversion = Coded(sent);
        Assert.Equal(sent, conversion.Transactions[0].Record.Lines[0].Item.Code);
        Assert.Equal("item_code_invalid", FindingCodes.Code(Assert.Single(conversion.Findings, finding => finding.Code != FindingCode.ColumnUnknown).Code));
        var held = TrapFeed.Convert(Row(sent), ("sign: as_sent", "sign: as_sent\nitem_codes: { check: hold }")).Held;
        Assert.Equal("item", Assert.Single(held).Rejections[0].Field);
    }

    [Fact]
    public void I5_Two_packs_of_meat_with_their_prices_in_the_code_are_one_item()
    {
        var conversion = Coded("0212345004326", "0212345009802");
        Assert.Equal(["0212345", "0212345"], conversion.Transactions.Select(t => t.Record.Lines[0].Item.Code));
    }

    private static RetailInsight.Profiles.Conversion Coded(params string[] codes) => TrapFeed.Convert(
        string.Concat(codes.Select((code, i) => $"{i + 1}{Row(code)[1..]}")),
        ("sign: as_sent", "sign: as_sent\nitem_codes: { check: note, as_gtin14: true, price_embedded: [\"02\"], item_digits: 5 }"));

    private static string Row(string code) => $"1,{Day}{code},,1,110,0,10,standard,inclusive,0,110\n";
}
