using RetailInsight.Api.Charts;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>When the tries of a run ran and what they waited before, since tasks of it were last cleared.</summary>
internal sealed class RunTimeline(OperationsRequest request, RunGraph graph, DateTimeOffset now)
{
    private const int MostRows = 40;
    private static readonly Canvas Wide = new(Canvas.Desk.Name, 1160, 1);
    private static readonly TimeSpan Exact = TimeSpan.FromMinutes(1);

    private readonly RunWording _run = RunWording.Of(request.Common);

    public Markup Render()
    {
        var since = graph.Run.ClearedAt;
        var tries = graph.Tries.Where(one => since is null || one.StartedAt >= since).ToLookup(one => one.TiId);
        var begun = graph.Instances.Where(one => tries.Contains(one.TiId)).OrderBy(one => tries[one.TiId].First().StartedAt).ThenBy(one => one.TiId).ToList();
        if (begun.Count == 0)
        {
            return Markup.Of($"""<p class="lead">{_run.TimelineNone}</p>""");
        }

        var rows = begun.Take(MostRows).Select(one => Row(one, [.. tries[one.TiId]])).ToList();
        var description = FigureText.Say(_run.TimelineSaid, request.Moment(rows.SelectMany(row => row.Bars).Min(bar => bar.From)), request.Moment(rows.SelectMany(row => row.Bars).Max(bar => bar.To)));
        string Clock(DateTimeOffset at, TimeSpan step) => step >= TimeSpan.FromDays(1) ? request.Clock(at, "M/d")
            : request.Clock(at, step >= Exact ? "HH:mm" : step >= TimeSpan.FromSeconds(1) ? "HH:mm:ss" : "HH:mm:ss.f");
        return Markup.Of(
            $"""
            {GanttChart.Draw(Canvas.Phone, rows, Clock, _run.Timeline, description)}{GanttChart.Draw(Wide, rows, Clock, _run.Timeline, description)}
            <ul class="legend">{graph.Tries.Select(one => one.Outcome).Distinct().Select(outcome => Markup.Of($"<li>{StateMark.Badge(outcome, request.Words)}</li>"))}<li><svg class="key-wait" width="24" height="12" aria-hidden="true"><path class="wait" d="M0 6H24"/></svg>{_run.TimelineWait}</li></ul>
            {(begun.Count > MostRows ? Markup.Of($"""<p class="note">{FigureText.Say(_run.TimelineMore, begun.Count - MostRows)}</p>""") : Markup.Empty)}
            {(since is not null && graph.Tries.Any(one => one.StartedAt < since) ? Markup.Of($"""<p class="note">{_run.TimelineCleared}</p>""") : Markup.Empty)}
            """);
    }

    // Before the first try a task waits from the end of what goes before it; between tries for the next.
    private GanttRow Row(NodeInstance instance, List<NodeTry> tries)
    {
        var name = instance.MapKey is null ? instance.TaskId : $"{instance.TaskId}[{instance.MapKey}]";
        var bars = new List<GanttBar>();
        var waits = Ready(instance, tries[0].StartedAt);
        foreach (var one in tries)
        {
            var end = one.EndedAt ?? (now > one.StartedAt ? now : one.StartedAt);
            if (one.StartedAt > waits)
            {
                bars.Add(new GanttBar(waits, one.StartedAt, "", ""));
            }

            bars.Add(new GanttBar(
                one.StartedAt, end, StateMark.Style(one.Outcome),
                FigureText.Say(_run.TrySaid, name, one.TryNumber, StateMark.Name(one.Outcome, request.Words), request.Duration(end - one.StartedAt))));
            waits = end;
        }

        return new GanttRow(name, bars);
    }

    private DateTimeOffset Ready(NodeInstance instance, DateTimeOffset first)
    {
        var begins = graph.Run.ClearedAt ?? graph.Run.StartedAt ?? graph.Run.CreatedAt;
        var upstreams = graph.Nodes.FirstOrDefault(node => node.TaskId == instance.TaskId)?.Upstreams ?? [];
        var ended = graph.Instances.Where(other => upstreams.Contains(other.TaskId) && (other.MapKey is null || instance.MapKey is null || other.MapKey == instance.MapKey))
            .Select(other => other.EndedAt).OfType<DateTimeOffset>().Where(at => at <= first && at >= begins).DefaultIfEmpty(begins).Max();
        return ended < first ? ended : first;
    }
}
