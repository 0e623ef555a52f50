using System.Security.Cryptography;
using System.Text;
using RetailInsight.Core.Canon;

namespace RetailInsight.Tests.Core;

public sealed class Id128Tests
{
    [Fact]
    public void Parts_are_kept_apart() => Assert.NotEqual(Id128.FromParts("ab", "c"), Id128.FromParts("a", "bc"));

    [Fact]
    public void An_id_is_the_head_of_a_sha256_over_length_prefixed_parts()
    {
        byte[] content = [0, 0, 0, 3, .. Encoding.UTF8.GetBytes("髙"), 0, 0, 0, 2, .. "ab"u8];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16)), Id128.FromParts("髙", "ab").ToString());
    }

    [Fact]
    public void Long_parts_hash_like_short_ones()
    {
        var part = new string('髙', 5_000);
        byte[] content = [0, 0, 0x3A, 0x98, .. Encoding.UTF8.GetBytes(part)];
        Assert.Equal(Id128.FromContent(content), Id128.FromParts(part));
    }

    [Fact]
    public void Text_and_uuid_forms_read_back()
    {
        var id = Id128.FromParts("demo", "vendor-a", "000123");
        Assert.Equal(id, Id128.Parse(id.ToString()));
        Assert.Equal(id, Id128.FromGuid(id.ToGuid()));
        Assert.Equal(id.ToString(), id.ToGuid().ToString("N"));
        Assert.Throws<FormatException>(() => Id128.Parse("12"));
    }
}
