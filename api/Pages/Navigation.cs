using System.Globalization;

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

    /// <summary>Whether the figures can be trusted.</summary>
    Health,

    /// <summary>What rules found, and the rules.</summary>
    Alerts,
}

/// <summary>The bar that leads from page to page and keeps store and date.</summary>
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
        PageLink.Health => "/health",
        PageLink.Alerts => "/alerts",
        _ => throw new ArgumentOutOfRangeException(nameof(page)),
    };

    /// <summary>The address of a page. <paramref name="store"/> is a code or <see cref="PageFrame.Chain"/>.</summary>
    public static string Address(PageLink page, string store, DateOnly? date) => string.Create(
        CultureInfo.InvariantCulture,
        $"{PathOf(page)}?store={Uri.EscapeDataString(store)}{(date is { } day ? string.Create(CultureInfo.InvariantCulture, $"&date={day:yyyy-MM-dd}") : "")}");

    /// <summary>The bar.</summary>
    public static Markup Bar(Wording words, PageLink current, string store, DateOnly date) => Markup.Of(
        $"""
        <nav class="pages" aria-label="{words.Pages}"><ul>{Enum.GetValues<PageLink>().Select(page => Item(words, page, current, store, date))}</ul></nav>
        """);

    private static Markup Item(Wording words, PageLink page, PageLink current, string store, DateOnly date)
    {
        var here = page == current ? Markup.Of($""" aria-current="page" """) : Markup.Empty;
        return Markup.Of($"""<li><a href="{Address(page, store, page == PageLink.Today ? null : date)}"{here}>{words.PageNames[(int)page]}</a></li>""");
    }
}
