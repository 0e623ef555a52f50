using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>Where an hour of a running day stands.</summary>
internal enum HourState
{
    /// <summary>Over, with figures.</summary>
    Done,

    /// <summary>Still running when the figures were published.</summary>
    Running,

    /// <summary>Over without figures: drawn hatched, never as a bar of height zero.</summary>
    Silent,

    /// <summary>Has not begun.</summary>
    ToCome,
}

/// <summary>One hour; amounts in currency units. <paramref name="Note"/> is shown on pointing at it.</summary>
internal sealed record ProgressMark(int Hour, HourState State, decimal? Net, decimal? Typical, string Note)
{
    /// <summary>Annotations and alerts of the hour.</summary>
    public IReadOnlyList<ChartNote> Notes { get; init; } = [];
}

/// <summary>The words of the chart.</summary>
internal sealed record ProgressChartWords(string Title, string Actual, string Typical, string ToCome, string NoSignal, string HourUnit);

/// <summary>A running day by hour: what came in as bars, what is usual as a line across each hour, hours to come dotted.</summary>
internal static class ProgressChart
{
    private const double Top = 40;
    private const double Bottom = 250;
    private const double Height = 276;

    public static Markup Draw(Canvas canvas, IReadOnlyList<ProgressMark> hours, ProgressChartWords words, string description, Func<decimal, string> axis)
    {
        var scale = new ValueScale(hours.SelectMany(hour => (decimal[])[hour.State == HourState.ToCome ? 0 : hour.Net ?? 0, hour.Typical ?? 0]), Top, Bottom);
        var id = $"progress-{canvas.Name}";
        return Markup.Of(
            $"""
            <svg class="chart {canvas.Name}" viewBox="0 0 {canvas.Width} {Height}" role="img" aria-labelledby="{id}-title {id}-desc">
            <title id="{id}-title">{words.Title}</title><desc id="{id}-desc">{description}</desc>
            {Axis.Hatch(id)}
            {Legend(canvas, words, id, hours.Any(hour => hour.State == HourState.Silent))}
            {Axis.Grid(canvas, scale, axis)}
            {hours.Select((hour, index) => Column(canvas, hours.Count, index, hour, scale, words, id))}
            </svg>
            """);
    }

    private static Markup Column(Canvas canvas, int count, int index, ProgressMark hour, ValueScale scale, ProgressChartWords words, string id)
    {
        var width = canvas.ColumnWidth(count);
        var x = canvas.Column(index, count);
        var middle = x + (width / 2);
        var wide = Math.Min(width * 0.66, 28);
        var bar = hour.State switch
        {
            HourState.Silent => Markup.Of($"""<rect class="silent" x="{middle - (wide / 2)}" y="{Top}" width="{wide}" height="{Bottom - Top}" fill="url(#{id}-hatch)"/>"""),
            HourState.ToCome => Axis.Bar("to-come", middle, wide, scale.Y(0), scale.Y(hour.Typical ?? 0)),
            _ => Axis.Bar($"sales{(hour.Net < 0 ? " minus" : "")}{(hour.State == HourState.Running ? " running" : "")}", middle, wide, scale.Y(0), scale.Y(hour.Net ?? 0)),
        };
        var usual = hour is { State: not HourState.ToCome, Typical: { } typical }
            ? Markup.Of($"""<path class="usual" d="M{x + (width * 0.06)} {scale.Y(typical)}H{x + (width * 0.94)}"/>""")
            : Markup.Empty;
        var every = (int)Math.Ceiling(34 / width);
        var label = hour.Hour % every != 0
            ? Markup.Empty
            : Markup.Of($"""<text class="tick" text-anchor="middle" x="{middle}" y="{Height - 4}">{hour.Hour}{words.HourUnit}</text>""");
        return Markup.Of(
            $"""
            <g class="column"><title>{ChartNote.Said(hour.Note, hour.Notes)}</title><rect class="hit" x="{x}" y="{Top}" width="{width}" height="{Bottom - Top}"/>{bar}{usual}{label}{ChartNote.Draw(hour.Notes, middle, Top)}</g>

            """);
    }

    private static Markup Legend(Canvas canvas, ProgressChartWords words, string id, bool silent)
    {
        var step = canvas.Width / 4;
        var hatched = silent
            ? Markup.Of($"""<rect class="silent" x="{step * 3}" y="3" width="10" height="10" rx="2" fill="url(#{id}-hatch)"/><text class="panel" x="{(step * 3) + 15}" y="12">{words.NoSignal}</text>""")
            : Markup.Empty;
        return Markup.Of(
            $"""
            <rect class="sales" x="0" y="3" width="10" height="10" rx="2"/><text class="panel" x="15" y="12">{words.Actual}</text>
            <path class="usual" d="M{step} 8H{step + 12}"/><text class="panel" x="{step + 17}" y="12">{words.Typical}</text>
            <rect class="to-come" x="{step * 2}" y="3" width="10" height="10" rx="2"/><text class="panel" x="{(step * 2) + 15}" y="12">{words.ToCome}</text>{hatched}
            """);
    }
}
