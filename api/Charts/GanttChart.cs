using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>A stretch of time on a row.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Style">Class of its colour; empty for waiting, drawn dotted.</param>
/// <param name="Note">Shown on pointing at it; empty for none.</param>
internal sealed record GanttBar(DateTimeOffset From, DateTimeOffset To, string Style, string Note);

/// <summary>A row: what it is about and when. Without a label it belongs to the one above.</summary>
internal sealed record GanttRow(string Label, IReadOnlyList<GanttBar> Bars);

/// <summary>What ran when, a row each.</summary>
internal static class GanttChart
{
    private const double Top = 24;
    private const double LabelWidth = 210;
    private const double TickRoom = 74;
    private const int LongestLabel = 30;

    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(30),
    ];

    /// <param name="canvas">Size; on a phone labels stand above their rows.</param>
    /// <param name="rows">From top to bottom.</param>
    /// <param name="clock">Writes a point in time for the axis; the step between labels tells how exactly.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="description">The same in a sentence.</param>
    public static Markup Draw(Canvas canvas, IReadOnlyList<GanttRow> rows, Func<DateTimeOffset, TimeSpan, string> clock, string title, string description)
    {
        var bars = rows.SelectMany(row => row.Bars).ToList();
        var from = bars.Min(bar => bar.From);
        var span = bars.Max(bar => bar.To) - from is { Ticks: > 0 } known ? known : TimeSpan.FromSeconds(1);
        var isPhone = canvas.Name == Canvas.Phone.Name;
        var left = isPhone ? 2 : LabelWidth;
        var wide = canvas.Right - left;
        var tops = new double[rows.Count];
        var height = Top;
        for (var index = 0; index < rows.Count; index++)
        {
            // The label of a phone has a line of its own; rows of one label stand close.
            var isFurther = rows[index].Label.Length == 0;
            tops[index] = height + (isPhone && !isFurther ? 17 : isFurther ? 0 : 6);
            height = tops[index] + (index + 1 < rows.Count && rows[index + 1].Label.Length == 0 ? 16 : 20);
        }

        var step = Steps.FirstOrDefault(step => span / step * TickRoom <= wide, Steps[^1]);
        double X(DateTimeOffset at) => left + (wide * ((at - from) / span));
        var id = $"gantt-{canvas.Name}";
        return Markup.Of(
            $"""
            <svg class="diagram gantt {canvas.Name}" viewBox="0 0 {canvas.Width} {height}" role="img" aria-labelledby="{id}-title {id}-desc">
            <title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>
            {Ticks(from, span, step).Select(at => Tick(X(at), height, canvas.Right, clock(at, step)))}
            {rows.Select((one, index) => Row(one, tops[index], isPhone, X))}
            </svg>
            """);
    }

    private static IEnumerable<DateTimeOffset> Ticks(DateTimeOffset from, TimeSpan span, TimeSpan step)
    {
        for (var at = new DateTimeOffset(((from.UtcTicks + step.Ticks - 1) / step.Ticks) * step.Ticks, TimeSpan.Zero); at <= from + span; at += step)
        {
            yield return at;
        }
    }

    // A label that would leave the drawing is left out; its line stays.
    private static Markup Tick(double x, double height, double right, string label) => Markup.Of(
        $"""<path class="grid" d="M{x} {Top - 4}V{height}"/>{(x > right - 56 ? Markup.Empty : Markup.Of($"""<text class="tick" x="{x + 3}" y="14">{label}</text>"""))}""");

    private static Markup Row(GanttRow row, double top, bool isPhone, Func<DateTimeOffset, double> x)
    {
        var label = row.Label.Length <= LongestLabel ? row.Label : row.Label[..(LongestLabel - 1)] + "…";
        return Markup.Of(
            $"""
            {(label.Length == 0 ? Markup.Empty : Markup.Of($"""<text class="name" x="0" y="{(isPhone ? top - 5 : top + 11)}">{label}</text>"""))}{row.Bars.Select(bar => Bar(bar, top, x))}
            """);
    }

    private static Markup Bar(GanttBar bar, double y, Func<DateTimeOffset, double> x)
    {
        var (start, end) = (x(bar.From), x(bar.To));
        return bar.Style.Length == 0
            ? Markup.Of($"""<path class="wait" d="M{start} {y + 7}H{end}"/>""")
            : Markup.Of($"""<g class="{bar.Style}"><title>{bar.Note}</title><rect class="try" x="{start}" y="{y}" width="{Math.Max(3, end - start)}" height="14" rx="3"/></g>""");
    }
}
