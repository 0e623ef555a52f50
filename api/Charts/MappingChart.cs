using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>A line that hangs somewhere from one day to another.</summary>
/// <param name="Line">Its name.</param>
/// <param name="Place">Where.</param>
/// <param name="From">First day.</param>
/// <param name="To">Last day; null while it holds.</param>
internal sealed record MappingBar(string Line, string Place, DateOnly From, DateOnly? To);

/// <summary>Where the lines of a device hung through time: a row a line, a bar a place. Drawn once for a phone and once for a desk.</summary>
internal static class MappingChart
{
    private const double RowHeight = 34;
    private const double Top = 22;
    private const double Bar = 20;
    private const int LongestLabel = 14;

    /// <summary>Draws the bars that touch a period.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="bars">The bars.</param>
    /// <param name="from">First day drawn.</param>
    /// <param name="today">Where the line of today stands; the drawing ends a little behind it.</param>
    /// <param name="title">What it is.</param>
    /// <param name="description">The same in words, for whoever does not see it.</param>
    public static Markup Draw(Canvas canvas, IReadOnlyList<MappingBar> bars, DateOnly from, DateOnly today, string title, string description)
    {
        var until = today.AddDays(Math.Max(14, (today.DayNumber - from.DayNumber) / 8));
        var lines = bars.Select(bar => bar.Line).Distinct().ToList();
        double X(DateOnly day) => Canvas.Left + ((canvas.Right - Canvas.Left) * Math.Clamp((double)(day.DayNumber - from.DayNumber) / (until.DayNumber - from.DayNumber), 0, 1));
        var id = $"mapping-{canvas.Name}";
        return Markup.Of(
            $"""
            <svg class="chart {canvas.Name}" viewBox="0 0 {canvas.Width} {Top + (RowHeight * lines.Count) + 18}" role="img" aria-labelledby="{id}-title {id}-desc">
            <title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>
            {lines.Select((line, at) => Markup.Of($"""<text class="tick" x="0" y="{Top + (RowHeight * at) + 14}">{Short(line)}</text>"""))}
            {bars.Where(bar => bar.From <= until && (bar.To is null || bar.To >= from)).Select(bar => Drawn(bar))}
            {Overlaps().Select(one => Markup.Of($"""<rect class="clash" x="{X(one.From)}" y="{Top + (RowHeight * lines.IndexOf(one.Line)) + Bar - 5}" width="{Math.Max(3, X(one.To.AddDays(1)) - X(one.From))}" height="5"/>"""))}
            <path class="today" d="M{X(today)} {Top - 6}V{Top + (RowHeight * lines.Count)}"/>
            <text class="tick" x="{X(from)}" y="{Top + (RowHeight * lines.Count) + 14}">{FigureText.ShortDate(from)}</text><text class="tick" text-anchor="middle" x="{X(today)}" y="{Top + (RowHeight * lines.Count) + 14}">{FigureText.ShortDate(today)}</text>
            </svg>
            """);

        // Where two bars of a line lie on each other the upper hides the lower: the days they share are marked.
        IEnumerable<(string Line, DateOnly From, DateOnly To)> Overlaps() => bars.Index().SelectMany(
            one => bars.Skip(one.Index + 1).Where(other => other.Line == one.Item.Line).Select(other => (
                other.Line, From: one.Item.From > other.From ? one.Item.From : other.From, To: (one.Item.To ?? until) < (other.To ?? until) ? one.Item.To ?? until : other.To ?? until)))
            .Where(shared => shared.From <= shared.To && shared.To >= from && shared.From <= until);

        Markup Drawn(MappingBar bar)
        {
            var (left, right) = (X(bar.From), X((bar.To ?? until).AddDays(bar.To is null ? 0 : 1)));
            var y = Top + (RowHeight * lines.IndexOf(bar.Line));
            return Markup.Of($"""<rect class="stay" x="{left}" y="{y}" width="{Math.Max(2, right - left - 1)}" height="{Bar}" rx="3"/><text class="tick stay-name" x="{left + 5}" y="{y + 14}">{(right - left > 40 ? Short(bar.Place) : "")}</text>""");
        }
    }

    private static string Short(string text) => text.Length <= LongestLabel ? text : text[..(LongestLabel - 1)] + "…";
}
