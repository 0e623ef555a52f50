using System.IO.Compression;
using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

/// <summary>What goes wrong with the shape of real files, one test a trap.</summary>
public sealed class FileShapeTraps
{
    private const string Row = "POS01,2026/11/01,10:00:00,000001,01,,1,49,牛乳,01,1,108,108,0,8,軽減,0,108,,8,現金,108,,\r\n";

    [Theory]
    [InlineData("\r", "\r")]
    [InlineData("\n", "\r")]
    [InlineData("\r\n", "\n")]
    [InlineData("\r", "\r\n")]
    public void F1_line_ends_may_be_cr_lf_or_both_in_one_file(string first, string second)
    {
        var conversion = Convert(ProfileFixtures.VendorAHeader.Replace("\r\n", first, StringComparison.Ordinal) + Numbered(1, second) + Numbered(2, first) + Numbered(3, second));
        Assert.Equal(3, conversion.Transactions.Count);
        Assert.Empty(conversion.Held);
    }

    [Fact]
    public void F1_a_line_end_within_quotes_is_data() =>
        Assert.Equal("牛\r\n乳", Assert.Single(Convert(ProfileFixtures.VendorAHeader + Row.Replace("牛乳", "\"牛\r\n乳\"", StringComparison.Ordinal)).Transactions).Record.Lines[0].Item.Name);

    [Fact]
    public void F2_a_missing_column_is_one_case_and_a_new_one_is_noted_and_holds_nothing()
    {
        var missing = Convert((ProfileFixtures.VendorAHeader + Row + Numbered(2, "\r\n")).Replace("税区分", "税区分2", StringComparison.Ordinal));
        Assert.Equal(RejectionReason.SchemaChanged, missing.Unreadable?.Reason);
        Assert.Equal("税区分", missing.Unreadable!.Field);
        Assert.Empty(missing.Held);

        var grown = Convert(ProfileFixtures.VendorAHeader.Replace("\r\n", ",店員\r\n", StringComparison.Ordinal) + Row.Replace("\r\n", ",佐藤\r\n", StringComparison.Ordinal));
        Assert.Single(grown.Transactions);
        Assert.Empty(grown.Held);
        var finding = Assert.Single(grown.Findings);
        Assert.Equal((FindingCode.ColumnUnknown, "店員", 1), (finding.Code, finding.Field, finding.Count));
        Assert.Empty(Convert(ProfileFixtures.VendorAHeader + Row).Findings);
    }

    [Fact]
    public void F2_columns_are_found_by_name_wherever_they_stand()
    {
        static string Turned(string line) => string.Join(',', line.TrimEnd().Split(',').Reverse()) + "\r\n";
        var turned = Assert.Single(Convert(Turned(ProfileFixtures.VendorAHeader) + Turned(Row)).Transactions).Record;
        Assert.Equal(ContentHash.Of(Assert.Single(Convert(ProfileFixtures.VendorAHeader + Row).Transactions).Record), ContentHash.Of(turned));
    }

    [Fact]
    public void F4_a_count_keeps_the_interval_it_was_sent_with()
    {
        var count = Assert.Single(ProfileFixtures.ConvertJson("people-counter", """{"device":"d","store":"S001","intervals":[{"line":"1","from":"2026-11-01T05:00:00+09:00","to":"2026-11-02T05:00:00+09:00","in":900,"out":890}]}""").PeopleCounts).Record;
        Assert.Equal(TimeSpan.FromDays(1), count.To - count.From);
        Assert.Equal(900u, count.Entered);
    }

    [Fact]
    public void F5_overlapping_files_give_the_same_receipts_the_same_ids_and_hashes()
    {
        var first = Convert(ProfileFixtures.VendorAHeader + Numbered(1, "\r\n") + Numbered(2, "\r\n")).Transactions[1].Record;
        var second = Convert(ProfileFixtures.VendorAHeader + Numbered(2, "\n") + Numbered(3, "\n")).Transactions[0].Record;
        Assert.Equal((first.EventId, ContentHash.Of(first)), (second.EventId, ContentHash.Of(second)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData(ProfileFixtures.VendorAHeader)]
    public void F6_an_empty_file_is_an_alarm_and_not_a_day_without_sales(string text) =>
        Assert.Equal(RejectionReason.PayloadEmpty, Convert(text).Unreadable?.Reason);

    [Fact]
    public void F7_blanks_around_a_code_do_not_make_it_another() =>
        Assert.Equal("POS01", Assert.Single(Convert(ProfileFixtures.VendorAHeader + Row.Replace("POS01,", "POS01 \t,", StringComparison.Ordinal)).Transactions).Record.Terminal);

    [Fact]
    public void F8_only_declared_title_and_total_rows_are_left_out()
    {
        var text = Encoding.UTF8.GetString(Encoding.Convert(ProfileFixtures.Cp932, Encoding.UTF8, File.ReadAllBytes(Path.Combine(ProfileFixtures.VendorsFolder, "sjis-tsv", "samples", "day.tsv"))));
        Assert.Equal(5, Tsv(text).RowsRead);
        var undeclared = Tsv(text.Replace("総計\t", "小計\t", StringComparison.Ordinal));
        Assert.Equal(7, undeclared.RowsRead);
        Assert.Equal(2, undeclared.Held.Sum(held => held.Rows));
        Assert.Equal(RejectionReason.SchemaChanged, Tsv("もう一つの題名\r\n" + text).Unreadable?.Reason);
    }

    [Theory]
    [InlineData("=1+1")]
    [InlineData("+81")]
    [InlineData("@SUM(A1)")]
    [InlineData("-牛乳")]
    public void F9_what_a_spreadsheet_would_run_is_kept_as_sent(string name) =>
        Assert.Equal(name, Assert.Single(Convert(ProfileFixtures.VendorAHeader + Row.Replace("牛乳", name, StringComparison.Ordinal)).Transactions).Record.Lines[0].Item.Name);

    [Theory]
    [InlineData("牛\"乳")]
    [InlineData("\"牛乳")]
    [InlineData("\"牛\"乳\"")]
    public void F10_a_broken_quote_holds_its_receipt_and_not_the_rows_below(string name)
    {
        var conversion = Convert(ProfileFixtures.VendorAHeader + Row.Replace("牛乳", name, StringComparison.Ordinal) + Numbered(2, "\r\n") + Numbered(3, "\r\n"));
        Assert.Equal(2, conversion.Transactions.Count);
        Assert.Equal(RejectionReason.RowShape, Assert.Single(conversion.Held).Rejections[0].Reason);
    }

    [Fact]
    public void A_record_that_was_cut_holds_the_whole_receipt_it_belongs_to()
    {
        var lines = File.ReadAllBytes(Path.Combine(ProfileFixtures.VendorsFolder, "fixed-pos", "samples", "bad-records.txt"));
        var held = ProfileFixtures.Convert("fixed-pos", lines).Held[0];
        Assert.Equal([1, 2], held.SourceRows);
        Assert.Equal("S001 / 20261120 / 00001 / 000001", held.Key);
    }

    [Fact]
    public void An_archive_that_unpacks_without_end_or_was_cut_is_refused()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("uriage_head.csv", CompressionLevel.SmallestSize).Open();
            entry.Write(new byte[64 << 20]);
        }

        Assert.Equal(RejectionReason.PayloadTooLarge, ProfileFixtures.Convert("archive-pos", bytes.ToArray()).Unreadable?.Reason);
        Assert.Equal(RejectionReason.PayloadCompression, ProfileFixtures.Convert("archive-pos", bytes.ToArray()[..^40]).Unreadable?.Reason);
        Assert.Equal(RejectionReason.PayloadUnreadable, ProfileFixtures.Convert("archive-pos", [1, 2, 3]).Unreadable?.Reason);
    }

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><POSLog/>", RejectionReason.PayloadUnreadable)]
    [InlineData("<p:POSLog xmlns:p=\"http://www.nrf-arts.org/IXRetail/namespace/\"><Transaction>", RejectionReason.PayloadUnreadable)]
    [InlineData("<Orders/>", RejectionReason.SchemaChanged)]
    [InlineData("<POSLog xmlns=\"http://www.nrf-arts.org/IXRetail/namespace/\"/>", RejectionReason.PayloadEmpty)]
    public void Xml_that_is_not_the_profiles_is_refused_with_its_reason(string xml, RejectionReason reason) =>
        Assert.Equal(reason, ProfileFixtures.Convert("arts-poslog", Encoding.UTF8.GetBytes(xml)).Unreadable?.Reason);

    [Fact]
    public void Of_a_file_with_one_object_a_line_a_broken_line_is_held_alone()
    {
        var yaml = File.ReadAllText(Path.Combine(ProfileFixtures.VendorsFolder, "vendor-b", "vendor-b.v1.yaml"))
            .Replace("format: json", "format: ndjson", StringComparison.Ordinal).Replace("  receipts: transactions\n", "", StringComparison.Ordinal).Replace("$.store.code", "store", StringComparison.Ordinal);
        const string line = """{"store":"S001","terminal":"1","receipt_no":"1","type":"SALE","at":"2026-11-01T10:00:00+09:00","total":108,"items":[{"code":"49","dept":"01","qty":1,"unit_price":100,"amount":100,"tax_rate":0.08,"tax_type":"reduced"}],"taxes":[],"payments":[]}""";
        var payload = Encoding.UTF8.GetBytes("\uFEFF" + line + "\r\n{\"store\":\r\n\r\n" + line.Replace("\"receipt_no\":\"1\"", "\"receipt_no\":\"2\"", StringComparison.Ordinal) + "\n[]");
        var conversion = Converter.Convert(ProfileCatalog.Load([("n.yaml", yaml)]).All[0], payload, ProfileFixtures.Context, CancellationToken.None);
        Assert.Equal(["1", "2"], conversion.Transactions.Select(one => one.Record.ReceiptNumber));
        Assert.Equal([RejectionReason.RowShape, RejectionReason.RowShape], conversion.Held.Select(held => held.Rejections[0].Reason));
        Assert.Equal(payload.AsSpan().IndexOf("{\"store\":\r"u8), conversion.Held[0].Rejections[0].At.ByteOffset);
    }

    private static string Numbered(int number, string lineEnd) => Row.Replace("000001", $"00000{number}", StringComparison.Ordinal).Replace("\r\n", lineEnd, StringComparison.Ordinal);

    private static Conversion Convert(string text) => ProfileFixtures.Convert("vendor-a", ProfileFixtures.Cp932.GetBytes(text));

    private static Conversion Tsv(string text) => ProfileFixtures.Convert("sjis-tsv", ProfileFixtures.Cp932.GetBytes(text));
}
