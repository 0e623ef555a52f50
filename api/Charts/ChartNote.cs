using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>What is known of a column beside its figure: an annotation or an alert.</summary>
/// <param name="Sign">One letter.</param>
/// <param name="Text">All of it, for pointing at it and for reading out.</param>
/// <param name="Alert">Whether it is an alert.</param>
internal sealed record ChartNote(string Sign, string Text, bool Alert = false)
{
    private const int MostDrawn = 2;
    private const double Radius = 8;

    /// <summary>
    /// Which columns have room for their marks: where columns are narrower than a mark, none is drawn beside another, those of alerts first. What has
    /// no room is read out and listed all the same.
    /// </summary>
    /// <param name="columns">The notes of each column.</param>
    /// <param name="width">Of a column.</param>
    public static IReadOnlyList<bool> WithRoom(IReadOnlyList<IReadOnlyList<ChartNote>> columns, double width)
    {
        var drawn = new bool[columns.Count];
        var reach = (int)((2 * Radius) / width);
        foreach (var at in Enumerable.Range(0, columns.Count).Where(at => columns[at].Count > 0).OrderBy(at => !columns[at].Any(note => note.Alert)))
        {
            var first = Math.Max(0, at - reach);
            drawn[at] = !drawn.AsSpan(first, Math.Min(columns.Count, at + reach + 1) - first).Contains(true);
        }

        return drawn;
    }

    /// <summary>
    /// The marks of a column, one under the other from <paramref name="top"/>; of many the last says how many more there are. Whoever cannot see them
    /// hears them with the column: <see cref="Said"/>.
    /// </summary>
    public static Markup Draw(IReadOnlyList<ChartNote> notes, double middle, double top)
    {
        var drawn = notes.Count <= MostDrawn ? notes
            : [.. notes.Take(MostDrawn - 1), new ChartNote($"+{notes.Count - MostDrawn + 1}", string.Join("  ", notes.Skip(MostDrawn - 1).Select(note => note.Text)), notes.Skip(MostDrawn - 1).Any(note => note.Alert))];
        return Markup.Join(drawn.Select((note, at) =>
        {
            var y = top + Radius + 1 + (at * ((2 * Radius) + 2));
            return Markup.Of($"""<g class="mark{(note.Alert ? " alerted" : "")}" aria-hidden="true"><title>{note.Text}</title><circle cx="{middle}" cy="{y}" r="{Radius}"/><text text-anchor="middle" x="{middle}" y="{y + 4}">{note.Sign}</text></g>""");
        }));
    }

    /// <summary>What is read out of a column: its own words and those of its marks.</summary>
    public static string Said(string own, IReadOnlyList<ChartNote> notes) => notes.Count == 0 ? own : $"{own}  {string.Join("  ", notes.Select(note => note.Text))}";
}
