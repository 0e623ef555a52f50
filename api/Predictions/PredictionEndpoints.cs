using System.Globalization;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Core.Ports;

namespace RetailInsight.Api.Predictions;

/// <summary><c>/v1/predict/{model}</c>: questions to the champion of a model, answered from memory and in time.</summary>
internal static class PredictionEndpoints
{
    private const int FaultsInDetail = 3;
    private const int MostFaults = 20;

    public static void MapPredictions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/predict").WithTags("Predictions").RequireAuthorization();
        group.MapGet("/{model}", Find).WithName("getPredictionModel").WithSummary("What a model takes: the fields of a row, how many rows and how long a deadline.")
            .Produces<PredictionModelView>().ProducesProblem(404);
        group.MapPost("/{model}", PostAsync).WithName("predict")
            .WithSummary("Predict. When the model does not answer within the deadline, or cannot, the answer is what it last said of the same row, else a rule's, and is marked so.")
            .Produces<PredictionReply>().ProducesProblem(404).ProducesProblem(422)
            .WithBodyExample("""{"rows":[{"store":"S01","date":"2026-11-25"},{"store":"S02","date":"2026-11-25","promotion":true,"same_weekday":182000}],"deadline_ms":500}""");
    }

    private static IResult Find(string model, HttpContext context, SessionUser user, IPredictions predictions) =>
        new QueryParameters(context).Problem is { } problem ? problem
        : predictions.Find(user.Tenant, model) is { } found ? TypedResults.Ok(PredictionModelView.Of(model, found))
        : Unknown(model);

    private static async Task<IResult> PostAsync(
        string model, PredictionRequest body, HttpContext context, SessionUser user, IPredictions predictions, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context);
        if (query.Problem is { } problem)
        {
            return problem;
        }

        if (predictions.Find(user.Tenant, model) is not { } found)
        {
            return Unknown(model);
        }

        if (body.Rows.Count == 0 || body.Rows.Count > found.MostRows)
        {
            query.Fault("rows", string.Create(CultureInfo.InvariantCulture, $"has 1 to {found.MostRows} rows; there are {body.Rows.Count}. Ask in several requests."));
        }

        if (body.DeadlineMs is { } deadline && (deadline < 1 || deadline > found.LongestDeadline.TotalMilliseconds))
        {
            query.Fault("deadline_ms", string.Create(CultureInfo.InvariantCulture, $"is 1 to {found.LongestDeadline.TotalMilliseconds:0} milliseconds."));
        }

        if (query.Problem is { } outside)
        {
            return outside;
        }

        if (Hidden(body.Rows, found, user) is { Count: > 0 } hidden)
        {
            return Faulty(hidden);
        }

        var answer = await predictions.PredictAsync(
            new(user.Tenant, model, [.. body.Rows.Select(PredictionRow.Of)], body.DeadlineMs is { } within ? TimeSpan.FromMilliseconds(within) : null), cancellationToken);
        return answer is null ? Unknown(model)
            : answer.Faults.Count > 0 ? Faulty(answer.Faults)
            : TypedResults.Ok(PredictionReply.Of(model, answer));
    }

    // A store somebody may not see is refused in the words for one that does not exist. By a number a store could be asked for without its name.
    private static List<FieldFault> Hidden(IReadOnlyList<IReadOnlyDictionary<string, FieldValue>> rows, PredictionModel model, SessionUser user)
    {
        var stores = model.Fields.Where(field => field.Kind == PredictionField.Store).Select(field => field.Name).ToList();
        var faults = new List<FieldFault>();
        for (var row = 0; row < rows.Count && faults.Count < MostFaults; row++)
        {
            if (rows[row] is not { } fields)
            {
                faults.Add(new(row + 1, "rows", "is an object of fields, not null."));
                continue;
            }

            foreach (var field in stores)
            {
                if (fields.TryGetValue(field, out var value) && (value.Number is not null ? "is the code of a store, a text." : value.Text is { } store && !user.MaySee(store) ? FieldFault.Unknown(store) : null) is { } detail)
                {
                    faults.Add(new(row + 1, field, detail));
                }
            }
        }

        return faults;
    }

    private static IResult Unknown(string model) => Results.Problem(ApiProblem.Create(
        StatusCodes.Status404NotFound, "model-unknown", "Model not found",
        $"No model '{(model.Length <= 60 ? model : model[..60])}' answers here. A model answers once it is the champion: models are trained on Mondays, from the fifth week on."));

    private static IResult Faulty(IReadOnlyList<FieldFault> faults) => Results.Problem(ApiProblem.Create(
        StatusCodes.Status422UnprocessableEntity, "rows-invalid", "The question has rows the model cannot take",
        $"Nothing was predicted. {string.Join(" ", faults.Take(FaultsInDetail).Select(fault => $"Row {fault.Row}, {fault.Field}: {fault.Detail}"))}{(faults.Count > FaultsInDetail ? " More stand in errors." : "")}",
        ("errors", faults)));
}
