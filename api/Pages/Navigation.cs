using System.Globalization;
using RetailInsight.Api.Access;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Pages.Devices;
using RetailInsight.Api.Pages.Operations;
using RetailInsight.Api.Pages.Period;
using RetailInsight.Api.Pages.StoreComparison;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags;

namespace RetailInsight.Api.Pages;

/// <summary>The pages about figures, in the order of the bar.</summary>
internal enum PageLink
{
    /// <summary>How today goes so far.</summary>
    Today,

    /// <summary>How a day went, and why.</summary>
    Day,

    /// <summary>A week, month, quarter or year on its way to its target.</summary>
    Period,

    /// <summary>Visitors and conversion by hour.</summary>
    Traffic,

    /// <summary>What sells.</summary>
    Products,

    /// <summary>Known customers by kind.</summary>
    Customers,

    /// <summary>Stores side by side.</summary>
    Stores,

    /// <summary>Stores that resemble this one.</summary>
    Peers,

    /// <summary>Groups of stores that resemble each other.</summary>
    StoreGroups,

    /// <summary>Whether the figures can be trusted.</summary>
    Health,

    /// <summary>What rules found, and the rules.</summary>
    Alerts,

    /// <summary>What was noted around the figures.</summary>
    Notes,
}

/// <summary>The bar that leads from page to page and keeps store, date and what else was chosen.</summary>
internal static class Navigation
{
    /// <summary>Where a page lies.</summary>
    public static string PathOf(PageLink page) => page switch
    {
        PageLink.Today => "/today",
        PageLink.Day => "/",
        PageLink.Period => "/period",
        PageLink.Traffic => "/traffic",
        PageLink.Products => "/products",
        PageLink.Customers => "/customers",
        PageLink.Stores => "/stores",
        PageLink.Peers => "/peers",
        PageLink.StoreGroups => "/store-groups",
        PageLink.Health => "/health",
        PageLink.Alerts => "/alerts",
        PageLink.Notes => "/notes",
        _ => throw new ArgumentOutOfRangeException(nameof(page)),
    };

    /// <summary>What goes along from page to page beside store and date; pages that do not need it pass it on.</summary>
    public static IReadOnlyList<string> Along { get; } = [ComparisonChoice.Parameter, Grain];

    /// <summary>The parameter of how long a period is, or what a course is drawn by.</summary>
    public const string Grain = "grain";

    /// <summary>The address of a page. <paramref name="store"/> is a code or <see cref="PageFrame.Chain"/>.</summary>
    public static string Address(PageLink page, string store, DateOnly? date) => string.Create(
        CultureInfo.InvariantCulture,
        $"{PathOf(page)}?store={Uri.EscapeDataString(store)}{(date is { } day ? string.Create(CultureInfo.InvariantCulture, $"&date={day:yyyy-MM-dd}") : "")}");

    /// <summary>Whether a page knows a value of what goes along: a period has other grains than a course.</summary>
    public static bool Knows(PageLink page, string parameter, string value) => parameter != Grain || page switch
    {
        PageLink.Period => PeriodPage.Grains.Any(grain => PeriodPage.WordOf(grain) == value),
        PageLink.Stores => StoreComparisonPage.Grains.Contains(value),
        _ => true,
    };

    /// <summary>Whether any page knows it.</summary>
    public static bool IsKnown(QueryParameters query) => ComparisonChoice.Of(query) is not null
        && (query.Text(Grain) is not { } grain || Knows(PageLink.Period, Grain, grain) || Knows(PageLink.Stores, Grain, grain));

    /// <summary>The bar.</summary>
    public static Markup Bar(PageRequest request, PageLink current, DateOnly date) => Markup.Of(
        $"""
        <nav class="pages" aria-label="{request.Words.Pages}"><ul>{Enum.GetValues<PageLink>().Select(page => Item(request, page, current, date))}{OfDevices(request.Words)}{OfOperations(request.Words, request.User, false)}</ul></nav>
        """);

    /// <summary>The bar above a page that is about no store and no date.</summary>
    /// <param name="words">The reader's language.</param>
    /// <param name="user">Who reads.</param>
    /// <param name="isOperations">Whether it is a page of operations.</param>
    public static Markup Bar(Wording words, SessionUser user, bool isOperations = false) => Markup.Of(
        $"""
        <nav class="pages" aria-label="{words.Pages}"><ul>{Enum.GetValues<PageLink>().Select(page => Markup.Of($"""<li><a href="{PathOf(page)}">{words.PageNames[(int)page]}</a></li>"""))}{OfDevices(words)}{OfOperations(words, user, isOperations)}</ul></nav>
        """);

    private static Markup OfDevices(Wording words) => Markup.Of($"""<li><a href="{DevicePages.Path}">{DevicesWording.Of(words).Short}</a></li>""");

    private static Markup OfOperations(Wording words, SessionUser user, bool isHere) => Permissions.Allows(DagsPolicies.View, user.Role)
        ? Markup.Of($"""<li><a href="{OperationsPages.Root}"{(isHere ? Markup.Of($""" aria-current="page" """) : Markup.Empty)}>{OperationsWording.Of(words).Title}</a></li>""")
        : Markup.Empty;

    private static Markup Item(PageRequest request, PageLink page, PageLink current, DateOnly date)
    {
        var here = page == current ? Markup.Of($""" aria-current="page" """) : Markup.Empty;
        var own = page == current ? (FigurePage.Find(page)?.Parameters ?? []).Except(Along).SelectMany(name => (request.Query.Many(name) ?? []).Select(value => $"&{name}={Uri.EscapeDataString(value)}")) : [];
        return Markup.Of($"""<li><a href="{request.Address(page, request.StoreCode, page == PageLink.Today ? null : date) + string.Concat(own)}"{here}>{request.Words.PageNames[(int)page]}</a></li>""");
    }
}
