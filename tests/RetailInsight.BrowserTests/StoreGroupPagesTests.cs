using System.Collections.Concurrent;

namespace RetailInsight.BrowserTests;

/// <summary>Groups of stores and nearest stores of a company that has them, as head office and as a manager see them; the company beside others; and the models, gone back by the keyboard.</summary>
[Collection(Site.Collection)]
public sealed class StoreGroupPagesTests(Site site)
{
    [Theory]
    [InlineData("/store-groups?store=M07", "mori-hq")]
    [InlineData("/store-groups?store=all", "mori-hq")]
    [InlineData("/store-groups", "mori-m07")]
    [InlineData("/peers?store=M07", "mori-hq")]
    [InlineData("/peers", "mori-m07")]
    [InlineData("/benchmarks", "wakaba-hq")]
    [InlineData("/benchmarks", "wakaba-w2")]
    [InlineData("/ops/models", "engineer")]
    public async Task It_fits_reads_and_is_drawn_as_its_tables_say(string address, string login)
    {
        var findings = new ConcurrentBag<Finding>();
        var inspector = new Inspector(findings);
        await using var window = await site.OpenAsync(login);
        var page = await inspector.OpenAsync(window);
        foreach (var language in new[] { "ja", "en" })
        {
            var where = $"{address} of {login} {language}";
            await Inspector.GoAsync(page, new PageAddress(address, login).With("lang=" + language));
            foreach (var width in new[] { 320, 390, 1440 })
            {
                await inspector.MeasureAsync(page, width, where);
                await Inspector.PictureAsync(page, $"{where} {width}");
                await inspector.AxeAsync(page, $"{where} {width} px");
            }

            await inspector.ReadChartsAsync(page, where);
        }

        Assert.True(findings.IsEmpty, string.Join('\n', findings.Select(finding => finding.ToString()).Distinct().Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task From_store_to_store_of_a_group_one_goes_by_the_keyboard()
    {
        await using var window = await site.OpenAsync("mori-hq");
        var page = await window.NewPageAsync();
        await page.GotoAsync("/store-groups?store=M07&lang=en");
        var link = page.Locator(".members a").First;
        var name = await link.InnerTextAsync();
        for (var presses = 0; presses < 60 && !await link.EvaluateAsync<bool>("link => link === document.activeElement"); presses++)
        {
            await page.Keyboard.PressAsync("Tab");
        }

        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(address => !address.Contains("store=M07", StringComparison.Ordinal));
        Assert.Equal(name, await page.Locator(".members [aria-current]").InnerTextAsync());
    }

    [Fact]
    public async Task The_champion_before_is_brought_back_by_the_keyboard_with_a_reason()
    {
        await using var window = await site.OpenAsync("administrator");
        var page = await window.NewPageAsync();
        await page.GotoAsync("/ops/models?lang=en");
        var reason = page.Locator("form.act input[name=reason]");
        for (var presses = 0; presses < 60 && !await reason.EvaluateAsync<bool>("field => field === document.activeElement"); presses++)
        {
            await page.Keyboard.PressAsync("Tab");
        }

        await page.Keyboard.TypeAsync("Sunday’s figures look odd");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(address => address.Contains("done=rolled_back", StringComparison.Ordinal));
        Assert.Contains("champion again", await page.Locator("[role=status].good-news").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("Sunday’s figures look odd", await page.Locator(".model").InnerTextAsync(), StringComparison.Ordinal);
    }
}
