using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

/// <summary>What the fields of an item or a tax rate came to is remembered from row to row and from file to file, and never mistaken.</summary>
public sealed class RememberedFieldsTests
{
    // A catalog of its own: what other tests let it remember must not hide a mistake.
    private readonly Profile _profile = ProfileCatalog.LoadEmbedded().Find("vendor-a")!;

    [Fact]
    public void The_same_bytes_under_other_columns_are_read_as_these()
    {
        var first = Assert.Single(Convert(ProfileFixtures.VendorAHeader + Row("01", "02", "03")).Transactions).Record.Lines[0];
        Assert.Equal(("01", "02", "03"), (first.Item.Code, first.Item.Name, first.Item.Category));

        var header = ProfileFixtures.VendorAHeader.Replace("商品コード,商品名,部門", "部門,商品コード,商品名", StringComparison.Ordinal);
        var other = Assert.Single(Convert(header + Row("01", "02", "03")).Transactions).Record.Lines[0];
        Assert.Equal(("02", "03", "01"), (other.Item.Code, other.Item.Name, other.Item.Category));

        var again = Assert.Single(Convert(ProfileFixtures.VendorAHeader + Row("01", "02", "03")).Transactions).Record.Lines[0];
        Assert.Equal(("01", "02", "03"), (again.Item.Code, again.Item.Name, again.Item.Category));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused_again_and_again()
    {
        var row = Replaced(ProfileFixtures.Cp932.GetBytes(Row("49", "牛乳?", "01")), (byte)'?', 0x81);
        var good = ProfileFixtures.Cp932.GetBytes(Row("49", "牛乳", "01"));
        byte[] file = [.. ProfileFixtures.Cp932.GetBytes(ProfileFixtures.VendorAHeader), .. row, .. Numbered(good, '2'), .. Numbered(row, '3'), .. Numbered(good, '4')];
        var conversion = Converter.Convert(_profile, file, ProfileFixtures.Context, CancellationToken.None);
        Assert.Equal(2, conversion.Transactions.Count);
        Assert.Equal([RejectionReason.RowEncoding, RejectionReason.RowEncoding], conversion.Held.Select(held => held.Rejections[0].Reason));
    }

    [Fact]
    public void Quotes_change_nothing_whatever_was_read_before()
    {
        string[] spellings = [Row("49", "牛乳", "01"), Row("\"49\"", "牛乳", "01"), Row("49", "\"牛乳\"", "\"01\""), Row("\"49\"", "\"牛乳\"", "\"01\"")];
        var records = Convert(ProfileFixtures.VendorAHeader + string.Concat(spellings.Concat(spellings).Select((row, i) => row.Replace("000001", $"00000{i}", StringComparison.Ordinal))));
        Assert.Equal(8, records.Transactions.Count);
        Assert.All(records.Transactions, one => Assert.Equal(("49", "牛乳", "01"), (one.Record.Lines[0].Item.Code, one.Record.Lines[0].Item.Name, one.Record.Lines[0].Item.Category)));
        Assert.Equal(("4\"9", "牛,乳"), Assert.Single(Convert(ProfileFixtures.VendorAHeader + Row("\"4\"\"9\"", "\"牛,乳\"", "01")).Transactions).Record.Lines[0] is var line ? (line.Item.Code, line.Item.Name) : default);
    }

    [Fact]
    public void An_unknown_rate_is_refused_again_and_again()
    {
        var rows = string.Concat(Enumerable.Range(1, 4).Select(i => Row("49", "牛乳", "01").Replace("000001", $"00000{i}", StringComparison.Ordinal).Replace(",8,軽減", i % 2 == 0 ? ",7,軽減" : ",8,軽減", StringComparison.Ordinal)));
        var conversion = Convert(ProfileFixtures.VendorAHeader + rows);
        Assert.Equal(2, conversion.Transactions.Count);
        Assert.All(conversion.Held, held => Assert.Equal(RejectionReason.TaxRateUnknown, held.Rejections[0].Reason));
        Assert.Equal(2, conversion.Held.Count);
    }

    private static string Row(string code, string name, string category) =>
        $"POS01,2026/11/01,10:00:00,000001,01,,1,{code},{name},{category},1,108,108,0,8,軽減,0,108,,8,現金,108,,\r\n";

    private static byte[] Numbered(byte[] row, char digit) =>
        ProfileFixtures.Cp932.GetBytes("POS01,2026/11/01,10:00:00,00000").Concat([(byte)digit]).Concat(row.Skip(Encoding.ASCII.GetByteCount("POS01,2026/11/01,10:00:00,000001"))).ToArray();

    private static byte[] Replaced(byte[] bytes, byte from, byte to) => [.. bytes.Select(value => value == from ? to : value)];

    private Conversion Convert(string text) => Converter.Convert(_profile, ProfileFixtures.Cp932.GetBytes(text), ProfileFixtures.Context, CancellationToken.None);
}
