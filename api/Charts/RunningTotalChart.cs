using System.Globalization;
using System.Text;
using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>A day of a running total, in currency units; null where it is not known yet.</summary>
internal sealed record RunningMark(string Label, decimal? Now, decimal? Compared, decimal? Target)
{
    /// <summary>What is expected by a day to come, with its range; null where nothing is.</summary>
    public (decimal Low, decimal Expected, decimal High)? Coming { get; init; }
}

/// <summary>The words of the chart.</summary>
internal sealed record RunningTotalWords(string Title, string Now, string Compared, string Target)
{
    /// <summary>What is expected, and its range; empty where a chart has none.</summary>
    public (string Expected, string Range) Coming { get; init; } = ("", "");

    /// <summary>Tells the charts of one page apart.</summary>
    public string Id { get; init; } = "running";
}

/// <summary>Net sales added up over a period beside what they are measured by: the way to the target.</summary>
internal static class RunningTotalChart
{
    private const double Top = 50;
    private const double Bottom = 290;
    private const double Height = 322;

    public static Markup Draw(Canvas canvas, IReadOnlyList<RunningMark> days, RunningTotalWords words, string description, Func<decimal, string> axis)
    {
        var scale = new ValueScale(days.SelectMany(day => (decimal[])[day.Now ?? 0, day.Compared ?? 0, day.Target ?? 0, day.Coming?.High ?? 0]), Top, Bottom);
        var id = $"{words.Id}-{canvas.Name}";
        var last = days.ToList().FindLastIndex(day => day.Now is not null);
        var end = last < 0 ? Markup.Empty : Markup.Of($"""<circle class="end" cx="{Middle(canvas, last, days.Count)}" cy="{scale.Y(days[last].Now!.Value)}" r="4"/>""");
        return Markup.Of(
            $"""
            <svg class="chart {canvas.Name}" viewBox="0 0 {canvas.Width} {Height}" role="img" aria-labelledby="{id}-title {id}-desc">
            <title id="{id}-title">{words.Title}</title><desc id="{id}-desc">{description}</desc>
            {Legend(canvas, words, days)}
            {Axis.Grid(canvas, scale, axis)}
            {Band(canvas, days, scale)}
            {Line("expected-line", canvas, days, day => day.Coming?.Expected, scale)}
            {Line("compared-line", canvas, days, day => day.Compared, scale)}
            {Line("target-line", canvas, days, day => day.Target, scale)}
            {Line("now-line", canvas, days, day => day.Now, scale)}{end}
            {days.Select((day, index) => Label(canvas, day, index, days.Count))}
            </svg>
            """);
    }

    private static double Middle(Canvas canvas, int index, int count) => canvas.Column(index, count) + (canvas.ColumnWidth(count) / 2);

    private static Markup Line(string style, Canvas canvas, IReadOnlyList<RunningMark> days, Func<RunningMark, decimal?> read, ValueScale scale)
    {
        var path = new StringBuilder();
        for (var index = 0; index < days.Count; index++)
        {
            if (read(days[index]) is { } value)
            {
                path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{Middle(canvas, index, days.Count):0.#} {scale.Y(value):0.#}");
            }
        }

        return path.Length == 0 ? Markup.Empty : Markup.Of($"""<path class="{style}" d="{path.ToString()}"/>""");
    }

    // From low to high and back.
    private static Markup Band(Canvas canvas, IReadOnlyList<RunningMark> days, ValueScale scale)
    {
        var known = Enumerable.Range(0, days.Count).Where(at => days[at].Coming is not null).ToList();
        if (known.Count < 2)
        {
            return Markup.Empty;
        }

        string Point(int at, decimal value) => string.Create(CultureInfo.InvariantCulture, $"{Middle(canvas, at, days.Count):0.#} {scale.Y(value):0.#}");
        var path = "M" + string.Join('L', known.Select(at => Point(at, days[at].Coming!.Value.High)).Concat(known.AsEnumerable().Reverse().Select(at => Point(at, days[at].Coming!.Value.Low)))) + "Z";
        return Markup.Of($"""<path class="band" d="{path}"/>""");
    }

    private static Markup Label(Canvas canvas, RunningMark day, int index, int count)
    {
        var every = Math.Max(1, (int)Math.Ceiling(24 / canvas.ColumnWidth(count)));
        return index % every != 0 ? Markup.Empty : Markup.Of($"""<text class="tick" text-anchor="middle" x="{Middle(canvas, index, count)}" y="{Height - 12}">{day.Label}</text>""");
    }

    private static Markup Legend(Canvas canvas, RunningTotalWords words, IReadOnlyList<RunningMark> days)
    {
        (string Style, string Name, bool Drawn)[] lines =
        [
            ("now-line", words.Now, true),
            ("compared-line", words.Compared, days.Any(day => day.Compared is not null)),
            ("target-line", words.Target, days.Any(day => day.Target is not null)),
            ("expected-line", words.Coming.Expected, days.Any(day => day.Coming is not null)),
            ("band band-key", words.Coming.Range, days.Count(day => day.Coming is not null) > 1),
        ];
        var (x, y) = (0.0, 12.0);
        var drawn = new List<Markup>();
        foreach (var line in lines.Where(line => line.Drawn))
        {
            // A letter takes about 7.5 units, one of Japanese 12; what does not fit beside the others stands below them.
            var width = 19 + line.Name.Sum(letter => letter < 0x2000 ? 7.5 : 12);
            (x, y) = x > 0 && x + width > canvas.Width ? (0, y + 17) : (x, y);
            drawn.Add(Markup.Of($"""<path class="{line.Style}" d="M{x} {y - 4}H{x + 14}"/><text class="panel" x="{x + 19}" y="{y}">{line.Name}</text>"""));
            x += width + 14;
        }

        return Markup.Join(drawn);
    }
}
