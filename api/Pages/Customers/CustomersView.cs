using RetailInsight.Api.Customers;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Customers;

/// <summary>The page of customers as HTML.</summary>
internal sealed class CustomersView(PageRequest request, CustomersModel model)
{
    private readonly Wording _words = request.Words;
    private readonly CustomersWording _customers = CustomersWording.Of(request.Words);
    private readonly FigureText _text = new(request.Words, model.Currency);

    public Markup Render() => Markup.Of(
        $"""
        {PageFrame.Choice(request, PageLink.Customers, model.To)}
        <div class="headline">
        <h1><bdi>{request.StoreName}</bdi></h1>
        <p class="day"><time datetime="{model.To:yyyy-MM-dd}">{_text.LongDate(model.To)}</time></p>
        {State()}
        </div>
        {(model.Segments.All(segment => segment.Customers == 0) ? Markup.Of($"""<section class="card"><p>{_customers.Nobody}</p></section>""") : Segments())}
        """);

    private Markup State()
    {
        var counted = model.AsOf is { } day ? Markup.Of($"<li>{FigureText.Say(_customers.AsOf, _text.LongDate(day))}</li>") : Markup.Empty;
        var share = model.Identified is { } known ? Markup.Of($"<li>{FigureText.Say(_customers.Identified, FigureText.Percent(known))}</li>") : Markup.Empty;
        return Markup.Of($"""<ul class="state">{counted}{share}{DataStateItems.Render(request, model.Completeness)}</ul>""");
    }

    private Markup Segments()
    {
        return Markup.Of(
            $"""
            <section class="card"><h2>{_customers.Segments} <small>{_customers.SegmentsNote}</small></h2>
            <ul class="tree three">{model.Segments.Select(Card)}</ul>
            <p class="note">{FigureText.Say(_customers.Hidden, CustomerSegments.Fewest)}</p></section>
            <section class="card stores"><h2>{_customers.Title}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_customers.Title}"><table>
            <thead><tr><th scope="col">{_customers.Segment}</th><th scope="col">{_customers.Customers}</th><th scope="col">{_words.NetSales}</th><th scope="col">{_customers.PerCustomer}</th><th scope="col">{_customers.Visits}</th></tr></thead>
            <tbody>{model.Segments.Select(Row)}</tbody></table></div></section>
            """);
    }

    private Markup Card(SegmentFigures segment)
    {
        var name = _customers.Names[(int)segment.Segment];
        if (segment is not { Customers: { } count })
        {
            return Markup.Of($"""<li><h3>{name}</h3><p class="value none">{_customers.TooFew}</p><span class="versus">{_customers.Hints[(int)segment.Segment]}</span></li>""");
        }

        var shares = FigureText.Say(_customers.Shares, FigureText.Percent(segment.CustomerShare(model.Segments), _words.Undefined), FigureText.Percent(segment.SalesShare(model.Segments), _words.Undefined));
        return Markup.Of($"""<li><h3>{name}</h3><p class="value">{FigureText.Count(count)}</p><span class="versus">{shares}</span><span class="versus">{_customers.Hints[(int)segment.Segment]}</span></li>""");
    }

    private Markup Row(SegmentFigures segment) => segment is { Customers: { } count, Net: { } net }
        ? Markup.Of(
            $"""
            <tr><th scope="row">{_customers.Names[(int)segment.Segment]}</th><td>{FigureText.Count(count)}</td><td>{_text.Amount(Money.ToDecimal(net))}</td><td>{_text.Amount(segment.NetPerCustomer, _words.Undefined)}</td><td>{(segment.ReceiptsPerCustomer is { } visits ? FigureText.Number(visits, 1) : _words.Undefined)}</td></tr>

            """)
        : Markup.Of($"""<tr><th scope="row">{_customers.Names[(int)segment.Segment]}</th><td>{_customers.TooFew}</td><td>{_words.Undefined}</td><td>{_words.Undefined}</td><td>{_words.Undefined}</td></tr>""");
}
