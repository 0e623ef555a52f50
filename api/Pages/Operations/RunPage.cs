using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>One run: how it stands, its graph, when what ran, its tasks, and what can be done to them.</summary>
internal static class RunPage
{
    private const int MostActions = 20;

    public static Task<IResult> ShowAsync(
        long run, HttpContext context, SessionUser user, RunGraphQueries runs, ActionQueries actions, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["done"], async (request, query, token) =>
        {
            if (await runs.FindAsync(run, user.Tenant, token) is not { } found)
            {
                return ErrorPage.Show(context, StatusCodes.Status404NotFound);
            }

            var done = query.Text("done");
            if (done is not (null or "applied" or "started"))
            {
                return null;
            }

            var history = await actions.ListAsync(user.Tenant, null, run, null, MostActions, token);
            var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
            var view = new RunPageView(request, found, history, done, now);
            return request.Page(null, $"{found.Run.DagId} {request.Partition(found.Run.PartitionKey)}", view.Render());
        }, cancellationToken);
}
