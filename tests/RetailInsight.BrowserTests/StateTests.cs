using System.Collections.Concurrent;
using RetailInsight.IntegrationTests.Api;

namespace RetailInsight.BrowserTests;

/// <summary>Pages in the states nobody likes to look at: no data yet, data missing, refused, not found, out of order.</summary>
[Collection(Site.Collection)]
public sealed class StateTests(Site site)
{
    [Fact]
    public async Task A_company_without_figures_is_told_so_on_every_page()
    {
        await LookAsync(
            (await PageSet.PlainAsync(site)).Where(page => page.Login == "honbu").Select(page => (page.Address, page.Address)), 200, CompanyOfThePages.Newcomer,
            async page => Assert.NotEqual("", (await page.Locator("main").InnerTextAsync()).Trim()));
    }

    [Theory]
    [InlineData("/nowhere", "honbu", 404)]
    [InlineData("/?store=S99", "honbu", 404)]
    [InlineData("/?date=yesterday", "honbu", 400)]
    [InlineData("/", "supplier", 403)]
    public Task An_error_page_says_what_happened_and_leads_back(string address, string login, int status) =>
        LookAsync([(address, $"{status}")], status, login, async page => Assert.Equal(1, await page.Locator("main a[href='/']").CountAsync()));

    [Fact]
    public async Task When_the_database_is_away_people_see_a_page_and_no_trace()
    {
        await using var broken = await site.WithoutFiguresAsync();
        var address = ApiHost.AddressOf(broken);
        var session = await Site.SignInAsync(address, "honbu");
        await LookAsync([(new Uri(address, "/").ToString(), "503")], 503, null, async page =>
            Assert.DoesNotContain("Exception", await page.ContentAsync(), StringComparison.Ordinal), session);
    }

    // A counter that was out for two hours and all day, a day without sales, a store that has not reported today, one without a counter.
    [Theory]
    [InlineData("/?store=S01&date=2026-11-14", "13:00–15:00", "svg.chart g.column rect.silent")]
    [InlineData("/?store=S05&date=2026-11-11", "Door counter silent", "svg.chart g.column rect.silent")]
    [InlineData("/?store=S04&date=2026-11-12", "No receipt of this day has arrived", "svg.chart g.column rect.silent")]
    [InlineData("/?store=S04&date=2026-11-12", "No data", "svg.chart a rect.silent")]
    [InlineData("/?store=all&date=2026-11-15", "Sales of 4 of 6 stores", null)]
    [InlineData("/period?store=all&date=2026-11-14&grain=week", "5 of 6 stores only", "svg.chart a rect.silent.partial")]
    [InlineData("/today?store=S05", "No figures of today yet", "svg.chart g.column rect.silent")]
    [InlineData("/traffic?store=S06", "No door counter delivered anything", null)]
    public async Task Where_data_is_missing_it_is_hatched_and_said_in_words(string address, string said, string? hatched)
    {
        await using var context = await site.OpenAsync("honbu");
        var page = await context.NewPageAsync();
        await page.GotoAsync(address + (address.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "lang=en");
        Assert.Contains(said, await page.Locator("main").TextContentAsync() ?? "", StringComparison.Ordinal);
        Assert.True(await page.Locator(".state .warn, .state .bad").CountAsync() > 0 || hatched is null, "The state of the data says nothing.");
        if (hatched is null)
        {
            return;
        }

        var silent = await page.Locator($"{hatched}:visible").AllAsync();
        Assert.NotEmpty(silent);
        foreach (var mark in silent)
        {
            Assert.StartsWith("url(", await mark.GetAttributeAsync("fill"), StringComparison.Ordinal);
        }
    }

    // There is no state of loading: a page comes with its figures in it, as the tests without a script show.
    private async Task LookAsync(IEnumerable<(string Address, string Where)> addresses, int status, string? login, Func<Microsoft.Playwright.IPage, Task> also, Microsoft.Playwright.Cookie? session = null)
    {
        var findings = new ConcurrentBag<Finding>();
        var inspector = new Inspector(findings);
        await using var context = await site.OpenAsync(login);
        if (session is not null)
        {
            await context.AddCookiesAsync([session]);
        }

        var page = await inspector.OpenAsync(context, status);
        foreach (var (address, where) in addresses)
        {
            await Inspector.GoAsync(page, address);
            await inspector.MeasureAsync(page, 320, where);
            await inspector.AxeAsync(page, where);
            await inspector.MeasureAsync(page, 1440, where);
            Assert.Equal(1, await page.Locator("h1").CountAsync());
            await also(page);
        }

        Assert.True(findings.IsEmpty, string.Join('\n', findings));
    }
}
