using System.Globalization;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The grid of runs as HTML.</summary>
internal sealed class RunGridView(
    OperationsRequest request, RunGridChoice choice, IReadOnlyList<DagView> dags, IReadOnlyList<GridCell> cells, IReadOnlyList<OpenRun> open)
{
    private readonly OperationsWording _words = request.Words;
    private readonly List<DateOnly> _days = [.. Enumerable.Range(0, choice.Days).Select(day => choice.Last.AddDays(day + 1 - choice.Days))];

    public Markup Render(IReadOnlyList<int> spans) => Markup.Of(
        $"""
        <h1>{_words.Title}</h1>
        {Choice(spans)}
        <div class="with-aside">
        {Grid()}
        <div class="aside" id="open" data-live="10">{Open(_words.Running, _words.RunningNone, true)}{Open(_words.Waiting, _words.WaitingNone, false)}</div>
        </div>
        """);

    private Markup Choice(IReadOnlyList<int> spans) => Markup.Of(
        $"""
        <form method="get" action="{OperationsPages.Root}" class="choice" role="search">
        <label>{_words.Dag}<select name="dag">{OperationsRequest.Option("", _words.AllDags, choice.Dag is null)}{dags.Select(dag => OperationsRequest.Option(dag.DagId, dag.DagId, dag.DagId == choice.Dag))}</select></label>
        <label>{_words.State}<select name="state">{OperationsRequest.Option("", _words.AllStates, choice.State is null)}{RunListPage.States.Select(state => OperationsRequest.Option(state, StateMark.Name(state, _words), state == choice.State))}</select></label>
        <label>{_words.Days}<select name="days">{spans.Select(days => OperationsRequest.Option(days.ToString(CultureInfo.InvariantCulture), FigureText.Say(_words.DayCount, days), days == choice.Days))}</select></label>
        <label>{_words.LastDay}<input type="date" name="date" value="{choice.Last:yyyy-MM-dd}" required></label>
        <button>{request.Common.Show}</button>
        </form>
        """);

    private Markup Grid()
    {
        var rows = cells.GroupBy(cell => (cell.DagId, cell.Tenant)).Where(row => choice.State is null || row.Any(cell => cell.State == choice.State)).ToList();
        var tenants = rows.Select(row => row.Key.Tenant).Distinct().Count();
        return rows.Count == 0
            ? Markup.Of($"""<section class="card"><h2>{_words.GridTitle}</h2><p class="lead">{_words.GridNone}</p></section>""")
            : Markup.Of(
                $"""
                <section class="card" id="grid" data-live="10"><h2>{_words.GridTitle}</h2>
                <div class="scroll newest" tabindex="0" role="region" aria-label="{_words.GridTitle}"><table class="runs">
                <thead><tr><th scope="col">{_words.Dag}</th>{_days.Select(day => DayHead(request, day, day == _days[0]))}</tr></thead>
                <tbody>{rows.Select(row => Row(row.Key.DagId, tenants > 1 ? row.Key.Tenant : null, row.ToDictionary(cell => cell.Day)))}</tbody>
                </table></div>
                <ul class="legend">{RunListPage.States.Select(state => Markup.Of($"<li>{StateMark.Badge(state, _words)}</li>"))}</ul></section>
                """);
    }

    /// <summary>The head of a day's column; the first column and the first of a month say the month.</summary>
    public static Markup DayHead(OperationsRequest request, DateOnly day, bool isFirst)
    {
        var month = day.Day == 1 || isFirst ? Markup.Of($"<b>{day.Month}/</b>") : Markup.Empty;
        var weekend = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? Markup.Of($""" class="weekend" """) : Markup.Empty;
        return Markup.Of($"""<th scope="col"{weekend}><abbr title="{request.Day(day)}">{month}{day.Day}</abbr></th>""");
    }

    private Markup Row(string dag, string? tenant, Dictionary<DateOnly, GridCell> days)
    {
        var known = dags.FirstOrDefault(one => one.DagId == dag);
        var next = known is { Paused: true } ? Markup.Of($"""<small class="warn">{_words.IsPaused}</small>""")
            : known?.NextRunAfter is { } at ? Markup.Of($"""<small>{FigureText.Say(_words.NextRun, request.Moment(at)[..^3])}</small>""") : Markup.Empty;
        return Markup.Of(
            $"""<tr><th scope="row"><b>{dag}</b>{(tenant is null ? Markup.Empty : Markup.Of($"<small><bdi>{tenant}</bdi></small>"))}{next}</th>{_days.Select(day => Cell(days.GetValueOrDefault(day)))}</tr>""");
    }

    private Markup Cell(GridCell? cell)
    {
        if (cell is null || (choice.State is { } state && cell.State != state))
        {
            return Markup.Of($"<td></td>");
        }

        var said = string.Join(", ", new[]
        {
            FigureText.Say(_words.CellSaid, cell.DagId, request.Day(cell.Day), StateMark.Name(cell.State, _words)),
            cell is { StartedAt: not null, EndedAt: not null } ? FigureText.Say(_words.Took, request.Duration(cell.StartedAt, cell.EndedAt)) : "",
            cell.Runs > 1 ? FigureText.Say(_words.CellRuns, cell.Runs) : "",
        }.Where(part => part.Length > 0));
        return Markup.Of(
            $"""<td><a class="{StateMark.Style(cell.State)}" href="{OperationsPages.RunAddress(cell.RunId)}" title="{said}" aria-label="{said}">{StateMark.Icon(cell.State)}</a></td>""");
    }

    private Markup Open(string title, string none, bool running)
    {
        var shown = open.Where(run => run.IsRunning == running).ToList();
        var list = shown.Count == 0 ? Markup.Of($"""<p class="lead">{none}</p>""") : Markup.Of($"""<ol class="open-runs">{shown.Select(Item)}</ol>""");
        return Markup.Of($"""<section class="card"><h2>{title} <small>{shown.Count}</small></h2>{list}</section>""");
    }

    private Markup Item(OpenRun run)
    {
        var progress = run.Tasks == 0 ? "" : FigureText.Say(_words.Progress, run.Ended, run.Tasks) + (run.Failed > 0 ? " · " + FigureText.Say(_words.ProgressFailed, run.Failed) : "");
        var now = run.Active.Count > 0 ? FigureText.Say(_words.Active, string.Join(", ", run.Active)) : run.Blocker is { } blocker ? request.Say(blocker) : "";
        return Markup.Of(
            $"""
            <li><a href="{OperationsPages.RunAddress(run.RunId)}">{StateMark.Icon(run.IsRunning ? "running" : "queued")}<b>{run.DagId}</b> {request.Partition(run.PartitionKey)}</a>
            <p>{now}</p><p class="note">{FigureText.Say(_words.Since, request.Moment(run.Since))}{(progress.Length == 0 ? "" : " · " + progress)}</p></li>
            """);
    }
}
