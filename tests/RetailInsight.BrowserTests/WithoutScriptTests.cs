using Microsoft.Playwright;
using RetailInsight.IntegrationTests.Api;

namespace RetailInsight.BrowserTests;

/// <summary>A page is whole when it arrives: whoever has no script reads the same figures and uses the same forms.</summary>
[Collection(Site.Collection)]
public sealed class WithoutScriptTests(Site site)
{
    [Fact]
    public async Task Every_page_says_the_same_without_a_script()
    {
        var pages = await PageSet.PlainAsync(site);
        var differing = new List<string>();
        foreach (var login in pages.Where(page => page.Login is not null).GroupBy(page => page.Login))
        {
            await using var with = await site.OpenAsync(login.Key);
            await using var without = await site.OpenAsync(login.Key, script: false);
            var (scripted, plain) = (await with.NewPageAsync(), await without.NewPageAsync());
            foreach (var address in login)
            {
                await Task.WhenAll(scripted.GotoAsync(address.Address), plain.GotoAsync(address.Address));
                var (one, other) = (await scripted.Locator("main").InnerTextAsync(), await plain.Locator("main").InnerTextAsync());
                if (one != other || one.Trim().Length < 20)
                {
                    differing.Add(address.Address);
                }
            }
        }

        Assert.Empty(differing);
    }

    [Fact]
    public async Task Key_figures_stand_with_the_state_of_their_data_and_forms_work()
    {
        await using var context = await site.OpenAsync("honbu", script: false);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/?store=S01&date=2026-11-14");
        Assert.Matches("^¥[0-9,]+$", await page.Locator(".hero .value").InnerTextAsync());
        Assert.Contains("受信", await page.Locator(".state").InnerTextAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Combobox).First.SelectOptionAsync("S02");
        await page.Locator(".choice input[type=date]").FillAsync("2026-11-12");
        await page.Locator(".choice button").ClickAsync();
        Assert.Contains("/?store=S02&date=2026-11-12", page.Url, StringComparison.Ordinal);
        Assert.Equal("横浜みなとみらい店", await page.Locator("h1").InnerTextAsync());
    }

    [Fact]
    public async Task Signing_in_and_out_needs_no_script()
    {
        await using var context = await site.Browser.NewContextAsync(new BrowserNewContextOptions { JavaScriptEnabled = false, BaseURL = site.AddressOnTheClock.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/period?store=S01");
        Assert.Contains("/login", page.Url, StringComparison.Ordinal);
        await page.Locator("input[name=login]").FillAsync("shibuya");
        await page.Locator("input[name=password]").FillAsync("wrong");
        await page.Locator("main button").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        Assert.Equal("shibuya", await page.Locator("input[name=login]").InputValueAsync());
        await page.Locator("input[name=password]").FillAsync(Company.Password);
        await page.Locator("main button").ClickAsync();
        Assert.EndsWith("/period?store=S01", page.Url, StringComparison.Ordinal);
        await page.Locator(".session button").ClickAsync();
        Assert.EndsWith("/login", page.Url, StringComparison.Ordinal);
    }
}
