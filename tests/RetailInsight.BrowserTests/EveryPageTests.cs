namespace RetailInsight.BrowserTests;

/// <summary>What holds for every page the product has.</summary>
[Collection(Site.Collection)]
public sealed class EveryPageTests(Site site)
{
    [Fact]
    public async Task Every_page_of_the_bar_and_the_login_are_among_those_looked_at()
    {
        var pages = (await Inspection.OfAsync(site)).Pages.Select(page => page.Address.Split('?')[0]).ToHashSet();
        Assert.All(Enum.GetValues<RetailInsight.Api.Pages.PageLink>(), page => Assert.Contains(RetailInsight.Api.Pages.Navigation.PathOf(page), pages));
        Assert.Contains("/login", pages);
    }

    [Theory]
    [InlineData("overflow", "Nothing is wider than the screen of 320, 390, 640, 768 or 1440 px, no text leaves its box, none of a chart touches another.")]
    [InlineData("target", "Whatever can be pressed is 24 px wide and high.")]
    [InlineData("chart", "Each chart has words and a table with the same numbers, and is drawn to scale.")]
    [InlineData("axe", "axe finds nothing in the light or in the dark.")]
    [InlineData("console", "The console stays empty: no error, no warning, nothing the content security policy had to stop.")]
    [InlineData("request", "Every request is answered.")]
    public async Task Every_page(string kind, string promise)
    {
        var faults = (await Inspection.OfAsync(site)).Findings.Where(finding => finding.Kind == kind).Select(finding => finding.ToString()).Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(faults.Count == 0, $"{promise}\n{faults.Count} faults:\n{string.Join('\n', faults)}");
    }
}
