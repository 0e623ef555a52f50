using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Kpis;

/// <summary>The published figures, by day and by hour.</summary>
internal static class KpiEndpoints
{
    public static void MapKpis(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/kpis").WithTags("KPIs");
        group.MapGet("/store-day", DaysAsync).WithName("listStoreDays")
            .WithSummary("Sales, visitors and their ratios by store and business date, ordered by store, then date.")
            .AsVersionedRead<StoreDayPage>();
        group.MapGet("/store-hour", HoursAsync).WithName("listStoreHours")
            .WithSummary("One store's business date by hour since local midnight of that date (0 to 47: hours after midnight continue past 23).")
            .AsVersionedRead<StoreHourList>();
    }

    // The parameters are read strictly by QueryParameters; they stand here as well so that OpenAPI knows them.
    private static Task<IResult> DaysAsync(
        HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken,
        [FromQuery, Description("Store code; repeat for several. Omitted: every store you may see.")] string[]? store = null,
        [Description("First business date, YYYY-MM-DD.")] string? from = null,
        [Description("Last business date, YYYY-MM-DD, at most 400 days in all.")] string? to = null,
        [Description("The next_cursor of the page before.")] string? cursor = null,
        [Description("Items a page, 1 to 1000; default 100.")] string? limit = null)
    {
        var query = new QueryParameters(context, nameof(store), nameof(from), nameof(to), nameof(cursor), nameof(limit));
        var period = query.Period();
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

            var days = await read.DaysAsync(stores, period.From, period.To, after, size + 1, token);
            var page = days.Take(size).ToList();
            var last = days.Count > size ? page[^1] : null;
            return TypedResults.Ok(new StoreDayPage(
                [.. page.Select(StoreDayView.Of)], last is null ? null : new StoreDayKey(last.Store, last.BusinessDate).ToCursor()));
        }, cancellationToken);
    }

    private static Task<IResult> HoursAsync(
        HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken,
        [Description("Store code.")] string? store = null,
        [Description("Business date, YYYY-MM-DD.")] string? date = null)
    {
        var query = new QueryParameters(context, nameof(store), nameof(date));
        var code = query.Required(nameof(store));
        var day = query.RequiredDate(nameof(date));
        if (query.Problem is { } problem)
        {
            return Task.FromResult(problem);
        }

        return scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            _ = StoreReads.Select(await read.StoresAsync(user, token), user, [code], out var unknown);
            if (unknown is not null)
            {
                return ApiProblem.StoreUnknown(unknown);
            }

            return EntityTag.IsCurrent(context, user, $"{read.DataVersion}")
                ? Results.StatusCode(StatusCodes.Status304NotModified)
                : TypedResults.Ok(new StoreHourList([.. (await read.HoursAsync([code], [day], token)).Select(StoreHourView.Of)]));
        }, cancellationToken);
    }
}
