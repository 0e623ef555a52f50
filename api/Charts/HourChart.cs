using System.Globalization;
using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>What the door counters of an hour delivered.</summary>
internal enum CounterState
{
    /// <summary>No counter minute was expected: closed, or no counter installed.</summary>
    NotExpected,

    /// <summary>Every expected minute.</summary>
    Complete,

    /// <summary>Some of the expected minutes.</summary>
    Partial,

    /// <summary>None: drawn hatched, never as a bar of height zero.</summary>
    Silent,
}

/// <summary>
/// One hour of the business date; <paramref name="Net"/> null is an hour of which no receipt came, drawn hatched; <paramref name="Note"/> is shown
/// on pointing at it and read out.
/// </summary>
internal sealed record HourMark(int Hour, decimal? Net, long Receipts, long? Visitors, CounterState Counter, string Note)
{
    /// <summary>Annotations and alerts of the hour.</summary>
    public IReadOnlyList<ChartNote> Notes { get; init; } = [];
}

/// <summary>The words of the chart.</summary>
internal sealed record HourChartWords(string Title, string Sales, string Visitors, string Receipts, string NoSignal, string HourUnit);

/// <summary>
/// Net sales by hour above, people below, on one hour axis. Receipts stand inside the visitors they came from, so the filled
/// share of a bar is the conversion.
/// </summary>
internal static class HourChart
{
    private const double SalesTop = 26;
    private const double SalesBottom = 168;
    private const double PeopleTop = 212;
    private const double PeopleBottom = 300;
    private const double Height = 322;

    /// <param name="canvas">Size.</param>
    /// <param name="hours">In order.</param>
    /// <param name="words">In the reader's language.</param>
    /// <param name="description">What the chart shows, in a sentence.</param>
    /// <param name="axis">Writes an amount briefly.</param>
    public static Markup Draw(Canvas canvas, IReadOnlyList<HourMark> hours, HourChartWords words, string description, Func<decimal, string> axis)
    {
        var sales = new ValueScale(hours.Select(hour => hour.Net ?? 0), SalesTop, SalesBottom);
        var people = new ValueScale(
            hours.SelectMany(hour => (decimal[])[hour.Receipts, hour.Visitors ?? 0]), PeopleTop, PeopleBottom);
        var id = $"hours-{canvas.Name}";
        return Markup.Of(
            $"""
            <svg class="chart {canvas.Name}" viewBox="0 0 {canvas.Width} {Height}" role="img" aria-labelledby="{id}-title {id}-desc">
            <title id="{id}-title">{words.Title}</title><desc id="{id}-desc">{description}</desc>
            {Axis.Hatch(id)}
            <text class="panel" x="0" y="12">{words.Sales}</text>
            {Axis.Grid(canvas, sales, axis)}
            {Legend(canvas, words, id)}
            {Axis.Grid(canvas, people, value => value.ToString("#,0", CultureInfo.InvariantCulture))}
            {hours.Select((hour, index) => Column(canvas, hours.Count, index, hour, sales, people, id))}
            {hours.Select((hour, index) => Label(canvas, hours.Count, index, hour, words))}
            </svg>
            """);
    }

    private static Markup Column(Canvas canvas, int count, int index, HourMark hour, ValueScale sales, ValueScale people, string id)
    {
        var width = canvas.ColumnWidth(count);
        var x = canvas.Column(index, count);
        var wide = Math.Min(width * 0.72, 30);
        var narrow = wide * 0.5;
        var middle = x + (width / 2);
        var visitors = hour switch
        {
            { Counter: CounterState.Silent } => Markup.Of(
                $"""<rect class="silent" x="{middle - (wide / 2)}" y="{PeopleTop}" width="{wide}" height="{PeopleBottom - PeopleTop}" fill="url(#{id}-hatch)"/>"""),
            { Visitors: { } known } => Axis.Bar(
                hour.Counter == CounterState.Partial ? "visitors partial" : "visitors", middle, wide, people.Y(0), people.Y(known)),
            _ => Markup.Empty,
        };
        var sold = hour.Net is { } net
            ? Axis.Bar(net < 0 ? "sales minus" : "sales", middle, wide, sales.Y(0), sales.Y(net))
            : Markup.Of($"""<rect class="silent" x="{middle - (wide / 2)}" y="{SalesTop}" width="{wide}" height="{SalesBottom - SalesTop}" fill="url(#{id}-hatch)"/>""");
        return Markup.Of(
            $"""
            <g class="column"><title>{ChartNote.Said(hour.Note, hour.Notes)}</title><rect class="hit" x="{x}" y="{SalesTop}" width="{width}" height="{PeopleBottom - SalesTop}"/>{sold}{visitors}{Axis.Bar("receipts", middle, narrow, people.Y(0), people.Y(hour.Receipts))}{ChartNote.Draw(hour.Notes, middle, SalesTop)}</g>

            """);
    }

    private static Markup Label(Canvas canvas, int count, int index, HourMark hour, HourChartWords words)
    {
        // Long days get fewer labels, so that they never touch.
        var every = (int)Math.Ceiling(34 / canvas.ColumnWidth(count));
        return hour.Hour % every != 0
            ? Markup.Empty
            : Markup.Of($"""<text class="tick" text-anchor="middle" x="{canvas.Column(index, count) + (canvas.ColumnWidth(count) / 2)}" y="{Height - 4}">{hour.Hour}{words.HourUnit}</text>""");
    }

    private static Markup Legend(Canvas canvas, HourChartWords words, string id)
    {
        const double Baseline = PeopleTop - 14;
        var second = canvas.Width * 0.36;
        var third = canvas.Width * 0.7;
        return Markup.Of(
            $"""
            <rect class="visitors" x="0" y="{Baseline - 9}" width="10" height="10" rx="2"/><text class="panel" x="15" y="{Baseline}">{words.Visitors}</text>
            <rect class="receipts" x="{second}" y="{Baseline - 9}" width="10" height="10" rx="2"/><text class="panel" x="{second + 15}" y="{Baseline}">{words.Receipts}</text>
            <rect class="silent" x="{third}" y="{Baseline - 9}" width="10" height="10" rx="2" fill="url(#{id}-hatch)"/><text class="panel" x="{third + 15}" y="{Baseline}">{words.NoSignal}</text>
            """);
    }
}
