using RetailInsight.Api.Charts;
using RetailInsight.Api.Similarity;
using RetailInsight.Core.Features;

namespace RetailInsight.Api.Pages.StoreGroups;

/// <summary>The page of groups as HTML.</summary>
internal sealed class StoreGroupsView(PageRequest request, StoreGroupsModel model)
{
    private const double LeastTold = 0.05;

    private readonly Wording _words = request.Words;
    private readonly StoreGroupsWording _groups = StoreGroupsWording.Of(request.Words);
    private readonly FigureText _text = new(request.Words, request.Company.Currency);

    public Markup Render() => Markup.Of(
        $"""
        {PageFrame.Choice(request, PageLink.StoreGroups, model.Date)}
        <div class="headline">
        <h1>{_groups.Title}</h1>
        <p class="day"><span>{(model.AsOf is { } asOf ? FigureText.Say(_groups.AsOf, _text.LongDate(asOf)) : "")}</span></p>
        </div>
        {(model.Divisions.Count == 0 ? Markup.Of($"""<section class="card"><p>{(request.Store is null ? _groups.None : _groups.NoneOfStore)}</p></section>""") : Markup.Join(model.Divisions.Select(One)))}
        """);

    private Markup One(StoreDivision division)
    {
        var currency = model.Divisions.Count == 1 ? Markup.Empty : Markup.Of($"""<h2 class="of">{FigureText.Say(_groups.OfCurrency, division.Currency)}</h2>""");
        return Markup.Of($"{currency}{Own(division)}{Picture(division)}{Groups(division)}{Why(division)}");
    }

    // Of the chosen store first what it is among the others.
    private Markup Own(StoreDivision division)
    {
        if (request.Store is not { } store || division.GroupOf(store.Code) is not { } group)
        {
            return Markup.Empty;
        }

        var moving = group.Named.First(member => member.Store.Code == store.Code).Candidate is { } next ? Markup.Of($"""<p class="note">{Moving(division, store.Name, next)}</p>""") : Markup.Empty;
        return Markup.Of(
            $"""
            <section class="card part"><h2><bdi>{store.Name}</bdi></h2><p class="lead">{ScatterChart.Sign(Place(division, group))} {FigureText.Say(_groups.Belongs, Title(group), group.Stores - 1)}</p>{moving}
            <p class="note"><a href="{request.Address(PageLink.Peers, store.Code, model.Date)}">{_groups.ToPeers}</a></p></section>
            """);
    }

    private Markup Picture(StoreDivision division)
    {
        var points = division.Groups.SelectMany(group => group.Named.Select(member => (Group: group, Member: member))).ToList();
        var drawn = points.ConvertAll(one => new ScatterPoint(
            one.Member.X, one.Member.Y, Place(division, one.Group), FigureText.Say(_groups.PointSaid, one.Member.Store.Name, Number(one.Group.Number)),
            one.Member.Store == request.Store ? one.Member.Store.Name : null));
        var areas = division.Groups.Where(group => group.Middle is not null && group.Stores > 1)
            .Select(group => new ScatterArea(group.Middle!.Value.X, group.Middle.Value.Y, group.Middle.Value.Reach, Place(division, group))).ToList();
        var description = FigureText.Say(_groups.PictureSaid, points.Count, division.Groups.Count);
        var name = $"groups-{division.Currency}";
        return Markup.Of(
            $"""
            <figure class="card wide part">
            <figcaption><h2>{_groups.Picture}</h2><p class="lead">{_groups.PictureLead}</p></figcaption>
            {ScatterChart.Draw(Canvas.Desk, name, drawn, areas, _groups.Picture, description)}
            {ScatterChart.Draw(Canvas.Phone, name, drawn, areas, _groups.Picture, description)}
            <ol class="legend">{division.Groups.Select(group => Markup.Of($"""<li>{ScatterChart.Sign(Place(division, group))} {Number(group.Number)}</li>"""))}</ol>
            <ul class="axes">{division.Axes.Select((axis, at) => Markup.Of($"""<li><b>{_groups.Axes[at]}</b> {AxisWords(axis)}</li>"""))}</ul>
            <p class="note">{_groups.AreaNote}</p>
            <details><summary>{_words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{_groups.Picture}"><table>
            <thead><tr><th scope="col">{_words.Store}</th><th scope="col" class="left">{_groups.Group}</th></tr></thead>
            <tbody>{points.Select(one => Markup.Of($"""<tr{(one.Member.Store == request.Store ? Markup.Of($" class=\"own\"") : Markup.Empty)}><th scope="row"><bdi>{one.Member.Store.Name}</bdi></th><td class="left">{Number(one.Group.Number)}</td></tr>"""))}</tbody></table></div></details>
            </figure>
            """);
    }

    private string AxisWords(PictureAxis axis)
    {
        var named = axis.Features.Select(feature => (Name: NameOf(feature), IsRising: axis.Rising?.Contains(feature))).ToList();
        string List(bool? rising) => string.Join(_groups.And, named.Where(one => one.IsRising == rising).Select(one => one.Name));
        var parts = new[] { (List(true), _groups.MoreOf), (List(false), _groups.LessOf), (List(null), _groups.DifferIn) }.Where(part => part.Item1.Length > 0).Select(part => FigureText.Say(part.Item2, part.Item1));
        return FigureText.Say(_groups.AxisShare, string.Join(_groups.Comma, parts), FigureText.Percent((decimal)axis.Share));
    }

    private Markup Groups(StoreDivision division) => Markup.Of(
        $"""
        <section class="card part"><h2>{_groups.Groups}</h2><ol class="group-list">{division.Groups.Select(group => Group(division, group))}</ol></section>
        """);

    private Markup Group(StoreDivision division, SimilarityGroup group)
    {
        var hidden = group.Stores - group.Named.Count;
        var traits = group.Traits.Count > 0 ? Markup.Of($"""<ul class="traits">{group.Traits.Select(trait => Markup.Of($"<li>{Trait(trait)}</li>"))}</ul>""")
            : Markup.Of($"""<p class="note">{(group.Middle is null ? _groups.TooSmall : _groups.LikeOthers)}</p>""");
        var moving = group.Named.Where(member => member.Candidate is not null).Select(member => Markup.Of($"""<p class="note">{Moving(division, member.Store.Name, member.Candidate!.Value)}</p>"""));
        return Markup.Of(
            $"""
            <li><h3>{ScatterChart.Sign(Place(division, group))} {(group.Middle is null ? Number(group.Number) : Title(group))} <small>{FigureText.Say(_groups.StoreCount, group.Stores)}</small></h3>
            {traits}
            <ul class="members">{group.Named.Select(Member)}{(hidden > 0 ? Markup.Of($"<li>{FigureText.Say(_groups.Hidden, hidden)}</li>") : Markup.Empty)}</ul>{moving}</li>

            """);
    }

    private Markup Member(GroupMember member) => member.Store == request.Store ? Markup.Of($"""<li><b aria-current="true"><bdi>{member.Store.Name}</bdi></b></li>""")
        : Markup.Of($"""<li><a href="{request.Address(PageLink.StoreGroups, member.Store.Code, model.Date)}"><bdi>{member.Store.Name}</bdi></a></li>""");

    private Markup Why(StoreDivision division)
    {
        var best = division.Tried.MaxBy(tried => tried.Silhouette);
        var reason = FigureText.Say(
            _groups.Reasons.GetValueOrDefault(division.Reason, _groups.Reasons["nothing_stable"]), division.Stable, best?.K, Two(best?.Silhouette), Two(division.Tried.FirstOrDefault(tried => tried.K == division.Stable)?.Silhouette),
            Two((double?)best?.Stability));
        return Markup.Of(
            $"""
            <section class="card part"><h2>{_groups.WhyTitle}</h2><p class="lead">{reason}</p>{(division.Tried.Count == 0 ? Markup.Empty : Numbers(division))}</section>
            """);
    }

    private Markup Numbers(StoreDivision division)
    {
        var columns = division.Tried.Select(tried => new StabilityColumn(
            Count(tried.K), tried.Stability, tried.Accepted, tried.K == division.Stable, FigureText.Say(_groups.NumberSaid, Count(tried.K), Two((double)tried.Stability), Verdict(tried)))).ToList();
        var description = FigureText.Say(_groups.NumbersSaid, division.Tried[0].K, division.Tried[^1].K);
        return Markup.Of(
            $"""
            <figure class="plain"><figcaption><h3>{_groups.Numbers}</h3></figcaption>
            {StabilityChart.Draw(Canvas.Desk, $"numbers-{division.Currency}", columns, TriedNumber.Enough, _groups.Numbers, description)}
            {StabilityChart.Draw(Canvas.Phone, $"numbers-{division.Currency}", columns, TriedNumber.Enough, _groups.Numbers, description)}
            <p class="note">{_groups.NumbersNote}</p>
            <div class="scroll" tabindex="0" role="region" aria-label="{_groups.Numbers}"><table>
            <thead><tr><th scope="col">{_groups.NumberOf}</th><th scope="col">{_groups.Stability}</th><th scope="col">{_groups.Silhouette}</th><th scope="col">{_groups.Agreement}</th><th scope="col">{_groups.Jaccard}</th><th scope="col" class="left">{_groups.Judgement}</th></tr></thead>
            <tbody>{division.Tried.Select(tried => Markup.Of($"""<tr{(tried.K == division.Stable ? Markup.Of($" class=\"own\"") : Markup.Empty)}><th scope="row">{Count(tried.K)}</th><td>{Two((double)tried.Stability)}</td><td>{Two(tried.Silhouette)}</td><td>{Two(tried.Agreement)}</td><td>{Two(tried.WorstJaccard)}</td><td class="left">{Verdict(tried)}{(tried.K == division.Stable ? _groups.Chosen : "")}</td></tr>"""))}</tbody></table></div></figure>
            """);
    }

    private string Verdict(TriedNumber tried) => tried.Accepted ? _groups.IsStable : _groups.IsUnstable;

    private string Count(int k) => FigureText.Say(_groups.GroupCount, k);

    private static string Two(double? value) => value is { } known ? FigureText.Number((decimal)known, 2) : "";

    // "1.0 times" says nothing: where the scale is fine and the ratio near 1, a word says more.
    private string Trait(GroupTrait trait) => trait.Ratio is { } ratio && Math.Abs(ratio - 1) >= LeastTold ? FigureText.Say(_groups.Times, NameOf(trait.Feature), FigureText.Number((decimal)ratio, 2))
        : FigureText.Say(trait.Deviation > 0 ? _groups.Higher : _groups.Lower, NameOf(trait.Feature));

    private string NameOf(string feature) => FeatureDefinitions.Find(feature)?.In(_words.Language).Name ?? feature;

    private string Moving(StoreDivision division, string store, int next) => FigureText.Say(
        _groups.Candidate, store, division.Groups.FirstOrDefault(group => group.Number == next) is { Middle: not null } group ? Title(group) : Number(next));

    private string Title(SimilarityGroup group) => group.Middle is null ? Number(group.Number) : FigureText.Say(_groups.Named, Number(group.Number), group.Describe(_words.Language));

    private string Number(int number) => FigureText.Say(_groups.GroupNumber, number + 1);

    private static int Place(StoreDivision division, SimilarityGroup group) => division.Groups.ToList().IndexOf(group);
}
