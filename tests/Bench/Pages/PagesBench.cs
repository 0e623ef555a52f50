using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using RetailInsight.Api.Pages;
using RetailInsight.Bench.Harness;
using RetailInsight.BrowserTests;
using RetailInsight.IntegrationTests.Api;

namespace RetailInsight.Bench.Pages;

/// <summary>
/// What a page costs a phone on a poor line: a Chromium with an empty cache, 1.6 Mbit/s, 150 ms to an answer and a processor a quarter as
/// fast, against the API as its own process.
/// </summary>
internal static class PagesBench
{
    private const int Rounds = 5;
    private const double Milliseconds = 1_000;
    private const double LargestPaintFloor = 1.0;
    private const double ShiftFloor = 0.05;
    private const double ScriptFloor = 30;

    private const string Watch =
        """
        window.paint = 0; window.shift = 0;
        new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.paint = entry.startTime; }).observe({ type: "largest-contentful-paint", buffered: true });
        new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value; }).observe({ type: "layout-shift", buffered: true });
        """;

    public static async Task RunAsync(BenchServer server, BenchPlan plan)
    {
        var report = new BenchReport("pages", "Pages");
        await using var site = await server.CreateSiteAsync();
        await Company.FoundAsync(site.Job);
        await CompanyOfThePages.CompleteAsync(site.Job);
        var settings = new Dictionary<string, string?>(site.Settings) { ["Api:KeysDirectory"] = Path.Combine(site.Directory, "session-keys") };
        await using var api = await ServiceProcess.StartAsync(typeof(Layout).Assembly.Location, settings);
        var session = await SignInAsync(api.Address);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        });
        foreach (var page in Enum.GetValues<PageLink>())
        {
            var address = new Uri(api.Address, string.Create(CultureInfo.InvariantCulture, $"{Navigation.PathOf(page)}?store=S02&date={(page == PageLink.Today ? CompanyOfThePages.Today : Company.Latest):yyyy-MM-dd}"));
            var visits = new List<Visit>();

            // The first visit compiles the server's code and is not counted.
            for (var round = 0; round <= Math.Max(Rounds, plan.Rounds); round++)
            {
                visits.Add(await VisitAsync(browser, session, address));
            }

            visits.RemoveAt(0);
            var name = Navigation.PathOf(page);
            report.Add($"`{name}` largest contentful paint, median of {visits.Count}", Seconds(Median(visits, visit => visit.LargestPaint)), Floor(LargestPaintFloor, "s"));
            report.Add($"`{name}` layout shift, most of {visits.Count}", visits.Max(visit => visit.Shift).ToString("0.000", CultureInfo.InvariantCulture), Floor(ShiftFloor, ""));
            report.Add($"`{name}` transferred: all, script", $"{Kilobytes(Median(visits, visit => visit.Bytes))}, {Kilobytes(Median(visits, visit => visit.ScriptBytes))}", "script " + Floor(ScriptFloor, "KB"));
        }

        report.Note($"Headless Chromium {browser.Version}, 390 × 844, empty cache at each visit, signed in. The line and the processor are slowed by the browser itself: 150 ms from request to the first byte of an answer, 1.6 Mbit/s, a quarter of the speed; the time to connect is not part of it. Bytes as they come over the line, headers included.");
        report.Finish();
    }

    private static async Task<Visit> VisitAsync(IBrowser browser, Cookie session, Uri address)
    {
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 390, Height = 844 }, DeviceScaleFactor = 2, Locale = "ja-JP" });
        await context.AddCookiesAsync([session]);
        var page = await context.NewPageAsync();
        await page.AddInitScriptAsync(Watch);
        var line = await context.NewCDPSessionAsync(page);
        await line.SendAsync("Network.enable");
        await line.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object> { ["offline"] = false, ["latency"] = 150, ["downloadThroughput"] = 1_600_000 / 8, ["uploadThroughput"] = 750_000 / 8 });
        await line.SendAsync("Emulation.setCPUThrottlingRate", new Dictionary<string, object> { ["rate"] = 4 });
        var (bytes, scriptBytes) = (0.0, 0.0);
        var scripts = new HashSet<string>();
        line.Event("Network.responseReceived").OnEvent += (_, answer) =>
        {
            if (answer!.Value.GetProperty("type").GetString() == "Script")
            {
                scripts.Add(answer.Value.GetProperty("requestId").GetString()!);
            }
        };
        line.Event("Network.loadingFinished").OnEvent += (_, end) =>
        {
            var size = end!.Value.GetProperty("encodedDataLength").GetDouble();
            bytes += size;
            scriptBytes += scripts.Contains(end.Value.GetProperty("requestId").GetString()!) ? size : 0;
        };
        await page.GotoAsync(address.ToString(), new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        var seen = await page.EvaluateAsync<JsonElement>("() => ({ paint: window.paint, shift: window.shift })");
        return new Visit(seen.GetProperty("paint").GetDouble(), seen.GetProperty("shift").GetDouble(), bytes, scriptBytes);
    }

    private static async Task<Cookie> SignInAsync(Uri address)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = address };
        var answer = await client.PostAsJsonAsync("/v1/session", new { login = "honbu", password = Company.Password });
        answer.EnsureSuccessStatusCode();
        var pair = answer.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("retailinsight.session=", StringComparison.Ordinal)).Split(';')[0].Split('=', 2);
        return new Cookie { Name = pair[0], Value = pair[1], Url = address.ToString() };
    }

    private static double Median(IEnumerable<Visit> visits, Func<Visit, double> figure) => visits.Select(figure).Order().ElementAt(visits.Count() / 2);

    private static string Seconds(double milliseconds) => BenchReport.Number(milliseconds / Milliseconds, "s");

    private static string Kilobytes(double bytes) => BenchReport.Number(bytes / 1024, "KB");

    private static string Floor(double most, string unit) => string.Create(CultureInfo.InvariantCulture, $"≤ {most} {unit}").TrimEnd();

    /// <param name="LargestPaint">Milliseconds from the start of the visit.</param>
    /// <param name="Shift">Sum of layout shifts.</param>
    /// <param name="Bytes">Over the line, all files.</param>
    /// <param name="ScriptBytes">Over the line, scripts.</param>
    private sealed record Visit(double LargestPaint, double Shift, double Bytes, double ScriptBytes);
}
