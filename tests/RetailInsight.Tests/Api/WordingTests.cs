using System.Reflection;
using System.Text.RegularExpressions;
using RetailInsight.Api.Pages;

namespace RetailInsight.Tests.Api;

public sealed class WordingTests
{
    private static readonly PropertyInfo[] Keys = [.. typeof(Wording).GetProperties(BindingFlags.Public | BindingFlags.Instance)];

    [Fact]
    public void Both_languages_have_a_text_for_every_key()
    {
        Assert.True(Keys.Length > 60);
        foreach (var words in new[] { Wording.Japanese, Wording.English })
        {
            Assert.All(Keys.Where(key => key.PropertyType == typeof(string)), key => Assert.False(string.IsNullOrWhiteSpace((string?)key.GetValue(words)), key.Name));
            Assert.Equal(7, words.Weekdays.Count);
        }
    }

    [Fact]
    public void Both_languages_fill_in_the_same_values()
    {
        foreach (var key in Keys.Where(key => key.PropertyType == typeof(string)))
        {
            Assert.Equal(Holes(key, Wording.Japanese), Holes(key, Wording.English));
        }
    }

    [Fact]
    public void Both_languages_define_the_same_figures() =>
        Assert.Equal(Wording.Japanese.DefinitionList.Count, Wording.English.DefinitionList.Count);

    private static IEnumerable<string> Holes(PropertyInfo key, Wording words) =>
        [.. Regex.Matches((string)key.GetValue(words)!, @"\{(\d)").Select(match => match.Groups[1].Value).Distinct().Order()];
}
