using System.Globalization;
using RetailInsight.Api.Charts;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The page of a run as HTML. What may change while it runs stands in elements the script keeps up to date.</summary>
internal sealed class RunPageView(OperationsRequest request, RunGraph graph, IReadOnlyList<ActionEntry> history, string? done, DateTimeOffset now)
{
    private const int NamedStores = 6;

    private readonly OperationsWording _words = request.Words;
    private readonly RunWording _run = RunWording.Of(request.Common);
    private readonly Wording _common = request.Common;
    private readonly RunHead _head = graph.Run;

    // Only a page of a run that is under way asks for news.
    private Markup Live(string id) => _head.State is "queued" or "running" ? Markup.Of($""" id="{id}" data-live="3" """) : Markup.Of($""" id="{id}" """);

    public Markup Render()
    {
        var tasks = new RunTasksView(request, graph, Live);
        return Markup.Of(
            $"""
            {Notice()}
            <div class="headline"{Live("head")}><p class="crumb">{FigureText.Say(_run.Title, _head.RunId)}</p><h1><bdi>{_head.DagId}</bdi> <span class="of">{request.Partition(_head.PartitionKey)}</span> {StateMark.Badge(_head.State, _words)}</h1>
            {(_head.Blocker is { } blocker ? Markup.Of($"""<p class="lead">{request.Say(blocker)}</p>""") : Markup.Empty)}
            {Facts()}</div>
            <section class="card"><h2>{_run.Graph}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_run.Graph}"><div class="graph-frame"{Live("graph")}>{Graph()}</div></div></section>
            <section class="card"><h2>{_run.Timeline}</h2><div{Live("timeline")}>{new RunTimeline(request, graph, now).Render()}</div></section>
            {tasks.Render()}
            {(history.Count == 0 ? Markup.Empty : Markup.Of($"""<section class="card"><h2>{_run.History}</h2>{ActionsPage.Table(request, history, withRun: false)}</section>"""))}
            """);
    }

    private Markup Notice() => done switch
    {
        "applied" => Markup.Of($"""<p class="good-news" role="status">{_run.Done}</p>"""),
        "started" => Markup.Of($"""<p class="good-news" role="status">{_run.StartedNow}</p>"""),
        _ => Markup.Empty,
    };

    private Markup Facts()
    {
        var cause = _head switch
        {
            { Schedule: { } schedule } => FigureText.Say(_run.ByClock, schedule),
            { Changes: { } changes } => FigureText.Say(_run.ByChanges, FigureText.Count(changes)),
            { RunType: "backfill", Actor: { } by } => FigureText.Say(_run.ByBackfill, by),
            { Actor: { } actor } => FigureText.Say(_run.ByHand, actor),
            _ => RunListPage.CauseOf(_head.RunType, _words),
        };
        var stores = _head.Stores is not { } some ? _run.AllStores
            : some.Count <= NamedStores ? string.Join(", ", some) : FigureText.Say(_run.StoreCount, FigureText.Count(some.Count));
        var version = FigureText.Say(_run.VersionOf, _head.VersionId, request.Moment(_head.VersionAt)) + (_head.IsCurrent ? "" : $" · {_run.VersionOld}");
        var same = OperationsRequest.DayOf(_head.PartitionKey) is { } day
            ? Markup.Of($"""<p><a class="next" href="{OperationsPages.DayAddress(day, _head.DagId)}">{_run.SamePartition}</a> <a class="next" href="{PartitionText.DaysAddress(day)}">{PartitionWording.Of(_common).OfDay}</a></p>""") : Markup.Empty;
        return Markup.Of(
            $"""
            <dl class="parts">{Fact(_words.Cause, cause)}{Fact(_run.Stores, stores)}{Fact(_run.Priority, _run.Priorities[_head.PriorityClass])}{Fact(_words.Created, request.Moment(_head.CreatedAt))}
            {Fact(_words.Started, request.Moment(_head.StartedAt))}{Fact(_run.Ended, request.Moment(_head.EndedAt))}{Fact(_words.Duration, request.Duration(_head.StartedAt, _head.EndedAt))}
            {(_head.Deadline is { } deadline ? Fact(_run.Deadline, Due(deadline)) : Markup.Empty)}
            {(_head.Generation > 1 ? Fact(_run.Generation, FigureText.Say(_run.Generations, _head.Generation - 1)) : Markup.Empty)}{Fact(_run.Version, version)}</dl>{same}
            """);
    }

    private string Due(DeadlineView deadline)
    {
        var (at, expected) = (request.Moment(deadline.At), request.Moment(deadline.ExpectedEnd));
        return deadline switch
        {
            { MissedSince: not null } => FigureText.Say(_run.DeadlineMissed, at),
            { LikelyLateSince: not null, ExpectedEnd: not null } => FigureText.Say(_run.DeadlineAtRisk, at, expected),
            { ExpectedEnd: not null } => FigureText.Say(_run.DeadlineExpected, at, expected),
            _ => at,
        };
    }

    private static Markup Fact(string name, string value) => Markup.Of($"<div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div>");

    private Markup Graph() => GraphDrawing.Draw(
        [.. graph.Nodes.Select(Mark)], _run.Graph, FigureText.Say(_run.GraphSaid, _head.DagId, graph.Nodes.Count));

    private GraphMark Mark(GraphNode node)
    {
        var (state, instances) = RunTasksView.StateOf(graph, node);
        var ended = instances.Count(one => RunTasksView.IsEnded(one.State));
        var isMany = node.IsMapped && instances.Any(one => one.MapKey is not null);
        var name = StateMark.Name(state, _words);
        var took = instances is [{ StartedAt: { } start, EndedAt: { } end }] && !isMany ? $" · {request.Duration(end - start)}" : "";
        var second = isMany ? FigureText.Say(_run.MappedCount, FigureText.Count(ended), FigureText.Count(instances.Count)) : name + took;
        return new GraphMark(
            node.TaskId, node.Upstreams, StateMark.Style(state), StateMark.Icon(state), second, $"#task-{node.TaskId}", $"{node.TaskId}: {name}{(isMany ? $", {second}" : took)}",
            isMany ? (double)ended / instances.Count : null);
    }
}
