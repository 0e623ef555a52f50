using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace RetailInsight.Dags.Operations;

/// <summary>A model in use with what speaks against it in words.</summary>
internal sealed record ModelDriftView(
    ModelDrift State,
    [property: Description("What speaks against it in sentences, the gravest first.")] IReadOnlyList<string> Reasons,
    [property: Description("What to do; empty where nothing is.")] IReadOnlyList<string> Advice);

/// <summary>A model in use in detail.</summary>
internal sealed record ModelDriftDetail(
    ModelDrift State, IReadOnlyList<string> Reasons, IReadOnlyList<string> Advice, [property: Description("The last four weeks by how many days ahead.")] IReadOnlyList<DriftSpan> Leads,
    [property: Description("Up to 26 weeks, oldest first.")] IReadOnlyList<DriftSpan> Weeks, [property: Description("Those that moved most first.")] IReadOnlyList<DriftFeature> Features);

/// <summary>What a case was.</summary>
internal sealed record ReviewRequest(
    [property: Description("right: the model was right to expect this. wrong: it was not. data_fault: the figures are no truth; the day is left out of training. known_event: it had a reason outside the data.")] string Label,
    [property: Description("For whoever reads it later, up to 500 characters.")] string Note = "");

/// <summary><c>/v1/ops/models/drift</c> and <c>/v1/ops/models/review</c>: how models in use do, and what they were unsure of.</summary>
internal static class ModelWatchEndpoints
{
    private const int Weeks = 26;
    private const int LongestNote = 500;
    private const string Whose = "Whose; people of a tenant leave it out.";

    public static void Map(RouteGroupBuilder ops)
    {
        ops.MapGet("/models/drift", ListAsync).WithName("listModelDrift").WithSummary("What is to be thought of every model in use, as of the last night.");
        ops.MapGet("/models/{model}/drift", FindAsync).WithName("getModelDrift").WithSummary("A model in use: its errors by week and by days ahead beside the backtest, and how its inputs moved.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        ops.MapGet("/models/review", CasesAsync).WithName("listReviewCases").WithSummary("What models were unsure of, for people to look at; the newest night first.");
        ops.MapPost("/models/review/{reviewCase:long}", DecideAsync).RequireAuthorization(DagsPolicies.Operate).WithName("decideReviewCase")
            .WithSummary("Says what a case was. It is recorded; days whose data are at fault are left out of training from then on.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithOneEffect();
    }

    private static async Task<Results<Ok<IReadOnlyList<ModelDriftView>>, ValidationProblem>> ListAsync(
        ModelDriftQueries drift, Caller caller, CancellationToken cancellationToken, [Description(Whose)] string? tenant = null)
    {
        if (PartitionEndpoints.TenantOf(caller, tenant) is not { } whose)
        {
            return PartitionEndpoints.WrongTenant(caller);
        }

        IReadOnlyList<ModelDriftView> models = [.. (await drift.LatestAsync(whose, cancellationToken)).Select(model => new ModelDriftView(model, DriftWords.Reasons(model), DriftWords.Advice(model)))];
        return TypedResults.Ok(models);
    }

    private static async Task<Results<Ok<ModelDriftDetail>, ValidationProblem, ProblemHttpResult>> FindAsync(
        string model, ModelDriftQueries drift, Caller caller, CancellationToken cancellationToken, [Description(Whose)] string? tenant = null)
    {
        if (PartitionEndpoints.TenantOf(caller, tenant) is not { } whose)
        {
            return PartitionEndpoints.WrongTenant(caller);
        }

        if ((await drift.LatestAsync(whose, cancellationToken)).FirstOrDefault(one => one.Model == model) is not { } state)
        {
            return OperationsProblem.Unknown($"No model '{model}' is watched.");
        }

        var (leads, weeks) = await drift.SpansAsync(whose, model, state.AsOf, Weeks, cancellationToken);
        return TypedResults.Ok(new ModelDriftDetail(state, DriftWords.Reasons(state), DriftWords.Advice(state), leads, weeks, await drift.FeaturesAsync(whose, model, state.AsOf, cancellationToken)));
    }

    private static async Task<Results<Ok<IReadOnlyList<ReviewCase>>, ValidationProblem>> CasesAsync(
        ReviewDesk desk, Caller caller, CancellationToken cancellationToken,
        [Description("open, decided or expired; default all.")] string? state = null,
        [Description("missed_range, wide_range, low_confidence, group_change, far_from_group, fallback or outside_training; default all.")] string? reason = null,
        [Description("Items, 1 to 1000; default 100.")] int limit = OperationsEndpoints.DefaultPage,
        [Description(Whose)] string? tenant = null)
    {
        if (PartitionEndpoints.TenantOf(caller, tenant) is not { } whose)
        {
            return PartitionEndpoints.WrongTenant(caller);
        }

        if (state is not null && !ReviewDesk.States.Contains(state))
        {
            return OperationsProblem.Invalid("state", $"It must be one of {string.Join(", ", ReviewDesk.States)}.");
        }

        if (reason is not null && !ReviewDesk.Reasons.Contains(reason))
        {
            return OperationsProblem.Invalid("reason", $"It must be one of {string.Join(", ", ReviewDesk.Reasons)}.");
        }

        return limit is < 1 or > OperationsEndpoints.LongestPage
            ? OperationsProblem.Invalid("limit", $"It must be from 1 to {OperationsEndpoints.LongestPage}.")
            : TypedResults.Ok(await desk.ListAsync(whose, state, reason, limit, cancellationToken));
    }

    private static async Task<Results<Ok<ReviewCase>, ValidationProblem, ProblemHttpResult>> DecideAsync(
        long reviewCase, ReviewRequest request, HttpContext context, ReviewDesk desk, Caller caller, CancellationToken cancellationToken, [Description(Whose)] string? tenant = null)
    {
        if (PartitionEndpoints.TenantOf(caller, tenant) is not { } whose)
        {
            return PartitionEndpoints.WrongTenant(caller);
        }

        if (await desk.FindAsync(whose, reviewCase, cancellationToken) is null)
        {
            return OperationsProblem.Unknown($"There is no case {reviewCase}.");
        }

        if (!ReviewDesk.Labels.Contains(request.Label))
        {
            return OperationsProblem.Invalid("label", $"It must be one of {string.Join(", ", ReviewDesk.Labels)}.");
        }

        if (request.Note.Length > LongestNote || request.Note.Any(char.IsControl))
        {
            return OperationsProblem.Invalid("note", $"Up to {LongestNote} characters without control characters.");
        }

        var effect = new OneEffect<ReviewCase, ReviewCase>(context, (_, decided, _) => Task.FromResult(decided));
        return await desk.DecideAsync(whose, reviewCase, request.Label, request.Note.Trim(), caller.Name, effect.Alongside, cancellationToken)
            ? TypedResults.Ok(effect.Answer!)
            : OperationsProblem.Refused($"Case {reviewCase} is open no more.", []);
    }
}
