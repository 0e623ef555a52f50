using RetailInsight.Api.Pages.Notes;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.Today;

/// <summary>How today goes so far, measured by what is usual at this time of such a day, and what the next hours will ask for.</summary>
internal static class TodayPage
{
    public static void MapTodayPage(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Navigation.PathOf(PageLink.Today), ShowAsync).RequireAuthorization().ExcludeFromDescription();

    private static Task<IResult> ShowAsync(
        HttpContext context, SessionUser user, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken) =>
        PageFrame.ShowAsync(context, user, scope, PageLink.Today, [], async (request, token) =>
        {
            var model = await TodayModel.ReadAsync(request, clock.GetUtcNow(), token);
            var notes = await PageNotes.ReadAsync(context, user, request, model.Date, model.Date, token);
            return new PageContent(TodayWording.Of(request.Words).Title, model.Date, new TodayView(request, model, notes).Render());
        }, cancellationToken);
}
