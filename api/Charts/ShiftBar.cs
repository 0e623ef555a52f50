using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>A change as a bar from the middle: to the right what grows, to the left what shrinks.</summary>
internal static class ShiftBar
{
    private const double Half = 58;

    /// <param name="share">The change as a share of what was; null where that is unknown.</param>
    /// <param name="most">The largest share of the table, which reaches to the edge.</param>
    /// <param name="said">The same in words.</param>
    public static Markup Draw(decimal? share, decimal most, string said)
    {
        var length = share is { } part && most > 0 ? Math.Max(1, Half * (double)(Math.Abs(part) / most)) : 0;
        var bar = share is not { } by || by == 0 ? Markup.Empty : Markup.Of($"""<rect class="{(by > 0 ? "up" : "down")}" x="{(by > 0 ? 60 : 60 - length)}" y="1" width="{length}" height="10" rx="2"/>""");
        return Markup.Of($"""<svg class="shift" width="120" height="12" viewBox="0 0 120 12" role="img" aria-label="{said}">{bar}<path class="zero" d="M60 0V12"/></svg>""");
    }
}
