using RetailInsight.Api.Growth;
using RetailInsight.Core.Calendar;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Comparing;

/// <summary>Growth of a period: raw, with the trading days evened out, and of the same stores with the stores that are not among them.</summary>
internal sealed class GrowthCard(PageRequest request, SalesGrowth growth, bool lastYear, SameStoreRule rule)
{
    private readonly Wording _words = request.Words;
    private readonly GrowthWording _growth = GrowthWording.Of(request.Words);
    private readonly FigureText _text = new(request.Words, growth.Currency);

    public Markup Render() => Markup.Of(
        $"""
        <section class="card growth"><h2>{_growth.Title} <small>{FigureText.Say(_growth.Whole, growth.Compared.Pairs.Count)}</small></h2>
        <ul class="tree three">{Node(_growth.Raw, growth.AllStores, FigureText.Say(_growth.RawNote, _text.Amount(Money.ToDecimal(growth.Then))))}{Adjusted()}{SameStores()}</ul>
        {Excluded()}</section>
        """);

    private static Markup Node(string name, decimal? change, string note)
    {
        var style = change switch { > 0 => "up", < 0 => "down", _ => "flat" };
        var value = change is { } known ? $"{(known > 0 ? "+" : "")}{FigureText.Percent(known)}" : "—";
        return Markup.Of($"""<li class="{style}"><h3>{name}</h3><p class="value">{value}</p><span class="versus">{note}</span></li>""");
    }

    private Markup Adjusted() => Node(
        _growth.Adjusted, growth.Adjusted, growth is { WeightedDays: { } days, WeightedDaysThen: { } then }
            ? FigureText.Say(_growth.AdjustedNote, FigureText.Number(days, 2), FigureText.Number(then, 2)) : _growth.NotAdjusted);

    private Markup SameStores() => request.Store is not null || !lastYear ? Markup.Empty
        : Node(_growth.SameStores, growth.SameStore, FigureText.Say(_growth.SameStoresNote, growth.SameStores.Count, growth.Stores.Count));

    private Markup Excluded()
    {
        var changed = growth.Stores.Where(store => store.Entered || !store.Verdict.IsIn).ToList();
        if (request.Store is not null || !lastYear || changed.Count == 0)
        {
            return Markup.Empty;
        }

        return Markup.Of(
            $"""
            <details><summary>{FigureText.Say(_growth.Others, changed.Count(store => !store.Verdict.IsIn), changed.Count(store => store.Entered))}</summary><div class="scroll" tabindex="0" role="region" aria-label="{_growth.SameStores}"><table>
            <thead><tr><th scope="col">{_words.Store}</th><th scope="col">{_growth.Place}</th><th scope="col">{_growth.Why}</th><th scope="col">{_words.NetSales}</th></tr></thead>
            <tbody>{changed.Select(Row)}</tbody></table></div></details>
            """);
    }

    private Markup Row(StoreGrowth store)
    {
        var name = request.Stores.FirstOrDefault(one => one.Code == store.Store)?.Name ?? store.Store;
        var place = store.Entered ? _growth.Entered : store.Left ? _growth.Left : _growth.Out;
        var verdict = store.Entered ? store.Before : store.Verdict;
        var why = rule.Text(verdict.Reason, _words.Language == "ja") + (verdict.Since is { } since ? $" ({since:yyyy-MM-dd})" : "");
        return Markup.Of($"""<tr><th scope="row"><bdi>{name}</bdi></th><td>{place}</td><td class="wrap">{(store.Entered ? FigureText.Say(_growth.NoLonger, why) : why)}</td><td>{_text.Amount(Money.ToDecimal(store.Now))}</td></tr>""");
    }
}
