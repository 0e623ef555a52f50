using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RetailInsight.Dags.Engine.Backfills;

namespace RetailInsight.Dags.Operations;

/// <summary>What to compute again.</summary>
internal sealed record BackfillPlanRequest(
    [property: Description("The DAG; its runs work on a trading day.")] string Dag,
    [property: Description("First trading day.")] DateOnly From,
    [property: Description("Last trading day.")] DateOnly To,
    [property: Description("missing, failed, stale or all.")] string Selector,
    [property: Description("newest_first, oldest_first, or sequential: the first day first, each when the one before has ended well.")] string Order = "newest_first",
    [property: Description("How many runs at once, 1 to 16; a sequential backfill has one.")] int MaxActiveRuns = 2,
    [property: Description("Only these stores; leave out for all.")] IReadOnlyList<string>? Stores = null,
    [property: Description("Whose; people of a tenant leave it out.")] string? Tenant = null);

/// <summary>A day of a backfill.</summary>
internal sealed record BackfillDayView(
    DateOnly BusinessDate, [property: Description("The stores concerned; null for all there is data of, empty where only the day as a whole is.")] IReadOnlyList<string>? Stores);

/// <summary>A backfill as it would be.</summary>
internal sealed record BackfillPlanView(
    long PlanId,
    string Tenant,
    string Dag,
    IReadOnlyList<BackfillDayView> Days,
    [property: Description("Tasks of all runs; mapped ones counted once.")] long Tasks,
    [property: Description("Seconds if every run takes as long as half of the last ones; null where none has run.")] double? UsualSeconds,
    [property: Description("The same with the time nine of ten runs stay below.")] double? AtWorstSeconds,
    [property: Description("Rows read; null where nobody knows.")] long? Rows,
    [property: Description("About as many bytes.")] long? Bytes,
    [property: Description("Runs of the DAG that wait now; all of them go first.")] long WaitingRuns,
    DateTimeOffset ExpiresAt);

/// <summary>A backfill.</summary>
internal sealed record BackfillView(
    long BackfillId,
    string Tenant,
    string Dag,
    DateOnly From,
    DateOnly To,
    string Selector,
    string Order,
    int MaxActiveRuns,
    [property: Description("running, paused, canceled or done.")] string State,
    string Actor,
    string Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt,
    [property: Description("Days whose turn has not come.")] long Pending,
    [property: Description("Days whose run is under way.")] long Submitted,
    long Succeeded,
    long Failed,
    [property: Description("Days that were given up.")] long Canceled)
{
    public static BackfillView Of(BackfillState state) => new(
        state.BackfillId,
        state.Tenant,
        state.DagId,
        state.FirstDate,
        state.LastDate,
        state.Selector,
        state.Ordering,
        state.MaxActiveRuns,
        state.State,
        state.Actor,
        state.Reason,
        PartitionView.Utc(state.CreatedAt),
        state.EndedAt is { } ended ? PartitionView.Utc(ended) : null,
        state.Pending,
        state.Submitted,
        state.Success,
        state.Failed,
        state.Canceled);
}

/// <summary>Why a backfill goes on.</summary>
internal sealed record ResumeRequest(
    [property: Description("Why; is kept in the record.")] string Reason, [property: Description("Whether days that failed get another run.")] bool FailedAgain = false);

/// <summary><c>/v1/ops/backfills</c>.</summary>
internal static class BackfillEndpoints
{
    private const int MostListed = 200;
    private const int MostStores = 10_000;

    public static void Map(RouteGroupBuilder ops)
    {
        ops.MapPost("/backfills/plans", PlanAsync).RequireAuthorization(DagsPolicies.Operate)
            .WithName("planBackfill").WithSummary("Says which days would be computed again and what that would cost. Nothing is done.").WithOneEffect();
        ops.MapPost("/backfills/plans/{backfillPlan:long}/apply", ApplyAsync).RequireAuthorization(DagsPolicies.Operate)
            .WithName("applyBackfillPlan").WithSummary("Makes exactly the backfill of the plan, or says which days stand otherwise now.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithOneEffect();
        ops.MapGet("/backfills", ListAsync).WithName("listBackfills").WithSummary("The latest backfills, newest first.");
        ops.MapGet("/backfills/{backfill:long}", FindAsync).WithName("getBackfill").WithSummary("How a backfill stands.").ProducesProblem(StatusCodes.Status404NotFound);
        Change(ops, "pause", "paused", "Lets no more runs of it begin; what runs goes on.");
        ops.MapPost("/backfills/{backfill:long}/resume", (long backfill, ResumeRequest request, HttpContext context, BackfillQueue queue, Caller caller, CancellationToken cancellationToken) =>
                ChangeAsync(backfill, "running", request.FailedAgain, request.Reason, context, queue, caller, cancellationToken))
            .RequireAuthorization(DagsPolicies.Operate).WithName("resumeBackfill").WithSummary("Lets it go on, with another run for days that failed if asked to.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithOneEffect();
        Change(ops, "cancel", "canceled", "Gives up what has not begun.");
    }

    private static void Change(RouteGroupBuilder ops, string verb, string state, string summary) =>
        ops.MapPost($"/backfills/{{backfill:long}}/{verb}", (long backfill, ReasonRequest request, HttpContext context, BackfillQueue queue, Caller caller, CancellationToken cancellationToken) =>
                ChangeAsync(backfill, state, false, request.Reason, context, queue, caller, cancellationToken))
            .RequireAuthorization(DagsPolicies.Operate).WithName($"{verb}Backfill").WithSummary(summary)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithOneEffect();

    private static async Task<Results<Created<BackfillPlanView>, ValidationProblem>> PlanAsync(
        BackfillPlanRequest request, HttpContext context, BackfillPlans plans, Caller caller, CancellationToken cancellationToken)
    {
        if (PartitionEndpoints.TenantOf(caller, request.Tenant) is not { } tenant)
        {
            return PartitionEndpoints.WrongTenant(caller);
        }

        if (Named<BackfillSelector>(request.Selector) is not { } selector)
        {
            return OperationsProblem.Invalid("selector", "It is one of missing, failed, stale, all.");
        }

        if (Named<BackfillOrder>(request.Order) is not { } order)
        {
            return OperationsProblem.Invalid("order", "It is one of newest_first, oldest_first, sequential.");
        }

        if (request.To < request.From || request.To.DayNumber - request.From.DayNumber >= BackfillPlans.MostDays)
        {
            return OperationsProblem.Invalid("to", $"It must be the day of `from` or one of the {BackfillPlans.MostDays - 1} after it.");
        }

        if (request.MaxActiveRuns is < 1 or > BackfillPlans.MostActiveRuns)
        {
            return OperationsProblem.Invalid("max_active_runs", $"It must be from 1 to {BackfillPlans.MostActiveRuns}.");
        }

        if (request.Stores is { } stores && (stores.Count is 0 or > MostStores || stores.Any(string.IsNullOrWhiteSpace)))
        {
            return OperationsProblem.Invalid("stores", $"Name 1 to {MostStores} stores, or leave the field out for all of them.");
        }

        var effect = new OneEffect<BackfillPlan, BackfillPlanView>(context, (_, plan, _) => Task.FromResult(View(plan)), view => $"/v1/ops/backfills/plans/{view.PlanId}");
        try
        {
            await plans.PlanAsync(
                new BackfillRequest(tenant, request.Dag, request.From, request.To, selector, order, request.MaxActiveRuns, request.Stores), caller.Name, effect.Alongside, cancellationToken);
            return TypedResults.Created($"/v1/ops/backfills/plans/{effect.Answer!.PlanId}", effect.Answer);
        }
        catch (ArgumentException impossible)
        {
            return OperationsProblem.Invalid("dag", impossible.Message);
        }
    }

    private static async Task<Results<Created<BackfillView>, ValidationProblem, ProblemHttpResult>> ApplyAsync(
        long backfillPlan, ReasonRequest request, HttpContext context, BackfillPlans plans, Caller caller, CancellationToken cancellationToken)
    {
        if (!await plans.HasAsync(backfillPlan, caller.Tenant, cancellationToken))
        {
            return OperationsProblem.Unknown($"There is no plan {backfillPlan} of a backfill.");
        }

        if (OperationsProblem.Reason(request.Reason) is not { } reason)
        {
            return OperationsProblem.NoReason();
        }

        var effect = new OneEffect<long, BackfillView>(
            context, async (connection, made, token) => BackfillView.Of((await BackfillQueue.FindAsync(connection, made, caller.Tenant, token))!), view => $"/v1/ops/backfills/{view.BackfillId}");
        var result = await plans.ApplyAsync(backfillPlan, caller.Tenant, caller.Name, reason, effect.Alongside, cancellationToken);
        return effect.Answer is { } answer
            ? TypedResults.Created($"/v1/ops/backfills/{answer.BackfillId}", answer)
            : OperationsProblem.Refused(result.Refusal, result.Differences);
    }

    private static async Task<Results<Ok<IReadOnlyList<BackfillView>>, ValidationProblem>> ListAsync(
        BackfillQueue queue, Caller caller, CancellationToken cancellationToken, [Description("The most items, 1 to 200; default 50.")] int limit = 50)
    {
        if (limit is < 1 or > MostListed)
        {
            return OperationsProblem.Invalid("limit", $"It must be from 1 to {MostListed}.");
        }

        IReadOnlyList<BackfillView> found = [.. (await queue.ListAsync(caller.Tenant, limit, cancellationToken)).Select(BackfillView.Of)];
        return TypedResults.Ok(found);
    }

    private static async Task<Results<Ok<BackfillView>, ProblemHttpResult>> FindAsync(long backfill, BackfillQueue queue, Caller caller, CancellationToken cancellationToken) =>
        await queue.FindAsync(backfill, caller.Tenant, cancellationToken) is { } found
            ? TypedResults.Ok(BackfillView.Of(found)) : OperationsProblem.Unknown($"There is no backfill {backfill}.");

    private static async Task<Results<Ok<BackfillView>, ValidationProblem, ProblemHttpResult>> ChangeAsync(
        long backfill, string state, bool failedAgain, string why, HttpContext context, BackfillQueue queue, Caller caller, CancellationToken cancellationToken)
    {
        if (await queue.FindAsync(backfill, caller.Tenant, cancellationToken) is null)
        {
            return OperationsProblem.Unknown($"There is no backfill {backfill}.");
        }

        if (OperationsProblem.Reason(why) is not { } reason)
        {
            return OperationsProblem.NoReason();
        }

        var effect = new OneEffect<long, BackfillView>(context, async (connection, made, token) => BackfillView.Of((await BackfillQueue.FindAsync(connection, made, caller.Tenant, token))!));
        var refusal = await queue.SetAsync(backfill, caller.Tenant, state, failedAgain, caller.Name, reason, effect.Alongside, cancellationToken);
        return effect.Answer is { } answer ? TypedResults.Ok(answer) : OperationsProblem.Refused(refusal!, []);
    }

    // Names only: a number would name a value too.
    private static T? Named<T>(string name)
        where T : struct, Enum =>
        Enum.GetValues<T>().Where(value => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()) == name).Select(value => (T?)value).FirstOrDefault();

    private static BackfillPlanView View(BackfillPlan plan) => new(
        plan.PlanId,
        plan.Request.Tenant,
        plan.Request.DagId,
        [.. plan.Days.Select(day => new BackfillDayView(day.BusinessDate, day.Stores))],
        plan.Estimate.Tasks,
        plan.Estimate.Usual?.TotalSeconds,
        plan.Estimate.AtWorst?.TotalSeconds,
        plan.Estimate.Rows,
        plan.Estimate.Bytes,
        plan.Estimate.WaitingRuns,
        plan.ExpiresAt);
}
