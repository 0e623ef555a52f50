using RetailInsight.Api.Health;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages;

/// <summary>Sales that changed after they had been shown: when, which, what they were, what they are, and why.</summary>
internal static class ChangeTable
{
    /// <summary>What changed since the reader looked, above the page; nothing where nothing did.</summary>
    public static Markup News(IReadOnlyList<KpiChange> changes, PageRequest request) => changes.Count == 0 ? Markup.Empty : Markup.Of(
        $"""
        <section id="news" class="card news"><h2>{request.Words.News}</h2>{Render(changes, request, new FigureText(request.Words, request.Company.Currency))}<p><a class="next" href="{Address(request)}">{request.Words.NewsReload}</a></p></section>
        """);

    /// <summary>The table.</summary>
    public static Markup Render(IReadOnlyList<KpiChange> changes, PageRequest request, FigureText text)
    {
        var words = request.Words;
        return Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{words.Changes}"><table>
            <thead><tr><th scope="col">{words.ChangedAt}</th><th scope="col">{words.Store}</th><th scope="col">{words.Date}</th><th scope="col">{words.ChangedFrom}</th><th scope="col">{words.ChangedTo}</th><th scope="col">{words.ChangedWhy}</th></tr></thead>
            <tbody>{changes.Select(change => Row(change, request, text))}</tbody></table></div>
            """);
    }

    private static Markup Row(KpiChange change, PageRequest request, FigureText text)
    {
        var words = request.Words;
        var at = TimeZoneInfo.ConvertTime(change.ChangedAt, TimeZoneInfo.FindSystemTimeZoneById(request.TimeZone));
        var why = change.Reason switch { "late_data" => words.LateData, "correction" => words.Correction, _ => words.NewData };
        return Markup.Of(
            $"""
            <tr><th scope="row">{FigureText.Moment(at)}</th><td><bdi>{request.Stores.FirstOrDefault(store => store.Code == change.Store)?.Name ?? change.Store}</bdi></td><td><a href="{request.Address(PageLink.Day, change.Store, change.Date)}">{FigureText.ShortDate(change.Date)}</a></td><td>{Amount(change.NetWas, words, text)}</td><td>{Amount(change.NetIs, words, text)}</td><td>{why}</td></tr>

            """);
    }

    // The page without the news, as it now stands.
    private static string Address(PageRequest request) => request.Query.AddressWithout("seen");

    private static string Amount(long? micros, Wording words, FigureText text) => micros is { } known ? text.Amount(Money.ToDecimal(known)) : words.Undefined;
}
