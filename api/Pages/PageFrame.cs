using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages;

/// <summary>A request for a page about a store or the chain, all of it read from one snapshot. <see cref="Store"/> null is the chain.</summary>
internal sealed record PageRequest(
    TenantRead Read, Tenant Company, IReadOnlyList<Store> Stores, Store? Store, DateOnly? Date, QueryParameters Query, Wording Words)
{
    /// <summary>The stores the page is about.</summary>
    public IReadOnlyList<Store> Shown => Store is null ? Stores : [Store];

    /// <summary>Their codes.</summary>
    public string[] Codes => [.. Shown.Select(store => store.Code)];

    /// <summary>Zone of the store, or of the company.</summary>
    public string TimeZone => Store?.TimeZone ?? Company.TimeZone;

    /// <summary>The store parameter of an address.</summary>
    public string StoreCode => Store?.Code ?? PageFrame.Chain;

    /// <summary>What the page's amounts are in: the company's currency for the chain, else the store's latest in the days at hand.</summary>
    public string CurrencyOf(IReadOnlyList<ReportedDay> days) => Store is null || days.Count == 0 ? Company.Currency : days[^1].Currency;

    /// <summary>Name of the store, or the word for the chain.</summary>
    public string StoreName => Store?.Name ?? Words.AllStores;
}

/// <summary>What a page shows.</summary>
/// <param name="Title">Beside the name of the store.</param>
/// <param name="Date">The date links to other pages carry.</param>
/// <param name="Main">The content.</param>
/// <param name="From">First date the page shows figures of; null for <paramref name="Date"/> alone.</param>
/// <param name="Status">Of the answer: a form that was filled in wrongly is shown again with 400.</param>
internal sealed record PageContent(string Title, DateOnly Date, Markup Main, DateOnly? From = null, int Status = StatusCodes.Status200OK);

/// <summary>
/// What all pages about figures share: who may see which store, the address parameters, and the frame around the content. Every
/// choice stands in the address, so that a page can be sent to somebody else and found again.
/// </summary>
internal static class PageFrame
{
    /// <summary>The store parameter's word for the whole chain.</summary>
    public const string Chain = "all";

    // Number of the last change the reader has seen: the page then begins with what changed since.
    private const string Seen = "seen";
    private const int MostNews = 5;

    /// <summary>Answers with a page, or says why there is none.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="scope">Where figures are read.</param>
    /// <param name="page">Which page it is.</param>
    /// <param name="parameters">What the page takes besides store, date and language.</param>
    /// <param name="render">Makes the content; null when a parameter has no meaning, which is a bad request.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static Task<IResult> ShowAsync(
        HttpContext context, SessionUser user, TenantScope scope, PageLink page, string[] parameters,
        Func<PageRequest, CancellationToken, Task<PageContent?>> render, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context, [.. parameters, "store", "date", "lang", Seen]);
        var code = query.Text("store");
        var date = query.Date("date");

        var seen = query.Whole(Seen);

        // The first and last years of the calendar have no weeks to compare with.
        if (query.Problem is not null || date is { Year: < 1900 or > 9998 })
        {
            return Task.FromResult(ErrorPage.Show(context, StatusCodes.Status400BadRequest));
        }

        return scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            var words = Language.Choose(context);
            var stores = await read.StoresAsync(user, token);
            if (stores.Count == 0)
            {
                return Layout.Page(context, words, words.KeyFigures, Markup.Of($"""<section class="narrow card"><p>{words.NoStore}</p></section>"""));
            }

            var store = code == Chain ? null : stores.Find(one => code is null || one.Code == code);
            if (code is not (null or Chain) && store is null)
            {
                return ErrorPage.Show(context, StatusCodes.Status404NotFound);
            }

            var request = new PageRequest(read, await read.CompanyAsync(token), stores, store, date, query, words);
            if (await render(request, token) is not { } content)
            {
                return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
            }

            context.Response.Headers.CacheControl = "private, no-cache";
            var news = seen is { } last
                ? await read.ChangesAsync(request.Codes, content.From ?? content.Date, content.Date, last, MostNews, token) : [];
            return Layout.Page(
                context, words, $"{request.StoreName} {content.Title}", Markup.Of($"{ChangeTable.News(news, request)}{content.Main}"), content.Status,
                navigation: Navigation.Bar(words, page, request.StoreCode, content.Date), lastChange: await read.LastChangeAsync(token));
        }, cancellationToken);
    }

    /// <summary>The choice of store and date, as a form that works without a script.</summary>
    /// <param name="request">The page's request.</param>
    /// <param name="page">Where the form leads.</param>
    /// <param name="date">Chosen; null for a page without a date.</param>
    /// <param name="more">Further fields.</param>
    public static Markup Choice(PageRequest request, PageLink page, DateOnly? date, Markup more = default)
    {
        var words = request.Words;
        var chain = request.Stores.Count > 1
            ? Markup.Of($"""<option value="{Chain}"{Selected(request.Store is null)}>{words.AllStores}</option>""")
            : Markup.Empty;
        var day = date is { } chosen
            ? Markup.Of($"""<label>{words.Date}<input type="date" name="date" value="{chosen:yyyy-MM-dd}" required></label>""")
            : Markup.Empty;
        return Markup.Of(
            $"""
            <form method="get" action="{Navigation.PathOf(page)}" class="choice" role="search">
            <label>{words.Store}<select name="store">{chain}{request.Stores.Select(store => Markup.Of($"""<option value="{store.Code}"{Selected(store == request.Store)}>{store.Name}</option>"""))}</select></label>
            {day}{more}
            <button>{words.Show}</button>
            </form>
            """);
    }

    /// <summary>The attribute of the chosen option.</summary>
    public static Markup Selected(bool selected) => selected ? Markup.Of($" selected") : Markup.Empty;
}
