using Dapper;
using Microsoft.Playwright;
using RetailInsight.IntegrationTests.Api;

namespace RetailInsight.BrowserTests;

/// <summary>Figures that change while somebody looks at them.</summary>
[Collection(Site.Collection)]
public sealed class LateDataTests(Site site)
{
    public static TheoryData<string, string> Pages => new() { { "/?store=S02&date=2026-11-14", "2026-11-14" }, { "/today?store=S02", "2026-11-15" } };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_open_page_says_what_they_were_what_they_are_and_why(string address, string date)
    {
        await using var context = await site.OpenAsync("honbu", 1024, 768);
        var page = await context.NewPageAsync();
        await page.Clock.InstallAsync();
        await page.GotoAsync(address);
        var heading = await page.Locator("h1").ElementHandleAsync();
        var live = page.Locator("main [role=status]");
        Assert.Equal("", await live.InnerTextAsync());
        await PublishAsync(date, 1_000_000_000, 1_234_000_000);
        await page.Clock.FastForwardAsync(61_000);

        var news = page.Locator("[role=status] #news");
        await Assertions.Expect(news.Locator("tbody tr")).ToHaveCountAsync(1);
        Assert.Matches("¥1,000\\s+¥1,234\\s+遅れて届いたデータ", await news.Locator("tbody").InnerTextAsync());
        Assert.True(await heading!.EvaluateAsync<bool>("(heading) => heading.isConnected"), "The page was loaded anew.");

        // Somebody who reads the news with the keyboard keeps the place when the page asks again, and is told nothing twice.
        var link = news.Locator("p a");
        await link.FocusAsync();
        await using (var node = await link.ElementHandleAsync())
        {
            await page.Clock.FastForwardAsync(61_000);
            await page.WaitForTimeoutAsync(300);
            Assert.True(await node!.EvaluateAsync<bool>("(link) => link === document.activeElement"), "The link lost the focus though nothing was new.");
        }

        await PublishAsync(date, 1_234_000_000, 1_300_000_000);
        await page.Clock.FastForwardAsync(61_000);
        await Assertions.Expect(news.Locator("tbody tr")).ToHaveCountAsync(2);
        await link.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => url.EndsWith(address, StringComparison.Ordinal));
        await Assertions.Expect(page.Locator("#news")).ToHaveCountAsync(0);
    }

    private async Task PublishAsync(string date, long was, long now)
    {
        await using var connection = await site.Database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO mart.kpi_change (tenant, store, business_date, net_was, net_is, receipts_was, receipts_is, first, reason)
            VALUES ('aoba', 'S02', @Date, @was, @now, 10, 12, false, 'late_data')
            """,
            new { Date = DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture), was, now });
    }
}
