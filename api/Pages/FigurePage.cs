using RetailInsight.Api.Pages.Customers;
using RetailInsight.Api.Pages.Day;
using RetailInsight.Api.Pages.Health;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Api.Pages.Peers;
using RetailInsight.Api.Pages.Period;
using RetailInsight.Api.Pages.Products;
using RetailInsight.Api.Pages.StoreComparison;
using RetailInsight.Api.Pages.StoreGroups;
using RetailInsight.Api.Pages.Today;
using RetailInsight.Api.Pages.Traffic;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Pages;

/// <summary>
/// A page about figures: made in one way for whoever looks at it, saves it as a file or was sent a link to it, so all see the same.
/// </summary>
/// <param name="Link">Which page.</param>
/// <param name="Parameters">What its address takes besides store, date and language.</param>
/// <param name="Render">Makes the content at a moment; null when a parameter has no meaning.</param>
internal sealed record FigurePage(PageLink Link, string[] Parameters, Func<PageRequest, DateTimeOffset, CancellationToken, Task<PageContent?>> Render)
{
    /// <summary>Every such page.</summary>
    public static IReadOnlyList<FigurePage> All { get; } =
        [TodayPage.Page, DayPage.Page, PeriodPage.Page, TrafficPage.Page, ProductsPage.Page, CustomersPage.Page, StoreComparisonPage.Page, PeersPage.Page, StoreGroupsPage.Page, HealthPage.Page, NotesList.Page];

    /// <summary>Where an address leads that another page answers; null for none.</summary>
    public Func<QueryParameters, string?> Elsewhere { get; init; } = _ => null;

    /// <summary>What addresses call it.</summary>
    public string Name { get; } = Link.ToString().ToLowerInvariant();

    /// <summary>The page of a link; null for one that is no such page.</summary>
    public static FigurePage? Find(PageLink link) => All.FirstOrDefault(page => page.Link == link);

    /// <summary>The page of a name; null for none.</summary>
    public static FigurePage? Find(string name) => All.FirstOrDefault(page => page.Name == name);

    /// <summary>The page at a moment, with what was noted of its time; null when a parameter has no meaning.</summary>
    public async Task<PageContent?> RenderAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await Render(request, now, cancellationToken) is not { } content)
        {
            return null;
        }

        var notes = content.Notes ?? await PageNotes.ReadAsync(request, content.From ?? content.Date, content.Date, cancellationToken);
        return content with
        {
            Main = content.Notes is null ? Markup.Of($"{content.Main}{notes.Render()}") : content.Main,
            Tables = [.. content.Tables, notes.Table()],
        };
    }

    /// <summary>
    /// The part of an address that leads to what is shown: store, date and the page's own parameters. The page of today has a date only
    /// where one was asked for, as it goes on with the clock.
    /// </summary>
    public string Filter(PageRequest request, PageContent content)
    {
        var date = Link == PageLink.Today ? request.Date : content.Date;
        var own = Parameters.SelectMany(name => (request.Query.Many(name) ?? []).Select(value => KeyValuePair.Create(name, (string?)value)));
        return QueryString.Create([
            new("store", request.StoreCode), .. date is { } day ? [new("date", day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))] : Array.Empty<KeyValuePair<string, string?>>(), .. own]).Value!;
    }

    /// <summary>Shows the page.</summary>
    public Task<IResult> ShowAsync(HttpContext context, SessionUser user, PageSource source, TimeProvider clock, CancellationToken cancellationToken) =>
        Elsewhere(new QueryParameters(context, PageFrame.Takes(Parameters))) is { } address
            ? Task.FromResult(Results.LocalRedirect(address))
            : PageFrame.ShowAsync(
                context, user, source, Link, Parameters, (request, token) => RenderAsync(request, clock.GetUtcNow(), token), cancellationToken,
                (request, content) => PageTools.Render(context, this, request, content, clock.GetUtcNow()));
}

/// <summary>The routes of the pages about figures.</summary>
internal static class FigurePageRoutes
{
    public static void MapFigurePages(this IEndpointRouteBuilder routes)
    {
        foreach (var page in FigurePage.All)
        {
            routes.MapGet(
                Navigation.PathOf(page.Link),
                (HttpContext context, SessionUser user, PageSource source, TimeProvider clock, CancellationToken cancellationToken) =>
                    page.ShowAsync(context, user, source, clock, cancellationToken)).RequireAuthorization().ExcludeFromDescription();
        }
    }
}
