using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Benchmarks;
using RetailInsight.Api.Peers;
using RetailInsight.Api.Similarity;
using RetailInsight.Api.Stores;
using RetailInsight.Core.Features;

namespace RetailInsight.Api.Pages.Peers;

/// <summary>The page of peers as HTML.</summary>
internal sealed class PeersView(PageRequest request, PeersModel model)
{
    private readonly Wording _words = request.Words;
    private readonly PeersWording _peers = PeersWording.Of(request.Words);
    private readonly FigureText _text = new(request.Words, model.Group.Currency);

    public Markup Render() => Markup.Of(
        $"""
        {PageFrame.Choice(request, PageLink.Peers, model.To)}
        <div class="headline">
        <h1><bdi>{request.StoreName}</bdi></h1>
        <p class="day"><span>{FigureText.Say(_peers.Weeks, _text.LongDate(model.From), _text.LongDate(model.To))}</span></p>
        <ul class="state">{DataStateItems.Render(request, model.Completeness)}{model.Last.Render(_words)}</ul>
        </div>
        {(request.Store is null ? Say(_peers.ChooseStore) : model.Group.Size == 0 ? Say(_peers.NoGroup) : Body())}{Nearest()}
        """);

    private static Markup Say(string sentence) => Markup.Of($"""<section class="card"><p>{sentence}</p></section>""");

    private Markup Body() => Markup.Of(
        $"""
        <section class="card peers"><h2>{_peers.Standing}</h2><p class="lead">{FigureText.Say(_peers.Lead, model.Group.Size - 1)}</p>
        <div class="standings">{model.Group.Standings.Select(One)}</div><p class="note">{_peers.GainNote}</p></section>
        {Named()}
        """);

    private Markup One(PeerStanding standing)
    {
        var gain = standing.GainPerDay is { } more and > 0
            ? Markup.Of($"""<p class="delta down"><span class="change">{FigureText.Say(_peers.Gain, _text.MoneyChange(more))}</span></p>""")
            : Markup.Of($"""<p class="delta up"><span class="change">{(standing.Own >= standing.Median ? _peers.AtMedian : _words.Undefined)}</span></p>""");
        return Markup.Of(
            $"""
            <div class="standing"><h3>{_peers.Figures[(int)standing.Figure]} <span class="rank">{FigureText.Say(_peers.Rank, standing.Rank, standing.Of)}</span></h3>
            <p class="value">{Write(standing.Figure, standing.Own)}</p>{Strip(standing)}
            <p class="versus">{FigureText.Say(_peers.Middle, Write(standing.Figure, standing.Median), Write(standing.Figure, standing.Quarter), Write(standing.Figure, standing.ThreeQuarters))}</p>{gain}</div>

            """);
    }

    // The middle half of the group as a band, its median as a line, the store as a dot.
    private Markup Strip(PeerStanding standing)
    {
        var low = Math.Min(standing.Quarter, standing.Own);
        var high = Math.Max(standing.ThreeQuarters, standing.Own);
        var room = (high - low) * 0.12m;
        var (from, range) = (low - room, high - low + (2 * room));
        if (range <= 0)
        {
            return Markup.Empty;
        }

        double Place(decimal value) => (double)((value - from) / range) * 240;
        var label = FigureText.Say(_peers.StripLabel, _peers.Figures[(int)standing.Figure], Write(standing.Figure, standing.Own), Write(standing.Figure, standing.Median));
        return Markup.Of(
            $"""<svg class="strip" viewBox="0 0 240 20" role="img" aria-label="{label}"><rect class="track" width="240" height="4" y="8" rx="2"/><rect class="band" x="{Place(standing.Quarter)}" width="{Math.Max(2, Place(standing.ThreeQuarters) - Place(standing.Quarter))}" height="12" y="4" rx="3"/><rect class="mean" x="{Place(standing.Median) - 1.5}" width="3" height="20" rx="1.5"/><circle class="own" cx="{Place(standing.Own)}" cy="10" r="6"/></svg>""");
    }

    private Markup Named() => model.Group.Named.Count < 2 ? Markup.Empty : Markup.Of(
        $"""
        <section class="card stores"><h2>{_peers.Named}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_peers.Named}"><table>
        <thead><tr><th scope="col">{_words.Store}</th>{Enum.GetValues<PeerFigure>().Select(figure => Markup.Of($"""<th scope="col">{_peers.Figures[(int)figure]}</th>"""))}</tr></thead>
        <tbody>{model.Group.Named.Select(Row)}</tbody></table></div></section>
        """);

    private Markup Row((Store Store, StoreTotal Total) peer)
    {
        var own = peer.Store == request.Store ? Markup.Of($" class=\"own\"") : Markup.Empty;
        return Markup.Of(
            $"""
            <tr{own}><th scope="row"><a href="{request.Address(PageLink.Peers, peer.Store.Code, model.To)}"><bdi>{peer.Store.Name}</bdi></a></th>{Enum.GetValues<PeerFigure>().Select(figure => Markup.Of($"<td>{(PeerStanding.Value(figure, peer.Total) is { } value ? Write(figure, value) : _words.Undefined)}</td>"))}</tr>

            """);
    }

    // By what the stores are, whoever they are: a store the reader may not see has reasons and no name.
    private Markup Nearest()
    {
        if (model.Nearest.Count == 0)
        {
            return Markup.Empty;
        }

        var most = model.Nearest.Max(near => near.Distance);
        return Markup.Of(
            $"""
            <section class="card part nearest"><h2>{_peers.Nearest}</h2><p class="lead">{_peers.NearestLead}</p><div class="scroll" tabindex="0" role="region" aria-label="{_peers.Nearest}"><table>
            <thead><tr><th scope="col">{_words.Store}</th><th scope="col" class="left">{_peers.Alike}</th><th scope="col" class="left">{_peers.Unlike}</th><th scope="col">{_peers.Distance}</th></tr></thead>
            <tbody>{model.Nearest.Select(near => Near(near, most))}</tbody></table></div>
            <p class="note">{_peers.DistanceNote}</p><p class="note"><a href="{request.Address(PageLink.StoreGroups, request.StoreCode, model.To)}">{_peers.ToGroups}</a></p><p class="note"><a href="{BenchmarksPage.Path}">{_peers.ToBenchmarks}</a></p></section>
            """);
    }

    private Markup Near(NearStore near, double most)
    {
        var name = near.Store is { } store ? Markup.Of($"""<a href="{request.Address(PageLink.Peers, store.Code, model.To)}"><bdi>{store.Name}</bdi></a>""") : Markup.Of($"{_peers.Unnamed}");
        string NameOf(string feature) => FeatureDefinitions.Find(feature)?.In(_words.Language).Name ?? feature;
        var alike = near.Alike.Count == 0 ? _peers.Overall : string.Join(_peers.Comma, near.Alike.Select(NameOf));
        var width = most > 0 ? 60 * near.Distance / most : 0;
        return Markup.Of(
            $"""
            <tr><th scope="row">{near.Rank}. {name}</th><td class="left text">{alike}</td><td class="left text">{(near.Unlike is { } unlike ? NameOf(unlike) : _peers.NoneMuch)}</td><td><svg class="far" viewBox="0 0 60 8" width="60" height="8" aria-hidden="true"><rect class="band" width="{width}" height="8" rx="2"/></svg> {FigureText.Number((decimal)near.Distance, 2)}</td></tr>

            """);
    }

    private string Write(PeerFigure figure, decimal value) => figure switch
    {
        PeerFigure.NetPerDay or PeerFigure.BasketValue => _text.Amount(value),
        PeerFigure.VisitorsPerDay => FigureText.Count(value),
        PeerFigure.Conversion => FigureText.Percent(value),
        _ => FigureText.Number(value, 2),
    };
}
