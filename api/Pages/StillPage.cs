using System.Text.RegularExpressions;

namespace RetailInsight.Api.Pages;

/// <summary>
/// A page as something to look at: no form, no link, no script, whatever the page holds. Works on the finished text, so that nothing a page
/// gets later is forgotten; attributes are encoded, so a tag ends at its first angle bracket.
/// </summary>
internal static partial class StillPage
{
    /// <summary>The content without what leads elsewhere or sends something.</summary>
    public static Markup Of(Markup content) => content.Rewrite(text => Control().Replace(Whole().Replace(text, ""), ""));

    // Gone with their content: forms, what stands outside of them, and the arrows to the neighbours of a day.
    [GeneratedRegex("""<(form|button|script|iframe|object)\b.*?</\1>|<a class="step".*?</a>""", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    // Gone but for their content.
    [GeneratedRegex("</?(?:a|input|select|textarea|link|embed|base|meta)\\b[^>]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Control();
}
