using RetailInsight.Api.Pages.Alerts;
using RetailInsight.Api.Pages.Benchmarks;
using RetailInsight.Api.Pages.DeviceFacts;
using RetailInsight.Api.Pages.DeviceGroups;
using RetailInsight.Api.Pages.Devices;
using RetailInsight.Api.Pages.MonthTargets;
using RetailInsight.Api.Pages.Morning;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Api.Pages.Operations;
using RetailInsight.Api.Pages.People;
using RetailInsight.Api.Pages.Sharing;
using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Api.Pages.StaffEntries;

namespace RetailInsight.Api.Pages;

/// <summary>Every page.</summary>
internal static class PageRoutes
{
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapAssets();
        routes.MapLogin();
        routes.MapFigurePages();
        routes.MapAlertsPage();
        routes.MapTargetPages();
        routes.MapBenchmarksPage();
        routes.MapNotes();
        routes.MapDevicePages();
        routes.MapDeviceGroupsPage();
        routes.MapDeviceFactsPage();
        routes.MapStaffEntriesPage();
        routes.MapPageFiles();
        routes.MapShares();
        routes.MapAccount();
        routes.MapWelcome();
        routes.MapPeople();
        routes.MapMorning();
        routes.MapUnsubscribe();
        routes.MapOperationsPages();
    }
}
