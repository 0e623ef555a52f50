using System.Globalization;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What stands: by asset how many partitions are up to date, and of one asset every store on every day.</summary>
internal static class PartitionListPage
{
    private const int UsualDays = 14;
    private const int MostRead = 20_000;
    private const int MostStores = 50;
    private const int MostOpen = 100;
    private static readonly string[] States = ["current", "stale", "held"];
    private static readonly int[] Spans = [7, UsualDays, 28, 42];

    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, PartitionHistory history, TenantScope scope, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["asset", "store", "days", "date"], async (request, query, token) =>
        {
            var lineage = await history.LineageAsync(token);
            var stores = await scope.ReadAsync(user.Tenant, (read, patient) => read.StoresAsync(user, patient), token);
            var (days, last, store) = (query.Whole("days") ?? UsualDays, query.Date("date") ?? request.Today.AddDays(-1), query.Text("store"));
            var asset = query.Text("asset") is { } named ? lineage.FirstOrDefault(one => one.Asset == named)
                : lineage.OrderBy(one => one.DagId is null).ThenBy(one => one.Grain == "day").ThenBy(one => one.Asset != "store_figures").FirstOrDefault();
            if (!Spans.Contains((int)days) || last is { Year: < 1900 or > 9990 } || (asset is null && query.Text("asset") is not null) || (store is not null && stores.All(one => one.Code != store)))
            {
                return null;
            }

            var choice = new PartitionChoice(asset, store, (int)days, last);
            var counts = await history.CountAsync(user.Tenant, choice.First, last, token);
            var shown = asset is null ? [] : (await history.ListAsync(user.Tenant, choice.First, last, asset.Asset, store, false, MostRead, token)).Where(IsSeen).ToList();
            var open = (await history.OpenAsync(user.Tenant, choice.First, last, store, MostOpen + 1, token)).Where(IsSeen).ToList();
            return request.Page(OperationsSection.Partitions, PartitionWording.Of(request.Common).Title, Render(request, choice, lineage, stores, counts, shown, open));

            bool IsSeen(PartitionState one) => one.Store.Length == 0 || user.MaySee(one.Store);
        }, cancellationToken);

    private static Markup Render(
        OperationsRequest request, PartitionChoice choice, IReadOnlyList<AssetLineage> lineage, List<Store> stores, IReadOnlyList<AssetCount> counts, List<PartitionState> shown, List<PartitionState> open)
    {
        var words = PartitionWording.Of(request.Common);
        return Markup.Of(
            $"""
            <h1>{words.Title}</h1><p class="lead">{words.Lead}</p>
            <form method="get" action="{OperationsPages.PathOf(OperationsSection.Partitions)}" class="choice" role="search">
            <label>{words.Asset}<select name="asset">{lineage.Select(one => OperationsRequest.Option(one.Asset, PartitionText.NameOf(one.Asset, words), one == choice.Asset))}</select></label>
            <label>{words.Store}<select name="store">{OperationsRequest.Option("", words.AllStores, choice.Store is null)}{stores.Select(one => OperationsRequest.Option(one.Code, one.Name, one.Code == choice.Store))}</select></label>
            <label>{request.Words.Days}<select name="days">{Spans.Select(days => OperationsRequest.Option(days.ToString(CultureInfo.InvariantCulture), FigureText.Say(request.Words.DayCount, days), days == choice.Days))}</select></label>
            <label>{request.Words.LastDay}<input type="date" name="date" value="{choice.Last:yyyy-MM-dd}" required></label>
            <button>{request.Common.Show}</button></form>
            {Counts(request, words, choice, lineage, counts)}
            {(choice.Asset is null ? Markup.Empty : Grid(request, words, choice, stores, shown))}
            {Open(request, words, stores, open)}
            """);
    }

    private static Markup Counts(OperationsRequest request, PartitionWording words, PartitionChoice choice, IReadOnlyList<AssetLineage> lineage, IReadOnlyList<AssetCount> counts)
    {
        Markup Row(AssetCount count)
        {
            var made = lineage.FirstOrDefault(one => one.Asset == count.Asset);
            var by = made?.DagId is null ? words.ComesIn : $"{made.DagId} / {made.TaskId}";
            return Markup.Of(
                $"""
                <tr><th scope="row"><a href="{PartitionText.DaysAddress(choice.Last, count.Asset)}&amp;days={choice.Days}">{PartitionText.NameOf(count.Asset, words)}</a></th><td>{FigureText.Count(count.Partitions)}</td><td>{Marked("stale", count.Stale)}</td><td>{Marked("held", count.Held)}</td><td>{(count.StaleSince is { } since ? request.Moment(PartitionText.Utc(since)) : request.Common.Undefined)}</td><td class="left">{by}</td></tr>
                """);
        }

        return counts.Count == 0 ? Markup.Of($"""<section class="card"><p class="lead">{words.None}</p></section>""") : Markup.Of(
            $"""
            <section class="card"><div class="scroll" tabindex="0" role="region" aria-label="{words.Title}"><table class="list">
            <thead><tr><th scope="col">{words.Asset}</th><th scope="col">{words.Partitions}</th><th scope="col">{words.Stale}</th><th scope="col">{words.Held}</th><th scope="col">{words.StaleSince}</th><th scope="col" class="left">{words.MadeBy}</th></tr></thead>
            <tbody>{counts.Select(Row)}</tbody></table></div></section>
            """);
    }

    private static Markup Marked(string state, long count) => count == 0 ? Markup.Of($"{FigureText.Count(0)}")
        : Markup.Of($"""<span class="state-badge {StateMark.Style(state)}">{StateMark.Icon(state)}{FigureText.Count(count)}</span>""");

    private static Markup Grid(OperationsRequest request, PartitionWording words, PartitionChoice choice, List<Store> stores, List<PartitionState> shown)
    {
        var title = FigureText.Say(words.GridTitle, PartitionText.NameOf(choice.Asset!.Asset, words));
        var byStore = shown.GroupBy(one => one.Store).OrderByDescending(store => store.Count(one => PartitionText.StateOf(one) != "current")).ThenBy(store => store.Key, StringComparer.Ordinal).ToList();
        if (byStore.Count == 0)
        {
            return Markup.Of($"""<section class="card"><h2>{title}</h2><p class="lead">{words.None}</p></section>""");
        }

        var days = Enumerable.Range(0, choice.Days).Select(choice.First.AddDays).ToList();
        string Name(string code) => code.Length == 0 ? words.WholeDay : stores.FirstOrDefault(one => one.Code == code)?.Name ?? code;
        Markup Cell(string store, PartitionState? one)
        {
            if (one is null)
            {
                return Markup.Of($"<td></td>");
            }

            var state = PartitionText.StateOf(one);
            var said = FigureText.Say(words.CellSaid, Name(store), request.Day(one.BusinessDate), StateMark.Name(state, request.Words), one.Version);
            return Markup.Of($"""<td><a class="{StateMark.Style(state)}" href="{PartitionText.Address(one.Asset, one.BusinessDate, store)}" title="{said}" aria-label="{said}">{StateMark.Icon(state)}</a></td>""");
        }

        var more = byStore.Count <= MostStores ? Markup.Empty : Markup.Of($"""<p class="note">{FigureText.Say(words.StoresMore, MostStores, FigureText.Count(byStore.Count - MostStores))}</p>""");
        return Markup.Of(
            $"""
            <section class="card"><h2>{title}</h2>
            <div class="scroll newest" tabindex="0" role="region" aria-label="{title}"><table class="runs">
            <thead><tr><th scope="col">{words.Store}</th>{days.Select(day => RunGridView.DayHead(request, day, day == days[0]))}</tr></thead>
            <tbody>{byStore.Take(MostStores).Select(store => (store.Key, Days: store.ToDictionary(one => one.BusinessDate))).Select(store => Markup.Of(
                $"""<tr><th scope="row"><b>{Name(store.Key)}</b></th>{days.Select(day => Cell(store.Key, store.Days.GetValueOrDefault(day)))}</tr>"""))}</tbody></table></div>{more}
            <ul class="legend">{States.Select(state => Markup.Of($"<li>{StateMark.Badge(state, request.Words)}</li>"))}</ul></section>
            """);
    }

    private static Markup Open(OperationsRequest request, PartitionWording words, List<Store> stores, List<PartitionState> open) => open.Count == 0
        ? Markup.Of($"""<section class="card"><h2>{words.OpenTitle}</h2><p class="lead">{words.OpenNone}</p></section>""")
        : Markup.Of(
            $"""
            <section class="card"><h2>{words.OpenTitle}</h2><div class="scroll" tabindex="0" role="region" aria-label="{words.OpenTitle}"><table class="list">
            <thead><tr><th scope="col">{request.Words.BusinessDay}</th><th scope="col" class="left">{words.Asset}</th><th scope="col" class="left">{words.Store}</th><th scope="col" class="left">{request.Words.State}</th><th scope="col">{words.Since}</th><th scope="col" class="left">{words.Why}</th></tr></thead>
            <tbody>{open.Take(MostOpen).Select(one => Markup.Of(
                $"""
                <tr><th scope="row"><a href="{PartitionText.Address(one.Asset, one.BusinessDate, one.Store)}">{request.Day(one.BusinessDate)}</a></th><td class="left">{PartitionText.NameOf(one.Asset, words)}</td><td class="left">{(one.Store.Length == 0 ? words.WholeDay : stores.FirstOrDefault(store => store.Code == one.Store)?.Name ?? one.Store)}</td><td class="left">{StateMark.Badge(PartitionText.StateOf(one), request.Words)}</td><td>{(one.StaleSince is { } since ? request.Moment(PartitionText.Utc(since)) : request.Common.Undefined)}</td><td class="left text">{(one.PinnedBy is { } holder ? Markup.Of($"<p>{FigureText.Say(words.HeldBy, holder)}</p>") : Markup.Empty)}{PartitionText.Cause(one, words)}</td></tr>
                """))}</tbody></table></div>{(open.Count > MostOpen ? Markup.Of($"""<p class="note">{words.OpenMore}</p>""") : Markup.Empty)}</section>
            """);
}

/// <summary>What the address of the list of partitions says.</summary>
/// <param name="Asset">The asset that is shown; null where there is none.</param>
/// <param name="Store">Its one store; null for all.</param>
/// <param name="Days">How many days.</param>
/// <param name="Last">The last of them.</param>
internal sealed record PartitionChoice(AssetLineage? Asset, string? Store, int Days, DateOnly Last)
{
    /// <summary>The first of them.</summary>
    public DateOnly First => Last.AddDays(1 - Days);
}
