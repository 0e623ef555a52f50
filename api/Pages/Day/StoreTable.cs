using RetailInsight.Api.Pages.Comparing;

namespace RetailInsight.Api.Pages.Day;

/// <summary>The stores of the chain on the day, best sales first; each leads to its page.</summary>
internal sealed class StoreTable(PageRequest request, DayPageModel model, FigureText text)
{
    private readonly Wording words = request.Words;

    public Markup Render() => Markup.Of(
        $"""
        <section class="card stores"><h2>{words.StoreTable}</h2><div class="scroll" tabindex="0" role="region" aria-label="{words.StoreTable}"><table>
        <thead><tr><th scope="col">{words.Store}</th><th scope="col">{words.NetSales}</th><th scope="col">{new DayComparisonWords(model, words, text).Heading}</th><th scope="col">{words.TargetShare}</th><th scope="col">{words.Visitors}</th><th scope="col">{words.Conversion}</th><th scope="col">{words.BasketValue}</th></tr></thead>
        <tbody>
        {model.Rows.Select(Row)}
        </tbody></table></div></section>
        """);

    private Markup Row(StoreRow row)
    {
        var trend = Trend.Share(row.Now?.NetSales, row.Before?.NetSales, words);
        var change = trend is null
            ? Markup.Of($"{words.Undefined}")
            : Markup.Of($"""<span class="{trend.Style}"><span aria-hidden="true">{trend.Arrow}</span> {trend.Text}</span>""");
        var target = row.SalesTarget is { Target: > 0 } known ? FigureText.Percent(known.Actual / known.Target) : words.Undefined;
        return Markup.Of(
            $"""
            <tr><th scope="row"><a href="{request.Address(PageLink.Day, row.Store.Code, model.Date)}"><bdi>{row.Store.Name}</bdi></a></th><td>{text.Amount(row.Figures.NetSales, words.NoData)}</td><td>{change}</td><td>{target}</td>{CountedCell.Visitors(row.Figures, model.IsRunning, words)}{CountedCell.Conversion(row.Figures, model.IsRunning, words)}<td>{text.Amount(row.Figures.BasketValue, words.Undefined)}</td></tr>

            """);
    }
}
