using System.Text;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Tests.Profiles;

/// <summary>Payloads that once cost far more than they weigh, or could not be given an answer.</summary>
public sealed class HostilePayloadTests
{
    private const string Push = """{"schema":"vendor-b/2","store":{"code":"S001","name":"x"},"exported_at":"2026-11-01T14:00:00+09:00","transactions":[""";
    private const string Head = """{"terminal":"03","receipt_no":"1","type":"SALE","at":"2026-11-01T10:23:45+09:00","void_of":null,"guests":1,"member":null,"discount":0,"taxes":[],"total":1,"payments":[],"items":[""";

    [Theory]
    [InlineData("vendor-a", "a\n")]
    [InlineData("vendor-a", "P001,,,1\n")]
    [InlineData("vendor-b", "1,")]
    [InlineData("people-counter", "1,")]
    [InlineData("vendor-a-pos-master", "a\n")]
    public void A_payload_made_of_rows_without_receipt_is_refused_whole(string profile, string row)
    {
        var rows = string.Concat(Enumerable.Repeat(row, 100_002));
        var conversion = profile switch
        {
            "vendor-b" => ProfileFixtures.ConvertJson(profile, Push + rows + "1]}"),
            "people-counter" => ProfileFixtures.ConvertJson(profile, """{"device":"d","store":"S001","intervals":[""" + rows + "1]}"),
            "vendor-a-pos-master" => ProfileFixtures.Convert(profile, ProfileFixtures.Cp932.GetBytes("POSコード,店舗コード,店舗名,有効開始日,有効終了日\n" + rows)),
            _ => ProfileFixtures.ConvertVendorA(rows),
        };
        ProfileFixtures.AssertRowsBalance(conversion);
        Assert.Equal(RejectionReason.PayloadUnreadable, conversion.Unreadable?.Reason);
    }

    [Fact]
    public void A_receipt_of_many_bad_lines_is_held_with_all_its_rows_and_the_first_of_its_reasons()
    {
        var held = Assert.Single(ProfileFixtures.ConvertJson("vendor-b", Push + Head + string.Concat(Enumerable.Repeat("1,", 50_000)) + "1]}]}").Held);
        Assert.Equal(50_001, held.Rows);
        Assert.InRange(held.Rejections.Count, 1, 100);
    }

    [Fact]
    public void Columns_nobody_knows_are_noted_as_far_as_anybody_reads()
    {
        var header = ProfileFixtures.VendorAHeader.TrimEnd() + string.Concat(Enumerable.Range(0, 5_000).Select(i => $",x{i}")) + "\r\n";
        Assert.InRange(ProfileFixtures.Convert("vendor-a", ProfileFixtures.Cp932.GetBytes(header + "1,2,3\r\n")).Findings.Count, 1, 100);
    }

    [Fact]
    public void What_a_parser_quotes_of_a_payload_is_shortened()
    {
        foreach (var (profile, text) in new[] { ("vendor-b", "nul " + new string('x', 100_000) + "\n\u0001"), ("arts-poslog", "<" + new string('x', 100_000) + "\n></y>") })
        {
            var detail = ProfileFixtures.Convert(profile, Encoding.UTF8.GetBytes(text)).Unreadable!.Detail;
            Assert.InRange(detail.Length, 20, 500);
            Assert.DoesNotContain(detail, char.IsControl);
            Assert.EndsWith(".", detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_cancelled_receipt_whose_lines_are_larger_than_money_can_be_is_held()
    {
        var sample = File.ReadAllText(Path.Combine(ProfileFixtures.VendorsFolder, "shopify-pos", "samples", "cancelled-order.json"));
        var conversion = ProfileFixtures.ConvertJson("shopify-pos", sample.Replace("\"price\": \"1120\"", "\"price\": \"9223372036854.775807\"", StringComparison.Ordinal));
        Assert.Equal(RejectionReason.FieldRange, Assert.Single(Assert.Single(conversion.Held).Rejections).Reason);
    }

    [Fact]
    public void A_payment_larger_than_a_receipt_can_be_holds_it_before_the_change_is_taken_from_it()
    {
        var sample = File.ReadAllText(Path.Combine(ProfileFixtures.VendorsFolder, "ubiregi", "samples", "checkouts.json"));
        var conversion = ProfileFixtures.ConvertJson("ubiregi", sample.Replace("\"amount\": \"1000.0\"", "\"amount\": \"-9223372036854.0\"", StringComparison.Ordinal));
        ProfileFixtures.AssertRowsBalance(conversion);
        Assert.Contains(conversion.Held.SelectMany(held => held.Rejections), one => one is { Reason: RejectionReason.FieldRange, Field: "amount" });
    }

    [Fact]
    public void An_archive_that_is_too_long_is_told_the_limit_and_what_to_do()
    {
        var archive = File.ReadAllBytes(Path.Combine(ProfileFixtures.VendorsFolder, "archive-pos", "samples", "day.zip"));
        var conversion = RetailInsight.Profiles.Converter.Convert(ProfileFixtures.Catalog.Find("archive-pos")!, archive, ProfileFixtures.Context with { UnpackLimit = 600 }, CancellationToken.None);
        Assert.Equal(RejectionReason.PayloadTooLarge, conversion.Unreadable!.Reason);
        Assert.Contains("more than 600 bytes", conversion.Unreadable.Detail, StringComparison.Ordinal);
        Assert.Contains("Send several archives", conversion.Unreadable.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_an_archive_is_named_in_the_length_of_a_name()
    {
        using var packed = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(packed, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry(new string('n', 3_000));
        }

        Assert.InRange(ProfileFixtures.Convert("archive-pos", packed.ToArray()).Unreadable!.Field!.Length, 1, 100);
    }
}
