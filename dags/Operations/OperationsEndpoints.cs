using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

internal static class OperationsEndpoints
{
    private const int LongestPage = 200;
    private static readonly string[] States = ["queued", "running", "success", "failed", "canceled"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var ops = routes.MapGroup("/v1/ops").RequireAuthorization(DagsPolicies.Operate).WithTags("Operations")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        ops.MapGet("/dags", (RunQueries queries, ClaimsPrincipal user, CancellationToken cancellationToken) => queries.DagsAsync(TenantOf(user), cancellationToken))
            .WithName("ListDags").WithSummary("Every DAG with its graph, its clock and how many of its runs are open.");
        ops.MapGet("/runs", ListAsync)
            .WithName("ListRuns").WithSummary("Runs, newest first; pass `before` of an answer to get the next page.");
        ops.MapGet("/runs/{run:long}", GetAsync)
            .WithName("GetRun").WithSummary("A run with its tasks and every try.").ProducesProblem(StatusCodes.Status404NotFound);
        ops.MapPost("/dags/{dag}/runs", TriggerAsync)
            .WithName("TriggerRun").WithSummary("Queues a run by hand.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<RunPage>, ValidationProblem>> ListAsync(
        RunQueries queries,
        ClaimsPrincipal user,
        CancellationToken cancellationToken,
        string? dag = null,
        string? state = null,
        string? tenant = null,
        long? before = null,
        int limit = 50)
    {
        if (state is not null && !States.Contains(state))
        {
            return Invalid("state", $"'{state}' is not one of {string.Join(", ", States)}.");
        }

        if (tenant is not null && TenantOf(user) is { } own && tenant != own)
        {
            return Invalid("tenant", $"You work for '{own}': leave the parameter out.");
        }

        return limit is >= 1 and <= LongestPage
            ? TypedResults.Ok(await queries.RunsAsync(dag, state, tenant ?? TenantOf(user), before, limit, cancellationToken))
            : Invalid("limit", $"It must be from 1 to {LongestPage}.");
    }

    private static async Task<Results<Ok<RunDetail>, ProblemHttpResult>> GetAsync(
        long run, RunQueries queries, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await queries.RunAsync(run, cancellationToken) is { } found && (TenantOf(user) ?? found.Run.Tenant) == found.Run.Tenant
            ? TypedResults.Ok(found)
            : TypedResults.Problem($"There is no run {run}.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Results<Created<RunDetail>, ValidationProblem, ProblemHttpResult>> TriggerAsync(
        string dag,
        TriggerRequest request,
        RunTrigger trigger,
        RunQueries queries,
        EngineSignals signals,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
    {
        if (TenantOf(user) is { } own)
        {
            if ((request.Tenant ?? own) != own)
            {
                return Invalid("tenant", $"You work for '{own}': name it, or leave the field out.");
            }

            request = request with { Tenant = own };
        }

        var (run, field, complaint) = await trigger.TriggerAsync(dag, request, user.Identity?.Name ?? "", cancellationToken);
        if (run is { } created)
        {
            signals.Scheduler.Ring();
            return TypedResults.Created($"/v1/ops/runs/{created}", await queries.RunAsync(created, cancellationToken));
        }

        return field.Length > 0
            ? Invalid(field, complaint)
            : TypedResults.Problem(complaint, statusCode: StatusCodes.Status404NotFound);
    }

    private static string? TenantOf(ClaimsPrincipal user) => user.FindFirstValue(DagsPolicies.TenantClaim);

    private static ValidationProblem Invalid(string field, string complaint) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [complaint] });
}
