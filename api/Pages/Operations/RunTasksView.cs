using System.Globalization;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The tasks of a run as a table, in which those are chosen that something shall be done to.</summary>
internal sealed class RunTasksView(OperationsRequest request, RunGraph graph, Func<string, Markup> live)
{
    private const int MostKeys = 100;

    // The worst first: of many alike a mapped task stands as its worst does.
    private static readonly string[] ByGravity =
        ["failed", "upstream_failed", "running", "retry_wait", "awaiting_input", "deferred", "ready", "waiting", "canceled", "skipped", "success"];

    private readonly OperationsWording _words = request.Words;
    private readonly RunWording _run = RunWording.Of(request.Common);
    private readonly ILookup<long, NodeTry> _tries = graph.Tries.ToLookup(one => one.TiId);

    /// <summary>Whether a task has ended.</summary>
    public static bool IsEnded(string state) => state is "success" or "failed" or "upstream_failed" or "skipped" or "canceled";

    /// <summary>How a task of the graph stands, and what has been made of it.</summary>
    public static (string State, IReadOnlyList<NodeInstance> Instances) StateOf(RunGraph graph, GraphNode node)
    {
        var instances = graph.Instances.Where(one => one.TaskId == node.TaskId).ToList();
        return (instances.Count == 0 ? graph.Run.State == "canceled" ? "canceled" : "planned" : instances.MinBy(one => Gravity(one.State))!.State, instances);
    }

    public Markup Render()
    {
        var table = Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{_words.Tasks}"><table class="list tasks">
            <thead><tr><th scope="col">{_words.Tasks}</th><th scope="col" class="left">{_words.State}</th><th scope="col" class="left">{_run.Says}</th><th scope="col" class="left">{_run.Tries}</th><th scope="col">{_words.Started}</th><th scope="col">{_words.Duration}</th></tr></thead>
            <tbody>{graph.Nodes.Select(Row)}</tbody></table></div>
            """);
        return request.MayOperate
            ? Markup.Of(
                $"""
                <section class="card"><h2>{_words.Tasks}</h2><form method="post" action="{OperationsPages.RunAddress(graph.Run.RunId)}/plans">{Layout.FormToken(request.Context)}{table}
                <div class="operate"><h3>{_run.Act}</h3><p class="note">{_run.ActNote}</p>
                <fieldset class="checks"><legend>{_run.Do}</legend>{_run.Dos.Select((label, index) => Markup.Of(
                    $"""<label class="check"><input type="radio" name="do" value="{PlanChoice.Names[index]}"{(index == 0 ? Markup.Of($" checked") : Markup.Empty)}>{label}</label>"""))}</fieldset>
                <div class="row"><label class="check"><input type="checkbox" name="downstream" value="yes" checked>{_run.Downstream}</label><label class="check"><input type="checkbox" name="only_failed" value="yes">{_run.OnlyFailed}</label></div>
                <div class="act"><label>{_run.Reason}<input name="reason" maxlength="{PlanChoice.LongestReason}" autocomplete="off"></label><button>{_run.Preview}</button></div></div>
                </form></section>
                """)
            : Markup.Of($"""<section class="card"><h2>{_words.Tasks}</h2>{table}</section>""");
    }

    private static int Gravity(string state) => Array.IndexOf(ByGravity, state) is >= 0 and var place ? place : ByGravity.Length;

    private Markup Row(GraphNode node)
    {
        var (state, instances) = StateOf(graph, node);
        var id = node.TaskId;
        var keys = instances.Where(one => one.MapKey is not null).ToList();
        if (keys.Count > 0)
        {
            return Markup.Of(
                $"""
                <tr id="task-{id}"><th scope="row">{Choose(id, instances.Count > 0)}</th><td class="left"{live($"state-{id}")}>{ByState(keys)}</td><td class="left text"{live($"says-{id}")}>{Why(node)}</td><td></td><td>{request.Moment(keys.Min(one => one.StartedAt))}</td><td></td></tr>
                <tr><td class="left keys" colspan="6"><details><summary>{FigureText.Say(_run.Keys, id, FigureText.Count(keys.Count))}</summary>{Keys(keys)}</details></td></tr>
                """);
        }

        var one = instances.Count == 1 ? instances[0] : null;
        return Markup.Of(
            $"""
            <tr id="task-{id}"><th scope="row">{Choose(id, one is not null)}</th><td class="left"{live($"state-{id}")}>{StateMark.Badge(state, _words)}</td><td class="left text"{live($"says-{id}")}>{Why(node)}{Error(one)}</td><td class="left"{live($"tries-{id}")}>{Tries(one)}</td><td{live($"started-{id}")}>{request.Moment(one?.StartedAt)}</td><td{live($"took-{id}")}>{request.Duration(one?.StartedAt, one?.EndedAt)}</td></tr>
            """);
    }

    private Markup Choose(string id, bool isThere) => request.MayOperate && isThere
        ? Markup.Of($"""<label class="check"><input type="checkbox" name="task" value="{id}"><bdi>{id}</bdi></label>""") : Markup.Of($"<bdi>{id}</bdi>");

    private Markup ByState(List<NodeInstance> keys) => Markup.Of(
        $"""<span class="counts">{keys.CountBy(one => one.State).OrderBy(count => Gravity(count.Key)).Select(count => Markup.Of(
            $"""<span class="state-badge {StateMark.Style(count.Key)}">{StateMark.Icon(count.Key)}{StateMark.Name(count.Key, _words)} {FigureText.Count(count.Value)}</span>"""))}</span>""");

    private Markup Keys(List<NodeInstance> keys)
    {
        var shown = keys.OrderBy(one => Gravity(one.State)).ThenBy(one => one.TiId).Take(MostKeys).ToList();
        return Markup.Of(
            $"""
            <ul class="key-list">{shown.Select(one => Markup.Of($"""<li>{Choose($"{one.TaskId}[{one.MapKey}]", true)} {StateMark.Badge(one.State, _words)} {Tries(one)} <span>{Error(one)}</span></li>"""))}</ul>
            {(keys.Count > shown.Count ? Markup.Of($"""<p class="note">{FigureText.Say(_run.KeysMore, keys.Count - shown.Count)}</p>""") : Markup.Empty)}
            """);
    }

    // Each try leads to what it has logged.
    private Markup Tries(NodeInstance? one) => one is null ? Markup.Empty : Markup.Of(
        $"""
        <span class="tries">{_tries[one.TiId].Select(attempt => Attempt(one, attempt))}<span class="of">{FigureText.Say(_run.TryOf, one.TryNumber, one.MaxTries)}</span></span>
        """);

    private Markup Attempt(NodeInstance one, NodeTry attempt)
    {
        var said = FigureText.Say(_run.LogOf, one.MapKey is null ? one.TaskId : $"{one.TaskId}[{one.MapKey}]", attempt.TryNumber, StateMark.Name(attempt.Outcome, _words));
        return Markup.Of(
            $"""<a class="{StateMark.Style(attempt.Outcome)}" href="{OperationsPages.LogAddress(graph.Run.RunId, attempt.LeaseToken)}" title="{said}" aria-label="{said}">{StateMark.Icon(attempt.Outcome)}{attempt.TryNumber}</a>""");
    }

    private Markup Why(GraphNode node) => node.Blocker is { } blocker ? Markup.Of($"<p>{request.Say(blocker)}</p>") : Markup.Empty;

    // What went wrong in the latest try that did, while the task has not succeeded; else why the engine or a person left it so.
    private Markup Error(NodeInstance? one) => one is null or { State: "success", Reason: "" } ? Markup.Empty
        : one.State != "success" && _tries[one.TiId].LastOrDefault(attempt => attempt.Error is { Length: > 0 }) is { Error: { } error } ? Markup.Of($"""<p class="error"><bdi>{error}</bdi></p>""")
        : one.Reason.Length > 0 ? Markup.Of($"<p><bdi>{one.Reason.Split('\n', 2)[0]}</bdi></p>") : Markup.Empty;
}
