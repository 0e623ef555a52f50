using System.Globalization;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Devices;
using RetailInsight.Api.Pages.Devices;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Pages.DeviceGroups;

/// <summary>Which group is looked at; of its devices those of a store, behind an id. Null members are all.</summary>
internal sealed record GroupChoice(string? Group, string? Store, string? After);

/// <summary>What became of a form, said above the page; what was filled in stays where it was refused.</summary>
internal sealed record GroupAnswer(string Said, bool Done, IFormCollection Form);

/// <summary>What the page is about.</summary>
/// <param name="Groups">Every group.</param>
/// <param name="Feeds">Feeds a group may be read by.</param>
/// <param name="Devices">Devices that are not retired.</param>
/// <param name="Coverage">Coverage of each group with devices, by day before today; null where nothing was counted.</param>
/// <param name="Changes">Of the group looked at, newest first.</param>
/// <param name="Stores">The company's.</param>
/// <param name="TimeZone">The company's.</param>
internal sealed record GroupsModel(
    IReadOnlyList<DeviceGroupView> Groups, IReadOnlyList<string> Feeds, IReadOnlyList<DeviceView> Devices, IReadOnlyDictionary<string, IReadOnlyList<decimal?>> Coverage,
    IReadOnlyList<DeviceGroupChange> Changes, IReadOnlyList<Store> Stores, string TimeZone);

/// <summary>The groups beside each other, and one of them with its forms. Every form works without a script.</summary>
internal sealed class DeviceGroupsView(HttpContext context, Wording words, GroupChoice choice, GroupsModel model, GroupAnswer? answer)
{
    private const int PageSize = 100;
    private const int LongestVersion = 9;

    private readonly DeviceGroupsWording _groups = DeviceGroupsWording.Of(words);
    private readonly DevicesWording _devices = DevicesWording.Of(words);

    public Markup Render() => Markup.Of(
        $"""
        <p class="note"><a href="{DevicePages.Path}">{_groups.Back}</a></p>
        <h1>{_groups.Title}</h1><p class="lead">{_groups.Lead}</p><p class="note">{_groups.HowTo}</p>
        {(answer is null ? Markup.Empty : Markup.Of($"""<p class="{(answer.Done ? "good-news" : "alert")}" role="{(answer.Done ? "status" : "alert")}">{answer.Said}</p>"""))}
        <div class="sections">{Table()}{(model.Groups.FirstOrDefault(group => group.DeviceGroup == choice.Group) is { } chosen ? Markup.Of($"{Chosen(chosen)}{Changes(chosen)}") : Markup.Empty)}{Make()}</div>
        """);

    private Markup Table() => model.Groups.Count == 0
        ? Markup.Of($"""<section class="card"><p class="lead">{_groups.None}</p></section>""")
        : Markup.Of(
            $"""
            <section class="card stores"><div class="scroll" tabindex="0" role="region" aria-label="{_groups.Title}"><table>
            <thead><tr><th scope="col">{_groups.Group}</th><th scope="col" class="left">{_groups.Feed}</th><th scope="col">{_groups.Version}</th><th scope="col">{_groups.Devices}</th><th scope="col">{_groups.Silent}</th><th scope="col" colspan="2">{_groups.Coverage}</th></tr></thead>
            <tbody>{model.Groups.Select(Row)}</tbody></table></div></section>
            """);

    private Markup Row(DeviceGroupView group)
    {
        var course = model.Coverage.GetValueOrDefault(group.DeviceGroup, []);
        var mean = FigureText.Percent(DeviceDays.Mean(course), _groups.NoCounts);
        var silent = model.Devices.Count(device => device.DeviceGroup == group.DeviceGroup && device.State == DeviceStates.Silent);
        var here = group.DeviceGroup == choice.Group ? Markup.Of($""" aria-current="true" """) : Markup.Empty;
        return Markup.Of(
            $"""<tr><th scope="row"><a href="{DeviceGroupsPage.Address(group.DeviceGroup)}"{here}><bdi>{group.DeviceGroup}</bdi></a></th><td class="left"><bdi>{group.Feed}</bdi></td><td>{Version(group)}</td><td>{FigureText.Count(group.Devices)}</td><td>{(silent == 0 ? Markup.Of($"0") : Markup.Of($"""<a class="bad" href="{DevicePages.Path}?group={Uri.EscapeDataString(group.DeviceGroup)}&state={DeviceStates.Silent}">{FigureText.Count(silent)}</a>"""))}</td><td>{Sparkline.Draw(course, FigureText.Say(_groups.CoverageOf, mean))}</td><td>{mean}</td></tr>""");
    }

    private Markup Chosen(DeviceGroupView group)
    {
        var inside = model.Devices.Where(device => device.DeviceGroup == group.DeviceGroup).OrderBy(device => device.Device, StringComparer.Ordinal).ToList();
        var found = inside.Where(device => (choice.Store is null || device.Stores.Contains(choice.Store)) && (choice.After is null || string.CompareOrdinal(device.Device, choice.After) > 0)).Take(PageSize + 1).ToList();
        return Markup.Of(
            $"""
            <section class="card"><h2><bdi>{group.DeviceGroup}</bdi>: {_groups.Route}</h2><p class="note">{FigureText.Say(_groups.RouteNote, FigureText.Count(group.Devices))}</p>
            <form method="post" action="{DeviceGroupsPage.Path}" class="row">{Head("route", group.DeviceGroup)}<input type="hidden" name="was_feed" value="{group.Feed}"><input type="hidden" name="was_version" value="{DeviceGroupsPage.Written(group.ProfileVersion)}">
            {Route("route", group.Feed, DeviceGroupsPage.Written(group.ProfileVersion))}<button>{_groups.Save}</button></form></section>
            <section class="card"><h2><bdi>{group.DeviceGroup}</bdi>: {_groups.Move}</h2>{(inside.Count == 0 ? Markup.Of($"""<p class="note">{_groups.Empty}</p>""") : Move(group, found))}</section>
            """);
    }

    private Markup Move(DeviceGroupView group, List<DeviceView> found)
    {
        var others = model.Groups.Where(other => other.DeviceGroup != group.DeviceGroup).ToList();
        var filter = Markup.Of(
            $"""
            <p class="note">{_groups.MoveNote}</p>
            <form method="get" action="{DeviceGroupsPage.Path}" class="row choice"><input type="hidden" name="group" value="{group.DeviceGroup}">
            <label>{_groups.Stores}<select name="store">{Option("", _groups.All, choice.Store is null)}{model.Stores.Select(store => Option(store.Code, store.Name, store.Code == choice.Store))}</select></label><button>{_groups.Show}</button></form>
            """);
        if (others.Count == 0)
        {
            return Markup.Of($"""{filter}<p class="note">{_groups.NowhereToMove}</p>""");
        }

        var next = found.Count > PageSize
            ? Markup.Of($"""<p class="note"><a href="{DeviceGroupsPage.Address(group.DeviceGroup)}&store={Uri.EscapeDataString(choice.Store ?? "")}&after={Uri.EscapeDataString(found[PageSize - 1].Device)}">{_groups.More}</a></p>""") : Markup.Empty;
        return Markup.Of(
            $"""
            {filter}<form method="post" action="{DeviceGroupsPage.Path}" class="stack">{Head("move", group.DeviceGroup)}
            <fieldset class="checks"><legend>{_groups.Devices}</legend>{found.Take(PageSize).Select(Choosable)}</fieldset>{next}
            <div class="row"><label>{_groups.MoveTo}<select name="to">{others.Select(other => Option(other.DeviceGroup, FigureText.Say(_groups.RouteName, other.DeviceGroup, other.Feed, Version(other)), other.DeviceGroup == Kept("move", "to")))}</select></label><button>{_groups.MoveButton}</button></div></form>
            """);
    }

    private Markup Choosable(DeviceView device)
    {
        var chosen = answer is { Done: false } && answer.Form["device"].Contains(device.Device) ? Markup.Of($" checked") : Markup.Empty;
        var name = device.Name.Length > 0 ? Markup.Of($"""<bdi>{device.Name}</bdi> <small><bdi>{device.Device}</bdi></small>""") : Markup.Of($"<bdi>{device.Device}</bdi>");
        return Markup.Of($"""<label class="check"><input type="checkbox" name="device" value="{device.Device}"{chosen}><span>{name} <small>{DeviceListView.StateOf(device.State, _devices)}</small></span></label>""");
    }

    private Markup Make() => model.Feeds.Count == 0 ? Markup.Of($"""<p class="note">{_groups.NoFeed}</p>""") : Markup.Of(
        $"""
        <section class="card"><h2>{_groups.NewGroup}</h2><form method="post" action="{DeviceGroupsPage.Path}" class="row">{Head("make", null)}
        <label>{_groups.Group}<input name="group" required maxlength="63" pattern="[a-z0-9][a-z0-9\-]*" autocomplete="off" title="{_groups.NameNote}" value="{Kept("make", "group")}"></label>
        {Route("make", null, "")}<button>{_groups.Make}</button></form></section>
        """);

    private Markup Route(string act, string? feed, string version)
    {
        var (chosen, written) = (Kept(act, "feed") ?? feed, Kept(act, "version") ?? version);
        var feeds = chosen is null || model.Feeds.Contains(chosen) ? model.Feeds : [.. model.Feeds, chosen];
        return Markup.Of(
            $"""
            <label>{_groups.Feed}<select name="feed" required>{feeds.Select(one => Option(one, one, one == chosen))}</select></label>
            <label>{_groups.Version}<input name="version" inputmode="numeric" maxlength="{LongestVersion}" autocomplete="off" placeholder="{_groups.Newest}" title="{_groups.VersionNote}" value="{written}"></label>
            """);
    }

    private Markup Changes(DeviceGroupView group) => model.Changes.Count == 0 ? Markup.Empty : Markup.Of(
        $"""
        <section class="card"><h2>{_groups.Changes}</h2><ul>{model.Changes.Select(change => Markup.Of($"""<li><time datetime="{change.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}">{FigureText.Moment(TimeZoneInfo.ConvertTime(change.At, TimeZoneInfo.FindSystemTimeZoneById(model.TimeZone)))}</time> <bdi>{Said(change, group.DeviceGroup)}</bdi> <small><bdi>{change.Actor}</bdi></small></li>"""))}</ul></section>
        """);

    private string Said(DeviceGroupChange change, string group) =>
        change.Device.Length == 0 ? FigureText.Say(_groups.Routed, change.Feed ?? words.Undefined, change.ProfileVersion?.ToString(CultureInfo.InvariantCulture) ?? _groups.Newest)
        : change.Group == group ? FigureText.Say(_groups.Came, change.Device) : FigureText.Say(_groups.Went, change.Device, change.Group);

    private string Version(DeviceGroupView group) => group.ProfileVersion?.ToString(CultureInfo.InvariantCulture) ?? _groups.Newest;

    private string? Kept(string act, string field) => answer is { Done: false } && answer.Form["act"] == act ? answer.Form[field].ToString() : null;

    private Markup Head(string act, string? group) => Markup.Of(
        $"""{Layout.FormToken(context)}<input type="hidden" name="act" value="{act}">{(group is null ? Markup.Empty : Markup.Of($"""<input type="hidden" name="group" value="{group}">"""))}""");

    private static Markup Option(string value, string name, bool chosen) => Markup.Of($"""<option value="{value}"{PageFrame.Selected(chosen)}>{name}</option>""");
}
