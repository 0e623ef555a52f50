using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.Traffic;

/// <summary>When people come and when they buy, by weekday and hour, and which hours are worth a look.</summary>
internal static class TrafficPage
{
    public static void MapTrafficPage(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Navigation.PathOf(PageLink.Traffic), ShowAsync).RequireAuthorization().ExcludeFromDescription();

    private static Task<IResult> ShowAsync(
        HttpContext context, SessionUser user, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken) =>
        PageFrame.ShowAsync(context, user, scope, PageLink.Traffic, [], async (request, token) =>
        {
            var model = await TrafficModel.ReadAsync(request, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), token);
            return new PageContent(TrafficWording.Of(request.Words).Title, model.To, new TrafficView(request, model).Render(), model.From);
        }, cancellationToken);
}
