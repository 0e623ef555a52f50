using System.Globalization;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>Who did what to which run, and why; newest first.</summary>
internal static class ActionsPage
{
    private const int Most = 50;
    private const int NamedTasks = 4;

    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, ActionQueries actions, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["kind", "before"], async (request, query, token) =>
        {
            var words = request.Words;
            var (kind, before) = (query.Text("kind"), query.Whole("before"));
            if ((kind is not null && !words.ActionNames.ContainsKey(kind)) || before > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() * 1000)
            {
                return null;
            }

            var found = await actions.ListAsync(user.Tenant, kind, null, before is { } at ? DateTimeOffset.UnixEpoch.AddMicroseconds(at) : null, Most + 1, token);
            var more = found.Count <= Most ? Markup.Empty : Markup.Of(
                $"""<p><a class="next" href="{string.Create(CultureInfo.InvariantCulture, $"/ops/actions?{(kind is null ? "" : $"kind={kind}&")}before={(found[Most - 1].At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}")}">{words.More}</a></p>""");
            return request.Page(OperationsSection.Actions, words.ActionsTitle, Markup.Of(
                $"""
                <h1>{words.ActionsTitle}</h1>
                <form method="get" action="{OperationsPages.PathOf(OperationsSection.Actions)}" class="choice" role="search">
                <label>{words.Action}<select name="kind">{OperationsRequest.Option("", words.AllActions, kind is null)}{words.ActionNames.Select(name => OperationsRequest.Option(name.Key, name.Value, name.Key == kind))}</select></label>
                <button>{request.Common.Show}</button>
                </form>
                <section class="card">{Table(request, [.. found.Take(Most)], withRun: true)}{more}</section>
                """));
        }, cancellationToken);

    /// <summary>Actions as a table.</summary>
    /// <param name="request">Who reads.</param>
    /// <param name="actions">Newest first.</param>
    /// <param name="withRun">Whether they are about several runs.</param>
    /// <param name="offersUndo">Whether marks lead to where they are taken back.</param>
    public static Markup Table(OperationsRequest request, IReadOnlyList<ActionEntry> actions, bool withRun, bool offersUndo = true)
    {
        var words = request.Words;
        var run = withRun ? Markup.Of($"""<th scope="col" class="left">{words.Run}</th>""") : Markup.Empty;
        return actions.Count == 0 ? Markup.Of($"""<p class="lead">{words.ActionsNone}</p>""") : Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{words.ActionsTitle}"><table class="list">
            <thead><tr><th scope="col">{words.At}</th><th scope="col" class="left">{words.Actor}</th><th scope="col" class="left">{words.Action}</th>{run}<th scope="col" class="left">{words.Tasks}</th><th scope="col" class="left">{words.Reason}</th></tr></thead>
            <tbody>{actions.Select(action => Row(request, action, withRun, offersUndo && request.MayOperate))}</tbody></table></div>
            """);
    }

    private static Markup Row(OperationsRequest request, ActionEntry action, bool withRun, bool offersUndo)
    {
        var words = request.Words;
        var what = action.Marked is { } marked ? FigureText.Say(words.MarkedAs, StateMark.Name(marked, words)) : words.ActionNames.TryGetValue(action.Kind, out var name) ? name : action.Kind;
        var about = action is { Partition: { } partition }
            ? Markup.Of($"""<a href="{PartitionText.Address(partition.Asset, partition.BusinessDate, partition.Store)}">{partition.Asset} {request.Day(partition.BusinessDate)} {partition.Store}</a>""")
            : action.BackfillId is { } backfill ? Markup.Of($"""<a href="{BackfillText.Address(backfill)}">{FigureText.Say(BackfillWording.Of(request.Common).Name, backfill)}</a> {action.DagId}""")
            : action.RunId is { } run
            ? Markup.Of($"""<a href="{OperationsPages.RunAddress(run)}">{run.ToString(CultureInfo.InvariantCulture)}</a> {action.DagId} {request.Partition(action.PartitionKey)}""")
            : Markup.Of($"{action.DagId}");
        var undo = action.IsUndone ? Markup.Of($""" <small>{words.Undone}</small>""")
            : action is { Kind: "mark", ActionId: { } mark } && offersUndo ? Markup.Of($""" <a href="{UndoPage.Address(mark)}">{words.ActionNames["undo"]}</a>""") : Markup.Empty;
        var tasks = action.Touched == 0 ? request.Common.Undefined
            : $"{string.Join(", ", action.Tasks.Take(NamedTasks))}{(action.Tasks.Count > NamedTasks ? " …" : "")} ({FigureText.Say(words.TaskCount, action.Touched)})";
        return Markup.Of(
            $"""<tr><th scope="row">{request.Moment(action.At)}</th><td class="left"><bdi>{action.Actor}</bdi></td><td class="left">{what}{undo}</td>{(withRun ? Markup.Of($"""<td class="left">{about}</td>""") : Markup.Empty)}<td class="left text">{tasks}</td><td class="left text"><bdi>{action.Reason}</bdi></td></tr>""");
    }
}
