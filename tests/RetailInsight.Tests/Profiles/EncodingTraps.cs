using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

/// <summary>What goes wrong with the encoding of real files, one test a trap.</summary>
public sealed class EncodingTraps
{
    private const string Row = "POS01,2026/11/01,10:00:00,000001,01,,1,49,{0},01,1,108,108,0,8,軽減,0,108,,8,現金,108,,\r\n";

    [Fact]
    public void E1_a_profile_says_cp932_and_no_other_name_for_it()
    {
        var errors = Assert.Throws<ProfileException>(() => Variant("encoding: cp932", "encoding: shift_jis")).Errors;
        Assert.Contains(errors, error => error.Contains("'shift_jis' is not one of utf-8, cp932, utf-16", StringComparison.Ordinal));
    }

    [Fact]
    public void E2_E5_both_byte_forms_of_one_character_are_accepted_and_are_the_same_receipt()
    {
        var one = Single(Payload("髙", [0xEE, 0xE0]));
        var other = Single(Payload("髙", [0xFB, 0xFC]));
        Assert.Equal("髙", one.Lines[0].Item.Name);
        Assert.Equal(ContentHash.Of(one), ContentHash.Of(other));
    }

    [Theory]
    [InlineData(new byte[] { 0x85, 0x40 })]
    [InlineData(new byte[] { 0xF0, 0x40 })]
    [InlineData(new byte[] { 0x80 })]
    public void E3_E4_bytes_that_are_no_character_hold_their_receipt_with_the_offset(byte[] bytes)
    {
        var payload = Payload("髙", bytes);
        var rejection = Assert.Single(Assert.Single(ProfileFixtures.Convert("vendor-a", payload).Held).Rejections);
        Assert.Equal(RejectionReason.RowEncoding, rejection.Reason);
        Assert.Contains($"at byte {payload.AsSpan().IndexOf(bytes)} ", rejection.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("～")]
    [InlineData("－")]
    [InlineData("∥")]
    public void E6_a_wave_dash_and_its_kin_are_kept_as_code_page_932_has_them(string sign) =>
        Assert.Equal(sign, Single(Payload(sign, ProfileFixtures.Cp932.GetBytes(sign))).Lines[0].Item.Name);

    [Fact]
    public void E7_a_second_byte_that_looks_like_a_backslash_or_bar_parts_nothing() =>
        Assert.Equal("ソ表十予能噂", Single(Payload("x", ProfileFixtures.Cp932.GetBytes("ソ表十予能噂"))).Lines[0].Item.Name);

    [Fact]
    public void E8_a_payload_in_another_encoding_is_one_reason_that_says_what_it_looks_like()
    {
        var text = ProfileFixtures.VendorAHeader + Row.Replace("{0}", "牛乳", StringComparison.Ordinal);
        Refused("looks like UTF-8; the profile expects CP932", ProfileFixtures.Convert("vendor-a", Encoding.UTF8.GetBytes(text)));
        Refused("looks like UTF-16 LE", ProfileFixtures.Convert("vendor-a", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)]));
        Refused("looks like UTF-16 without a byte order mark", ProfileFixtures.Convert("vendor-a", Encoding.Unicode.GetBytes("POS01," + text)));
        Refused("looks like CP932 (Shift_JIS); the profile expects UTF-8", ProfileFixtures.Convert("vendor-b", ProfileFixtures.Cp932.GetBytes("{\"店\":\"東京\"}")));
        Refused("has no byte order mark", Convert(Variant("encoding: cp932", "encoding: utf-16"), Encoding.ASCII.GetBytes("a,b\r\n")));
    }

    [Fact]
    public void E8_half_width_katakana_that_happen_to_be_valid_utf8_stay_cp932() =>
        Assert.Equal("ﾃｱ", Single(Payload("x", [0xC3, 0xB1])).Lines[0].Item.Name);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void E8_utf16_is_read_in_either_byte_order_with_places_in_the_original(bool bigEndian)
    {
        var encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        var text = ProfileFixtures.VendorAHeader + Row.Replace("{0}", "𠮷野家", StringComparison.Ordinal) + Row.Replace("000001", "000002", StringComparison.Ordinal).Replace("108,0,8", "x,0,8", StringComparison.Ordinal);
        byte[] payload = [.. encoding.Preamble, .. encoding.Preamble, .. encoding.GetBytes(text)];
        var conversion = Convert(Variant("encoding: cp932", "encoding: utf-16"), payload);
        Assert.Equal("𠮷野家", Assert.Single(conversion.Transactions).Record.Lines[0].Item.Name);
        var at = Assert.Single(conversion.Held).Rejections[0].At;
        Assert.Equal(payload.AsSpan().LastIndexOf(encoding.GetBytes("POS01")), at.ByteOffset);
        Assert.EndsWith("108,,", encoding.GetString(payload.AsSpan((int)at.ByteOffset, at.ByteLength)), StringComparison.Ordinal);
        Refused("half of a surrogate pair at byte 4", Convert(Variant("encoding: cp932", "encoding: utf-16"), [0xFF, 0xFE, 0x41, 0, 0, 0xD8, 0x41, 0]));
    }

    [Fact]
    public void E9_several_byte_order_marks_are_taken_off()
    {
        const string csv = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,A,x,1,2010-12-01 08:26:00,2.55,17850.0,UK\n";
        Assert.Single(ProfileFixtures.Convert("online-retail", [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(csv)]).Transactions);
    }

    [Fact]
    public void E10_width_is_folded_in_column_names_and_never_in_values()
    {
        var header = ProfileFixtures.VendorAHeader.Replace("POSコード", " ＰＯＳｺｰﾄﾞ ", StringComparison.Ordinal);
        var conversion = ProfileFixtures.Convert("vendor-a", ProfileFixtures.Cp932.GetBytes(header + Row.Replace("{0}", "㈱①ｶﾞⅢ", StringComparison.Ordinal)));
        Assert.Equal("㈱①ｶﾞⅢ", Assert.Single(conversion.Transactions).Record.Lines[0].Item.Name);
    }

    private static void Refused(string why, Conversion conversion)
    {
        Assert.Equal(RejectionReason.PayloadUnreadable, conversion.Unreadable?.Reason);
        Assert.Contains(why, conversion.Unreadable!.Detail, StringComparison.Ordinal);
    }

    private static Transaction Single(byte[] payload) => Assert.Single(ProfileFixtures.Convert("vendor-a", payload).Transactions).Record;

    private static byte[] Payload(string stand, byte[] bytes)
    {
        var before = ProfileFixtures.Cp932.GetBytes(ProfileFixtures.VendorAHeader + Row.Split("{0}")[0]);
        return stand.Length == 0 ? before : [.. before, .. bytes, .. ProfileFixtures.Cp932.GetBytes(Row.Split("{0}")[1])];
    }

    private static Conversion Convert(Profile profile, byte[] payload) => Converter.Convert(profile, payload, ProfileFixtures.Context, CancellationToken.None);

    private static Profile Variant(string right, string wrong) => ProfileCatalog.Load(
        [("a.yaml", File.ReadAllText(Path.Combine(ProfileFixtures.VendorsFolder, "vendor-a", "vendor-a.v1.yaml")).Replace(right, wrong, StringComparison.Ordinal))]).All[0];
}
