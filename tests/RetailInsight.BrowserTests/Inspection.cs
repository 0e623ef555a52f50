using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Playwright;

namespace RetailInsight.BrowserTests;

/// <summary>
/// One walk over every page in both languages, at the width of a phone, a tablet, a desk, and of 640 and 320 px (which are a desk of
/// 1,280 px at twice and four times its size), whose findings the tests read by kind. Axe looks at
/// the Japanese phone and at the English desk. Two pages at a time.
/// </summary>
internal sealed class Inspection
{
    private const int Phone = 390;
    private const int Desk = 1440;
    private const int AtOnce = 2;

    private static readonly Dictionary<Site, Task<Inspection>> Done = [];

    private Inspection(IReadOnlyList<PageAddress> pages, IReadOnlyCollection<Finding> findings) => (Pages, Findings) = (pages, findings);

    /// <summary>What was looked at.</summary>
    public IReadOnlyList<PageAddress> Pages { get; }

    /// <summary>All that was found.</summary>
    public IReadOnlyCollection<Finding> Findings { get; }

    /// <summary>The walk, made once for all tests.</summary>
    public static Task<Inspection> OfAsync(Site site)
    {
        lock (Done)
        {
            return Done.TryGetValue(site, out var done) ? done : Done[site] = WalkAsync(site);
        }
    }

    private static async Task<Inspection> WalkAsync(Site site)
    {
        var plain = await PageSet.PlainAsync(site);
        var further = await PageSet.FurtherAsync(site, plain);
        var findings = new ConcurrentBag<Finding>();
        var work = Channel.CreateUnbounded<(PageAddress Page, string Language, bool Whole)>();
        foreach (var page in plain)
        {
            work.Writer.TryWrite((page, "ja", true));
            work.Writer.TryWrite((page, "en", true));
        }

        foreach (var page in further)
        {
            work.Writer.TryWrite((page, "ja", false));
        }

        work.Writer.Complete();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            // One window of each person: opening one costs more than looking at a page.
            var inspector = new Inspector(findings);
            var windows = new Dictionary<string, IPage>();
            await foreach (var (address, language, whole) in work.Reader.ReadAllAsync())
            {
                if (!windows.TryGetValue(address.Login ?? "", out var page))
                {
                    windows[address.Login ?? ""] = page = await inspector.OpenAsync(await site.OpenAsync(address.Login));
                }

                await LookAsync(inspector, page, address, language, whole);
            }

            foreach (var page in windows.Values)
            {
                await page.Context.DisposeAsync();
            }
        }));
        return new Inspection([.. plain, .. further], findings);
    }

    private static async Task LookAsync(Inspector inspector, IPage page, PageAddress address, string language, bool whole)
    {
        var where = $"{address.Address} {language}";
        try
        {
            await Inspector.GoAsync(page, address.With("lang=" + language));
            await inspector.MeasureAsync(page, 320, where);
            await inspector.MeasureAsync(page, Phone, where);
            await Inspector.PictureAsync(page, $"{where} {Phone}");
            await inspector.ReadChartsAsync(page, where);
            if (whole)
            {
                if (language == "ja")
                {
                    await inspector.AxeAsync(page, $"{where} {Phone} px");
                }

                await inspector.MeasureAsync(page, 640, where);
                await inspector.MeasureAsync(page, 768, where);
            }

            await inspector.MeasureAsync(page, Desk, where);
            await Inspector.PictureAsync(page, $"{where} {Desk}");
            if (!whole || language == "en")
            {
                await inspector.AxeAsync(page, $"{where} {Desk} px");
            }
        }
        catch (PlaywrightException broken)
        {
            inspector.Add("request", where, broken.Message.Split('\n')[0]);
        }
    }
}
