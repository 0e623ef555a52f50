using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RetailInsight.IntegrationTests.Api;

[Collection(ApiCollections.Pages)]
public sealed partial class PageTests(ApiHost host)
{
    [Fact]
    public async Task The_first_answer_holds_the_figures_of_the_latest_day()
    {
        using var client = await host.SignInAsync("honbu");
        var html = await client.GetStringAsync("/?store=S02");
        Assert.Contains("2026年11月14日(土)", html, StringComparison.Ordinal);
        Assert.Contains("横浜みなとみらい店", html, StringComparison.Ordinal);
        foreach (var name in new[] { "売上高(税抜)", "レジ客数", "客単価", "買上点数", "来店客数", "買上率", "充足率", "先週の土曜", "似た" })
        {
            Assert.Contains(name, html, StringComparison.Ordinal);
        }

        Assert.Matches(@"<p class=""value"">¥[1-9][0-9,]+</p>", html);
        Assert.InRange(html.Length, 1, 80_000);
    }

    [Fact]
    public async Task The_language_of_the_address_is_kept()
    {
        using var client = await host.SignInAsync("honbu");
        Assert.Contains("<html lang=\"ja\">", await client.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Contains("Sat 14 November 2026", await client.GetStringAsync("/?lang=en"), StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\">", await client.GetStringAsync("/?store=S02"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pounds_have_pence_and_a_running_day_is_compared_hour_for_hour()
    {
        using var client = await host.SignInAsync("camden");
        var html = await client.GetStringAsync("/");
        Assert.Matches(@"<p class=""value"">£[0-9,]+\.[0-9]{2}</p>", html);
        Assert.Contains("Store open, day so far", html, StringComparison.Ordinal);
        Assert.Contains("until 18:00", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hostile_store_name_stays_text()
    {
        using var client = await host.SignInAsync("honbu");
        foreach (var address in new[] { "/?store=S04", "/?store=all", "/?store=S04&lang=en" })
        {
            var html = await client.GetStringAsync(address);
            Assert.DoesNotContain("<script>", html, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;", html, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/?store=all", HttpStatusCode.OK)]
    [InlineData("/?store=nowhere", HttpStatusCode.NotFound)]
    [InlineData("/?date=yesterday", HttpStatusCode.BadRequest)]
    [InlineData("/?date=0001-01-01", HttpStatusCode.BadRequest)]
    [InlineData("/?date=9999-12-31", HttpStatusCode.BadRequest)]
    [InlineData("/no/such/page", HttpStatusCode.NotFound)]
    [InlineData("/login", HttpStatusCode.OK)]
    public async Task Every_page_forbids_scripts_frames_and_sniffing_and_has_no_inline_code(string address, HttpStatusCode status)
    {
        using var client = await host.SignInAsync("honbu");
        var answer = await client.GetAsync(address);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        var html = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotMatch(InlineCode(), html);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_hours_are_hatched_named_and_listed()
    {
        using var client = await host.SignInAsync("honbu");
        var html = await client.GetStringAsync("/?store=S01");
        Assert.Contains("13時–15時 は受信なし", html, StringComparison.Ordinal);
        Assert.Contains("参考値", html, StringComparison.Ordinal);
        Assert.Equal(2, Charts(html).First(svg => svg.Attribute("class")!.Value == "chart desk").Descendants().Count(
            element => element.Attribute("class")?.Value == "silent" && element.Attribute("rx") is null));
        Assert.Equal(2, Regex.Count(html, "<td>受信なし</td>"));
    }

    [Fact]
    public async Task A_day_without_any_counter_says_so_instead_of_zero()
    {
        using var client = await host.SignInAsync("honbu");
        var html = await client.GetStringAsync("/?store=S05&date=2026-11-11");
        Assert.Contains("来店カウンタ 受信なし", html, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(html, "<p class=\"value none\">計測なし</p>"));
        Assert.Contains("来店カウンタの設置なし", await client.GetStringAsync("/?store=S06"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_day_without_figures_is_a_page_and_not_an_error()
    {
        using var client = await host.SignInAsync("honbu");
        var answer = await client.GetAsync("/?store=S01&date=2027-05-05");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("データなし", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_style_sheet_is_served_for_ever_under_the_hash_of_its_content()
    {
        using var client = host.Stranger();
        var path = StyleSheet().Match(await client.GetStringAsync("/login")).Groups[1].Value;
        Assert.Matches("^/assets/site\\.[0-9a-f]{12}\\.css$", path);
        var answer = await client.GetAsync(path);
        Assert.Equal("public, max-age=31536000, immutable", answer.Headers.CacheControl!.ToString().Replace("max-age=31536000, public", "public, max-age=31536000", StringComparison.Ordinal));
        Assert.Equal("text/css", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/assets/site.css")).StatusCode);
    }

    [Fact]
    public async Task Charts_are_well_formed_named_and_have_unique_ids()
    {
        using var client = await host.SignInAsync("honbu");
        var html = await client.GetStringAsync("/?store=S03");
        Assert.All(Charts(html), svg => Assert.NotNull(svg.Elements().FirstOrDefault(element => element.Name.LocalName == "title" && element.Value.Length > 0)));
        var ids = Ids().Matches(html).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Contains("25時", html, StringComparison.Ordinal);
    }

    private static List<XElement> Charts(string html) =>
        [.. Svg().Matches(html).Select(match => XElement.Parse(match.Value.Replace("&#xB7;", "·", StringComparison.Ordinal)))];

    [GeneratedRegex(@"<script(?! src=""/assets/page\.)|\sstyle=|\son[a-z]+=|javascript:|<style", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();

    [GeneratedRegex("""<link rel="stylesheet" href="([^"]+)">""")]
    private static partial Regex StyleSheet();

    [GeneratedRegex("""<svg class="chart.*?</svg>""", RegexOptions.Singleline)]
    private static partial Regex Svg();

    [GeneratedRegex("\\sid=\"([^\"]+)\"")]
    private static partial Regex Ids();
}
