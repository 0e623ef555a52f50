using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>One cell. <paramref name="Value"/> null is one without figures, drawn hatched; <paramref name="Label"/> stands in it where there is room.</summary>
internal sealed record HeatCell(decimal? Value, string Label, string Note, bool Closed = false);

/// <summary>
/// Values over weekdays and hours in five shades, from the palest for the fifth of the cells with least to the darkest for the fifth
/// with most: one odd hour cannot make all others look alike.
/// </summary>
internal static class HeatMap
{
    private const int Shades = 5;
    private const double DigitWidth = 6.6;
    private const double Left = 30;
    private const double Top = 22;

    /// <param name="canvas">Size.</param>
    /// <param name="name">Makes element ids unique on a page.</param>
    /// <param name="columns">Labels above.</param>
    /// <param name="rows">Labels at the left.</param>
    /// <param name="cells">By row, then column.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="description">The same in a sentence.</param>
    public static Markup Draw(
        Canvas canvas, string name, IReadOnlyList<string> columns, IReadOnlyList<string> rows, IReadOnlyList<IReadOnlyList<HeatCell>> cells, string title, string description)
    {
        var known = cells.SelectMany(row => row).Select(cell => cell.Value).OfType<decimal>().Order().ToList();
        var width = (canvas.Width - Left) / Math.Max(1, columns.Count);
        var height = Math.Min(34, Math.Max(22, width));
        var id = $"{name}-{canvas.Name}";
        return Markup.Of(
            $"""
            <svg class="chart heat {canvas.Name}" viewBox="0 0 {canvas.Width} {Top + (height * rows.Count) + 2}" role="img" aria-labelledby="{id}-title {id}-desc">
            <title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>
            {Axis.Hatch(id)}
            {columns.Select((label, index) => Column(canvas, label, index, width))}
            {rows.Select((label, index) => Markup.Of($"""<text class="panel" x="0" y="{Top + (height * index) + (height / 2) + 4}">{label}</text>"""))}
            {cells.Select((row, y) => Markup.Join(row.Select((cell, x) => Cell(cell, Left + (width * x), Top + (height * y), width, height, Shade(cell.Value, known), id))))}
            </svg>
            """);
    }

    private static Markup Column(Canvas canvas, string label, int index, double width) => width < 22 && index % canvas.LabelEvery != 0
        ? Markup.Empty
        : Markup.Of($"""<text class="tick" text-anchor="middle" x="{Left + (width * (index + 0.5))}" y="{Top - 8}">{label}</text>""");

    private static int Shade(decimal? value, List<decimal> sorted)
    {
        if (value is not { } known || sorted[0] == sorted[^1])
        {
            return 0;
        }

        var place = sorted.BinarySearch(known);
        while (place > 0 && sorted[place - 1] == known)
        {
            place--;
        }

        return place * Shades / sorted.Count;
    }

    private static Markup Cell(HeatCell cell, double x, double y, double width, double height, int shade, string id)
    {
        if (cell.Closed)
        {
            return Markup.Empty;
        }

        if (cell.Value is null)
        {
            return Markup.Of($"""<g><title>{cell.Note}</title><rect class="silent" x="{x + 1}" y="{y + 1}" width="{width - 2}" height="{height - 2}" rx="3" fill="url(#{id}-hatch)"/></g>""");
        }

        var label = width < Math.Max(30, (cell.Label.Length * DigitWidth) + 4) ? Markup.Empty
            : Markup.Of($"""<text class="on-{shade}" text-anchor="middle" x="{x + (width / 2)}" y="{y + (height / 2) + 4}">{cell.Label}</text>""");
        return Markup.Of($"""<g class="column"><title>{cell.Note}</title><rect class="heat-{shade}" x="{x + 1}" y="{y + 1}" width="{width - 2}" height="{height - 2}" rx="3"/>{label}</g>""");
    }
}
