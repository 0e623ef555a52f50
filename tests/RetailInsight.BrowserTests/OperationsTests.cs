using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using RetailInsight.Dags.Engine;
using RetailInsight.IntegrationTests;
using RetailInsight.IntegrationTests.Dags;

namespace RetailInsight.BrowserTests;

/// <summary>Looking after runs in a browser, against a real engine.</summary>
[Collection(Site.Collection)]
public sealed partial class OperationsTests(Site site)
{
    [Theory]
    [InlineData("ja")]
    [InlineData("en")]
    public async Task A_run_in_every_state_its_log_and_what_can_be_done_to_it_pass_the_inspector(string language)
    {
        var findings = new ConcurrentBag<Finding>();
        var inspector = new Inspector(findings);
        await using var context = await site.OpenAsync("engineer");
        var addresses = new List<string>
        {
            "/ops?days=90", "/ops?state=failed&dag=store_kpis", "/ops/runs?date=2026-11-14", "/ops/health?days=28", "/ops/start", "/ops/actions",
        };
        foreach (var state in new[] { "queued", "running", "failed", "canceled", "success" })
        {
            addresses.Add($"/ops/runs/{await RunAsync($"tenant = 'aoba' AND dag_id IN ('store_kpis', 'customers_and_baskets') AND state = '{state}'")}");
        }

        var mapped = await RunAsync($"dag_id = '{RunsOfThePages.Deliveries}'");
        var log = await site.Database.ScalarAsync<long>("SELECT y.lease_token FROM dags.task_try y JOIN dags.task_instance t USING (ti_id) WHERE run_id = @mapped AND map_key = 'S04'", new { mapped });
        addresses.Add($"/ops/actions/{await site.Database.ScalarAsync<long>("SELECT max(action_id) FROM dags.action WHERE kind = 'mark' AND tenant = 'aoba'")}/undo");
        addresses.Add($"/ops/runs/{mapped}");
        addresses.Add($"/ops/runs/{mapped}/log/{log}");
        addresses.Add($"/ops/backfills/{await site.Database.ScalarAsync<long>("SELECT max(backfill_id) FROM dags.backfill WHERE dag_id = 'store_kpis'")}");
        const string Figures = "/ops/partitions/store_figures/2026-11";
        addresses.AddRange([$"{Figures}-14?store=S01", $"{Figures}-14/restore?store=S01&version=2", $"{Figures}-09?store=S03", $"{Figures}-09/release?store=S03"]);
        var page = await inspector.OpenAsync(context);
        foreach (var address in addresses)
        {
            await Inspector.GoAsync(page, address + (address.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "lang=" + language);
            await LookAsync(inspector, page, $"{address} {language} engineer");
        }

        await Inspector.GoAsync(page, $"/ops/backfills/new?dag=store_kpis&from=2026-10-20&lang={language}");
        await LookAsync(inspector, page, $"choice of a backfill {language}");
        await page.Locator(".backfill-form button").ClickAsync();
        await page.WaitForURLAsync("**/plans/*");
        await LookAsync(inspector, page, $"plan of a backfill {language}");

        // The plan, and what is said when the run has moved on.
        var plan = await inspector.OpenAsync(context, 409);
        await plan.GotoAsync($"/ops/runs/{mapped}?lang={language}");
        await plan.GetByRole(AriaRole.Checkbox, new() { Name = "list_files" }).CheckAsync();
        await plan.Locator(".operate button").ClickAsync();
        await plan.WaitForURLAsync("**/plans/*");
        await LookAsync(inspector, plan, $"plan {language}");
        await site.Database.ScalarAsync<int?>("UPDATE dags.task_instance SET generation = generation + 1 WHERE run_id = @mapped AND task_id = 'tidy_up'", new { mapped });
        await plan.Locator("main .act button").ClickAsync();
        await Assertions.Expect(plan.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Assertions.Expect(plan.Locator("main table").First).ToContainTextAsync("tidy_up");
        await LookAsync(inspector, plan, $"moved on {language}");
        Assert.True(findings.IsEmpty, string.Join('\n', findings));
    }

    [Fact]
    public async Task The_arrivals_of_400_stores_over_90_days_pass_the_inspector_and_a_day_leads_to_its_runs()
    {
        var findings = new ConcurrentBag<Finding>();
        var inspector = new Inspector(findings);
        await using var context = await site.OpenAsync(RunsOfThePages.Chain);
        var page = await inspector.OpenAsync(context);
        await Inspector.GoAsync(page, "/ops/health");
        await LookAsync(inspector, page, "400 stores");
        Assert.True(findings.IsEmpty, string.Join('\n', findings));
        var square = (await page.Locator("svg.arrivals a").Last.BoundingBoxAsync())!;
        await page.Mouse.ClickAsync(square.X + (square.Width / 2), square.Y + 200);
        await page.WaitForURLAsync("**/ops/runs?date=2026-11-14");
        await Assertions.Expect(page.Locator(".lacking li").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_failed_task_is_run_again_with_the_mouse_and_the_page_follows_until_the_run_has_succeeded()
    {
        var broken = true;
        await using var engine = await TestEngine.StartAsync(site.Database, [Repairable("mended_by_mouse", () => broken)]);
        var run = await FailAsync("mended_by_mouse");
        broken = false;
        await using var context = await site.OpenAsync("engineer", 1440, 900);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/ops?date=2026-10-02&lang=en");
        await page.Locator($"td a[href='/ops/runs/{run}']").ClickAsync();
        await Assertions.Expect(page.Locator("h1 .state-badge")).ToHaveTextAsync("Failed");
        await Assertions.Expect(page.Locator("#task-load .error")).ToHaveTextAsync("FatalTaskException: the disk is full");

        await page.GetByRole(AriaRole.Checkbox, new() { Name = "load" }).CheckAsync();
        await page.GetByLabel("Why").FillAsync("the disk has room again <b>");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what it would touch" }).ClickAsync();
        await Assertions.Expect(page.Locator(".effect")).ToHaveTextAsync("2 tasks would run again: 1 that were chosen and 1 behind them.");
        Assert.Equal("failed", await site.Database.ScalarAsync<string>("SELECT state FROM dags.dag_run WHERE run_id = @run", new { run }));
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Assertions.Expect(page.Locator(".good-news")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("h1 .state-badge")).ToHaveTextAsync("Succeeded");
        await Assertions.Expect(page.Locator("#task-load .tries a")).ToHaveCountAsync(2);

        await page.GotoAsync("/ops/actions?lang=en");
        var entry = page.Locator("tbody tr").First;
        await Assertions.Expect(entry).ToContainTextAsync("engineer");
        await Assertions.Expect(entry).ToContainTextAsync("load, report (2)");
        await Assertions.Expect(entry).ToContainTextAsync("the disk has room again <b>");
    }

    [Fact]
    public async Task A_failed_task_is_run_again_with_the_keyboard_alone_on_a_phone()
    {
        var broken = true;
        await using var engine = await TestEngine.StartAsync(site.Database, [Repairable("mended_by_keys", () => broken)]);
        var run = await FailAsync("mended_by_keys");
        broken = false;
        await using var context = await site.OpenAsync("engineer");
        var page = await context.NewPageAsync();
        await page.GotoAsync($"/ops/runs/{run}?lang=en");
        await TabToAsync(page, "input[name=task][value=load]");
        await page.Keyboard.PressAsync("Space");
        await TabToAsync(page, ".operate button");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/plans/*");
        await TabToAsync(page, "main input[name=reason]");
        await page.Keyboard.TypeAsync("the disk has room again");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/ops/runs/*?done=applied");
        await Assertions.Expect(page.Locator("h1 .state-badge")).ToHaveTextAsync("Succeeded");
        Assert.Equal("the disk has room again", await site.Database.ScalarAsync<string>("SELECT reason FROM dags.action WHERE run_id = @run", new { run }));
    }

    [Fact]
    public async Task A_log_is_read_while_its_task_runs_and_without_a_script_by_loading_it_again()
    {
        var (more, end) = (new SemaphoreSlim(0), new TaskCompletionSource());
        await using var engine = await TestEngine.StartAsync(site.Database, [new Dag("talker",
        [
            new DagTask("talk", async (context, cancellationToken) =>
            {
                Says(context.Logger, "first words <i>");
                await more.WaitAsync(cancellationToken);
                Says(context.Logger, "second words");
                await end.Task;
                return TaskOutput.None;
            }),
        ])]);
        var run = await site.Database.QueueAsync("talker", "aoba/2026-10-03");
        await site.Database.WaitUntilAsync("EXISTS (SELECT FROM dags.task_log WHERE message LIKE 'first words%')");
        await using var with = await site.OpenAsync("engineer", 1440, 900);
        await using var without = await site.OpenAsync("engineer", script: false);
        var (follower, reader) = (await with.NewPageAsync(), await without.NewPageAsync());
        await follower.GotoAsync($"/ops/runs/{run}?lang=en");
        await follower.Locator("#task-talk .tries a").ClickAsync();
        await follower.WaitForURLAsync("**/log/*");
        await reader.GotoAsync(follower.Url + "?lang=en");
        foreach (var page in new[] { follower, reader })
        {
            await Assertions.Expect(page.Locator("#log .said")).ToHaveTextAsync(["first words <i>"]);
        }

        more.Release();
        await Assertions.Expect(follower.Locator("#log .said")).ToHaveTextAsync(["first words <i>", "second words"]);
        await reader.GetByRole(AriaRole.Link, new() { Name = "Load again" }).ClickAsync();
        await Assertions.Expect(reader.Locator("#log .said")).ToHaveTextAsync(["first words <i>", "second words"]);
        end.SetResult();
        await Assertions.Expect(follower.Locator("#outcome")).ToHaveTextAsync("Succeeded");
    }

    [Fact]
    public async Task Nobody_sees_runs_of_another_company_and_a_store_neither_sees_nor_reaches_operations()
    {
        var run = await RunAsync("tenant = 'aoba' AND dag_id = 'store_kpis' AND state = 'failed'");
        var plan = await site.Database.ScalarAsync<long>(
            "INSERT INTO dags.plan (kind, tenant, run_id, selection, state_hash, touched, actor, expires_at) VALUES ('clear', 'aoba', @run, '{\"Kind\":0,\"Tasks\":[]}', '', '[]', 'engineer', now() + interval '1 hour') RETURNING plan_id", new { run });
        var attempt = await site.Database.ScalarAsync<long>("SELECT y.lease_token FROM dags.task_try y JOIN dags.task_instance USING (ti_id) WHERE run_id = @run LIMIT 1", new { run });
        await using var context = await site.OpenAsync("camden");
        var page = await context.NewPageAsync();
        foreach (var address in new[] { $"/ops/runs/{run}", $"/ops/runs/{run}/log/{attempt}" })
        {
            Assert.Equal(404, (await page.GotoAsync(address))!.Status);
        }

        foreach (var address in new[] { "/ops?days=90", "/ops/runs", "/ops/actions" })
        {
            Assert.Equal(200, (await page.GotoAsync(address))!.Status);
            Assert.Equal(0, await page.Locator($"a[href='/ops/runs/{run}']").CountAsync());
            Assert.DoesNotContain("engineer", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        }

        // Head office looks and does nothing; the form is not there, nor is the page behind it.
        Assert.Equal(403, (await page.GotoAsync("/ops/start"))!.Status);
        Assert.Equal(403, (await page.GotoAsync($"/ops/runs/{run}/plans/{plan}"))!.Status);
        using var manager = await site.ClientAsync("shibuya");
        Assert.DoesNotContain("/ops", await manager.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync("/ops")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync($"/ops/runs/{run}")).StatusCode);
    }

    private static async Task LookAsync(Inspector inspector, IPage page, string where)
    {
        await inspector.MeasureAsync(page, 390, where);
        await Inspector.PictureAsync(page, $"{where} 390");
        await inspector.ReadChartsAsync(page, where);
        await inspector.AxeAsync(page, where);
        await inspector.MeasureAsync(page, 1440, where);
        await Inspector.PictureAsync(page, $"{where} 1440");
    }

    private Task<long> RunAsync(string which) => site.Database.ScalarAsync<long>($"SELECT run_id FROM dags.dag_run WHERE {which} ORDER BY created_at DESC LIMIT 1");

    // Loads, and reports what it has loaded; the load fails while it is broken.
    private static Dag Repairable(string id, Func<bool> isBroken) => new(id,
    [
        new DagTask("load", (_, _) => isBroken() ? throw new FatalTaskException("the disk is full") : Task.FromResult(TaskOutput.None)),
        new DagTask("report", (_, _) => Task.FromResult(TaskOutput.None)) { Upstreams = ["load"] },
    ]);

    private async Task<long> FailAsync(string dag)
    {
        var run = await site.Database.QueueAsync(dag, "aoba/2026-10-02");
        Assert.Equal("failed", await site.Database.EndOfAsync(run));
        return run;
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

    [LoggerMessage(1, LogLevel.Information, "{Words}")]
    private static partial void Says(ILogger logger, string words);
}
