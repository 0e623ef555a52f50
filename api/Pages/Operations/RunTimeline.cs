using RetailInsight.Api.Charts;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>When the tries of a run ran and what they waited before, since tasks of it were last cleared.</summary>
internal sealed class RunTimeline(OperationsRequest request, RunGraph graph, DateTimeOffset now)
{
    // A mapped task of more keys shares rows, of which there are at most so many.
    private const int MostAlone = 6;
    private const int MostLanes = 16;
    private static readonly Canvas Wide = new(Canvas.Desk.Name, 1160, 1);
    private static readonly TimeSpan Exact = TimeSpan.FromMinutes(1);

    private readonly RunWording _run = RunWording.Of(request.Common);

    public Markup Render()
    {
        // Of a run that was cleared and has not begun anew what was before is all there is to see.
        var since = graph.Run.ClearedAt is { } cleared && graph.Tries.Any(one => one.StartedAt >= cleared) ? cleared : (DateTimeOffset?)null;
        var tries = graph.Tries.Where(one => since is null || one.StartedAt >= since).ToLookup(one => one.TiId);
        var rows = graph.Nodes.Select(node => graph.Instances.Where(one => one.TaskId == node.TaskId && tries.Contains(one.TiId)).ToList()).Where(some => some.Count > 0)
            .OrderBy(some => some.Min(one => tries[one.TiId].First().StartedAt)).SelectMany(some => some.Count <= MostAlone ? [.. some.Select(one => Row(one, [.. tries[one.TiId]]))] : Lanes(some, tries)).ToList();
        if (rows.Count == 0)
        {
            return Markup.Of($"""<p class="lead">{_run.TimelineNone}</p>""");
        }

        var bars = rows.SelectMany(row => row.Bars).ToList();
        var description = FigureText.Say(_run.TimelineSaid, request.Moment(bars.Min(bar => bar.From)), request.Moment(bars.Max(bar => bar.To)));
        string Clock(DateTimeOffset at, TimeSpan step) => step >= TimeSpan.FromDays(1) ? request.Clock(at, "M/d")
            : request.Clock(at, step >= Exact ? "HH:mm" : step >= TimeSpan.FromSeconds(1) ? "HH:mm:ss" : "HH:mm:ss.f");
        return Markup.Of(
            $"""
            {GanttChart.Draw(Canvas.Phone, rows, Clock, _run.Timeline, description)}{GanttChart.Draw(Wide, rows, Clock, _run.Timeline, description)}
            <ul class="legend">{graph.Tries.Select(one => one.Outcome).Distinct().Select(outcome => Markup.Of($"<li>{StateMark.Badge(outcome, request.Words)}</li>"))}<li><svg class="key-wait" width="24" height="12" aria-hidden="true"><path class="wait" d="M0 6H24"/></svg>{_run.TimelineWait}</li></ul>
            {(since is not null && graph.Tries.Any(one => one.StartedAt < since) ? Markup.Of($"""<p class="note">{_run.TimelineCleared}</p>""") : Markup.Empty)}
            """);
    }

    // Before the first try a task waits from the end of what goes before it; between tries for the next.
    private GanttRow Row(NodeInstance instance, List<NodeTry> tries)
    {
        var bars = new List<GanttBar>();
        var waits = Ready(instance, tries[0].StartedAt);
        foreach (var one in tries)
        {
            if (one.StartedAt > waits)
            {
                bars.Add(new GanttBar(waits, one.StartedAt, "", ""));
            }

            bars.Add(Bar(instance, one));
            waits = EndOf(one);
        }

        return new GanttRow(NameOf(instance), bars);
    }

    // The tries of a mapped task share as few rows as there were at the same time: how many run at once can be counted.
    private List<GanttRow> Lanes(List<NodeInstance> instances, ILookup<long, NodeTry> tries)
    {
        var lanes = new List<List<GanttBar>>();
        foreach (var (instance, one) in instances.SelectMany(instance => tries[instance.TiId].Select(one => (instance, one))).OrderBy(pair => pair.one.StartedAt))
        {
            var lane = lanes.Find(lane => lane[^1].To <= one.StartedAt);
            if (lane is null && lanes.Count < MostLanes)
            {
                lanes.Add(lane = []);
            }

            (lane ?? lanes[^1]).Add(Bar(instance, one));
        }

        var first = lanes[0][0];
        var ready = instances.Min(instance => Ready(instance, first.From));
        if (ready < first.From)
        {
            lanes[0].Insert(0, new GanttBar(ready, first.From, "", ""));
        }

        var name = FigureText.Say(_run.TimelineMany, instances[0].TaskId, FigureText.Count(instances.Count));
        return [.. lanes.Select((lane, index) => new GanttRow(index == 0 ? name : "", lane))];
    }

    private GanttBar Bar(NodeInstance instance, NodeTry one) => new(
        one.StartedAt, EndOf(one), StateMark.Style(one.Outcome),
        FigureText.Say(_run.TrySaid, NameOf(instance), one.TryNumber, StateMark.Name(one.Outcome, request.Words), request.Duration(EndOf(one) - one.StartedAt)));

    private DateTimeOffset EndOf(NodeTry one) => one.EndedAt ?? (now > one.StartedAt ? now : one.StartedAt);

    private static string NameOf(NodeInstance instance) => instance.MapKey is null ? instance.TaskId : $"{instance.TaskId}[{instance.MapKey}]";

    private DateTimeOffset Ready(NodeInstance instance, DateTimeOffset first)
    {
        var begins = graph.Run.ClearedAt is { } cleared && cleared <= first ? cleared : graph.Run.StartedAt ?? graph.Run.CreatedAt;
        var upstreams = graph.Nodes.FirstOrDefault(node => node.TaskId == instance.TaskId)?.Upstreams ?? [];
        var ended = graph.Instances.Where(other => upstreams.Contains(other.TaskId) && (other.MapKey is null || instance.MapKey is null || other.MapKey == instance.MapKey))
            .Select(other => other.EndedAt).OfType<DateTimeOffset>().Where(at => at <= first && at >= begins).DefaultIfEmpty(begins).Max();
        return ended < first ? ended : first;
    }
}
