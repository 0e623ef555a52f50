using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

public sealed class ReceiptConversionTests
{
    private const string Row = "POS01,2026/11/01,10:00:00,000001,01,,1,49,牛乳,01,1,108,108,0,8,軽減,0,108,,8,現金,108,,\r\n";

    [Fact]
    public void A_register_belongs_to_the_store_it_stood_in_on_the_business_date()
    {
        var conversion = ProfileFixtures.ConvertVendorA(Row + Row.Replace("2026/11/01", "2026/12/01", StringComparison.Ordinal));
        Assert.Equal(["S001", "S002"], conversion.Transactions.Select(t => t.Record.Store));
    }

    [Fact]
    public void Rows_of_one_receipt_need_not_stand_together()
    {
        var two = Row.Replace(",0,108,,8,", ",0,216,,16,", StringComparison.Ordinal);
        var conversion = ProfileFixtures.ConvertVendorA(two + Row.Replace("000001", "000002", StringComparison.Ordinal) + two);
        Assert.Equal(["000001", "000002"], conversion.Transactions.Select(t => t.Record.ReceiptNumber));
        Assert.Equal([2, 1], conversion.Transactions.Select(t => t.Rows));
        Assert.Equal(2, conversion.Transactions[0].Record.Lines.Length);
    }

    [Fact]
    public void A_void_points_at_the_receipt_it_takes_back()
    {
        var conversion = ProfileFixtures.ConvertVendorA(Row + Row.Replace("000001,01,,", "000002,03,000001,", StringComparison.Ordinal));
        Assert.Equal(conversion.Transactions[0].Record.EventId, conversion.Transactions[1].Record.OriginalEventId);
        Assert.Equal(0, conversion.Transactions.Sum(t => t.Record.Gross));
    }

    [Theory]
    [InlineData("{ from: 会員コード, type: timestamp, formats: [yyyy/MM/dd HH:mm:ss], required: false }", "2026/11/01 10:00:01", 1_793_527_201_000_000)]
    [InlineData("{ from: 会員コード, type: integer, required: false }", "7", 7)]
    [InlineData("{ from: 会員コード, type: integer, required: false }", "", 0)]
    public void A_version_by_the_vendors_own_count_or_clock_is_part_of_what_the_receipt_says(string binding, string value, long expected)
    {
        var yaml = File.ReadAllText(Path.Combine(ProfileFixtures.VendorsFolder, "vendor-a", "vendor-a.v1.yaml"))
            .Replace("customer: { from: 会員コード, type: code, required: false }", "source_revision: " + binding, StringComparison.Ordinal);
        var profile = ProfileCatalog.Load([("a.yaml", yaml)]).Find("vendor-a")!;
        Transaction Read(string version) => Converter.Convert(
            profile, ProfileFixtures.Cp932.GetBytes(ProfileFixtures.VendorAHeader + Row.Replace(",,\r\n", "," + "," + version + "\r\n", StringComparison.Ordinal)), ProfileFixtures.Context, default)
            .Transactions[0].Record;
        Assert.Equal(expected, Read(value).SourceRevision);
        Assert.Equal(ContentHash.Of(Read(value)), ContentHash.Of(Read(value)));
        Assert.Equal(expected == 0, ContentHash.Of(Read(value)) == ContentHash.Of(Read("")));
    }

    [Fact]
    public void The_same_receipt_has_the_same_id_in_any_file_and_another_one_for_another_tenant()
    {
        var first = ProfileFixtures.ConvertVendorA(Row).Transactions[0].Record.EventId;
        var again = ProfileFixtures.ConvertVendorA(Row.Replace("000001", "000009", StringComparison.Ordinal) + Row).Transactions[1].Record.EventId;
        var payload = ProfileFixtures.Cp932.GetBytes(ProfileFixtures.VendorAHeader + Row);
        var other = Converter.Convert(ProfileFixtures.Catalog.Find("vendor-a")!, payload, ProfileFixtures.Context with { Tenant = "other" }, default);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other.Transactions[0].Record.EventId);
    }

    [Fact]
    public void Columns_may_move_and_grow_in_number()
    {
        var names = ProfileFixtures.VendorAHeader.TrimEnd().Split(',');
        var values = Row.TrimEnd().Split(',');
        var order = Enumerable.Range(0, names.Length).Reverse();
        var text = "新項目," + string.Join(',', order.Select(i => names[i])) + "\nx," + string.Join(',', order.Select(i => values[i]));
        var conversion = ProfileFixtures.Convert("vendor-a", ProfileFixtures.Cp932.GetBytes(text));
        Assert.Equal(ProfileFixtures.ConvertVendorA(Row).Transactions[0].Record.EventId, Assert.Single(conversion.Transactions).Record.EventId);
    }

    [Fact]
    public void A_missing_column_is_a_changed_schema_and_names_what_was_found()
    {
        var text = (ProfileFixtures.VendorAHeader + Row).Replace("税率", "消費税率", StringComparison.Ordinal);
        var rejection = ProfileFixtures.Convert("vendor-a", ProfileFixtures.Cp932.GetBytes(text)).Unreadable!;
        Assert.Equal(RejectionReason.SchemaChanged, rejection.Reason);
        Assert.Equal("税率", rejection.Field);
        Assert.Contains("消費税率", rejection.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", RejectionReason.PayloadEmpty)]
    [InlineData(ProfileFixtures.VendorAHeader, RejectionReason.PayloadEmpty)]
    [InlineData("\r\n\r\n", RejectionReason.PayloadEmpty)]
    [InlineData("{\"transactions\":[]}", RejectionReason.SchemaChanged)]
    public void A_file_without_a_data_row_is_not_a_day_without_sales(string text, RejectionReason reason) =>
        Assert.Equal(reason, ProfileFixtures.Convert("vendor-a", ProfileFixtures.Cp932.GetBytes(text)).Unreadable!.Reason);

    [Fact]
    public void A_utf8_file_on_a_shift_jis_feed_is_named_as_such()
    {
        var text = ProfileFixtures.VendorAHeader + Row;
        foreach (var bytes in new[] { Encoding.UTF8.GetBytes(text), [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)] })
        {
            var rejection = ProfileFixtures.Convert("vendor-a", bytes).Unreadable!;
            Assert.Equal(RejectionReason.PayloadUnreadable, rejection.Reason);
            Assert.Contains("UTF-8", rejection.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Two_byte_order_marks_do_not_hide_the_first_column()
    {
        byte[] payload = [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, .. "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,A,,1,2010-12-01 08:26:00,2.5501,,UK\n"u8];
        var record = Assert.Single(ProfileFixtures.Convert("online-retail", payload).Transactions).Record;
        Assert.Equal(2_550_100, record.Net);
        Assert.Equal(88, record.Source.ByteOffset);
    }

    [Theory]
    [InlineData("１０８", 108)]
    [InlineData("+108", 108)]
    [InlineData("108.00", 108)]
    public void A_plain_number_is_read_in_any_width(string total, int yen) =>
        Assert.Equal(yen * 1_000_000L, ProfileFixtures.ConvertVendorA(Row.Replace(",0,108,", $",0,{total},", StringComparison.Ordinal)).Transactions[0].Record.Gross);

    [Theory]
    [InlineData("¥108")]
    [InlineData("1e2")]
    [InlineData("△108")]
    [InlineData("\"1,080\"")]
    [InlineData("108-")]
    public void A_number_written_as_the_profile_does_not_say_holds_the_receipt(string total)
    {
        var held = Assert.Single(ProfileFixtures.ConvertVendorA(Row.Replace(",0,108,", $",0,{total},", StringComparison.Ordinal)).Held);
        Assert.Equal(RejectionReason.FieldType, held.Rejections[0].Reason);
        Assert.Equal("合計金額", held.Rejections[0].Field);
    }

    [Fact]
    public void An_unclosed_quote_costs_one_row_and_not_the_rest_of_the_file()
    {
        var rows = Row.Replace("牛乳", "\"牛乳", StringComparison.Ordinal) + string.Concat(Enumerable.Range(2, 50).Select(n => Row.Replace("000001", $"{n:000000}", StringComparison.Ordinal)));
        var conversion = ProfileFixtures.ConvertVendorA(rows);
        Assert.Equal(50, conversion.Transactions.Count);
        Assert.Equal([1], Assert.Single(conversion.Held).SourceRows);
    }

    [Fact]
    public void Lines_of_both_signs_in_one_sale_still_add_up()
    {
        // 1080 sold, 108 taken back within the same receipt, 2 off the whole.
        var rows = "POS01,2026/11/01,10:00:00,000001,01,,1,49,米,01,1,1080,1080,0,8,軽減,2,970,,,現金,970,,\r\n"
            + "POS01,2026/11/01,10:00:00,000001,01,,2,49,牛乳,01,-1,108,-108,0,8,軽減,2,970,,,現金,970,,\r\n";
        var record = Assert.Single(ProfileFixtures.ConvertVendorA(rows).Transactions).Record;
        ProfileFixtures.AssertMoneyBalances(record);
        Assert.Equal([-8_000_000L], record.Lines.Where(l => l.Quantity < 0).Select(l => l.Tax));
        Assert.Equal([2_000_000L, 0L], record.Lines.Select(l => l.Discount));
    }

    [Fact]
    public void A_member_that_no_receipt_has_any_more_is_a_changed_schema()
    {
        const string receipt = """{"terminal":"03","number":"1","type":"SALE","at":"2026-11-01T10:23:45+09:00","items":[],"total":0,"payments":[]}""";
        var rejection = ProfileFixtures.ConvertJson("vendor-b", $$"""{"store":{"code":"S011"},"transactions":[{{receipt}},{{receipt}}]}""").Unreadable!;
        Assert.Equal((RejectionReason.SchemaChanged, "receipt_no"), (rejection.Reason, rejection.Field));
        var alone = ProfileFixtures.ConvertJson("vendor-b", $$"""{"store":{"code":"S011"},"transactions":[{{receipt}}]}""");
        Assert.Equal(RejectionReason.FieldMissing, Assert.Single(alone.Held).Rejections[0].Reason);
    }

    [Fact]
    public void Odd_kinds_are_kept_with_their_kind()
    {
        var rows = Row.Replace(",01,,1,", ",04,,1,", StringComparison.Ordinal) + Row.Replace("000001,01", "000002,09", StringComparison.Ordinal);
        Assert.Equal([TransactionKind.Cancelled, TransactionKind.Training], ProfileFixtures.ConvertVendorA(rows).Transactions.Select(t => t.Record.Kind));
    }

    [Fact]
    public void A_cancelled_token_stops_the_conversion() => Assert.Throws<OperationCanceledException>(() => Converter.Convert(
        ProfileFixtures.Catalog.Find("vendor-a")!, "x"u8.ToArray(), ProfileFixtures.Context, new CancellationToken(canceled: true)));
}
