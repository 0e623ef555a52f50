using RetailInsight.Api.Products;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Products;

/// <summary>The page of products as HTML.</summary>
internal sealed class ProductsView(PageRequest request, ProductsModel model)
{
    private const int Most = 30;
    private const int MostMovers = 6;

    private readonly Wording _words = request.Words;
    private readonly ProductsWording _products = ProductsWording.Of(request.Words);
    private readonly FigureText _text = new(request.Words, model.Ranking.Currency);

    public Markup Render() => Markup.Of(
        $"""
        {PageFrame.Choice(request, PageLink.Products, model.To)}
        <div class="headline">
        <h1><bdi>{request.StoreName}</bdi></h1>
        <p class="day"><span>{FigureText.Say(_products.Weeks, _text.LongDate(model.From), _text.LongDate(model.To))}</span></p>
        <ul class="state">{DataStateItems.Render(request, model.Completeness)}{model.Last.Render(_words)}</ul>
        </div>
        {(model.Ranking.Lines.Count == 0 ? Markup.Of($"""<section class="card"><p>{_products.NoFigures}</p></section>""") : Body())}
        """);

    private Markup Body() => Markup.Of(
        $"""
        {Classes()}
        <div class="charts">{Movers(true)}{Movers(false)}</div>
        <div class="charts">{Categories()}{Pairs()}</div>
        {Items()}
        """);

    private Markup Classes()
    {
        var cards = model.Ranking.Classes.Select(one => Markup.Of(
            $"""
            <li><h3><span class="abc {one.Class.ToString()}">{one.Class.ToString()}</span> {_products.ClassNames[(int)one.Class]}</h3><p class="value">{FigureText.Say(_products.Items, FigureText.Count(one.Items))}</p><span class="versus">{FigureText.Say(_products.ShareOfSales, FigureText.Percent(model.Ranking.Share(one.Net), _words.Undefined))}</span></li>

            """));
        return Markup.Of($"""<section class="card"><h2>{_products.Classes} <small>{_products.ClassesNote}</small></h2><ul class="tree three">{cards}</ul></section>""");
    }

    private Markup Movers(bool up)
    {
        var title = up ? _products.Up : _products.Down;
        var movers = model.Ranking.Movers(up).Take(MostMovers).ToList();
        var list = movers.Count == 0
            ? Markup.Of($"""<p class="lead">{(model.Ranking.DaysBefore == 0 ? _products.NothingBefore : _products.NoMover)}</p>""")
            : Markup.Of($"""<ul class="movers">{movers.Select(line => Markup.Of($"""<li><span><bdi>{Name(line.Total)}</bdi></span><b class="{(up ? "up" : "down")}">{_text.MoneyChange(Money.ToDecimal(line.Change))}</b></li>"""))}</ul>""");
        var days = model.Ranking.DaysBefore is > 0 and < 28 ? Markup.Of($"""<p class="note">{FigureText.Say(_products.DaysBefore, model.Ranking.DaysBefore)}</p>""") : Markup.Empty;
        return Markup.Of($"""<section class="card"><h2>{title} <small>{_products.MoversNote}</small></h2>{list}{days}</section>""");
    }

    private Markup Categories() => Markup.Of(
        $"""
        <section class="card"><h2>{_products.Categories}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_products.Categories}"><table>
        <thead><tr><th scope="col">{_products.Category}</th><th scope="col">{_words.NetSales}</th><th scope="col">{_products.Share}</th><th scope="col">{_products.Before}</th></tr></thead>
        <tbody>{model.Categories.Select(Category)}</tbody></table></div></section>
        """);

    private Markup Category(CategoryLine row)
    {
        var trend = model.Ranking.DaysBefore == 0 ? null : Trend.Share(Money.ToDecimal(row.Total.Net), Money.ToDecimal(row.Before), _words);
        var change = trend is null ? Markup.Of($"{_words.Undefined}") : Markup.Of($"""<span class="{trend.Style}"><span aria-hidden="true">{trend.Arrow}</span> {trend.Text}</span>""");
        var all = Math.Max(1, model.Categories.Sum(category => category.Total.Net));
        return Markup.Of($"""<tr><th scope="row"><bdi>{(row.Total.Code.Length == 0 ? _products.NoCategory : row.Total.Code)}</bdi></th><td>{_text.Amount(Money.ToDecimal(row.Total.Net))}</td><td>{FigureText.Percent((decimal)row.Total.Net / all)}</td><td>{change}</td></tr>""");
    }

    private Markup Pairs()
    {
        if (request.Store is null)
        {
            return Markup.Of($"""<section class="card"><h2>{_products.Pairs}</h2><p class="lead">{_products.PairsOfOneStore}</p></section>""");
        }

        var table = model.Pairs.Count == 0 ? Markup.Of($"""<p class="lead">{FigureText.Say(_products.NoPairs, ProductPair.FewestReceipts)}</p>""") : Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{_products.Pairs}"><table><thead><tr><th scope="col">{_products.Together}</th><th scope="col">{_words.ReceiptsNote}</th><th scope="col">{_products.Lift}</th></tr></thead>
            <tbody>{model.Pairs.Select(pair => Markup.Of($"""<tr><th scope="row" class="wrap"><bdi>{pair.ItemA}</bdi> + <bdi>{pair.ItemB}</bdi></th><td>{FigureText.Count(pair.Receipts)}</td><td>{FigureText.Number(pair.Lift, 1)}</td></tr>"""))}</tbody></table></div>
            """);
        return Markup.Of($"""<section class="card"><h2>{_products.Pairs} <small>{FigureText.Say(_products.PairsNote, ProductPair.FewestReceipts)}</small></h2>{table}</section>""");
    }

    private Markup Items()
    {
        var rest = model.Ranking.Lines.Count <= Most ? Markup.Empty : Markup.Of($"""<p class="note">{FigureText.Say(_products.AndMore, model.Ranking.Lines.Count - Most)}</p>""");
        return Markup.Of(
            $"""
            <section class="card stores"><h2>{_products.TopItems}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_products.TopItems}"><table>
            <thead><tr><th scope="col">{_products.Item}</th><th scope="col">{_products.Class}</th><th scope="col">{_words.NetSales}</th><th scope="col">{_products.Cumulative}</th><th scope="col">{_products.Pieces}</th><th scope="col">{_products.Before}</th></tr></thead>
            <tbody>{model.Ranking.Lines.Take(Most).Select(Item)}</tbody></table></div>{rest}</section>
            """);
    }

    private Markup Item(ProductLine line)
    {
        var trend = model.Ranking.DaysBefore == 0 ? null : Trend.Share(Money.ToDecimal(line.Total.Net), Money.ToDecimal(line.Before), _words);
        var change = trend is null ? Markup.Of($"{(model.Ranking.DaysBefore > 0 && line.Before == 0 ? _products.New : _words.Undefined)}")
            : Markup.Of($"""<span class="{trend.Style}"><span aria-hidden="true">{trend.Arrow}</span> {trend.Text}</span>""");
        return Markup.Of(
            $"""
            <tr><th scope="row" class="wrap"><bdi>{Name(line.Total)}</bdi></th><td><span class="abc {line.Abc.Class.ToString()}">{line.Abc.Class.ToString()}</span></td><td>{_text.Amount(Money.ToDecimal(line.Total.Net))}</td><td>{FigureText.Percent(model.Ranking.CumulativeShare(line), _words.Undefined)}</td><td>{FigureText.Number(Money.ToDecimal(line.Total.Quantity), 0)}</td><td>{change}</td></tr>

            """);
    }

    private static string Name(ProductTotal total) => total.Name.Length == 0 ? total.Code : total.Name;
}
