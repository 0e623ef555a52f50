using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary><c>/v1/ops/actions</c>: who did what by hand, and taking a mark back.</summary>
internal static class ActionEndpoints
{
    public static void Map(RouteGroupBuilder ops)
    {
        ops.MapGet("/actions", ListAsync).WithName("listActions").WithSummary("What people did to runs and DAGs, newest first; pass `before` of an answer to get the next page.");
        ops.MapGet("/actions/{action:long}", FindAsync).WithName("getAction").WithSummary("An action with each task it touched, before and after.").ProducesProblem(StatusCodes.Status404NotFound);
        ops.MapPost("/actions/{action:long}/undo", UndoAsync).RequireAuthorization(DagsPolicies.Operate)
            .WithName("undoAction").WithSummary("Takes a mark back, as long as nothing has changed since. That is an action too.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithOneEffect();
    }

    private static async Task<Results<Ok<ActionPage>, ValidationProblem>> ListAsync(
        [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database,
        Caller caller,
        CancellationToken cancellationToken,
        [Description("Only of this DAG.")] string? dag = null,
        [Description("Only of this run.")] long? run = null,
        [Description("Exactly this actor.")] string? actor = null,
        [Description("Only older ones.")] long? before = null,
        [Description("Items a page, 1 to 1000; default 100.")] int limit = OperationsEndpoints.DefaultPage)
    {
        if (limit is < 1 or > OperationsEndpoints.LongestPage)
        {
            return OperationsProblem.Invalid(nameof(limit), $"It must be from 1 to {OperationsEndpoints.LongestPage}.");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return TypedResults.Ok(await ActionReads.ListAsync(connection, new ActionFilter(dag, run, actor, before, limit), caller, cancellationToken));
    }

    private static async Task<Results<Ok<ActionDetail>, ProblemHttpResult>> FindAsync(
        long action, [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, Caller caller, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ActionReads.FindAsync(connection, action, caller, cancellationToken) is { } found ? TypedResults.Ok(found) : Unknown(action);
    }

    private static async Task<Results<Ok<ActionDetail>, ValidationProblem, ProblemHttpResult>> UndoAsync(
        long action,
        ReasonRequest request,
        HttpContext context,
        MarkUndo undo,
        [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database,
        Caller caller,
        CancellationToken cancellationToken)
    {
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            if (await ActionReads.FindAsync(connection, action, caller, cancellationToken) is null)
            {
                return Unknown(action);
            }
        }

        if (OperationsProblem.Reason(request.Reason) is not { } reason)
        {
            return OperationsProblem.NoReason();
        }

        var effect = new OneEffect<PlanResult, ActionDetail>(context, async (connection, done, token) => (await ActionReads.FindAsync(connection, done.ActionId!.Value, caller, token))!);
        var result = await undo.UndoAsync(action, caller.Name, reason, effect.Alongside, cancellationToken);
        return effect.Answer is { } answer ? TypedResults.Ok(answer) : OperationsProblem.Refused(result.Refusal, result.Differences);
    }

    private static ProblemHttpResult Unknown(long action) => OperationsProblem.Unknown($"There is no action {action}.");
}
