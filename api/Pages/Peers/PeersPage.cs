using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.Peers;

/// <summary>A store among the stores that resemble it: its rank, the gap to the middle, and what closing it would bring.</summary>
internal static class PeersPage
{
    public static void MapPeersPage(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Navigation.PathOf(PageLink.Peers), ShowAsync).RequireAuthorization().ExcludeFromDescription();

    private static Task<IResult> ShowAsync(
        HttpContext context, SessionUser user, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken) =>
        PageFrame.ShowAsync(context, user, scope, PageLink.Peers, [], async (request, token) =>
        {
            var model = await PeersModel.ReadAsync(request, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), token);
            return new PageContent(PeersWording.Of(request.Words).Title, model.To, new PeersView(request, model).Render(), model.From);
        }, cancellationToken);
}
