using RetailInsight.Api.Pages.Alerts;
using RetailInsight.Api.Pages.Day;
using RetailInsight.Api.Pages.Health;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Api.Pages.Peers;
using RetailInsight.Api.Pages.Period;
using RetailInsight.Api.Pages.Products;
using RetailInsight.Api.Pages.Today;
using RetailInsight.Api.Pages.Traffic;

namespace RetailInsight.Api.Pages;

/// <summary>Every page.</summary>
internal static class PageRoutes
{
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapAssets();
        routes.MapLogin();
        routes.MapTodayPage();
        routes.MapDayPage();
        routes.MapPeriodPage();
        routes.MapTrafficPage();
        routes.MapProductsPage();
        routes.MapPeersPage();
        routes.MapHealthPage();
        routes.MapAlertsPage();
        routes.MapNotes();
    }
}
