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
        var (customers, net) = (model.Segments.Sum(segment => segment.Customers ?? 0), model.Segments.Sum(segment => segment.Net ?? 0));
        return Markup.Of(
            $"""
            <section class="card"><h2>{_customers.Segments} <small>{_customers.SegmentsNote}</small></h2>
            <ul class="tree three">{model.Segments.Select(segment => Card(segment, customers, net))}</ul>
            <p class="note">{FigureText.Say(_customers.Hidden, CustomerSegments.Fewest)}</p></section>
            <section class="card stores"><h2>{_customers.Title}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_customers.Title}"><table>
            <thead><tr><th scope="col">{_customers.Segment}</th><th scope="col">{_customers.Customers}</th><th scope="col">{_words.NetSales}</th><th scope="col">{_customers.PerCustomer}</th><th scope="col">{_customers.Visits}</th></tr></thead>
            <tbody>{model.Segments.Select(Row)}</tbody></table></div></section>
            """);
    }

    private Markup Card(SegmentFigures segment, int customers, long net)
    {
        var name = _customers.Names[(int)segment.Segment];
        if (segment is not { Customers: { } count, Net: { } own })
        {
            return Markup.Of($"""<li><h3>{name}</h3><p class="value none">{_customers.TooFew}</p><span class="versus">{_customers.Hints[(int)segment.Segment]}</span></li>""");
        }

        var shares = FigureText.Say(_customers.Shares, FigureText.Percent((decimal)count / Math.Max(1, customers)), net <= 0 ? _words.Undefined : FigureText.Percent((decimal)own / net));
        return Markup.Of($"""<li><h3>{name}</h3><p class="value">{FigureText.Count(count)}</p><span class="versus">{shares}</span><span class="versus">{_customers.Hints[(int)segment.Segment]}</span></li>""");
    }

    private Markup Row(SegmentFigures segment) => segment is { Customers: { } count, Net: { } net, Receipts: { } receipts }
        ? Markup.Of(
            $"""
            <tr><th scope="row">{_customers.Names[(int)segment.Segment]}</th><td>{FigureText.Count(count)}</td><td>{_text.Amount(Money.ToDecimal(net))}</td><td>{(count == 0 ? _words.Undefined : _text.Amount(Money.ToDecimal(net) / count))}</td><td>{(count == 0 ? _words.Undefined : FigureText.Number((decimal)receipts / count, 1))}</td></tr>

            """)
        : Markup.Of($"""<tr><th scope="row">{_customers.Names[(int)segment.Segment]}</th><td>{_customers.TooFew}</td><td>{_words.Undefined}</td><td>{_words.Undefined}</td><td>{_words.Undefined}</td></tr>""");
}
