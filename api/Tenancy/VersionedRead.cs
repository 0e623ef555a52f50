using RetailInsight.Api.Access;

namespace RetailInsight.Api.Tenancy;

/// <summary>What every tenant-scoped GET has in common: a session, the same errors, 304.</summary>
internal static class VersionedRead
{
    /// <summary>Requires a session or token of somebody who may see figures, and declares the answers in OpenAPI.</summary>
    /// <param name="route">The operation.</param>
    /// <param name="ofStore">Whether it can be asked of a store nobody knows.</param>
    public static RouteHandlerBuilder AsVersionedRead<T>(this RouteHandlerBuilder route, bool ofStore = true)
    {
        route.RequireAuthorization(Permissions.Figures)
            .Produces<T>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status500InternalServerError);
        return ofStore ? route.ProducesProblem(StatusCodes.Status404NotFound) : route;
    }
}
