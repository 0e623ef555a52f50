using Microsoft.Playwright;
using RetailInsight.IntegrationTests;
using RetailInsight.IntegrationTests.Dags;

namespace RetailInsight.BrowserTests;

/// <summary>Repairing what stands in a browser, against a real engine: backfills, an earlier version, a question.</summary>
[Collection(Site.Collection)]
public sealed class RepairTests(Site site)
{
    [Fact]
    public async Task Missing_days_are_filled_with_the_mouse_and_the_page_follows_until_all_have_succeeded()
    {
        await ArriveAsync("2026-09-01", "2026-09-02", "2026-09-03");
        await using var engine = await TestEngine.StartAsync(site.Database, PartitionsOfThePages.Dags);
        await using var context = await site.OpenAsync("engineer", 1440, 900);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/ops/backfills?lang=en");
        await page.GetByRole(AriaRole.Link, new() { Name = "Plan a backfill" }).ClickAsync();
        await page.GetByLabel("DAG").SelectOptionAsync(PartitionsOfThePages.Shelves);
        await page.GetByLabel("First day", new() { Exact = true }).FillAsync("2026-09-01");
        await page.GetByLabel("Last day", new() { Exact = true }).FillAsync("2026-09-30");
        await page.GetByRole(AriaRole.Button, new() { Name = "Count the days" }).ClickAsync();
        await Assertions.Expect(page.Locator("label", new() { HasText = "Missing" })).ToContainTextAsync("3 days");
        await Assertions.Expect(page.Locator("label", new() { HasText = "Stale" })).ToContainTextAsync("0 days");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what it would do" }).ClickAsync();
        await Assertions.Expect(page.Locator(".effect")).ToHaveTextAsync("3 days of shelf_levels would be computed.");
        await Assertions.Expect(page.Locator(".month .s-good")).ToHaveTextAsync(["1", "2", "3"]);
        Assert.Equal(0, await CountAsync("dags.backfill WHERE dag_id = 'shelf_levels' AND first_date = '2026-09-01'"));

        // One click too many is one backfill.
        await page.GetByLabel("Why").FillAsync("they were never counted");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the backfill" }).DblClickAsync();
        await page.WaitForURLAsync("**/ops/backfills/*?done=started");
        await Assertions.Expect(page.Locator("h1 .state-badge")).ToHaveTextAsync("Ended");
        await Assertions.Expect(page.Locator("tbody .state-badge")).ToHaveTextAsync(["Succeeded", "Succeeded", "Succeeded"]);
        Assert.Equal(1, await CountAsync("dags.backfill WHERE dag_id = 'shelf_levels' AND first_date = '2026-09-01'"));
        await page.Locator(".month a").First.ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("shelf_levels");
    }

    [Fact]
    public async Task Days_that_stand_otherwise_meanwhile_are_named_and_the_backfill_is_done_with_the_keyboard_alone_on_a_phone()
    {
        await ArriveAsync("2026-08-11", "2026-08-12");
        await using var engine = await TestEngine.StartAsync(site.Database, PartitionsOfThePages.Dags);
        await using var context = await site.OpenAsync("engineer");
        var page = await context.NewPageAsync();
        await page.GotoAsync("/ops/backfills/new?dag=shelf_levels&from=2026-08-01&to=2026-08-31&lang=en");
        await TabToAsync(page, ".backfill-form input[name=at_once]");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/ops/backfills/plans/*");
        await ArriveAsync("2026-08-13");
        await TabToAsync(page, "main input[name=reason]");
        await page.Keyboard.TypeAsync("they were never counted");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("The days stand otherwise now");
        await Assertions.Expect(page.Locator("main tbody tr").First).ToContainTextAsync("2026/8/13");
        await TabToAsync(page, "main input[name=reason]");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/ops/backfills/*?done=started");
        await Assertions.Expect(page.Locator("h1 .state-badge")).ToHaveTextAsync("Ended");
        Assert.Equal(
            "they were never counted 3",
            await site.Database.ScalarAsync<string>("SELECT max(reason) || ' ' || count(*) FROM dags.backfill JOIN dags.backfill_slot s USING (backfill_id) WHERE first_date = '2026-08-01' AND s.state = 'success'"));
    }

    [Fact]
    public async Task An_earlier_version_stands_again_after_it_was_compared_and_is_released()
    {
        await ArriveAsync("2026-09-20");
        await using var engine = await TestEngine.StartAsync(site.Database, PartitionsOfThePages.Dags);
        foreach (var net in new[] { 1000, 1500 })
        {
            Assert.Equal("success", await site.Database.EndOfAsync(await site.Database.QueueAsync(PartitionsOfThePages.Shelves, "aoba/2026-09-20", $$"""{"net":["{{net}}"]}""")));
        }

        await using var context = await site.OpenAsync("engineer", 1440, 900);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/ops/partitions/shelf_levels/2026-09-20?store=S01&lang=en");
        await Assertions.Expect(page.Locator(".versions tbody tr").First).ToContainTextAsync("+¥500 (+50.0%)");
        await page.GetByRole(AriaRole.Link, new() { Name = "Restore" }).ClickAsync();
        await Assertions.Expect(page.Locator(".effect")).ToHaveTextAsync("What version 1 held would stand again instead of version 2.");
        await Assertions.Expect(page.Locator("tbody tr").First).ToContainTextAsync("−¥500");
        await page.GetByLabel("Why").FillAsync("the month is closed with it");
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore it" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1 .state-badge")).ToHaveTextAsync("Held");
        await Assertions.Expect(page.Locator(".versions tbody tr").First).ToContainTextAsync("Restored");
        await page.GetByRole(AriaRole.Link, new() { Name = "Release" }).ClickAsync();
        await page.GetByLabel("Why").FillAsync("the count was right");
        await page.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
        await page.WaitForURLAsync("**done=released");
        Assert.Equal(
            "the month is closed with it, the count was right",
            await site.Database.ScalarAsync<string>("SELECT string_agg(reason, ', ' ORDER BY action_id) FROM dags.action WHERE kind IN ('restore', 'release') AND after ->> 'business_date' = '2026-09-20'"));
        await page.GotoAsync("/ops/actions?kind=restore&lang=en");
        await page.Locator("tbody tr a").First.ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("shelf_levels");
    }

    [Fact]
    public async Task A_question_is_answered_by_head_office_and_only_read_by_the_engineer()
    {
        await using var engine = await TestEngine.StartAsync(site.Database, PartitionsOfThePages.Dags);
        var run = await PartitionsOfThePages.AskAsync(site.Database, new DateOnly(2026, 9, 21));
        await using var engineer = await site.OpenAsync("engineer", 1440, 900);
        var reader = await engineer.NewPageAsync();
        await reader.GotoAsync("/ops/approvals?lang=en");
        await Assertions.Expect(reader.Locator(".questions .effect").First).ToHaveTextAsync("The figures of 2 stores would change: net sales of all of them ¥3,234,500 → ¥3,087,600, −¥146,900.");
        await Assertions.Expect(reader.Locator(".questions button")).ToHaveCountAsync(0);

        await using var office = await site.OpenAsync("honbu", 1440, 900);
        var page = await office.NewPageAsync();
        await page.GotoAsync("/ops/approvals?lang=en");
        var question = page.Locator(".questions > li", new() { Has = page.Locator($"a[href='/ops/runs/{run}']") });
        await question.GetByLabel("Why").FillAsync("the prices were wrong");
        await question.GetByRole(AriaRole.Button, new() { Name = "Approve and publish" }).ClickAsync();
        await Assertions.Expect(page.Locator(".good-news")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".card tbody tr", new() { Has = page.Locator($"a[href='/ops/runs/{run}']") })).ToContainTextAsync("the prices were wrong");
        Assert.Equal("success", await site.Database.EndOfAsync(run));
    }

    // Receipts of two stores came in and nothing was made of them yet.
    private Task<int> ArriveAsync(params string[] days) => site.Database.ScalarAsync<int>(
        """
        WITH came AS (
          INSERT INTO dags.asset_partition (tenant, asset, business_date, store, version, reason)
          SELECT 'aoba', 'pos_transaction', day::date, store, 1, 'received' FROM unnest(@days) day, unnest(ARRAY['S01', 'S02']) store ON CONFLICT DO NOTHING RETURNING 1)
        SELECT count(*)::int FROM came
        """,
        new { days });

    private Task<long> CountAsync(string what) => site.Database.ScalarAsync<long>($"SELECT count(*) FROM {what}");

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
