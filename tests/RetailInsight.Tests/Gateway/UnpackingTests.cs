using System.IO.Compression;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway;
using RetailInsight.Gateway.Landing;

namespace RetailInsight.Tests.Gateway;

public sealed class UnpackingTests
{
    private static readonly GatewayOptions Limits = new();

    public static TheoryData<CompressionLevel, int> Payloads
    {
        get
        {
            var payloads = new TheoryData<CompressionLevel, int>();
            foreach (var level in (CompressionLevel[])[CompressionLevel.NoCompression, CompressionLevel.Fastest, CompressionLevel.Optimal])
            {
                foreach (var length in (int[])[0, 1, 100, 5_000, 20_000])
                {
                    payloads.Add(level, length);
                }
            }

            return payloads;
        }
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_whole_payload_comes_out_as_it_went_in(CompressionLevel level, int length)
    {
        var content = Content(length);
        Assert.Equal(content, Unpack(Pack(content, level)));
        Assert.Equal([.. content, .. content], Unpack([.. Pack(content, level), .. Pack(content, level)]));
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_payload_cut_off_anywhere_is_refused(CompressionLevel level, int length)
    {
        var whole = Pack(Content(length), level);
        for (var cut = 1; cut < whole.Length; cut += 1 + (length / 500))
        {
            Assert.Equal(RejectionReason.PayloadCompression, Refused(whole[..cut]));
        }
    }

    [Fact]
    public void A_second_member_cut_off_is_refused()
    {
        var whole = Pack(Content(1_000), CompressionLevel.Optimal);
        for (var cut = 1; cut < whole.Length; cut++)
        {
            Assert.Equal(RejectionReason.PayloadCompression, Refused([.. whole, .. whole[..cut]]));
        }
    }

    [Fact]
    public void A_damaged_or_padded_payload_is_refused()
    {
        var whole = Pack(Content(5_000), CompressionLevel.Optimal);
        for (var at = 10; at < whole.Length; at += 13)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x10;
            Assert.Equal(RejectionReason.PayloadCompression, Refused(damaged));
        }

        Assert.Equal(RejectionReason.PayloadCompression, Refused([.. whole, 0, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal(RejectionReason.PayloadCompression, Refused("this is no gzip at all"u8.ToArray()));
    }

    [Fact]
    public void A_small_body_may_pack_well_but_a_bomb_is_refused()
    {
        Assert.Equal(900_000, Unpack(Pack(new byte[900_000], CompressionLevel.Optimal)).Length);
        Assert.Equal(RejectionReason.PayloadTooLarge, Refused(Pack(new byte[20_000_000], CompressionLevel.Optimal)));
    }

    private static byte[] Unpack(byte[] wire) => Unpacking.Gunzip(wire, Limits, default).GetValueOrThrow().ToArray();

    private static RejectionReason? Refused(byte[] wire) => Unpacking.Gunzip(wire, Limits, default).Rejection?.Reason;

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        for (var i = 0; i < length; i++)
        {
            content[i] = (byte)('a' + (content[i] % 12));
        }

        return content;
    }

    private static byte[] Pack(byte[] content, CompressionLevel level)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }
}
