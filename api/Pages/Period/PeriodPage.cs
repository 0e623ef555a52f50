using System.Globalization;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.Period;

/// <summary>A week or a month: where it stands against its target and the same part of another one, and why.</summary>
internal static class PeriodPage
{
    private static readonly string[] Grains = ["week", "month"];
    private static readonly string[] Comparisons = ["previous", "last_year_weekday", "last_year_date"];

    public static void MapPeriodPage(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Navigation.PathOf(PageLink.Period), ShowAsync).RequireAuthorization().ExcludeFromDescription();

    /// <summary>The address of a period.</summary>
    public static string Address(string store, DateOnly date, PeriodGrain grain, PeriodComparison comparison) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Navigation.Address(PageLink.Period, store, date)}&grain={WordOf(grain)}&compare={WordOf(comparison)}");

    /// <summary>The word of a grain in an address.</summary>
    public static string WordOf(PeriodGrain grain) => Grains[(int)grain];

    /// <summary>The word of a comparison in an address.</summary>
    public static string WordOf(PeriodComparison comparison) => Comparisons[(int)comparison];

    private static Task<IResult> ShowAsync(
        HttpContext context, SessionUser user, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken) =>
        PageFrame.ShowAsync(context, user, scope, PageLink.Period, ["grain", "compare"], async (request, token) =>
        {
            var grain = Choice(request.Query, "grain", Grains);
            var comparison = Choice(request.Query, "compare", Comparisons);
            if (grain < 0 || comparison < 0)
            {
                return null;
            }

            var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            var model = await PeriodModel.ReadAsync(request, (PeriodGrain)grain, (PeriodComparison)comparison, today, token);
            var notes = await PageNotes.ReadAsync(context, user, request, model.From, model.To, token);
            var view = new PeriodView(request, model, notes);
            return new PageContent(view.Title, model.Through ?? model.From, view.Render(), model.From);
        }, cancellationToken);

    private static int Choice(QueryParameters query, string name, string[] words) => query.Text(name) is { } word ? Array.IndexOf(words, word) : 0;
}
