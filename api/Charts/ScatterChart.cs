using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>A point of a scatter.</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Upwards.</param>
/// <param name="Group">Place of its group, from 0: its shape and colour.</param>
/// <param name="Said">What it is.</param>
/// <param name="Label">Written beside it; null for nothing.</param>
internal sealed record ScatterPoint(double X, double Y, int Group, string Said, string? Label = null);

/// <summary>Where a group lies: half of it is within the reach.</summary>
internal sealed record ScatterArea(double X, double Y, double Reach, int Group);

/// <summary>Points on two axes that have no scale of their own: near is alike. One unit is as long upwards as to the right.</summary>
internal static class ScatterChart
{
    /// <summary>Shapes and colours that differ; further groups begin again.</summary>
    public const int Looks = 6;

    private const double Height = 300;
    private const double Margin = 18;
    private const int LongestLabel = 12;

    /// <param name="canvas">Size.</param>
    /// <param name="name">Makes element ids unique on a page.</param>
    /// <param name="points">In the order of the table beside it.</param>
    /// <param name="areas">Of the groups.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="description">The same in a sentence.</param>
    public static Markup Draw(Canvas canvas, string name, IReadOnlyList<ScatterPoint> points, IReadOnlyList<ScatterArea> areas, string title, string description)
    {
        var xs = points.Select(point => point.X).Concat(areas.SelectMany(area => new[] { area.X - area.Reach, area.X + area.Reach })).ToList();
        var ys = points.Select(point => point.Y).Concat(areas.SelectMany(area => new[] { area.Y - area.Reach, area.Y + area.Reach })).ToList();
        var (left, right, low, high) = (xs.Min(), xs.Max(), ys.Min(), ys.Max());
        var unit = Math.Min((canvas.Width - (2 * Margin)) / Math.Max(right - left, 1e-6), (Height - (2 * Margin)) / Math.Max(high - low, 1e-6));
        unit = double.IsFinite(unit) ? Math.Min(unit, canvas.Width) : 1;
        double X(double x) => (canvas.Width / 2) + ((x - ((left + right) / 2)) * unit);
        double Y(double y) => (Height / 2) - ((y - ((low + high) / 2)) * unit);
        var id = $"{name}-{canvas.Name}";
        return Markup.Of(
            $"""
            <svg class="chart scatter {canvas.Name}" viewBox="0 0 {canvas.Width} {Height}" role="img" aria-labelledby="{id}-title {id}-desc">
            <title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>
            <path class="grid" d="M{canvas.Width / 2} 4V{Height - 4}M4 {Height / 2}H{canvas.Width - 4}"/>
            {areas.Select(area => Markup.Of($"""<circle class="area g-{Look(area.Group)}" cx="{X(area.X)}" cy="{Y(area.Y)}" r="{Math.Max(area.Reach * unit, 6)}"/>"""))}
            {points.Select(point => Point(canvas, point, X(point.X), Y(point.Y)))}
            </svg>
            """);
    }

    /// <summary>The look of a group beside its name.</summary>
    public static Markup Sign(int group) => Markup.Of($"""<svg class="sign" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{Shape(group, 8, 8, 5.5)}</svg>""");

    private static Markup Point(Canvas canvas, ScatterPoint point, double x, double y)
    {
        if (point.Label is not { } label)
        {
            return Markup.Of($"""<g class="column"><title>{point.Said}</title>{Shape(point.Group, x, y, 5)}</g>""");
        }

        var atEnd = x > canvas.Width / 2;
        var text = label.Length > LongestLabel ? label[..(LongestLabel - 1)] + "…" : label;
        return Markup.Of(
            $"""<g class="column own"><title>{point.Said}</title><circle class="halo" cx="{x}" cy="{y}" r="11"/>{Shape(point.Group, x, y, 6)}<text class="panel strong" text-anchor="{(atEnd ? "end" : "start")}" x="{x + (atEnd ? -15 : 15)}" y="{y + 4}">{text}</text></g>""");
    }

    private static int Look(int group) => 1 + (group % Looks);

    private static Markup Shape(int group, double x, double y, double size) => Look(group) switch
    {
        1 => Markup.Of($"""<circle class="g-1" cx="{x}" cy="{y}" r="{size}"/>"""),
        2 => Markup.Of($"""<rect class="g-2" x="{x - (size * 0.9)}" y="{y - (size * 0.9)}" width="{size * 1.8}" height="{size * 1.8}"/>"""),
        3 => Markup.Of($"""<path class="g-3" d="M{x} {y - (size * 1.15)}L{x + (size * 1.1)} {y + (size * 0.85)}H{x - (size * 1.1)}Z"/>"""),
        4 => Markup.Of($"""<path class="g-4" d="M{x} {y - (size * 1.25)}L{x + (size * 1.25)} {y}L{x} {y + (size * 1.25)}L{x - (size * 1.25)} {y}Z"/>"""),
        5 => Markup.Of($"""<path class="g-5" d="M{x} {y + (size * 1.15)}L{x + (size * 1.1)} {y - (size * 0.85)}H{x - (size * 1.1)}Z"/>"""),
        _ => Markup.Of($"""<path class="g-6" d="M{x - (size * 0.4)} {y - size}H{x + (size * 0.4)}V{y - (size * 0.4)}H{x + size}V{y + (size * 0.4)}H{x + (size * 0.4)}V{y + size}H{x - (size * 0.4)}V{y + (size * 0.4)}H{x - size}V{y - (size * 0.4)}H{x - (size * 0.4)}Z"/>"""),
    };
}
