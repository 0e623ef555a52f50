using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>Whether something of a DAG begins.</summary>
/// <param name="DagId">The DAG.</param>
/// <param name="Paused">Whether nothing of it begins.</param>
/// <param name="ActionId">The entry of the change; null where it was so already.</param>
internal sealed record DagSwitchView(string DagId, bool Paused, long? ActionId);

/// <summary>Every DAG.</summary>
internal sealed record DagList(IReadOnlyList<DagView> Items);

/// <summary><c>/v1/ops/dags</c>: graphs, their versions, and whether they run.</summary>
internal static class DagEndpoints
{
    public static void Map(RouteGroupBuilder ops)
    {
        ops.MapGet("/dags", async (RunQueries queries, Caller caller, CancellationToken cancellationToken) => new DagList(await queries.DagsAsync(caller.Tenant, cancellationToken)))
            .WithName("listDags").WithSummary("Every DAG with its graph, its clock and how many of its runs are open.");
        ops.MapGet("/dags/{dag}", FindAsync).WithName("getDag").WithSummary("A DAG with its graph, its clock and the versions of its definition.").ProducesProblem(StatusCodes.Status404NotFound);
        ops.MapGet("/dags/{dag}/versions/{older:long}..{newer:long}", DifferenceAsync)
            .WithName("compareDagVersions").WithSummary("What is different between two versions: tasks, their fields, and what waits for what.").ProducesProblem(StatusCodes.Status404NotFound);
        foreach (var (name, paused, says) in new[] { ("pause", true, "Nothing of the DAG begins until it is resumed; what runs goes on."), ("resume", false, "The DAG goes on.") })
        {
            ops.MapPost($"/dags/{{dag}}/{name}", (string dag, ReasonRequest request, HttpContext context, DagSwitch toggle, DagVersions versions, Caller caller, CancellationToken cancellationToken) =>
                    SwitchAsync(dag, paused, request, context, toggle, versions, caller, cancellationToken))
                .RequireAuthorization(DagsPolicies.Operate).WithName($"{name}Dag").WithSummary($"{says} It concerns all tenants: only operators of the platform may.")
                .ProducesProblem(StatusCodes.Status404NotFound).WithOneEffect();
        }
    }

    private static async Task<Results<Ok<DagDetail>, ProblemHttpResult>> FindAsync(string dag, RunQueries queries, DagVersions versions, Caller caller, CancellationToken cancellationToken)
    {
        var found = (await queries.DagsAsync(caller.Tenant, cancellationToken)).FirstOrDefault(one => one.DagId == dag);
        var (edges, history) = await versions.OfAsync(dag, cancellationToken);
        return found is null ? Unknown(dag) : TypedResults.Ok(new DagDetail(found, edges, history));
    }

    private static async Task<Results<Ok<VersionDifference>, ProblemHttpResult>> DifferenceAsync(
        string dag,
        [Description("Number of the version compared with.")] long older,
        [Description("Number of the version compared.")] long newer,
        DagVersions versions,
        CancellationToken cancellationToken) =>
        await versions.DifferenceAsync(dag, older, newer, cancellationToken) is { } difference
            ? TypedResults.Ok(difference)
            : OperationsProblem.Unknown($"There are no versions {older} and {newer} of a DAG '{dag}'.");

    private static async Task<Results<Ok<DagSwitchView>, ValidationProblem, ProblemHttpResult>> SwitchAsync(
        string dag, bool paused, ReasonRequest request, HttpContext context, DagSwitch toggle, DagVersions versions, Caller caller, CancellationToken cancellationToken)
    {
        if (await versions.IsPartitionedAsync(dag, cancellationToken) is null)
        {
            return Unknown(dag);
        }

        if (caller.Tenant is not null)
        {
            return OperationsProblem.PlatformOnly($"{dag} runs for all tenants: operators of the platform pause and resume it where the service runs. You may cancel runs of your own.");
        }

        if (OperationsProblem.Reason(request.Reason) is not { } reason)
        {
            return OperationsProblem.NoReason();
        }

        var effect = new OneEffect<long, DagSwitchView>(context, (_, action, _) => Task.FromResult(new DagSwitchView(dag, paused, action)));
        return await toggle.SetAsync(dag, paused, caller.Name, reason, effect.Alongside, cancellationToken)
            ? TypedResults.Ok(effect.Answer ?? new DagSwitchView(dag, paused, null))
            : Unknown(dag);
    }

    private static ProblemHttpResult Unknown(string dag) => OperationsProblem.Unknown($"There is no DAG '{dag}'.");
}
