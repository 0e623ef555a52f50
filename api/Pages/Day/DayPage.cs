using RetailInsight.Api.Pages.Notes;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.Day;

/// <summary>A day of a store or the chain: are we winning, and why.</summary>
internal static class DayPage
{
    public static void MapDayPage(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Navigation.PathOf(PageLink.Day), ShowAsync).RequireAuthorization().ExcludeFromDescription();

    private static Task<IResult> ShowAsync(
        HttpContext context, SessionUser user, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken) =>
        PageFrame.ShowAsync(context, user, scope, PageLink.Day, [], async (request, token) =>
        {
            var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            var model = await DayPageModel.ReadAsync(request, today, token);
            var notes = await PageNotes.ReadAsync(context, user, request, model.Days[0].Date, model.Date, token);
            return new PageContent($"{model.Date:yyyy-MM-dd}", model.Date, new DayPageView(request, model, notes).Render());
        }, cancellationToken);
}
