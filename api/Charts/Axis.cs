using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>The pieces every chart with a value axis shares.</summary>
internal static class Axis
{
    /// <summary>Lines and labels at the round values.</summary>
    public static Markup Grid(Canvas canvas, ValueScale scale, Func<decimal, string> label) => Markup.Join(scale.Ticks.Select(tick => Markup.Of(
        $"""<path class="{(tick == 0 ? "base" : "grid")}" d="M{Canvas.Left} {scale.Y(tick)}H{canvas.Right}"/><text class="tick" text-anchor="end" x="{Canvas.Left - 6}" y="{scale.Y(tick) + 3.5}">{label(tick)}</text>""")));

    /// <summary>The hatching that stands for missing figures, as <c>url(#{id}-hatch)</c>.</summary>
    public static Markup Hatch(string id) => Markup.Of(
        $"""<defs><pattern id="{id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"/><path class="hatch-line" d="M0 0V6"/></pattern></defs>""");

    /// <summary>A bar between the base line and a value; nothing for a value on the line.</summary>
    public static Markup Bar(string style, double middle, double width, double zero, double value)
    {
        var height = Math.Abs(zero - value);
        return height < 0.05
            ? Markup.Empty
            : Markup.Of($"""<rect class="{style}" x="{middle - (width / 2)}" y="{Math.Min(zero, value)}" width="{width}" height="{height}" rx="{Math.Min(2, height / 2)}"/>""");
    }
}
