using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;
using RetailInsight.IntegrationTests.Api;

namespace RetailInsight.BrowserTests;

/// <summary>Everything with the keyboard alone, and one always sees where one is.</summary>
[Collection(Site.Collection)]
public sealed class KeyboardTests(Site site)
{
    // What the focus is on: its place among all that can have it, and whether it can be seen.
    private const string Focused =
        """
        () => {
          const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0
            // Of a group of choices the chosen one is the stop, the arrows lead to the others.
            && (e.type !== "radio" || e.checked || !document.querySelector(`input[type=radio][name="${e.name}"]:checked`)));
          const e = document.activeElement;
          if (!e || e === document.body) return { index: -1, count: all.length };
          const style = getComputedStyle(e), box = e.getBoundingClientRect();
          return { index: all.indexOf(e), count: all.length, name: e.outerHTML.slice(0, 120),
            outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && style.outlineColor !== "rgba(0, 0, 0, 0)",
            inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth };
        }
        """;

    [Fact]
    public async Task Somebody_signs_in_changes_store_and_date_and_signs_out_without_a_mouse()
    {
        await using var context = await site.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = site.AddressOnTheClock.ToString(),
            ViewportSize = new ViewportSize { Width = 1440, Height = 900 },
            Locale = "ja-JP",
        });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/login?return=%2F%3Fstore%3DS01%26date%3D2026-11-14");
        await TabToAsync(page, "input[name=login]");
        await page.Keyboard.TypeAsync("honbu");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Company.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/?store=S01&date=2026-11-14");

        await TabToAsync(page, "select[name=store]");
        await page.Keyboard.PressAsync("ArrowDown");
        await TabToAsync(page, "input[type=date]");
        await page.Keyboard.PressAsync("ArrowDown");
        await TabToAsync(page, ".choice button");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("横浜みなとみらい店");
        Assert.DoesNotContain("date=2026-11-14", page.Url, StringComparison.Ordinal);

        await TabToAsync(page, ".pages a[href^='/period']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/period?*");
        await TabToAsync(page, ".session button");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/login");
    }

    [Fact]
    public async Task The_first_stop_skips_to_the_content()
    {
        await using var context = await site.OpenAsync("honbu");
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("Tab");
        var skip = page.Locator("a.skip");
        await Assertions.Expect(skip).ToBeFocusedAsync();
        await Assertions.Expect(skip).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        Assert.True(await page.EvaluateAsync<bool>("() => document.querySelector('main').contains(document.activeElement)"));
    }

    [Fact]
    public async Task Every_link_and_control_of_every_page_is_reached_in_the_order_it_is_read_with_the_focus_in_sight()
    {
        // Most of a walk is waiting for the browser and the driver in turn: two at a time.
        var faults = new ConcurrentBag<string>();
        var halves = (await PageSet.PlainAsync(site)).Index().GroupBy(page => page.Index % 2, page => page.Item);
        await Task.WhenAll(halves.Select(async half =>
        {
            foreach (var pages in half.GroupBy(page => page.Login))
            {
                await using var context = await site.OpenAsync(pages.Key, 1024, 768);
                var page = await context.NewPageAsync();
                foreach (var address in pages)
                {
                    await page.GotoAsync(address.Address);
                    (await WalkAsync(page)).ForEach(fault => faults.Add($"{address.Address}: {fault}"));
                }
            }
        }));

        Assert.True(faults.IsEmpty, string.Join('\n', faults.Order(StringComparer.Ordinal)));
    }

    private static async Task<List<string>> WalkAsync(IPage page)
    {
        var faults = new List<string>();
        var expected = 0;
        for (var stop = 0; stop < 400; stop++)
        {
            await page.Keyboard.PressAsync("Tab");
            var focus = await page.EvaluateAsync<JsonElement>(Focused);
            var (index, count) = (focus.GetProperty("index").GetInt32(), focus.GetProperty("count").GetInt32());
            if (index < 0 || (index == 0 && expected > 1))
            {
                if (expected < count)
                {
                    faults.Add($"{expected} of {count} stops were reached");
                }

                break;
            }

            // The parts of a date are stops of one control.
            if (index != expected - 1 && index != expected)
            {
                faults.Add($"stop {index} came where {expected} was due: {focus.GetProperty("name")}");
            }

            expected = index + 1;
            if (!focus.GetProperty("outlined").GetBoolean() || !focus.GetProperty("inside").GetBoolean())
            {
                faults.Add($"the focus cannot be seen on {focus.GetProperty("name")}");
            }
        }

        return faults;
    }

    private static async Task TabToAsync(IPage page, string selector)
    {
        for (var stop = 0; stop < 120; stop++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("(selector) => document.activeElement.matches(selector)", selector))
            {
                return;
            }
        }

        Assert.Fail($"The Tab key never came to {selector}.");
    }
}
