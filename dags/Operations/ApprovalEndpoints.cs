using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RetailInsight.Dags.Engine.Approvals;

namespace RetailInsight.Dags.Operations;

/// <summary>A question that waits for an answer.</summary>
internal sealed record ApprovalView(
    long ApprovalId,
    string Tenant,
    long RunId,
    string Dag,
    string PartitionKey,
    string Task,
    string Question,
    [property: Description("What would change: by store net sales (in 1/1,000,000 of the currency), receipts and visitors, was and is.")] JsonElement Detail,
    DateTimeOffset AskedAt);

/// <summary>What became of a question.</summary>
internal sealed record AnswerView(long ApprovalId, [property: Description("approved or refused.")] string State);

/// <summary>When a tenant is asked.</summary>
internal sealed record ApprovalGateView(
    [property: Description("Net sales, receipts or visitors of a store may differ by so many thousandths without a question; 0 asks for every difference.")] int TolerancePerMille,
    [property: Description("Days so many days back and older are asked about; 0 for yesterday and before.")] int OlderThanDays);

/// <summary>When a tenant is to be asked, and why.</summary>
internal sealed record ApprovalGateRequest(
    [property: Description("Why; is kept in the record.")] string Reason,
    [property: Description("Net sales, receipts or visitors of a store may differ by so many thousandths without a question; 0 asks for every difference.")] int TolerancePerMille,
    [property: Description("Days so many days back and older are asked about; 0 for yesterday and before.")] int OlderThanDays);

/// <summary><c>/v1/ops/approvals</c>: what would change published figures, and the answer.</summary>
internal static class ApprovalEndpoints
{
    private const int MostPerMille = 10_000;
    private const int MostDays = 3660;

    public static void Map(RouteGroupBuilder ops)
    {
        ops.MapGet("/approvals", ListAsync).WithName("listApprovals").WithSummary("What waits for somebody to say yes, oldest first.");
        Answer(ops, "approve", true, "Lets it be published, if it is still the same when it is computed again.");
        Answer(ops, "refuse", false, "Lets the task fail; what stands stays.");
        ops.MapGet("/approval-gate", GateAsync).WithName("getApprovalGate").WithSummary("From which difference on it is asked before figures are published again; no content when never.");
        ops.MapPut("/approval-gate", SetGateAsync).RequireAuthorization(DagsPolicies.Approve)
            .WithName("setApprovalGate").WithSummary("Sets from which difference on it is asked.").ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        ops.MapDelete("/approval-gate", ClearGateAsync).RequireAuthorization(DagsPolicies.Approve)
            .WithName("clearApprovalGate").WithSummary("Asks never again; questions that are open stay.");
    }

    private static void Answer(RouteGroupBuilder ops, string verb, bool yes, string summary) =>
        ops.MapPost($"/approvals/{{approval:long}}/{verb}", (long approval, ReasonRequest request, HttpContext context, ApprovalDesk desk, Caller caller, CancellationToken cancellationToken) =>
                AnswerAsync(approval, yes, request, context, desk, caller, cancellationToken))
            .RequireAuthorization(DagsPolicies.Approve).WithName($"{verb}Approval").WithSummary(summary)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithOneEffect();

    private static async Task<Ok<IReadOnlyList<ApprovalView>>> ListAsync(ApprovalDesk desk, Caller caller, CancellationToken cancellationToken)
    {
        IReadOnlyList<ApprovalView> open = [.. (await desk.OpenAsync(caller.Tenant, cancellationToken)).Select(one => new ApprovalView(
            one.ApprovalId, one.Tenant, one.RunId, one.DagId, one.PartitionKey, one.TaskId, one.Question, JsonElement.Parse(one.Detail), PartitionView.Utc(one.AskedAt)))];
        return TypedResults.Ok(open);
    }

    private static async Task<Results<Ok<AnswerView>, ValidationProblem, ProblemHttpResult>> AnswerAsync(
        long approval, bool yes, ReasonRequest request, HttpContext context, ApprovalDesk desk, Caller caller, CancellationToken cancellationToken)
    {
        if (!await desk.HasAsync(approval, caller.Tenant, cancellationToken))
        {
            return OperationsProblem.Unknown($"There is no question {approval}.");
        }

        if (OperationsProblem.Reason(request.Reason) is not { } reason)
        {
            return OperationsProblem.NoReason();
        }

        var effect = new OneEffect<string, AnswerView>(context, (_, state, _) => Task.FromResult(new AnswerView(approval, state)));
        var refusal = await desk.AnswerAsync(approval, caller.Tenant, yes, caller.Name, reason, effect.Alongside, cancellationToken);
        return effect.Answer is { } answer ? TypedResults.Ok(answer) : OperationsProblem.Refused(refusal!, []);
    }

    private static async Task<Results<Ok<ApprovalGateView>, NoContent, ValidationProblem>> GateAsync(
        ApprovalDesk desk, Caller caller, CancellationToken cancellationToken, [Description("Whose; people of a tenant leave it out.")] string? tenant = null) =>
        PartitionEndpoints.TenantOf(caller, tenant) is not { } whose ? PartitionEndpoints.WrongTenant(caller)
            : await desk.GateAsync(whose, cancellationToken) is { } gate ? TypedResults.Ok(new ApprovalGateView(gate.TolerancePerMille, gate.OlderThanDays)) : TypedResults.NoContent();

    private static async Task<Results<NoContent, ValidationProblem>> SetGateAsync(
        ApprovalGateRequest gate, ApprovalDesk desk, Caller caller, CancellationToken cancellationToken, [Description("Whose; people of a tenant leave it out.")] string? tenant = null)
    {
        if (PartitionEndpoints.TenantOf(caller, tenant) is not { } whose)
        {
            return PartitionEndpoints.WrongTenant(caller);
        }

        if (gate.TolerancePerMille is < 0 or > MostPerMille)
        {
            return OperationsProblem.Invalid("tolerance_per_mille", $"It must be from 0 to {MostPerMille}.");
        }

        if (gate.OlderThanDays is < 0 or > MostDays)
        {
            return OperationsProblem.Invalid("older_than_days", $"It must be from 0 to {MostDays}.");
        }

        if (OperationsProblem.Reason(gate.Reason) is not { } reason)
        {
            return OperationsProblem.NoReason();
        }

        await desk.SetGateAsync(whose, new ApprovalGate(gate.TolerancePerMille, gate.OlderThanDays), caller.Name, reason, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ValidationProblem>> ClearGateAsync(
        ApprovalDesk desk, Caller caller, CancellationToken cancellationToken, [Description("Whose; people of a tenant leave it out.")] string? tenant = null)
    {
        if (PartitionEndpoints.TenantOf(caller, tenant) is not { } whose)
        {
            return PartitionEndpoints.WrongTenant(caller);
        }

        await desk.SetGateAsync(whose, null, caller.Name, "", cancellationToken);
        return TypedResults.NoContent();
    }
}
