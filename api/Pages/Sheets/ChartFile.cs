using System.Text.RegularExpressions;

namespace RetailInsight.Api.Pages.Sheets;

/// <summary>The main chart of a page, which is its first, as a drawing that stands alone: colours written out, no links.</summary>
internal static partial class ChartFile
{
    /// <summary>Whether the page has a chart.</summary>
    public static bool IsIn(Markup content) => Chart().IsMatch(content.ToString());

    /// <summary>The file's text; null where the page has no chart.</summary>
    public static string? Of(Markup content)
    {
        if (Chart().Match(content.ToString()) is not { Success: true } found)
        {
            return null;
        }

        var drawing = StillPage.Of(content.Rewrite(_ => found.Value)).ToString();
        var head = drawing.IndexOf('>', StringComparison.Ordinal);
        const string Font = "svg { background: #ffffff; font-family: system-ui, 'Hiragino Sans', 'Noto Sans JP', 'Yu Gothic UI', sans-serif; }";
        return $"""<?xml version="1.0" encoding="utf-8"?>{"\n"}<svg xmlns="http://www.w3.org/2000/svg"{drawing["<svg".Length..head]}><style>{Font}{"\n"}{Assets.ChartStyle}</style>{drawing[(head + 1)..]}""";
    }

    [GeneratedRegex("""<svg class="chart[^"]* desk".*?</svg>""", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Chart();
}
