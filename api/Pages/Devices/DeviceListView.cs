using System.Globalization;
using RetailInsight.Api.Access;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Devices;
using RetailInsight.Api.Pages.DeviceFacts;
using RetailInsight.Api.Pages.DeviceGroups;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Pages.Devices;

/// <summary>Which devices are shown; null members are all.</summary>
internal sealed record DeviceChoice(string? Store, string? Group, string? State);

/// <summary>The fleet: how many are in which state, and a row a device.</summary>
internal sealed class DeviceListView(SessionUser user, Wording words, DeviceChoice choice, IReadOnlyList<DeviceView> all, IReadOnlyList<DeviceView> shown, string? next, IReadOnlyDictionary<string, IReadOnlyList<decimal?>> courses, IReadOnlyList<Store> stores, string timeZone)
{
    /// <summary>Devices of a page.</summary>
    public const int PageSize = 100;

    private readonly DevicesWording _devices = DevicesWording.Of(words);

    public Markup Render() => Markup.Of(
        $"""
        <h1>{_devices.Title}</h1><p class="lead">{_devices.Lead}</p>{(Permissions.Allows(Permissions.Devices, user.Role) ? Markup.Of($"""<p class="row"><a href="{DeviceFactsPage.Path}">{DeviceFactsWording.Of(words).Enrol}</a><a href="{DeviceGroupsPage.Path}">{_devices.Groups}</a></p>""") : Markup.Empty)}
        {(all.Count == 0 ? Markup.Of($"""<section class="card"><p class="lead">{_devices.None}</p></section>""") : Markup.Of($"{States()}{Form()}{Table()}"))}
        """);

    /// <summary>The state as a word with a sign, its meaning beside it for whoever points at it.</summary>
    public static Markup StateOf(string state, DevicesWording words)
    {
        var at = DeviceStates.All.ToList().IndexOf(state);
        var kind = state switch { DeviceStates.Silent => "bad", DeviceStates.Unmapped or DeviceStates.New => "warn", DeviceStates.Counting => "good", _ => "" };
        var sign = state switch { DeviceStates.Silent => "✕", DeviceStates.Unmapped or DeviceStates.New => "!", DeviceStates.Counting => "✓", _ => "–" };
        return Markup.Of($"""<span class="{kind}" title="{words.StateNotes[at]}"><span aria-hidden="true">{sign}</span> {words.States[at]}</span>""");
    }

    private Markup States() => Markup.Of(
        $"""
        <ul class="state">{DeviceStates.All.Select((state, at) => (State: state, Name: _devices.States[at], Count: all.Count(device => device.State == state))).Where(one => one.Count > 0).Select(one =>
            Markup.Of($"""<li class="{(one.State == DeviceStates.Silent ? "bad" : one.State is DeviceStates.Unmapped or DeviceStates.New ? "warn" : "good")}"><a href="{Address(choice with { State = one.State })}">{one.Name} {FigureText.Count(one.Count)}</a></li>"""))}</ul>
        """);

    private Markup Form() => Markup.Of(
        $"""
        <form method="get" action="{DevicePages.Path}" class="row choice">
        <label>{_devices.Stores}<select name="store">{Option("", _devices.All, choice.Store is null)}{stores.Select(store => Option(store.Code, store.Name, store.Code == choice.Store))}</select></label>
        <label>{_devices.Group}<select name="group">{Option("", _devices.All, choice.Group is null)}{all.Select(device => device.DeviceGroup).Distinct().Order(StringComparer.Ordinal).Select(group => Option(group, group, group == choice.Group))}</select></label>
        <label>{_devices.State}<select name="state">{Option("", _devices.All, choice.State is null)}{DeviceStates.All.Select((state, at) => Option(state, _devices.States[at], state == choice.State))}</select></label>
        <button>{_devices.Show}</button></form>
        """);

    private Markup Table() => shown.Count == 0
        ? Markup.Of($"""<section class="card"><p class="lead">{_devices.NoneSuch}</p></section>""")
        : Markup.Of(
            $"""
            <section class="card stores"><div class="scroll" tabindex="0" role="region" aria-label="{_devices.Title}"><table>
            <thead><tr><th scope="col">{_devices.Device}</th><th scope="col" class="left">{_devices.State}</th><th scope="col" class="left">{_devices.Stores}</th><th scope="col" class="left">{_devices.Group}</th><th scope="col">{_devices.LastSeen}</th><th scope="col" colspan="2">{_devices.Coverage}</th></tr></thead>
            <tbody>{shown.Select(Row)}</tbody></table></div>
            {(next is null ? Markup.Empty : Markup.Of($"""<p class="note"><a href="{Address(choice)}&after={Uri.EscapeDataString(next)}">{_devices.More}</a></p>"""))}</section>
            """);

    private Markup Row(DeviceView device)
    {
        var name = device.Name.Length > 0 ? Markup.Of($"""<bdi>{device.Name}</bdi> <small><bdi>{device.Device}</bdi></small>""") : Markup.Of($"<bdi>{device.Device}</bdi>");
        var course = courses[device.Device];
        var mean = FigureText.Percent(DeviceDays.Mean(course), _devices.Missing);
        return Markup.Of(
            $"""<tr><th scope="row"><a href="{DevicePages.Address(device.Device)}">{name}</a></th><td class="left">{StateOf(device.State, _devices)}</td><td class="left">{string.Join(", ", device.Stores.Select(NameOf))}</td><td class="left"><bdi>{device.DeviceGroup}</bdi></td><td>{Seen(device)}</td><td>{Sparkline.Draw(course, FigureText.Say(_devices.CoverageOf, mean))}</td><td>{mean}</td></tr>""");
    }

    private string Seen(DeviceView device) => device.LastSeenAt is { } at ? FigureText.Moment(TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(timeZone))) : _devices.Never;

    private string NameOf(string code) => stores.FirstOrDefault(store => store.Code == code)?.Name ?? code;

    private static string Address(DeviceChoice choice) => string.Create(
        CultureInfo.InvariantCulture, $"{DevicePages.Path}?store={Uri.EscapeDataString(choice.Store ?? "")}&group={Uri.EscapeDataString(choice.Group ?? "")}&state={choice.State}");

    private static Markup Option(string value, string name, bool chosen) => Markup.Of($"""<option value="{value}"{PageFrame.Selected(chosen)}>{name}</option>""");
}
