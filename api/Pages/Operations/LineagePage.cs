using RetailInsight.Api.Charts;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What is made of what; and of each asset its tables and columns, as far as a model describes them.</summary>
internal static class LineagePage
{
    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, PartitionHistory history, TableColumns columns, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, [], async (request, _, token) =>
        {
            var (words, lineage) = (PartitionWording.Of(request.Common), await history.LineageAsync(token));
            var graph = GraphDrawing.Draw([.. lineage.Select(one => Mark(words, one))], words.Lineage, FigureText.Say(words.LineageSaid, lineage.Count));
            return request.Page(OperationsSection.Lineage, words.Lineage, Markup.Of(
                $"""
                <h1>{words.Lineage}</h1><p class="lead">{words.LineageLead}</p>
                <section class="card"><div class="scroll" tabindex="0" role="region" aria-label="{words.Lineage}"><div class="graph-frame">{graph}</div></div></section>
                {lineage.OrderBy(one => one.DagId is null).Select(one => Asset(request, words, one, columns))}
                """));
        }, cancellationToken);

    private static string Id(string asset) => "asset-" + asset;

    private static GraphMark Mark(PartitionWording words, AssetLineage one)
    {
        var state = one.DagId is null ? "source" : "current";
        var (by, name) = (one.DagId ?? words.ComesIn, PartitionText.NameOf(one.Asset, words));
        return new GraphMark(one.Asset, one.Upstreams, StateMark.Style(state), StateMark.Icon(state), by, "#" + Id(one.Asset), $"{name}: {by}, {Cut(words, one)}", null) { Name = name };
    }

    private static Markup Asset(OperationsRequest request, PartitionWording words, AssetLineage one, TableColumns columns)
    {
        var made = Markup.Join(one.Upstreams.Zip(one.DaysBefore).Select((input, index) => Markup.Of(
            $"""{(index == 0 ? "" : ", ")}<a href="#{Id(input.First)}">{(input.Second == 0 ? PartitionText.NameOf(input.First, words) : FigureText.Say(words.InputDays, PartitionText.NameOf(input.First, words), input.Second))}</a>""")));
        return Markup.Of(
            $"""
            <section class="card asset" id="{Id(one.Asset)}"><h2><bdi>{PartitionText.NameOf(one.Asset, words)}</bdi> <small>{(one.DagId is null ? words.ComesIn : $"{one.DagId} / {one.TaskId}")}</small></h2>
            <dl class="parts"><div><dt>{words.Cut}</dt><dd>{Cut(words, one)}</dd></div>{(one.Upstreams.Count == 0 ? Markup.Empty : Markup.Of($"<div><dt>{words.MadeOf}</dt><dd>{made}</dd></div>"))}</dl>
            <p><a class="next" href="{PartitionText.DaysAddress(request.Today.AddDays(-1), one.Asset)}">{words.SeePartitions}</a></p>
            {one.Tables.Select(table => Table(words, table, columns.Of(table)))}</section>
            """);
    }

    private static Markup Table(PartitionWording words, string table, IReadOnlyList<AssetColumnView>? columns) => columns is null
        ? Markup.Of($"""<h3><bdi>{table}</bdi></h3><p class="lead">{words.ColumnsNotKnown}</p>""")
        : Markup.Of(
            $"""
            <details><summary><bdi>{table}</bdi></summary><div class="scroll" tabindex="0" role="region" aria-label="{table}"><table class="list">
            <thead><tr><th scope="col">{words.Column}</th><th scope="col" class="left">{words.Unit}</th><th scope="col" class="left">{words.Origin}</th><th scope="col" class="left">{words.Meaning}</th></tr></thead>
            <tbody>{columns.Select(column => Markup.Of($"""<tr><th scope="row"><bdi>{column.Name}</bdi></th><td class="left">{column.Unit}</td><td class="left text">{Origin(words, column)}</td><td class="left text" lang="en">{column.Description}</td></tr>"""))}</tbody></table></div></details>
            """);

    private static Markup Origin(PartitionWording words, AssetColumnView column) => column.MadeOf.Count == 0
        ? Markup.Of($"{words.OfTheRun}")
        : Markup.Join(column.MadeOf.Select((origin, index) => Markup.Of($"""{(index == 0 ? "" : ", ")}<bdi>{origin}</bdi>""")));

    private static string Cut(PartitionWording words, AssetLineage one) => one.Grain == "day" ? words.PartitionDay : words.Partition;
}
