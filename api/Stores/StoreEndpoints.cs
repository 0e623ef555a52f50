using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Stores;

/// <summary>The stores a person may see.</summary>
internal static class StoreEndpoints
{
    public static void MapStores(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/stores", ListAsync)
        .WithName("listStores").WithTags("Stores").WithSummary("The stores you may see, by code.")
        .AsVersionedRead<StoreList>(ofStore: false);

    private static Task<IResult> ListAsync(HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context);
        return query.Problem is { } problem
            ? Task.FromResult(problem)
            : scope.ReadAsync(user.Tenant, async (read, token) =>
            {
                // Master data changes without a new data version, so the rows themselves are the version.
                var stores = await read.StoresAsync(user, token);
                return EntityTag.IsCurrent(context, user, string.Join('\n', stores))
                    ? Results.StatusCode(StatusCodes.Status304NotModified)
                    : TypedResults.Ok(new StoreList([.. stores.Select(View)]));
            }, cancellationToken);
    }

    private static StoreView View(Store store) =>
        new(store.Code, store.Name, store.TimeZone, Clock(store.OpensMinute), Clock(store.ClosesMinute), store.Prefecture);

    private static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");
}

/// <summary>The answer of <c>GET /v1/stores</c>.</summary>
internal sealed record StoreList(IReadOnlyList<StoreView> Items);

/// <summary>One store.</summary>
internal sealed record StoreView(
    [property: Description("The store code used in every other address.")] string Store,
    string Name,
    [property: Description("IANA time zone, such as Asia/Tokyo.")] string TimeZone,
    [property: Description("Opening time HH:MM, local.")] string Opens,
    [property: Description("Closing time HH:MM, local; continues after 24:00 when the store closes past midnight.")] string Closes,
    string Prefecture);
