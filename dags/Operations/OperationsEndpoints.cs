using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary><c>/v1/ops</c>: who may view sees the runs of the own tenant, who may operate changes them.</summary>
internal static class OperationsEndpoints
{
    /// <summary>The most items of one answer.</summary>
    public const int LongestPage = 1000;

    /// <summary>Items of an answer where nothing is said.</summary>
    public const int DefaultPage = 100;

    private static readonly string[] States = ["queued", "running", "success", "failed", "canceled"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var ops = routes.MapGroup("/v1/ops").RequireAuthorization(DagsPolicies.View).WithTags("Operations")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .AddEndpointFilterFactory(TypedParameters.Filter);
        DagEndpoints.Map(ops);
        ops.MapGet("/runs", ListAsync).WithName("listRuns").WithSummary("Runs, newest first; pass `before` of an answer to get the next page.");
        ops.MapGet("/runs/{run:long}", GetAsync).WithName("getRun").WithSummary("A run with its tasks and every try.").ProducesProblem(StatusCodes.Status404NotFound);
        ops.MapPost("/dags/{dag}/runs", TriggerAsync).RequireAuthorization(DagsPolicies.Operate)
            .WithName("triggerRun").WithSummary("Queues a run by hand. Runs of a DAG without tenant are started by operators of the platform alone.")
            .ProducesProblem(StatusCodes.Status404NotFound).WithOneEffect();
        TaskEndpoints.Map(ops);
        PlanEndpoints.Map(ops);
        ActionEndpoints.Map(ops);
        PartitionEndpoints.Map(ops);
        BackfillEndpoints.Map(ops);
        ApprovalEndpoints.Map(ops);
        ModelEndpoints.Map(ops);
        ModelWatchEndpoints.Map(ops);
        ops.MapGet("/queue", (QueueReads queue, Caller caller, CancellationToken cancellationToken) => queue.ReadAsync(caller, cancellationToken))
            .WithName("getQueue").WithSummary("What waits for slots, by pool, and the workers that live. People of a tenant see their own tasks alone.");
    }

    private static async Task<Results<Ok<RunPage>, ValidationProblem>> ListAsync(
        RunQueries queries,
        Caller caller,
        CancellationToken cancellationToken,
        [Description("Only of this DAG.")] string? dag = null,
        [Description("queued, running, success, failed or canceled.")] string? state = null,
        [Description("Whose; people of a tenant leave it out.")] string? tenant = null,
        [Description("Only older ones.")] long? before = null,
        [Description("Items a page, 1 to 1000; default 100.")] int limit = DefaultPage)
    {
        if (state is not null && !States.Contains(state))
        {
            return OperationsProblem.Invalid("state", $"'{state}' is not one of {string.Join(", ", States)}.");
        }

        if (tenant is not null && caller.Tenant is { } own && tenant != own)
        {
            return OperationsProblem.Invalid("tenant", $"You work for '{own}': leave the parameter out.");
        }

        return limit is >= 1 and <= LongestPage
            ? TypedResults.Ok(await queries.RunsAsync(dag, state, tenant ?? caller.Tenant, before, limit, cancellationToken))
            : OperationsProblem.Invalid("limit", $"It must be from 1 to {LongestPage}.");
    }

    private static async Task<Results<Ok<RunDetail>, ProblemHttpResult>> GetAsync(long run, RunQueries queries, Caller caller, CancellationToken cancellationToken) =>
        await queries.RunAsync(run, cancellationToken) is { } found && (caller.Tenant ?? found.Run.Tenant) == found.Run.Tenant
            ? TypedResults.Ok(found)
            : OperationsProblem.Unknown($"There is no run {run}.");

    private static async Task<Results<Created<RunDetail>, ValidationProblem, ProblemHttpResult>> TriggerAsync(
        string dag, TriggerRequest request, HttpContext context, RunTrigger trigger, DagVersions versions, EngineSignals signals, Caller caller, CancellationToken cancellationToken)
    {
        if (await versions.IsPartitionedAsync(dag, cancellationToken) is not { } partitioned)
        {
            return OperationsProblem.Unknown($"There is no DAG '{dag}'.");
        }

        if (caller.Tenant is { } own)
        {
            if (!partitioned)
            {
                return OperationsProblem.PlatformOnly($"{dag} belongs to no tenant: operators of the platform start it where the service runs.");
            }

            if ((request.Tenant ?? own) != own)
            {
                return OperationsProblem.Invalid("tenant", $"You work for '{own}': name it, or leave the field out.");
            }

            request = request with { Tenant = own };
        }

        var effect = new OneEffect<RunView, RunDetail>(context, (_, run, _) => Task.FromResult(new RunDetail(run, [])), made => $"/v1/ops/runs/{made.Run.RunId}");
        if (await trigger.TriggerAsync(dag, partitioned, request, caller.Name, effect.Alongside, cancellationToken) is var (field, complaint))
        {
            return OperationsProblem.Invalid(field, complaint);
        }

        signals.Scheduler.Ring();
        return TypedResults.Created($"/v1/ops/runs/{effect.Answer!.Run.RunId}", effect.Answer);
    }
}
