using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>One number of groups: how stable it is, and what is said of it.</summary>
internal sealed record StabilityColumn(string Label, decimal Value, bool IsAccepted, bool IsChosen, string Said);

/// <summary>Shares by column against a least one that is asked for: what stays below is pale.</summary>
internal static class StabilityChart
{
    private const double Height = 168;
    private const double Top = 14;
    private const double Bottom = 144;
    private const double WidestBar = 48;

    /// <param name="canvas">Size.</param>
    /// <param name="name">Makes element ids unique on a page.</param>
    /// <param name="columns">Values from 0 to 1.</param>
    /// <param name="least">The line.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="description">The same in a sentence.</param>
    public static Markup Draw(Canvas canvas, string name, IReadOnlyList<StabilityColumn> columns, decimal least, string title, string description)
    {
        var id = $"{name}-{canvas.Name}";
        var width = Math.Min(WidestBar, canvas.ColumnWidth(columns.Count) * 0.6);
        double Y(decimal value) => Bottom - ((Bottom - Top) * (double)Math.Clamp(value, 0, 1));
        return Markup.Of(
            $"""
            <svg class="chart stability {canvas.Name}" viewBox="0 0 {canvas.Width} {Height}" role="img" aria-labelledby="{id}-title {id}-desc">
            <title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>
            {new[] { 0, 0.5m, 1 }.Select(tick => Markup.Of($"""<path class="{(tick == 0 ? "base" : "grid")}" d="M{Canvas.Left} {Y(tick)}H{canvas.Right}"/><text class="tick" text-anchor="end" x="{Canvas.Left - 6}" y="{Y(tick) + 3.5}">{FigureText.Number(tick, 1)}</text>"""))}
            {columns.Select((column, at) => Column(column, canvas.Column(at, columns.Count) + (canvas.ColumnWidth(columns.Count) / 2)))}
            <path class="target-line" d="M{Canvas.Left} {Y(least)}H{canvas.Right}"/>
            </svg>
            """);

        Markup Column(StabilityColumn column, double middle) => Markup.Of(
            $"""<g class="column"><title>{column.Said}</title>{Axis.Bar(column.IsAccepted ? "sales" : "visitors partial", middle, width, Bottom, Y(column.Value))}<text class="tick{(column.IsChosen ? " strong" : "")}" text-anchor="middle" x="{middle}" y="{Bottom + 16}">{column.Label}</text></g>""");
    }
}
