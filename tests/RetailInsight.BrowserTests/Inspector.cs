using System.Collections.Concurrent;
using System.Reflection;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace RetailInsight.BrowserTests;

/// <summary>A fault of a page.</summary>
/// <param name="Kind">overflow, target, chart, axe, console or request.</param>
/// <param name="Where">Address, width, language and theme.</param>
/// <param name="What">In words.</param>
internal sealed record Finding(string Kind, string Where, string What)
{
    public override string ToString() => $"{Kind}: {Where}: {What}";
}

/// <summary>Looks at pages with the eyes of a browser and writes down what is wrong with them.</summary>
internal sealed class Inspector(ConcurrentBag<Finding> findings)
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();
    private static readonly string Geometry = Script("geometry.js");
    private static readonly string Charts = Script("charts.js");
    private static readonly string RunAxe = Script("axe.js");

    // The rule about targets is held by the geometry, which knows the twin of a mark in a chart.
    private static readonly object EveryRule = new
    {
        runOnly = new { type = "tag", values = new[] { "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice" } },
        rules = new Dictionary<string, object> { ["target-size"] = new { enabled = false } },
        resultTypes = new[] { "violations" },
    };

    private static readonly object ContrastAlone = new { runOnly = new { type = "rule", values = new[] { "color-contrast" } }, resultTypes = new[] { "violations" } };

    /// <summary>Opens a page of the browser whose console and requests are listened to.</summary>
    /// <param name="context">The window.</param>
    /// <param name="expected">Status of an error page that is asked for: its own answer is no fault.</param>
    public async Task<IPage> OpenAsync(IBrowserContext context, int expected = 200)
    {
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !(expected >= 400 && message.Text.Contains($"{expected}", StringComparison.Ordinal)))
            {
                Add("console", page.Url, message.Text);
            }
        };
        page.PageError += (_, error) => Add("console", page.Url, error);
        page.RequestFailed += (_, request) => Add("request", page.Url, $"{request.Url} {request.Failure}");
        page.Response += (_, answer) =>
        {
            if (answer.Status >= 400 && answer.Status != expected)
            {
                Add("request", page.Url, $"{answer.Status} {answer.Url}");
            }
        };
        return page;
    }

    /// <summary>Goes to an address and opens all that is folded.</summary>
    public static async Task GoAsync(IPage page, string address)
    {
        await page.GotoAsync(address, new PageGotoOptions { WaitUntil = WaitUntilState.Load });
        await page.EvaluateAsync("() => document.querySelectorAll('details').forEach((details) => details.open = true)");
    }

    /// <summary>What does not fit at a width; the page stays at it.</summary>
    public async Task MeasureAsync(IPage page, int width, string where)
    {
        await page.SetViewportSizeAsync(width, width < 500 ? 844 : 900);
        foreach (var fault in await page.EvaluateAsync<string[][]>(Geometry))
        {
            Add(fault[0], $"{where} {width} px", fault[1]);
        }
    }

    /// <summary>Whether charts say what they draw.</summary>
    public async Task ReadChartsAsync(IPage page, string where)
    {
        foreach (var fault in await page.EvaluateAsync<string[][]>(Charts))
        {
            Add(fault[0], where, fault[1]);
        }
    }

    /// <summary>Every rule of axe in the light, and its contrast in the dark.</summary>
    public async Task AxeAsync(IPage page, string where)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
        {
            await page.EvaluateAsync(Axe);
        }

        foreach (var (scheme, rules) in new[] { (ColorScheme.Light, EveryRule), (ColorScheme.Dark, ContrastAlone) })
        {
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            foreach (var fault in await page.EvaluateAsync<string[][]>(RunAxe, rules))
            {
                Add("axe", $"{where} {scheme}", $"{fault[0]}: {fault[1]}");
            }
        }

        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
    }

    /// <summary>Keeps a picture of the whole page in the light and in the dark, for eyes, where RETAILINSIGHT_SCREENSHOTS names a directory.</summary>
    public static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("RETAILINSIGHT_SCREENSHOTS") is not { Length: > 0 } directory)
        {
            return;
        }

        foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
        {
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            await page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true, Path = Path.Combine(directory, $"{name} {scheme}.png".Replace('/', '_')) });
        }
    }

    public void Add(string kind, string where, string what) => findings.Add(new Finding(kind, where, what));

    private static string Script(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded."));
        return reader.ReadToEnd();
    }
}
