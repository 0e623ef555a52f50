using System.Globalization;
using System.Text;
using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>A line: its name and a value a place, null where nothing was measured, which leaves a gap.</summary>
internal sealed record ChartLine(string Name, IReadOnlyList<decimal?> Values);

/// <summary>Several courses on one scale. Each line has a colour, a pattern of dashes and a number of its own, so that colour only repeats what the others say.</summary>
internal static class LinesChart
{
    /// <summary>The most lines that can be told apart.</summary>
    public const int Most = 6;

    private const double Top = 24;
    private const double Bottom = 290;
    private const double Height = 322;
    private const double HalfDigit = 3.6;

    public static Markup Draw(Canvas canvas, IReadOnlyList<string> places, IReadOnlyList<ChartLine> lines, string title, string unit, string description, Func<decimal, string> axis)
    {
        var scale = new ValueScale([0, .. lines.SelectMany(line => line.Values).OfType<decimal>()], Top, Bottom);
        var id = $"lines-{canvas.Name}";
        return Markup.Of(
            $"""
            <svg class="chart {canvas.Name}" viewBox="0 0 {canvas.Width} {Height}" role="img" aria-labelledby="{id}-title {id}-desc">
            <title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>
            <text class="panel" x="0" y="12">{unit}</text>
            {Axis.Grid(canvas, scale, axis)}
            {lines.Take(Most).Select((line, at) => Line(canvas, line, at, scale))}{Numbers(canvas, lines, scale)}
            {places.Select((place, at) => Label(canvas, place, at, places.Count))}
            </svg>
            """);
    }

    /// <summary>The names of the lines beside their strokes.</summary>
    public static Markup Legend(IReadOnlyList<ChartLine> lines) => Markup.Of(
        $"""
        <ol class="legend">{lines.Take(Most).Select((line, at) => Markup.Of($"""<li><svg viewBox="0 0 28 10" width="28" height="10" aria-hidden="true"><path class="line line-{at + 1}" d="M0 5H28"/></svg> {Number(at)} <bdi>{line.Name}</bdi></li>"""))}</ol>
        """);

    private static string Number(int at) => (at + 1).ToString(CultureInfo.InvariantCulture);

    private static double Middle(Canvas canvas, int index, int count) => canvas.Column(index, count) + (canvas.ColumnWidth(count) / 2);

    private static Markup Line(Canvas canvas, ChartLine line, int at, ValueScale scale)
    {
        var path = new StringBuilder();
        var alone = new List<Markup>();
        var last = -1;
        for (var index = 0; index < line.Values.Count; index++)
        {
            if (line.Values[index] is not { } value)
            {
                continue;
            }

            var joined = index > 0 && line.Values[index - 1] is not null;
            path.Append(CultureInfo.InvariantCulture, $"{(joined ? 'L' : 'M')}{Middle(canvas, index, line.Values.Count):0.#} {scale.Y(value):0.#}");
            if (!joined && (index + 1 == line.Values.Count || line.Values[index + 1] is null))
            {
                alone.Add(Markup.Of($"""<circle class="dot line-{at + 1}" cx="{Middle(canvas, index, line.Values.Count)}" cy="{scale.Y(value)}" r="3"/>"""));
            }

            last = index;
        }

        return last < 0 ? Markup.Empty : Markup.Of(
            $"""<path class="line line-{at + 1}" d="{path.ToString()}"/>{alone}""");
    }

    // The number of each line at its end, those of lines that end close together one below the other.
    private static Markup Numbers(Canvas canvas, IReadOnlyList<ChartLine> lines, ValueScale scale)
    {
        const double Apart = 12;
        var lowest = double.NegativeInfinity;
        var ends = lines.Take(Most).Select((line, at) => (At: at, Last: line.Values.ToList().FindLastIndex(value => value is not null), Line: line)).Where(end => end.Last >= 0)
            .Select(end => (end.At, X: Math.Min(Middle(canvas, end.Last, end.Line.Values.Count) + 4, canvas.Right - 4), Y: scale.Y(end.Line.Values[end.Last]!.Value) - 4)).OrderBy(end => end.Y).ToList();
        return Markup.Join(ends.Select(end =>
        {
            lowest = Math.Max(end.Y, lowest + Apart);
            return Markup.Of($"""<text class="tick strong" x="{end.X}" y="{lowest}">{Number(end.At)}</text>""");
        }));
    }

    private static Markup Label(Canvas canvas, string place, int index, int count)
    {
        var every = Math.Max(1, (int)Math.Ceiling(36 / canvas.ColumnWidth(count)));
        return index % every != 0 ? Markup.Empty : Markup.Of($"""<text class="tick" text-anchor="middle" x="{Math.Min(Middle(canvas, index, count), canvas.Width - (place.Length * HalfDigit))}" y="{Height - 12}">{place}</text>""");
    }
}
