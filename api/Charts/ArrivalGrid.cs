using System.Globalization;
using System.Text;
using RetailInsight.Api.Health;
using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>A day of the grid.</summary>
/// <param name="Label">Above the column; empty for none.</param>
/// <param name="Address">Where the column leads.</param>
/// <param name="Note">Shown on pointing at it.</param>
internal sealed record ArrivalDay(string Label, string Address, string Note);

/// <summary>
/// Stores over days, a small square each. All squares of a kind are one path and all of a column one link, so that tens of thousands of
/// them are a light page.
/// </summary>
internal static class ArrivalGrid
{
    // Pixels above the first row.
    private const int Top = 20;

    // Pixels from one column and one row to the next; the names beside the rows are as high, as the style sheet says.
    private static readonly (int Column, int Row) Small = (9, 14);
    private static readonly (int Column, int Row) Large = (22, 22);

    /// <param name="days">Columns.</param>
    /// <param name="rows">By row, then column.</param>
    /// <param name="isLarge">Whether there is room for larger squares.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="description">The same in a sentence.</param>
    public static Markup Draw(IReadOnlyList<ArrivalDay> days, IReadOnlyList<IReadOnlyList<Arrival>> rows, bool isLarge, string title, string description)
    {
        var size = isLarge ? Large : Small;
        var (width, height) = (days.Count * size.Column, Top + (rows.Count * size.Row));
        return Markup.Of(
            $"""
            <svg class="chart arrivals" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="group" aria-labelledby="arrivals-title arrivals-desc">
            <title id="arrivals-title">{title}</title><desc id="arrivals-desc">{description}</desc>
            {Axis.Hatch("arrivals")}
            <path class="a-complete" d="{Squares(rows, Arrival.Complete, size)}"/><path class="a-late" d="{Squares(rows, Arrival.Late, size)}"/>
            <path class="a-missing" fill="url(#arrivals-hatch)" d="{Squares(rows, Arrival.Missing, size)}"/><path class="a-never" d="{Squares(rows, Arrival.NeverSent, size)}"/>
            <path class="gaps" d="{Markup.Join(Enumerable.Range(1, days.Count - 1).Select(index => Markup.Of($"M{(index * size.Column) - 0.5} {Top}V{height}")))}"/>
            {days.Select((day, index) => Markup.Of($"""<a href="{day.Address}" aria-label="{day.Note}"><title>{day.Note}</title><rect class="hit" x="{index * size.Column}" y="0" width="{size.Column}" height="{height}"/></a>"""))}
            {days.Select((day, index) => day.Label.Length == 0 ? Markup.Empty : Markup.Of($"""<text class="tick" x="{index * size.Column}" y="12">{day.Label}</text>"""))}
            </svg>
            """);
    }

    /// <summary>A square of a kind, for the legend.</summary>
    public static Markup Key(Arrival kind) => Markup.Of(
        $"""<svg class="key" width="12" height="12" aria-hidden="true">{(kind == Arrival.Missing ? Axis.Hatch("key") : kind == Arrival.Late ? Markup.Of($"""<path class="a-complete" d="{Square(Arrival.Complete, 1, 0, 1, 10, 12)}"/>""") : Markup.Empty)}<path class="{Style(kind)}" {Fill(kind)} d="{Square(kind, 1, 0, 1, 10, 12)}"/></svg>""");

    private static Markup Fill(Arrival kind) => kind == Arrival.Missing ? Markup.Of($"""fill="url(#key-hatch)" """) : Markup.Empty;

    private static string Style(Arrival kind) => kind switch
    {
        Arrival.Complete => "a-complete",
        Arrival.Late => "a-late",
        Arrival.Missing => "a-missing",
        _ => "a-never",
    };

    private static string Squares(IReadOnlyList<IReadOnlyList<Arrival>> rows, Arrival kind, (int Column, int Row) size)
    {
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Count; x++)
            {
                if (!IsDrawn(rows[y][x], kind))
                {
                    continue;
                }

                // Neighbours alike are one shape: lines of the ground part them. Crosses stay apart.
                var alike = 1;
                while (kind != Arrival.NeverSent && x + alike < rows[y].Count && IsDrawn(rows[y][x + alike], kind))
                {
                    alike++;
                }

                path.Append(Square(kind, x * size.Column, Top + (y * size.Row) + 1, size.Column / 8, (alike * size.Column) - 1, size.Row - 2));
                x += alike - 1;
            }
        }

        return path.ToString();
    }

    // What came late is complete: it stands before the same ground.
    private static bool IsDrawn(Arrival cell, Arrival kind) => cell == kind || (cell, kind) == (Arrival.Late, Arrival.Complete);

    // Kinds differ in shape too: whole, lower half, whole and hatched, crossed out.
    private static string Square(Arrival kind, int x, int y, int inset, int width, int height) => kind switch
    {
        Arrival.Late => string.Create(CultureInfo.InvariantCulture, $"M{x} {y + (height / 2)}h{width}v{height - (height / 2)}h-{width}z"),
        Arrival.NeverSent => string.Create(CultureInfo.InvariantCulture, $"M{x + inset} {y + inset + 1}l{width - (2 * inset)} {height - (2 * inset) - 2}m0-{height - (2 * inset) - 2}l-{width - (2 * inset)} {height - (2 * inset) - 2}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"M{x} {y}h{width}v{height}h-{width}z"),
    };
}
