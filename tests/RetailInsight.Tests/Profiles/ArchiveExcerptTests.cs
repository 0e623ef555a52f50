using System.Text;
using RetailInsight.Profiles.Files;
using RetailInsight.Tests.House;

namespace RetailInsight.Tests.Profiles;

/// <summary>What is shown of a receipt held from an archive is the row of the file in it, not bytes of the archive.</summary>
public sealed class ArchiveExcerptTests
{
    [Theory]
    [InlineData(132, 35, "S001 / 2026/11/20 / 0003", "S001,2026/11/20,10:06,01,0003,")]
    [InlineData(110, 57, "S001 / 2026/11/20 / 0001", "S001,2026/11/20,0001,")]
    [InlineData(133, 35, "S001 / 2026/11/20 / 0003", "")]
    [InlineData(1_000_000, 35, "S001 / 2026/11/20 / 0003", "")]
    [InlineData(132, 0, "", "")]
    public void The_row_is_found_by_its_place_and_its_number(long offset, int length, string key, string begins)
    {
        var archive = File.ReadAllBytes(Path.Combine(Checkout.Root, "gateway/profiles/vendors/archive-pos/samples/bad-batch.zip"));
        var row = ArchiveExcerpt.Of(archive, offset, length, key, 1 << 20, CancellationToken.None);
        Assert.Equal(begins.Length > 0 ? length : 0, row.Length);
        Assert.StartsWith(begins, Encoding.Latin1.GetString(row.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_what_is_no_archive_there_is_nothing() => Assert.True(ArchiveExcerpt.Of("no archive"u8.ToArray(), 0, 2, "1", 1 << 20, CancellationToken.None).IsEmpty);
}
