using System.Reflection;
using System.Text.RegularExpressions;
using RetailInsight.Api.Pages;

namespace RetailInsight.Tests.Api;

public sealed class WordingTests
{
    /// <summary>The texts of all pages and those of each one, Japanese and English.</summary>
    public static TheoryData<string> Sets => [.. Words.Select(words => words.Name)];

    private static IEnumerable<Type> Words => typeof(Wording).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Wording", StringComparison.Ordinal) && type.GetProperty("Japanese", BindingFlags.Public | BindingFlags.Static) is not null);

    [Fact]
    public void Every_page_has_texts() => Assert.True(Words.Count() >= 5);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Both_languages_have_a_text_for_every_key(string set)
    {
        var (japanese, english) = Both(set);
        Assert.NotEmpty(japanese);
        Assert.All(japanese.Concat(english), text => Assert.False(string.IsNullOrWhiteSpace(text.Value), text.Key));
        Assert.Equal(japanese.Keys, english.Keys);
        Assert.Equal(7, Wording.English.Weekdays.Count);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Both_languages_fill_in_the_same_values(string set)
    {
        var (japanese, english) = Both(set);
        Assert.All(japanese, text => Assert.Equal(Holes(text.Value), Holes(english[text.Key])));
    }

    [Fact]
    public void Both_languages_define_the_same_figures() =>
        Assert.Equal(Wording.Japanese.DefinitionList.Count, Wording.English.DefinitionList.Count);

    private static (SortedDictionary<string, string> Japanese, SortedDictionary<string, string> English) Both(string set)
    {
        var type = Words.Single(words => words.Name == set);
        return (Texts(type, "Japanese"), Texts(type, "English"));
    }

    private static SortedDictionary<string, string> Texts(Type type, string language)
    {
        var words = type.GetProperty(language, BindingFlags.Public | BindingFlags.Static)!.GetValue(null);
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (key.GetValue(words) is string text)
            {
                texts.Add(key.Name, text);
            }
            else if (key.GetValue(words) is IReadOnlyList<string> several)
            {
                foreach (var (one, at) in several.Select((one, at) => (one, at)))
                {
                    texts.Add($"{key.Name}[{at}]", one);
                }
            }
        }

        return texts;
    }

    private static IEnumerable<string> Holes(string text) =>
        [.. Regex.Matches(text, @"\{(\d)").Select(match => match.Groups[1].Value).Distinct().Order()];
}
