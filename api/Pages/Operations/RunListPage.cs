using System.Globalization;
using RetailInsight.Api.Health;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>Runs one below the other, newest first; of one day also what has arrived of its data.</summary>
internal static class RunListPage
{
    private const int MostRuns = 50;
    private const int MostStores = 100;

    /// <summary>The states of a run.</summary>
    public static IReadOnlyList<string> States { get; } = ["queued", "running", "success", "failed", "canceled"];

    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, RunQueries runs, TenantScope scope, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["dag", "state", "date", "before"], async (request, query, token) =>
        {
            var (dag, state, date, before) = (query.Text("dag"), query.Text("state"), query.Date("date"), query.Whole("before"));
            var dags = await runs.DagsAsync(user.Tenant, token);
            if ((state is not null && !States.Contains(state)) || (dag is not null && dags.All(one => one.DagId != dag)))
            {
                return null;
            }

            var page = await runs.RunsAsync(dag, state, user.Tenant, date, before, MostRuns, token);
            var words = request.Words;
            var more = page.Before is not { } next ? Markup.Empty
                : Markup.Of($"""<p><a class="next" href="{string.Create(CultureInfo.InvariantCulture, $"{query.AddressWithout("before")}{(context.Request.Query.Keys.Any(key => key != "before") ? "&" : "?")}before={next}")}">{words.More}</a></p>""");
            var list = page.Items.Count == 0 ? Markup.Of($"""<p class="lead">{words.RunsNone}</p>""") : Markup.Of(
                $"""
                <div class="scroll" tabindex="0" role="region" aria-label="{words.RunsTitle}"><table class="list">
                <thead><tr><th scope="col">{words.Run}</th><th scope="col" class="left">{words.State}</th><th scope="col" class="left">{words.Dag}</th><th scope="col" class="left">{words.BusinessDay}</th><th scope="col" class="left">{words.Cause}</th><th scope="col">{words.Created}</th><th scope="col">{words.Started}</th><th scope="col">{words.Duration}</th></tr></thead>
                <tbody>{page.Items.Select(run => Row(request, run))}</tbody></table></div>{more}
                """);
            var arrived = date is { } chosen ? await ArrivedAsync(request, scope, chosen, token) : Markup.Empty;
            return request.Page(OperationsSection.Runs, words.Sections[1], Markup.Of(
                $"""
                <h1>{words.RunsTitle}</h1>
                <form method="get" action="{OperationsPages.PathOf(OperationsSection.Runs)}" class="choice" role="search">
                <label>{words.Dag}<select name="dag">{OperationsRequest.Option("", words.AllDags, dag is null)}{dags.Select(one => OperationsRequest.Option(one.DagId, one.DagId, one.DagId == dag))}</select></label>
                <label>{words.State}<select name="state">{OperationsRequest.Option("", words.AllStates, state is null)}{States.Select(one => OperationsRequest.Option(one, StateMark.Name(one, words), one == state))}</select></label>
                <label>{words.BusinessDay}<input type="date" name="date"{(date is { } day ? Markup.Of($""" value="{day:yyyy-MM-dd}" """) : Markup.Empty)}></label>
                <button>{request.Common.Show}</button>
                </form>
                <section class="card">{list}</section>
                {arrived}
                """));
        }, cancellationToken);

    /// <summary>What made a run, in a word.</summary>
    public static string CauseOf(string runType, OperationsWording words) => words.Causes[runType switch { "scheduled" => 0, "asset" => 1, "backfill" => 3, _ => 2 }];

    private static Markup Row(OperationsRequest request, RunView run) => Markup.Of(
        $"""
        <tr><th scope="row"><a href="{OperationsPages.RunAddress(run.RunId)}">{run.RunId.ToString(CultureInfo.InvariantCulture)}</a></th><td class="left">{StateMark.Badge(run.State, request.Words)}</td><td class="left">{run.DagId}</td><td class="left">{request.Partition(run.PartitionKey)}</td><td class="left">{CauseOf(run.RunType, request.Words)}</td><td>{request.Moment(run.CreatedAt)}</td><td>{request.Moment(run.StartedAt)}</td><td>{request.Duration(run.StartedAt, run.EndedAt)}</td></tr>
        """);

    private static async Task<Markup> ArrivedAsync(OperationsRequest request, TenantScope scope, DateOnly date, CancellationToken cancellationToken)
    {
        var (stores, days) = await scope.ReadAsync(request.User.Tenant, async (read, token) =>
        {
            var stores = await read.StoresAsync(request.User, token);
            return (stores, await read.HealthAsync([.. stores.Select(store => store.Code)], date, date, token));
        }, cancellationToken);
        var words = request.Words;
        var lacking = days.Where(day => Arrivals.Of(day) is not (Arrival.Complete or Arrival.Unknown)).OrderByDescending(Arrivals.Of).Take(MostStores).ToList();
        var list = lacking.Count == 0 ? Markup.Of($"""<p class="lead">{(days.Count == 0 ? words.HealthNone : words.AllWhole)}</p>""") : Markup.Of(
            $"""
            <h3>{words.NotWhole}</h3><ul class="lacking">{lacking.Select(day => Markup.Of(
                $"""<li><a href="{Navigation.Address(PageLink.Health, day.Store, date)}"><bdi>{stores.First(store => store.Code == day.Store).Name}</bdi></a> {words.Arrivals[(int)Arrivals.Of(day)]}</li>"""))}</ul>
            """);
        return Markup.Of(
            $"""
            <section class="card"><h2>{FigureText.Say(words.OfDay, request.Day(date))}</h2><ul class="legend">{ArrivalPage.Counts(days).Select(count => Markup.Of(
                $"<li>{Charts.ArrivalGrid.Key(count.Kind)}{words.Arrivals[(int)count.Kind]} <b>{count.Stores}</b></li>"))}</ul>{list}<p><a class="next" href="{PartitionText.DaysAddress(date)}">{PartitionWording.Of(request.Common).OfDay}</a></p></section>
            """);
    }
}
