using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace RetailInsight.Dags.Operations;

/// <summary>A wish to make the champion before this one champion again.</summary>
internal sealed record RollBackRequest(
    [property: Description("Why; is kept in the record and the audit.")] string Reason,
    [property: Description("Version of the champion as you saw it: who comes second is told to look again.")] long ExpectedVersion);

/// <summary><c>/v1/ops/models</c>: which models there are, how they did, which is used, and the way back.</summary>
internal static class ModelEndpoints
{
    public static void Map(RouteGroupBuilder ops)
    {
        ops.MapGet("/models", ListAsync).WithName("listModels").WithSummary("The models of each question: champion, challenger, how they did, and every move with its reasons.");
        ops.MapPost("/models/{model}/rollback", RollBackAsync).RequireAuthorization(DagsPolicies.Operate)
            .WithName("rollBackModel").WithSummary("Makes the champion before this one champion again, at once; the one that was left comes back through its trial alone.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithOneEffect();
    }

    private static async Task<Results<Ok<IReadOnlyList<ModelHistoryView>>, ValidationProblem>> ListAsync(
        ModelDesk desk, Caller caller, CancellationToken cancellationToken, [Description("Whose; people of a tenant leave it out.")] string? tenant = null) =>
        PartitionEndpoints.TenantOf(caller, tenant) is { } whose ? TypedResults.Ok(await desk.ListAsync(whose, cancellationToken)) : PartitionEndpoints.WrongTenant(caller);

    private static async Task<Results<Ok<AliasView>, ValidationProblem, ProblemHttpResult>> RollBackAsync(
        string model, RollBackRequest request, HttpContext context, ModelDesk desk, Caller caller, CancellationToken cancellationToken,
        [Description("Whose; people of a tenant leave it out.")] string? tenant = null)
    {
        if (PartitionEndpoints.TenantOf(caller, tenant) is not { } whose)
        {
            return PartitionEndpoints.WrongTenant(caller);
        }

        if (!await desk.HasAsync(whose, model, cancellationToken))
        {
            return OperationsProblem.Unknown($"There is no model '{model}'.");
        }

        if (OperationsProblem.Reason(request.Reason) is not { } reason)
        {
            return OperationsProblem.NoReason();
        }

        var effect = new OneEffect<AliasView, AliasView>(context, (_, champion, _) => Task.FromResult(champion));
        return await desk.RollBackAsync(whose, model, request.ExpectedVersion, caller.Name, reason, effect.Alongside, cancellationToken) is var (sentence, isOutdated)
            ? OperationsProblem.Refused(sentence, isOutdated ? [sentence] : []) : TypedResults.Ok(effect.Answer!);
    }
}
