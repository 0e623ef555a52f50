using System.Globalization;
using System.Text;
using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>A node as it is drawn.</summary>
/// <param name="Id">Unique in the graph.</param>
/// <param name="Upstreams">What goes before it.</param>
/// <param name="Style">Class of its colour.</param>
/// <param name="Icon">16 px square.</param>
/// <param name="Second">Its second line.</param>
/// <param name="Address">Where it leads.</param>
/// <param name="Note">Shown on pointing at it.</param>
/// <param name="Done">Share of a mapped task that has ended; null for a task that runs once.</param>
internal sealed record GraphMark(string Id, IReadOnlyList<string> Upstreams, string Style, Markup Icon, string Second, string Address, string Note, double? Done)
{
    /// <summary>What is written in it.</summary>
    public string Name { get; init; } = Id;
}

/// <summary>A graph of tasks from left to right.</summary>
internal static class GraphDrawing
{
    private const double Margin = 4;
    private const int LongestName = 23;

    public static Markup Draw(IReadOnlyList<GraphMark> marks, string title, string description)
    {
        var graph = LayeredGraph.Of([.. marks.Select(mark => (mark.Id, mark.Upstreams))]);
        var (width, height) = (graph.Width + (2 * Margin), graph.Height + (2 * Margin));
        return Markup.Of(
            $"""
            <svg class="diagram graph" width="{width}" height="{height}" viewBox="{-Margin} {-Margin} {width} {height}" role="group" aria-labelledby="graph-title graph-desc">
            <title id="graph-title">{title}</title><desc id="graph-desc">{description}</desc>
            {graph.Edges.Select(way => Markup.Of($"""<path class="edge" d="{Way(way)}"/><circle class="arrives" cx="{way[^1].X}" cy="{way[^1].Y}" r="3"/>"""))}
            {marks.Select(mark => Node(mark, graph.Places[mark.Id]))}
            </svg>
            """);
    }

    private static Markup Node(GraphMark mark, (double X, double Y) at)
    {
        var name = mark.Name.Length <= LongestName ? mark.Name : mark.Name[..(LongestName - 1)] + "…";
        var done = mark.Done is not { } share ? Markup.Empty : Markup.Of(
            $"""<rect class="all" x="{at.X + 36}" y="{at.Y + 39}" width="140" height="3" rx="1.5"/><rect class="done" x="{at.X + 36}" y="{at.Y + 39}" width="{140 * share}" height="3" rx="1.5"/>""");
        return Markup.Of(
            $"""
            <a href="{mark.Address}" aria-label="{mark.Note}" class="{mark.Style}"><title>{mark.Note}</title><rect class="node" x="{at.X}" y="{at.Y}" width="{LayeredGraph.NodeWidth}" height="{LayeredGraph.NodeHeight}" rx="9"/>
            <rect class="tile" x="{at.X + 7}" y="{at.Y + 12}" width="22" height="22" rx="6"/><g transform="translate({at.X + 11} {at.Y + 16}) scale(.875)">{mark.Icon}</g>{done}</a>
            <text class="name" aria-hidden="true" x="{at.X + 36}" y="{at.Y + 20}">{name}</text><text class="second" aria-hidden="true" x="{at.X + 36}" y="{at.Y + 35}">{mark.Second}</text>
            """);
    }

    // Between layers a curve, along a lane straight.
    private static string Way(IReadOnlyList<(double X, double Y)> way)
    {
        var path = new StringBuilder();
        path.Append(CultureInfo.InvariantCulture, $"M{way[0].X:0.#} {way[0].Y:0.#}");
        for (var index = 1; index < way.Count; index++)
        {
            var (from, to) = (way[index - 1], way[index]);
            var middle = (from.X + to.X) / 2;
            path.Append(CultureInfo.InvariantCulture, $"C{middle:0.#} {from.Y:0.#} {middle:0.#} {to.Y:0.#} {to.X:0.#} {to.Y:0.#}");
        }

        return path.ToString();
    }
}
