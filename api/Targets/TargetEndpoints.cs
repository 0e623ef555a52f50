using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Targets;

/// <summary>The published targets and the group each follows from.</summary>
internal static class TargetEndpoints
{
    public static void MapTargets(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/targets", ListAsync)
        .WithName("listTargets").WithTags("Targets")
        .WithSummary("Targets by store, business date and metric; left out where fewer than 3 stores make the group.")
        .AsVersionedRead<TargetPage>();

    private static Task<IResult> ListAsync(
        HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken,
        [FromQuery, Description("Store code; repeat for several. Omitted: every store you may see.")] string[]? store = null,
        [Description("First business date, YYYY-MM-DD.")] string? from = null,
        [Description("Last business date, YYYY-MM-DD, at most 400 days in all.")] string? to = null,
        [Description("The next_cursor of the page before.")] string? cursor = null,
        [Description("Items a page, 1 to 1000; default 100.")] string? limit = null)
    {
        var query = new QueryParameters(context, nameof(store), nameof(from), nameof(to), nameof(cursor), nameof(limit));
        var (first, last) = query.Period();
        var size = query.Limit();
        var after = query.Cursor();
        if (query.Problem is { } problem)
        {
            return Task.FromResult(problem);
        }

        return scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            var stores = StoreReads.Select(await read.StoresAsync(user, token), user, query.Many(nameof(store)), out var unknown);
            if (unknown is not null)
            {
                return ApiProblem.StoreUnknown(unknown);
            }

            if (EntityTag.IsCurrent(context, user, $"{read.DataVersion}"))
            {
                return Results.StatusCode(StatusCodes.Status304NotModified);
            }

            var targets = await read.TargetsAsync(stores, first, last, after, size + 1, token);
            var page = targets.Take(size).ToList();
            var end = targets.Count > size ? page[^1] : null;
            return TypedResults.Ok(new TargetPage(
                [.. page.Select(TargetView.Of)], end is null ? null : new StoreDayKey(end.Store, end.BusinessDate, end.Metric).ToCursor()));
        }, cancellationToken);
    }
}

/// <summary>The answer of <c>GET /v1/targets</c>.</summary>
internal sealed record TargetPage(
    IReadOnlyList<TargetView> Items,
    [property: Description("Send as cursor to read on; null on the last page.")] string? NextCursor);

/// <summary>One target on the wire: the numbers are decimal strings in the unit, as published.</summary>
internal sealed record TargetView(
    string Store,
    DateOnly BusinessDate,
    [property: Description("net_sales, basket_value, items_per_receipt or conversion.")] string Metric,
    string Actual,
    [property: Description("The mean of the group.")] string ClusterMean,
    [property: Description("cluster_mean minus actual.")] string Gap,
    [property: Description("The larger of actual and cluster_mean.")] string Target,
    [property: Description("ISO 4217 code for money, items or ratio.")] string Unit,
    [property: Description("Number of the group on that date.")] int Cluster,
    [property: Description("Stores in the group, this one included.")] int ClusterSize)
{
    public static TargetView Of(StoreTarget target) => new(
        target.Store, target.BusinessDate, target.Metric, Text(target.Actual), Text(target.ClusterMean), Text(target.Gap), Text(target.Target),
        target.Unit, target.Cluster, target.ClusterSize);

    private static string Text(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);
}
