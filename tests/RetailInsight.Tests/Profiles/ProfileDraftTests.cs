using System.Text;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Drafting;
using RetailInsight.Tests.House;

namespace RetailInsight.Tests.Profiles;

/// <summary>The first draft of a profile is a profile: the linter finds no mistake in it, whatever file it was written from.</summary>
public sealed class ProfileDraftTests
{
    public static TheoryData<string> Tables =>
        [.. Checkout.Files.Where(file => file.StartsWith("gateway/profiles/vendors/", StringComparison.Ordinal) && (file.EndsWith(".csv", StringComparison.Ordinal) || file.EndsWith(".tsv", StringComparison.Ordinal)))];

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_draft_of_a_table_has_no_mistake(string file)
    {
        var yaml = ProfileDraft.Of(File.ReadAllBytes(Path.Combine(Checkout.Root, file)), "new-vendor");
        try
        {
            Assert.Equal("new-vendor", ProfileCatalog.Read("draft", yaml).Id);
        }
        catch (ProfileException mistakes)
        {
            Assert.Fail(string.Join("\n", mistakes.Errors) + "\n" + yaml);
        }
    }

    [Fact]
    public void What_can_be_seen_is_bound_and_what_cannot_is_marked()
    {
        const string Csv = "売上明細一覧表\n店番,レジ,日付,時刻,伝票番号,区分,JAN,数量,単価,金額,税率,合計,備考\n001,1,2026/11/01,25:10,7,売上,4901234567894,2,\"1,080\",\"2,160\",10,\"2,160\",急ぎ\n合計,,,,,,,2,,,,\"2,160\",\n";
        var yaml = ProfileDraft.Of(CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetBytes(Csv), "kaede");
        Assert.All(
            (string[])
            [
                "encoding: cp932", "preamble_rows: 1", "footer: [\"合計\"]", "thousands: true", "store: { from: \"店番\", type: code }", "formats: [\"yyyy/MM/dd\"]", "occurred_at: { from: \"時刻\", type: time }",
                "\"売上\": sale # seen 1 times", "unused: [\"備考\"]", "#   備考: 急ぎ", "- { rate: 10, category: standard }", "currency: JPY # DECIDE",
            ],
            seen => Assert.Contains(seen, yaml, StringComparison.Ordinal));
        Assert.Equal("kaede", ProfileCatalog.Read("draft", yaml).Vendor);
    }

    [Theory]
    [InlineData("{\"a\":1}", "format: json")]
    [InlineData("{\"a\":1}\n{\"a\":2}\n", "format: ndjson")]
    [InlineData("<POSLog/>", "format: xml")]
    [InlineData("PK\u0003\u0004", "format: files")]
    [InlineData("", "cannot be told")]
    [InlineData("no table at all", "cannot be told")]
    [InlineData("a\tb\n1\t2\n", "format: tsv")]
    public void Whatever_the_file_is_there_is_an_answer(string content, string says) =>
        Assert.Contains(says, ProfileDraft.Of(Encoding.UTF8.GetBytes(content), "x"), StringComparison.Ordinal);
}
