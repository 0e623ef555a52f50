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

/// <summary>What to plan.</summary>
/// <param name="Kind"><c>clear</c>, <c>mark</c> or <c>cancel</c>.</param>
/// <param name="Tasks">Tasks by id, or <c>id[key]</c> for one of a mapped task; null or empty for all.</param>
/// <param name="Downstream">Clear: also everything behind them. Without, only what failed because of them.</param>
/// <param name="OnlyFailed">Of these only what failed, was canceled or never ran because of a failure.</param>
/// <param name="As">Mark: <c>success</c> or <c>failed</c>.</param>
internal sealed record PlanRequest(
    [property: Description("clear, mark or cancel.")] string Kind,
    [property: Description("Tasks by id, or id[key] for one of a mapped task; null or empty for all.")] IReadOnlyList<string>? Tasks = null,
    [property: Description("Clear: also everything behind them. Without, only what failed because of them.")] bool Downstream = true,
    [property: Description("Of these only what failed, was canceled or never ran because of a failure.")] bool OnlyFailed = false,
    [property: Description("Mark: success or failed.")] string As = "success");

/// <summary>Clear, mark and cancel: <c>/v1/ops/runs/{run}/plans</c>, and <c>/v1/ops/plans</c> to apply.</summary>
internal static class PlanEndpoints
{
    private const int MostNamed = 1000;
    private const int LongestName = 300;

    public static void Map(RouteGroupBuilder ops)
    {
        ops.MapPost("/runs/{run:long}/plans", CreateAsync).RequireAuthorization(DagsPolicies.Operate)
            .WithName("createPlan").WithSummary("Says which tasks of a run would be cleared, marked or canceled and what that would cost. Nothing is done.")
            .ProducesProblem(StatusCodes.Status404NotFound).WithOneEffect();
        ops.MapGet("/plans/{plan:long}", FindAsync).WithName("getPlan").WithSummary("A plan with the tasks as it found them.").ProducesProblem(StatusCodes.Status404NotFound);
        ops.MapPost("/plans/{plan:long}/apply", ApplyAsync).RequireAuthorization(DagsPolicies.Operate)
            .WithName("applyPlan").WithSummary("Does what the plan says, or refuses with what has changed since. A plan serves once and for half an hour.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithOneEffect();
    }

    private static async Task<Results<Created<PlanView>, ValidationProblem, ProblemHttpResult>> CreateAsync(
        long run, PlanRequest request, HttpContext context, OwnRuns runs, RunPlans plans, Caller caller, CancellationToken cancellationToken)
    {
        if (!await runs.HasAsync(run, caller, cancellationToken))
        {
            return UnknownRun(run);
        }

        // Names only: a number would name a kind too.
        if (!Enum.GetNames<PlanKind>().Contains(request.Kind, StringComparer.OrdinalIgnoreCase) || request.Kind.Any(char.IsUpper))
        {
            return OperationsProblem.Invalid("kind", "It is one of clear, mark, cancel.");
        }

        var kind = Enum.Parse<PlanKind>(request.Kind, ignoreCase: true);
        if (request.As is not ("success" or "failed"))
        {
            return OperationsProblem.Invalid("as", "It is success or failed.");
        }

        var tasks = request.Tasks ?? [];
        if (tasks.Count > MostNamed || tasks.Any(task => task is not { Length: > 0 and <= LongestName }))
        {
            return OperationsProblem.Invalid("tasks", $"At most {MostNamed} tasks are named, each by its id or as id[key].");
        }

        if (kind == PlanKind.Mark && tasks.Count == 0)
        {
            return OperationsProblem.Invalid("tasks", "Name the tasks to mark.");
        }

        var effect = new OneEffect<ActionPlan, PlanView>(context, async (connection, made, token) => (await PlanReads.FindAsync(connection, made.PlanId, caller, token))!, view => $"/v1/ops/plans/{view.PlanId}");
        try
        {
            return await plans.PlanAsync(run, new PlanSelection(kind, tasks, request.Downstream, request.OnlyFailed, request.As), caller.Name, effect.Alongside, cancellationToken) is null
                ? UnknownRun(run)
                : TypedResults.Created($"/v1/ops/plans/{effect.Answer!.PlanId}", effect.Answer);
        }
        catch (ArgumentException unknown)
        {
            return OperationsProblem.Invalid("tasks", unknown.Message);
        }
    }

    private static async Task<Results<Ok<PlanView>, ProblemHttpResult>> FindAsync(
        long plan, [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, Caller caller, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await PlanReads.FindAsync(connection, plan, caller, cancellationToken) is { } found ? TypedResults.Ok(found) : UnknownPlan(plan);
    }

    private static async Task<Results<Ok<ActionDetail>, ValidationProblem, ProblemHttpResult>> ApplyAsync(
        long plan,
        ReasonRequest request,
        HttpContext context,
        RunPlans plans,
        [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database,
        Caller caller,
        CancellationToken cancellationToken)
    {
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            if (!await PlanReads.HasAsync(connection, plan, caller, cancellationToken))
            {
                return UnknownPlan(plan);
            }
        }

        if (OperationsProblem.Reason(request.Reason) is not { } reason)
        {
            return OperationsProblem.NoReason();
        }

        var effect = new OneEffect<PlanResult, ActionDetail>(context, async (connection, done, token) => (await ActionReads.FindAsync(connection, done.ActionId!.Value, caller, token))!);
        var result = await plans.ApplyAsync(plan, caller.Name, reason, effect.Alongside, cancellationToken);
        return effect.Answer is { } answer ? TypedResults.Ok(answer) : OperationsProblem.Refused(result.Refusal, result.Differences);
    }

    private static ProblemHttpResult UnknownRun(long run) => OperationsProblem.Unknown($"There is no run {run}.");

    private static ProblemHttpResult UnknownPlan(long plan) => OperationsProblem.Unknown($"There is no plan {plan}.");
}
