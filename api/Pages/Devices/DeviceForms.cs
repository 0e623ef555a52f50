using System.Globalization;
using RetailInsight.Api.Devices;

namespace RetailInsight.Api.Pages.Devices;

/// <summary>The forms of a device; each works without a script and says which version it changes.</summary>
internal sealed class DeviceForms(HttpContext context, Wording words, DeviceModel model, DeviceDraft? draft)
{
    private static readonly string[] Roles = ["entrance", "passage", "interior"];

    private readonly DevicesWording _devices = DevicesWording.Of(words);

    /// <summary>The mapping, a row a line and one for a further.</summary>
    public Markup Mapping() => Markup.Of(
        $"""
        <details{Open(draft?.Lines is not null)}><summary>{_devices.EditRows}</summary><form method="post" action="{Address("lines")}" class="stack">{Head()}
        {(draft?.Lines ?? model.Lines).Select((line, at) => Line(line, string.Create(CultureInfo.InvariantCulture, $"{_devices.Line} {at + 1}"), draft?.Lines is null ? [] : draft.Faults[at]))}{Line(null, _devices.NewLine, [])}
        <p class="note">{_devices.MappingNote}</p><button>{_devices.SaveMapping}</button></form></details>
        """);

    /// <summary>One line to another store from a day on: the row that holds ends the day before.</summary>
    public Markup Move() => model.Lines.Count == 0 ? Markup.Empty : Markup.Of(
        $"""
        <form method="post" action="{Address("move")}" class="row">{Head()}
        <label>{_devices.Line}<select name="line">{model.Lines.Select(line => line.Line).Distinct().Order(StringComparer.Ordinal).Select(line => Option(line, line == "*" ? _devices.EveryLine : line, false))}</select></label>
        <label>{_devices.MoveFrom}<input type="date" name="from" required value="{Iso(model.Today)}"></label>
        <label>{_devices.MoveTo}<select name="store">{model.Stores.Select(store => Option(store.Code, store.Name, false))}{Option("", _devices.Nowhere, false)}</select></label><button>{_devices.Move}</button></form>
        """);

    /// <summary>Calibrations, likewise.</summary>
    public Markup Calibrations() => Markup.Of(
        $"""
        <details{Open(draft?.Calibrations is not null)}><summary>{_devices.EditRows}</summary><form method="post" action="{Address("calibrations")}" class="stack">{Head()}{(draft?.Calibrations ?? model.Calibrations).Select((one, at) => Calibration(one, draft?.Calibrations is null ? [] : draft.Faults[at]))}{Calibration(null, [])}<button>{_devices.SaveCalibrations}</button></form></details>
        """);

    /// <summary>Another group, a key, an end.</summary>
    public Markup Acts()
    {
        var retired = model.Device.RetiredAt is not null;
        return Markup.Of(
            $"""
            <section class="card"><h2>{_devices.Route}</h2><p class="note">{_devices.RouteNote}</p>
            <form method="post" action="{Address("group")}" class="row">{Head()}<label>{_devices.Group}<select name="group">{model.Groups.Select(group => Option(group.DeviceGroup, FigureText.Say(_devices.RouteName, group.DeviceGroup, group.Feed, group.ProfileVersion?.ToString(CultureInfo.InvariantCulture) ?? _devices.Newest), group.DeviceGroup == model.Device.DeviceGroup))}</select></label><button>{_devices.Route}</button></form></section>
            <section class="card"><h2>{_devices.Keys}</h2><form method="post" action="{Address("keys")}" class="row">{Head()}<label>{_devices.Name}<input name="label" required maxlength="100" autocomplete="off" value="{(model.Device.Name.Length > 0 ? model.Device.Name : model.Device.Device)}"></label><button>{_devices.MakeKey}</button></form>
            <form method="post" action="{Address(retired ? "reopen" : "retire")}" class="row">{Head()}<button class="danger">{(retired ? _devices.Reopen : _devices.Retire)}</button></form></section>
            """);
    }

    private Markup Line(DeviceLineView? line, string legend, IEnumerable<string> faults) => Markup.Of(
        $"""
        <fieldset class="checks"><legend>{legend}</legend>{Wrong(faults)}
        <label>{_devices.Line}<input name="line" value="{line?.Line}" maxlength="{DeviceRules.LongestId}" autocomplete="off" title="{_devices.LineNote}"></label>
        <label>{_devices.Stores}<select name="store">{model.Stores.Select(store => Option(store.Code, store.Name, store.Code == line?.Store))}</select></label>
        <label>{_devices.From}<input type="date" name="from" value="{Iso(line?.ValidFrom ?? model.Today)}"></label><label>{_devices.To}<input type="date" name="to" value="{Iso(line?.ValidTo)}"></label>
        <label>{_devices.Role}<select name="role">{Roles.Zip(_devices.Roles, (role, name) => Option(role, name, role == line?.Role))}</select></label>
        <label>{_devices.Reversed}<select name="reversed">{Option("no", "–", line?.Reversed != true)}{Option("yes", "✓", line?.Reversed == true)}</select></label>
        <input type="hidden" name="zone" value="{line?.Zone}"></fieldset>
        """);

    private Markup Calibration(DeviceCalibrationView? one, IEnumerable<string> faults) => Markup.Of(
        $"""
        <fieldset class="checks"><legend>{(one is null ? _devices.NewLine : one.Line)}</legend>{Wrong(faults)}
        <label>{_devices.Line}<input name="line" value="{one?.Line}" maxlength="{DeviceRules.LongestId}" autocomplete="off" title="{_devices.LineNote}"></label>
        <label>{_devices.From}<input type="date" name="from" value="{Iso(one?.ValidFrom ?? model.Today)}"></label><label>{_devices.To}<input type="date" name="to" value="{Iso(one?.ValidTo)}"></label>
        <label>{_devices.ByHand}<input name="by_hand" inputmode="numeric" maxlength="7" value="{Whole(one?.ByHand)}"></label><label>{_devices.ByDevice}<input name="by_device" inputmode="numeric" maxlength="7" value="{Whole(one?.ByDevice)}"></label></fieldset>
        """);

    private Markup Head() => Markup.Of($"""{Layout.FormToken(context)}<input type="hidden" name="version" value="{model.Device.Version.ToString(CultureInfo.InvariantCulture)}">""");

    private string Address(string act) => $"{DevicePages.Address(model.Device.Device)}/{act}";

    private static string Iso(DateOnly? date) => date is { Year: >= 1900 } known ? known.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "";

    // What could not be read is empty and not a zero.
    private static string Whole(int? number) => number is > 0 and var known ? known.ToString(CultureInfo.InvariantCulture) : "";

    // What is refused, and a mapping that is still to be made, lies open.
    private Markup Open(bool refused) => refused || model.Lines.Count == 0 ? Markup.Of($" open") : Markup.Empty;

    private static Markup Wrong(IEnumerable<string> faults) => Markup.Join(faults.Distinct().Select(fault => Markup.Of($"""<p class="alert whole-row">{fault}</p>""")));

    private static Markup Option(string value, string name, bool chosen) => Markup.Of($"""<option value="{value}"{PageFrame.Selected(chosen)}>{name}</option>""");
}
