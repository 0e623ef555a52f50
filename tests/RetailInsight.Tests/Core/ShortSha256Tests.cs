using System.Security.Cryptography;
using RetailInsight.Core.Canon;

namespace RetailInsight.Tests.Core;

public sealed class ShortSha256Tests
{
    [Fact]
    public void Contents_of_every_length_have_the_hash_the_runtime_gives_them()
    {
        var content = new byte[5_000];
        new Random(20261121).NextBytes(content);
        var digest = new byte[SHA256.HashSizeInBytes];
        foreach (var length in Enumerable.Range(0, 600).Concat([2_047, 2_048, 2_049, 5_000]))
        {
            ShortSha256.Hash(content.AsSpan(0, length), digest);
            Assert.Equal(Convert.ToHexString(SHA256.HashData(content.AsSpan(0, length))), Convert.ToHexString(digest));
        }
    }

    [Fact]
    public void A_digest_without_room_is_refused() =>
        Assert.ThrowsAny<ArgumentException>(() => ShortSha256.Hash("a"u8, new byte[31]));
}
