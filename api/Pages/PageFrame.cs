using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages;

/// <summary>A request for a page about a store or the chain, all of it read from one snapshot. <see cref="Store"/> null is the chain.</summary>
internal sealed record PageRequest(
    TenantRead Read, Tenant Company, IReadOnlyList<Store> Stores, Store? Store, DateOnly? Date, QueryParameters Query, Wording Words, SessionUser User, PageSource Source)
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
    public string CurrencyOf(IReadOnlyList<ReportedDay> days) => ReportedDay.CurrencyOf(days, Store is not null, Company.Currency);

    /// <summary>Name of the store, or the word for the chain.</summary>
    public string StoreName => Store?.Name ?? Words.AllStores;

    /// <summary>The address of a page with what was chosen on this one, as far as that page knows it.</summary>
    public string Address(PageLink page, string store, DateOnly? date) => Navigation.Address(page, store, date) + string.Concat(
        Navigation.Along.Select(name => Query.Text(name) is { } value && Navigation.Knows(page, name, value) ? $"&{name}={Uri.EscapeDataString(value)}" : ""));

    /// <summary>Whose browser shows the page; null where it is saved, mailed or was sent on: then it holds nothing personal and no form.</summary>
    public (HttpContext Context, SessionUser User)? Reader { get; init; }
}

/// <summary>What a page shows.</summary>
/// <param name="Title">Beside the name of the store.</param>
/// <param name="Date">The date links to other pages carry.</param>
/// <param name="Main">The content.</param>
/// <param name="From">First date the page shows figures of; null for <paramref name="Date"/> alone.</param>
internal sealed record PageContent(string Title, DateOnly Date, Markup Main, DateOnly? From = null)
{
    /// <summary>What was noted of the time, where the page shows it itself; else it stands below the content.</summary>
    public PageNotes? Notes { get; init; }

    /// <summary>What the page can be saved as.</summary>
    public IReadOnlyList<SheetTable> Tables { get; init; } = [];

    /// <summary>Of the answer: a form that was filled in wrongly is shown again with 400.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;
}

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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>Answers with a page, or says why there is none.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="source">Where it is read.</param>
    /// <param name="page">Which page it is.</param>
    /// <param name="parameters">What the page takes besides store, date and language.</param>
    /// <param name="render">Makes the content; null when a parameter has no meaning, which is a bad request.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <param name="tools">Ways to take the page along, below its content.</param>
    public static Task<IResult> ShowAsync(
        HttpContext context, SessionUser user, PageSource source, PageLink page, string[] parameters,
        Func<PageRequest, CancellationToken, Task<PageContent?>> render, CancellationToken cancellationToken, Func<PageRequest, PageContent, Markup>? tools = null)
    {
        if (ComparisonChoice.Remembered(context) is { } full && parameters.Contains(ComparisonChoice.Parameter))
        {
            return Task.FromResult(Results.LocalRedirect(full));
        }

        var query = new QueryParameters(context, Takes([.. parameters, Seen]));
        var words = Language.Choose(context);
        var seen = query.Whole(Seen);
        var kept = context.RequestServices.GetRequiredService<KeptPages>();
        return DatabaseOutage.AskAsync(Patience, patient => AskAsync(user, source, query, words, (request, token) => render(request with { Reader = (context, user) }, token), status => Refuse(context, words, status), async (request, content, token) =>
        {
            var news = seen is { } last
                ? await request.Read.ChangesAsync(request.Codes, content.From ?? content.Date, content.Date, last, MostNews, token) : [];
            var lastChange = await request.Read.LastChangeAsync(token);

            // Too late an answer must not touch a request that has had another.
            token.ThrowIfCancellationRequested();
            var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
            var shown = new KeptPage(
                $"{request.StoreName} {content.Title}", content.Main, Navigation.Bar(request, page, content.Date),
                TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(request.TimeZone)));
            if (content.Status == StatusCodes.Status200OK)
            {
                kept.Keep(context, user, words, shown);
            }

            return Layout.Page(
                context, words, shown.Title, Markup.Of($"""<div role="status">{ChangeTable.News(news, request)}</div>{shown.Main}{tools?.Invoke(request, content) ?? Markup.Empty}"""), content.Status,
                navigation: shown.Navigation, lastChange: lastChange);
        }, patient), () => kept.Find(context, user, words) is { } earlier
            ? Layout.Page(context, words, earlier.Title, Markup.Of($"{KeptPages.Notice(earlier, words)}{earlier.Main}"), navigation: earlier.Navigation) : null, cancellationToken);
    }

    /// <summary>The parameters of a page's address.</summary>
    public static string[] Takes(IEnumerable<string> parameters) => [.. Navigation.Along.Union(parameters), "store", "date", "lang"];

    /// <summary>Reads a page, for whoever shows it, saves it or passes it on.</summary>
    /// <param name="user">Whose rights hold.</param>
    /// <param name="source">Where it is read.</param>
    /// <param name="query">The page's address.</param>
    /// <param name="words">The reader's language.</param>
    /// <param name="render">Makes the content; null when a parameter has no meaning.</param>
    /// <param name="refuse">Answers with 400 for a bad parameter, 422 for one that asks for too much, 404 for a store the person does not see, 403 where the person sees none.</param>
    /// <param name="answer">Answers with the content, in the same snapshot.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static Task<IResult> AskAsync(
        SessionUser user, PageSource source, QueryParameters query, Wording words, Func<PageRequest, CancellationToken, Task<PageContent?>> render,
        Func<int, IResult> refuse, Func<PageRequest, PageContent, CancellationToken, Task<IResult>> answer, CancellationToken cancellationToken) =>
        AskAsync(
            user, source, query, words, refuse,
            async (request, token) => await render(request, token) is { } content ? await answer(request, content, token) : refuse(StatusCodes.Status400BadRequest), cancellationToken);

    /// <summary>Reads what a person may see of the store and date of an address.</summary>
    /// <param name="user">Whose rights hold.</param>
    /// <param name="source">Where it is read.</param>
    /// <param name="query">The address.</param>
    /// <param name="words">The reader's language.</param>
    /// <param name="refuse">As above.</param>
    /// <param name="answer">Answers, in one snapshot.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static Task<T> AskAsync<T>(
        SessionUser user, PageSource source, QueryParameters query, Wording words, Func<int, T> refuse, Func<PageRequest, CancellationToken, Task<T>> answer, CancellationToken cancellationToken)
    {
        var code = query.Text("store");
        var date = query.Date("date");

        // The first and last years of the calendar have no weeks to compare with.
        if (!Navigation.IsKnown(query) || query.Problem is not null || date is { Year: < 1900 or > 9990 })
        {
            return Task.FromResult(refuse(StatusCodes.Status400BadRequest));
        }

        return source.Scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            var stores = await read.StoresAsync(user, token);
            if (stores.Count == 0)
            {
                return refuse(StatusCodes.Status403Forbidden);
            }

            var store = code == Chain ? null : stores.Find(one => code is null || one.Code == code);
            if (code is not (null or Chain) && store is null)
            {
                return refuse(StatusCodes.Status404NotFound);
            }

            var request = new PageRequest(read, await read.CompanyAsync(token), stores, store, date, query, words, user, source);
            try
            {
                return await answer(request, token);
            }
            catch (PageTooLargeException)
            {
                return refuse(StatusCodes.Status422UnprocessableEntity);
            }
        }, cancellationToken);
    }

    /// <summary>A page that says why there is none.</summary>
    public static IResult Refuse(HttpContext context, Wording words, int status) => status == StatusCodes.Status403Forbidden
        ? Layout.Page(context, words, words.KeyFigures, Markup.Of($"""<section class="narrow card"><p>{words.NoStore}</p></section>"""))
        : ErrorPage.Show(context, status);

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
            {Along(request, page)}<label>{words.Store}<select name="store">{chain}{request.Stores.Select(store => Markup.Of($"""<option value="{store.Code}"{Selected(store == request.Store)}>{store.Name}</option>"""))}</select></label>
            {day}{more}
            <button>{words.Show}</button>
            </form>
            """);
    }

    /// <summary>What goes along from page to page and is no field of a page's own form.</summary>
    public static Markup Along(PageRequest request, PageLink page) => Markup.Join(Navigation.Along.Except(FigurePage.Find(page)?.Parameters ?? [])
        .Select(name => request.Query.Text(name) is { } value ? Markup.Of($"""<input type="hidden" name="{name}" value="{value}">""") : Markup.Empty));

    /// <summary>The attribute of the chosen option.</summary>
    public static Markup Selected(bool selected) => selected ? Markup.Of($" selected") : Markup.Empty;
}
