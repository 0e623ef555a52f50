using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The latest run of each DAG by day, and beside it what runs and what waits.</summary>
internal static class RunGridPage
{
    private const int UsualDays = 21;
    private const int MostOpen = 40;
    private static readonly int[] Spans = [7, UsualDays, 42, 90];

    public static Task<IResult> ShowAsync(
        HttpContext context, SessionUser user, RunGridQueries runs, RunQueries dags, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["dag", "state", "days", "date"], async (request, query, token) =>
        {
            var (dag, state, days, last) = (query.Text("dag"), query.Text("state"), query.Whole("days") ?? UsualDays, query.Date("date") ?? request.Today);
            var known = await dags.DagsAsync(user.Tenant, token);
            if (!Spans.Contains((int)days) || last is { Year: < 1900 or > 9990 } || (state is not null && !RunListPage.States.Contains(state)) || (dag is not null && known.All(one => one.DagId != dag)))
            {
                return null;
            }

            var cells = await runs.GridAsync(user.Tenant, dag, last.AddDays(1 - (int)days), last, request.Company.TimeZone, token);
            var open = await runs.OpenAsync(user.Tenant, MostOpen, token);
            var view = new RunGridView(request, new RunGridChoice(dag, state, (int)days, last), known, cells, open);
            return request.Page(OperationsSection.Grid, request.Words.Sections[0], view.Render(Spans));
        }, cancellationToken);
}

/// <summary>What the address of the grid says.</summary>
internal sealed record RunGridChoice(string? Dag, string? State, int Days, DateOnly Last);
