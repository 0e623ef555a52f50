using System.Text;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Text;

namespace RetailInsight.Tests.Profiles;

public sealed class Cp932Tests
{
    private static readonly Encoding Strict =
        CodePagesEncodingProvider.Instance.GetEncoding(932, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    [Fact]
    public void There_are_9799_valid_codes_besides_zero_and_each_reads_as_code_page_932()
    {
        var valid = Codes().Where(code => Cp932.CharacterOf(code) != 0).ToList();
        Assert.Equal(9_799, valid.Count);
        Assert.All(valid, code => Assert.Equal(ProfileFixtures.Cp932.GetString(Bytes(code)), Cp932.CharacterOf(code).ToString()));
    }

    [Fact]
    public void The_398_pairs_the_strict_framework_decoder_refuses_are_accepted()
    {
        var refused = Codes().Where(code => Cp932.CharacterOf(code) != 0 && !StrictAccepts(Bytes(code))).ToList();
        Assert.Equal(398, refused.Count);
        Assert.Contains(0xEEE0, refused);
        Assert.Contains(0x8790, refused);
    }

    [Fact]
    public void Every_other_pair_is_refused_at_its_own_offset()
    {
        var target = new char[8];
        foreach (var code in Codes().Where(code => code > 0xFF && Cp932.CharacterOf(code) == 0))
        {
            byte[] text = [0x8A, 0xBF, (byte)'a', .. Bytes(code), (byte)'b'];
            Assert.Equal(-1 - 3, Cp932.Decode(text, target));
        }

        Assert.Equal(-1 - 1, Cp932.Decode([(byte)'a', 0x95], target));
    }

    [Fact]
    public void Characters_only_the_sender_can_draw_are_refused()
    {
        var target = new char[2];
        Assert.All(new byte[][] { [0xF0, 0x40], [0xF9, 0xFC], [0x80], [0xA0], [0xFD] }, bytes => Assert.Equal(-1, Cp932.Decode(bytes, target)));
    }

    [Fact]
    public void Both_byte_forms_of_one_character_are_one_text()
    {
        var target = new char[2];
        Assert.Equal(1, Cp932.Decode([0xEE, 0xE0], target));
        Assert.Equal('髙', target[0]);
        Assert.Equal(1, Cp932.Decode([0xFB, 0xFC], target));
        Assert.Equal('髙', target[0]);
    }

    [Fact]
    public void A_bad_byte_is_reported_with_its_offset_in_the_payload_and_holds_only_its_receipt()
    {
        const string good = "POS01,2026/11/01,10:00:00,000001,01,,1,49,牛乳,01,1,108,108,0,8,軽減,0,108,,8,現金,108,,\r\n";
        byte[] payload = [.. ProfileFixtures.Cp932.GetBytes(ProfileFixtures.VendorAHeader + good), .. ProfileFixtures.Cp932.GetBytes(good.Replace("000001", "000002", StringComparison.Ordinal))];
        var at = payload.AsSpan().LastIndexOf(ProfileFixtures.Cp932.GetBytes("牛乳"));
        payload[at + 1] = 0xFF;
        var conversion = ProfileFixtures.Convert("vendor-a", payload);
        Assert.Single(conversion.Transactions);
        var rejection = Assert.Single(Assert.Single(conversion.Held).Rejections);
        Assert.Equal(RejectionReason.RowEncoding, rejection.Reason);
        Assert.Equal("商品名", rejection.Field);
        Assert.Contains($"at byte {at} ", rejection.Detail, StringComparison.Ordinal);
        Assert.Equal(108_000_000, conversion.Held[0].MoneyAtRisk);
    }

    // One-byte codes and two-byte pairs.
    private static IEnumerable<int> Codes() => Enumerable.Range(0, 65_536)
        .Where(code => code > 0xFF ? Cp932.IsLead((byte)(code >> 8)) : !Cp932.IsLead((byte)code));

    private static byte[] Bytes(int code) => code > 0xFF ? [(byte)(code >> 8), (byte)(code & 0xFF)] : [(byte)code];

    private static bool StrictAccepts(byte[] bytes)
    {
        try
        {
            Strict.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
