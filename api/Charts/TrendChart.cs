using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>
/// One day of a trend; <paramref name="Net"/> null is a day without figures, drawn hatched, or empty where it is <paramref name="ToCome"/>.
/// <paramref name="Compared"/> is drawn as a line across the day.
/// </summary>
internal sealed record DayMark(
    decimal? Net, bool Selected, bool Weekend, string DayLabel, string WeekdayLabel, string Address, string Note, decimal? Compared = null, bool ToCome = false)
{
    /// <summary>Whether figures of some stores are missing from it: its top is hatched.</summary>
    public bool Partial { get; init; }

    /// <summary>Annotations and alerts of the day.</summary>
    public IReadOnlyList<ChartNote> Notes { get; init; } = [];
}

/// <summary>Net sales by day; each day leads to its page.</summary>
internal static class TrendChart
{
    private const double Top = 26;
    private const double Bottom = 280;
    private const double Height = 322;
    private const double DigitWidth = 6.6;
    private const double PartialTop = 14;

    public static Markup Draw(Canvas canvas, IReadOnlyList<DayMark> days, string title, string sales, string description, Func<decimal, string> axis)
    {
        var scale = new ValueScale(days.SelectMany(day => (decimal[])[day.Net ?? 0, day.Compared ?? 0]), Top, Bottom);
        var id = $"trend-{canvas.Name}";

        // Labels never touch: fewer of them where they are wide.
        var every = (int)Math.Ceiling(((days.Select(day => day.DayLabel.Length).DefaultIfEmpty(1).Max() * DigitWidth) + 3) / canvas.ColumnWidth(Math.Max(1, days.Count)));
        var room = ChartNote.WithRoom([.. days.Select(day => day.Notes)], canvas.ColumnWidth(Math.Max(1, days.Count)));
        return Markup.Of(
            $"""
            <svg class="chart {canvas.Name}" viewBox="0 0 {canvas.Width} {Height}" role="group" aria-labelledby="{id}-title {id}-desc">
            <title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>
            {Axis.Hatch(id)}
            <text class="panel" x="0" y="12">{sales}</text>
            {Axis.Grid(canvas, scale, axis)}
            {days.Select((day, index) => Column(canvas, days.Count, index, day, scale, id, every, room[index]))}
            </svg>
            """);
    }

    private static Markup Column(Canvas canvas, int count, int index, DayMark day, ValueScale scale, string id, int every, bool hasRoom)
    {
        var width = canvas.ColumnWidth(count);
        var middle = canvas.Column(index, count) + (width / 2);
        var wide = width * 0.72;
        var style = $"sales{(day.Weekend ? " weekend" : "")}{(day.Selected ? " selected" : "")}";
        var bar = day.Net is { } net
            ? Axis.Bar(style, middle, wide, scale.Y(0), scale.Y(net))
            : day.ToCome ? Markup.Empty : Markup.Of($"""<rect class="silent" x="{middle - (wide / 2)}" y="{Bottom - 24}" width="{wide}" height="24" fill="url(#{id}-hatch)"/>""");
        var partial = day is { Partial: true, Net: > 0 and { } known }
            ? Markup.Of($"""<rect class="silent partial" x="{middle - (wide / 2)}" y="{scale.Y(known) - PartialTop}" width="{wide}" height="{PartialTop}" fill="url(#{id}-hatch)"/>""") : Markup.Empty;
        var compared = day.Compared is { } before
            ? Markup.Of($"""<path class="usual" d="M{middle - (width * 0.44)} {scale.Y(before)}H{middle + (width * 0.44)}"/>""")
            : Markup.Empty;
        var label = index % every != 0 ? Markup.Empty
            : Markup.Of($"""<text class="{(day.Selected ? "tick strong" : "tick")}" text-anchor="middle" x="{middle}" y="{Bottom + 18}">{day.DayLabel}</text><text class="{(day.Weekend ? "tick strong" : "tick")}" text-anchor="middle" x="{middle}" y="{Bottom + 34}">{day.WeekdayLabel}</text>""");

        // The marks stand beside the link: their letters are no words of its name.
        var said = ChartNote.Said(day.Note, day.Notes);
        return Markup.Of(
            $"""
            <a href="{day.Address}" aria-label="{said}"{(day.Selected ? Markup.Of($" aria-current=\"date\"") : Markup.Empty)}><title>{said}</title><rect class="hit" x="{middle - (width / 2)}" y="{Top}" width="{width}" height="{Height - Top}"/>{bar}{partial}{compared}</a>{(hasRoom ? ChartNote.Draw(day.Notes, middle, Top) : Markup.Empty)}{label}

            """);
    }
}
