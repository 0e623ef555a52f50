using System.Text.RegularExpressions;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Problems;

namespace RetailInsight.Tests.House;

/// <summary>A page's words come from the wording, never from its template.</summary>
public sealed partial class WordsInBothLanguages
{
    private static readonly string[] Wordings = ["api/Pages/JapaneseWording.cs", "api/Pages/EnglishWording.cs", "api/Pages/Wording.cs"];

    private static IEnumerable<string> Templates => Checkout.Sources.Where(file =>
        (file.StartsWith("api/Pages/", StringComparison.Ordinal) || file.StartsWith("api/Charts/", StringComparison.Ordinal)) && !Wordings.Contains(file));

    [Fact]
    public void No_template_has_a_text_between_its_tags()
    {
        Assert.NotEmpty(Templates);
        Checkout.AssertNone(Templates.SelectMany(file => TextBetweenTags().Matches(Code(file)).Select(match => $"{file}: {match.Value}")));
    }

    [Fact]
    public void No_template_labels_anything_itself()
    {
        Checkout.AssertNone(Templates.SelectMany(file => Label().Matches(Code(file)).Select(match => $"{file}: {match.Value}")));
    }

    [Fact]
    public void Every_problem_of_the_gateway_has_its_Japanese_text()
    {
        var codes = Checkout.Sources.Where(file => file.StartsWith("gateway/", StringComparison.Ordinal) && !file.StartsWith("gateway/profiles/", StringComparison.Ordinal))
            .SelectMany(file => ProblemCode().Matches(Checkout.Read(file)).Select(match => match.Groups[1].Value))
            .Concat(Enum.GetValues<RejectionReason>().Where(reason => reason <= RejectionReason.SchemaChanged).Select(reason => reason.Code())).ToHashSet();
        Assert.True(codes.Count > 15);
        Assert.Equal(codes.Order(), JapaneseProblems.Codes.Order());
    }

    private static string Code(string file) => Comment().Replace(Checkout.Read(file), "");

    // The product's own name is the same in both.
    [GeneratedRegex(@"(?<![=\w])>(?!RetailInsight)[^<>{}""\n;()]*\p{L}{2,}[^<>{}""\n;()]*</")]
    private static partial Regex TextBetweenTags();

    [GeneratedRegex(@"\b(?:Of\(\s*[\w.]+,\s*|Code = )""([a-z_]+)""")]
    private static partial Regex ProblemCode();

    [GeneratedRegex(@"\b(aria-label|title|placeholder|alt)=""[^""{]*\p{L}{2,}[^""{]*""")]
    private static partial Regex Label();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
