using Npgsql;
using RetailInsight.Api.Problems;

namespace RetailInsight.Api.Metrics;

/// <summary>What a question can be refused for although each of its parts is known.</summary>
internal static class MetricProblem
{
    public static IResult Unknown(string id) => Results.Problem(ApiProblem.Create(
        StatusCodes.Status404NotFound, "metric-unknown", "Metric not found", $"There is no metric '{(id.Length <= 60 ? id : id[..60])}'; GET /v1/metrics lists them."));

    public static IResult Impossible(MetricQuery query, IReadOnlyList<Metric> metrics)
    {
        var asked = query.Dimensions.Concat(query.Filters.Select(filter => filter.Dimension)).Distinct();
        var faults = metrics.Select(metric => new ParameterFault(
            metric.Id, $"has the dimensions {string.Join(" or ", metric.Facts.Select(fact => string.Join(", ", fact.Dimensions.Keys)))}{Needed(metric)}; asked for are {string.Join(", ", asked)}.")).ToList();
        return Results.Problem(ApiProblem.Create(
            StatusCodes.Status422UnprocessableEntity, "dimension-impossible", "A metric does not have these dimensions",
            string.Join(" ", faults.Select(fault => $"{fault.Parameter} {fault.Detail}")), ("errors", faults)));
    }

    public static IResult TargetMissing(MetricQuery query, IReadOnlyList<Metric> metrics)
    {
        var split = query.Dimensions.Concat(query.Filters.Select(filter => filter.Dimension)).Distinct().Except(MartFacts.Targets.First().Value.Reached.Dimensions.Keys).ToList();
        var faults = metrics.Select(metric => new ParameterFault(metric.Id, MartFacts.Targets.ContainsKey(metric.Id)
            ? $"has targets by {string.Join(", ", MartFacts.Targets[metric.Id].Reached.Dimensions.Keys)} only; leave {string.Join(", ", split)} out."
            : $"has no target; {string.Join(", ", MartFacts.Targets.Keys)} have. Ask for it without compare=target.")).ToList();
        return Results.Problem(ApiProblem.Create(
            StatusCodes.Status422UnprocessableEntity, "target-missing", "A metric has no target to compare with",
            string.Join(" ", faults.Select(fault => $"{fault.Parameter} {fault.Detail}")), ("errors", faults)));
    }

    public static IResult TooExpensive(MetricQuery query, long scanned, long cells)
    {
        var share = Math.Min(MetricPlan.MaxScanned / (decimal)Math.Max(1, scanned), MetricPlan.MaxCells / (decimal)Math.Max(1, cells));
        var days = (int)Math.Floor(query.Days * Math.Min(1, share));
        var allowed = days > 0 ? $"The same question is answered for {days} days" : "Ask for fewer dimensions";
        return Results.Problem(ApiProblem.Create(
            StatusCodes.Status422UnprocessableEntity, "query_too_expensive", "The question is too large for one answer",
            $"About {cells:N0} values from {scanned:N0} rows; {MetricPlan.MaxCells:N0} values and {MetricPlan.MaxScanned:N0} rows are allowed. {allowed}, for fewer stores or metrics, or by a coarser grain.",
            ("allowed", new QueryAllowance(cells, MetricPlan.MaxCells, scanned, MetricPlan.MaxScanned, days))));
    }

    /// <summary>The answer, or that the question takes longer than one may.</summary>
    public static async Task<IResult> UnlessTooLongAsync(Func<Task<IResult>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            return Results.Problem(ApiProblem.Create(
                StatusCodes.Status422UnprocessableEntity, "query_too_expensive", "The question is too large for one answer", "It took longer than a question may. Ask for fewer days or fewer stores."));
        }
    }

    public static IResult CursorOutdated() => Results.Problem(ApiProblem.Create(
        StatusCodes.Status409Conflict, "cursor-outdated", "The data changed", "New data was published since the first page. Begin again without cursor."));

    private static string Needed(Metric metric)
    {
        var needed = metric.Facts.SelectMany(fact => fact.Needs.Where(need => metric.Measures.Contains(need.Key)).Select(need => need.Value)).Distinct().ToList();
        return needed.Count == 0 ? "" : $" and is split by {string.Join(" or ", needed)}";
    }

    /// <summary>What a question would cost and what is allowed.</summary>
    internal sealed record QueryAllowance(long Cells, long MaxCells, long RowsRead, long MaxRowsRead, int Days);
}
