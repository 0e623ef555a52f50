using RetailInsight.Api.Charts;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What is made of what; and of one asset its tables and columns, as far as a model describes them.</summary>
internal static class LineagePage
{
    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, PartitionHistory history, TableColumns columns, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["asset"], async (request, query, token) =>
        {
            var lineage = await history.LineageAsync(token);
            var chosen = query.Text("asset") is { } named ? lineage.FirstOrDefault(one => one.Asset == named) : null;
            if (chosen is null && query.Text("asset") is not null)
            {
                return null;
            }

            var words = PartitionWording.Of(request.Common);
            var graph = GraphDrawing.Draw([.. lineage.Select(one => Mark(request, words, one))], words.Lineage, FigureText.Say(words.LineageSaid, lineage.Count));
            return request.Page(OperationsSection.Lineage, words.Lineage, Markup.Of(
                $"""
                <h1>{words.Lineage}</h1><p class="lead">{words.LineageLead}</p>
                <section class="card"><div class="scroll" tabindex="0" role="region" aria-label="{words.Lineage}"><div class="graph-frame">{graph}</div></div></section>
                {(chosen is null ? Markup.Empty : Chosen(request, words, chosen, columns))}
                <section class="card"><div class="scroll" tabindex="0" role="region" aria-label="{words.Asset}"><table class="list">
                <thead><tr><th scope="col">{words.Asset}</th><th scope="col" class="left">{words.Cut}</th><th scope="col" class="left">{words.MadeBy}</th><th scope="col" class="left">{words.MadeOf}</th></tr></thead>
                <tbody>{lineage.Select(one => Row(words, one))}</tbody></table></div></section>
                """));
        }, cancellationToken);

    private static string Address(string asset) => $"{OperationsPages.PathOf(OperationsSection.Lineage)}?asset={Uri.EscapeDataString(asset)}#chosen";

    private static GraphMark Mark(OperationsRequest request, PartitionWording words, AssetLineage one)
    {
        var state = one.DagId is null ? "source" : "current";
        var by = one.DagId ?? words.ComesIn;
        var name = PartitionText.NameOf(one.Asset, words);
        return new GraphMark(one.Asset, one.Upstreams, StateMark.Style(state), StateMark.Icon(state), by, Address(one.Asset), $"{name}: {by}, {Cut(words, one)}", null) { Name = name };
    }

    private static Markup Row(PartitionWording words, AssetLineage one) => Markup.Of(
        $"""
        <tr><th scope="row"><a href="{Address(one.Asset)}">{PartitionText.NameOf(one.Asset, words)}</a></th><td class="left">{Cut(words, one)}</td><td class="left">{By(words, one)}</td><td class="left text">{MadeOf(words, one)}</td></tr>
        """);

    private static Markup Chosen(OperationsRequest request, PartitionWording words, AssetLineage one, TableColumns columns)
    {
        var origin = MadeOf(words, one);
        return Markup.Of(
            $"""
            <section class="card" id="chosen"><h2><bdi>{PartitionText.NameOf(one.Asset, words)}</bdi> <small>{By(words, one)}</small></h2>
            <p><a class="next" href="{PartitionText.DaysAddress(request.Today.AddDays(-1), one.Asset)}">{words.SeePartitions}</a></p>
            {(one.Upstreams.Count == 0 ? Markup.Empty : Markup.Of($"""<p class="note">{FigureText.Say(words.OriginNote, origin)}</p>"""))}
            {one.Tables.Select(table => Table(words, table, columns.Of(table)))}</section>
            """);
    }

    private static Markup Table(PartitionWording words, string table, IReadOnlyList<AssetColumnView>? columns) => columns is null
        ? Markup.Of($"""<h3><bdi>{table}</bdi></h3><p class="lead">{words.ColumnsNotKnown}</p>""")
        : Markup.Of(
            $"""
            <details><summary><bdi>{table}</bdi></summary><div class="scroll" tabindex="0" role="region" aria-label="{table}"><table class="list">
            <thead><tr><th scope="col">{words.Column}</th><th scope="col" class="left">{words.Unit}</th><th scope="col" class="left">{words.Origin}</th><th scope="col" class="left">{words.Meaning}</th></tr></thead>
            <tbody>{columns.Select(column => Markup.Of($"""<tr><th scope="row"><bdi>{column.Name}</bdi></th><td class="left">{column.Unit}</td><td class="left">{words.NotKnown}</td><td class="left text" lang="en">{column.Description}</td></tr>"""))}</tbody></table></div></details>
            """);

    private static string By(PartitionWording words, AssetLineage one) => one.DagId is null ? words.ComesIn : $"{one.DagId} / {one.TaskId}";

    private static string Cut(PartitionWording words, AssetLineage one) => one.Grain == "day" ? words.PartitionDay : words.Partition;

    private static string MadeOf(PartitionWording words, AssetLineage one) => string.Join(", ", one.Upstreams.Zip(one.DaysBefore).Select(input =>
        input.Second == 0 ? PartitionText.NameOf(input.First, words) : FigureText.Say(words.InputDays, PartitionText.NameOf(input.First, words), input.Second)));
}
