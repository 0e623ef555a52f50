using RetailInsight.Api.Pages;
using RetailInsight.Api.Pages.Sheets;

namespace RetailInsight.Tests.Api.Pages;

public sealed class StillPageTests
{
    [Fact]
    public void What_leads_elsewhere_or_sends_something_is_gone_and_what_is_to_be_read_stays()
    {
        var name = "<a href=\"/x\">\"shop\"</a>";
        var still = StillPage.Of(Markup.Of(
            $"""
            <form method="post" action="/notes"><label>{name}<input name="text"></label><button>{name}</button></form>
            <h1><bdi>{name}</bdi></h1><p><a class="step" href="/?date=2026-11-13" rel="prev">‹</a><time>{name}</time></p>
            <svg class="chart desk"><title>t</title><a href="/?store=S01" aria-label="{name}"><rect width="1"/></a></svg>
            <button type="button">{name}</button><select><option>1</option></select><iframe src="/x"></iframe>
            """)).ToString();
        Assert.DoesNotMatch("<(a|form|input|button|select|iframe)\\b", still);
        Assert.DoesNotContain("‹", still, StringComparison.Ordinal);
        Assert.DoesNotContain("href", still.Replace("&lt;a href=&quot;/x&quot;&gt;", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(2, still.Split("&lt;a href=&quot;/x&quot;&gt;&quot;shop&quot;&lt;/a&gt;").Length - 1);
        Assert.Contains("<rect width=\"1\"/>", still, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chart_file_is_the_first_large_chart_and_a_page_without_one_has_none()
    {
        var page = Markup.Of($"""<svg class="spark"></svg><svg class="chart heat desk" viewBox="0 0 1 1"><rect class="sales"/></svg><svg class="chart phone"></svg>""");
        var file = ChartFile.Of(page)!;
        Assert.Contains("""<svg xmlns="http://www.w3.org/2000/svg" class="chart heat desk" viewBox="0 0 1 1"><style>""", file, StringComparison.Ordinal);
        Assert.Contains("fill: #2a7f8a", file, StringComparison.Ordinal);
        Assert.DoesNotContain("var(", file, StringComparison.Ordinal);
        Assert.Null(ChartFile.Of(Markup.Of($"""<svg class="spark"></svg>""")));
    }
}
