using System.Globalization;
using RetailInsight.Api.Devices;
using RetailInsight.Api.Pages.DeviceGroups;
using RetailInsight.Api.Pages.Devices;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Pages.DeviceFacts;

/// <summary>The fields as they are filled in. A version stands for a device that is enrolled and read at that version.</summary>
internal sealed record FactsDraft(
    string Device, string? Version, string Name, string Group, string Interval, string Maker, string Model, string Revision, string Opens, string Closes, string Network, string Subscriber, string Equipment,
    string Store, string From)
{
    public static FactsDraft Empty { get; } = new("", null, "", "", "900", "", "", "", "", "", "", "", "", "", "");

    public static FactsDraft Of(DeviceRow row) => new(
        row.Id, row.Version.ToString(CultureInfo.InvariantCulture), row.Name, row.Group, row.IntervalSeconds.ToString(CultureInfo.InvariantCulture), row.Maker, row.Model, row.Revision,
        Clock(row.Opens), Clock(row.Closes), row.Network ?? "", row.Subscriber ?? "", row.Equipment ?? "", "", "");

    public static FactsDraft Of(IFormCollection form)
    {
        string Text(string name) => Audit.AuditEntry.Storable(form[name].ToString().Trim());
        return new(
            Text("device"), form.ContainsKey("version") ? Text("version") : null, Text("name"), Text("group"), Text("interval"), Text("maker"), Text("model"), Text("revision"),
            Text("opens"), Text("closes"), Text("network"), Text("subscriber"), Text("equipment"), Text("store"), Text("from"));
    }

    // 26:00 is two in the night of the same business day.
    private static string Clock(int? minute) => minute is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known / 60}:{known % 60:00}") : "";
}

/// <summary>The form.</summary>
internal sealed class DeviceFactsForm(HttpContext context, Wording words, FactsDraft draft, IReadOnlyList<DeviceGroupView> groups, IReadOnlyList<Store> stores, DateOnly today)
{
    private const int LongestText = 100;

    private readonly DeviceFactsWording _facts = DeviceFactsWording.Of(words);

    public Markup Render(string fault)
    {
        var back = draft.Version is null ? Markup.Of($"""<a href="{DevicePages.Path}">{DevicesWording.Of(words).Back}</a>""") : Markup.Of($"""<a href="{DevicePages.Address(draft.Device)}"><bdi>{draft.Device}</bdi></a>""");
        return Markup.Of(
            $"""
            <div class="medium"><p class="note">{back}</p><h1>{(draft.Version is null ? _facts.Enrol : _facts.Change)}</h1>{(draft.Version is null ? Markup.Of($"""<p class="lead">{_facts.EnrolLead}</p>""") : Markup.Empty)}
            {(fault.Length == 0 ? Markup.Empty : Markup.Of($"""<p class="alert" role="alert">{fault}</p>"""))}
            {(groups.Count == 0 ? Markup.Of($"""<p class="alert">{_facts.NoGroup} <a href="{DeviceGroupsPage.Path}">{_facts.MakeGroup}</a></p>""") : Form())}</div>
            """);
    }

    private Markup Form() => Markup.Of(
        $"""
        <section class="card"><form method="post" action="{DeviceFactsPage.Path}" class="stack">{Layout.FormToken(context)}{Identity()}
        {Field(_facts.Name, "name", draft.Name, LongestText)}
        <label>{_facts.Group}<select name="group">{groups.Select(group => Option(group.DeviceGroup, group.DeviceGroup, group.DeviceGroup == draft.Group))}</select></label>
        <label>{_facts.Interval}<input name="interval" required inputmode="numeric" maxlength="5" value="{draft.Interval}"><small>{_facts.IntervalNote}</small></label>
        {(draft.Version is null ? Place() : Markup.Empty)}
        <div class="row">{Field(_facts.Maker, "maker", draft.Maker, LongestText)}{Field(_facts.Model, "model", draft.Model, LongestText)}{Field(_facts.Revision, "revision", draft.Revision, LongestText)}</div>
        <div class="row">{Field(_facts.Opens, "opens", draft.Opens, 5)}{Field(_facts.Closes, "closes", draft.Closes, 5)}</div><p class="note">{_facts.HoursNote}</p>
        <div class="row">{Field(_facts.Network, "network", draft.Network, DeviceRules.LongestId)}{Field(_facts.Subscriber, "subscriber", draft.Subscriber, DeviceRules.LongestId)}{Field(_facts.Equipment, "equipment", draft.Equipment, DeviceRules.LongestId)}</div><p class="note">{_facts.NetworkNote}</p>
        <button>{_facts.Save}</button></form></section>
        """);

    private Markup Identity() => draft.Version is { } version
        ? Markup.Of($"""<input type="hidden" name="device" value="{draft.Device}"><input type="hidden" name="version" value="{version}">""")
        : Markup.Of($"""<label>{_facts.Device}<input name="device" required maxlength="{DeviceRules.LongestId}" autocomplete="off" value="{draft.Device}"><small>{_facts.DeviceNote}</small></label>""");

    private Markup Place() => Markup.Of(
        $"""
        <div class="row"><label>{_facts.Store}<select name="store">{Option("", _facts.NoStore, draft.Store.Length == 0)}{stores.Select(store => Option(store.Code, store.Name, store.Code == draft.Store))}</select></label>
        <label>{_facts.From}<input type="date" name="from" value="{(draft.From.Length > 0 ? draft.From : today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))}"></label></div><p class="note">{_facts.StoreNote}</p>
        """);

    private static Markup Field(string label, string name, string value, int longest) => Markup.Of($"""<label>{label}<input name="{name}" maxlength="{longest}" autocomplete="off" value="{value}"></label>""");

    private static Markup Option(string value, string name, bool chosen) => Markup.Of($"""<option value="{value}"{PageFrame.Selected(chosen)}>{name}</option>""");
}
