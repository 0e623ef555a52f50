using System.Globalization;
using RetailInsight.Api.Access;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Devices;
using RetailInsight.Api.Pages.DeviceFacts;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Pages.Devices;

/// <summary>Everything about one device, as it is read for its page.</summary>
internal sealed record DeviceModel(
    DeviceView Device, IReadOnlyList<DeviceLineView> Lines, IReadOnlyList<DeviceCalibrationView> Calibrations, IReadOnlyList<DeviceDayView> Days, IReadOnlyList<DeviceChange> Changes,
    IReadOnlyList<Incident> Incidents, IReadOnlyList<DeviceGroupView> Groups, IReadOnlyList<Store> Stores, string TimeZone, DateOnly Today);

/// <summary>The page of one device: how it is, where it hangs, what it counted, and the forms of whoever may change it.</summary>
internal sealed class DeviceSheet(HttpContext context, SessionUser user, Wording words, DeviceModel model, Markup above, DeviceDraft? draft)
{
    /// <summary>Changes as the audit writes them.</summary>
    public static readonly IReadOnlyList<string> ChangeCodes = ["enrol", "change", "retire", "reopen", "map", "calibrate", "key", "route"];

    private const int MappingDays = 180;

    private readonly DevicesWording _devices = DevicesWording.Of(words);
    private readonly DeviceForms _forms = new(context, words, model, draft);
    private readonly bool _mayChange = Permissions.Allows(Permissions.Devices, user.Role);

    public Markup Render() => Markup.Of(
        $"""
        <p class="note"><a href="{DevicePages.Path}">{_devices.Back}</a></p>
        <div class="headline"><h1><bdi>{(model.Device.Name.Length > 0 ? model.Device.Name : model.Device.Device)}</bdi></h1><ul class="state"><li>{DeviceListView.StateOf(model.Device.State, _devices)}</li></ul></div>
        {above}<div class="sections">{Facts()}{Days()}{Mapping()}{Calibrations()}{Incidents()}{Acts()}{Changes()}</div>
        """);

    private Markup Facts()
    {
        Markup Fact(string name, string? value) => string.IsNullOrEmpty(value) ? Markup.Empty : Markup.Of($"<div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div>");
        var device = model.Device;
        return Markup.Of(
            $"""
            <section class="card"><h2>{_devices.Facts}</h2><dl class="parts">{Fact(_devices.Device, device.Device)}{Fact(_devices.Maker, $"{device.Maker} {device.Model} {device.Revision}".Trim())}{Fact(_devices.Firmware, device.Firmware)}
            {Fact(_devices.Interval, FigureText.Say(_devices.Seconds, device.IntervalSeconds))}{Fact(_devices.Group, device.DeviceGroup)}{Fact(_devices.LastSeen, device.LastSeenAt is { } at ? FigureText.Moment(Local(at)) : _devices.Never)}
            {Fact(_devices.Network, device.Network is null ? null : $"{device.Network} {device.Subscriber} {device.Equipment}".Trim())}</dl>{(_mayChange ? Markup.Of($"""<p class="note"><a href="{DeviceFactsPage.Address(device.Device)}">{DeviceFactsWording.Of(words).Change}</a></p>""") : Markup.Empty)}</section>
            """);
    }

    private Markup Days()
    {
        if (model.Days.Count == 0)
        {
            return Markup.Empty;
        }

        var byDate = model.Days.GroupBy(day => day.BusinessDate).OrderBy(day => day.Key).ToList();
        var raw = new ChartLine(_devices.Entered, [.. byDate.Select(day => day.Any(one => one.Entered is not null) ? (decimal?)day.Sum(one => one.Entered ?? 0) : null)]);
        var calibrated = new ChartLine(_devices.Calibrated, [.. byDate.Select(day => day.Any(one => one.Calibrated is not null) ? day.Sum(one => one.Calibrated ?? one.Entered ?? 0) : (decimal?)null)]);
        ChartLine[] lines = calibrated.Values.Any(value => value is not null) ? [raw, calibrated] : [raw];
        string[] places = [.. byDate.Select(day => FigureText.ShortDate(day.Key))];
        string Written(decimal value) => FigureText.Count(value);
        var drawn = raw.Values.All(value => value is null) ? Markup.Of($"""<p class="lead">{_devices.NoCounts}</p>""") : Markup.Of(
            $"""
            {LinesChart.Draw(Canvas.Desk, places, lines, _devices.Days, _devices.People, _devices.DaysLead, Written)}
            {LinesChart.Draw(Canvas.Phone, places, lines, _devices.Days, _devices.People, _devices.DaysLead, Written)}{LinesChart.Legend(lines)}
            """);
        return Markup.Of(
            $"""
            <figure class="card wide drawn"><figcaption><h2>{_devices.Days}</h2></figcaption><p class="note">{_devices.DaysLead}</p>{drawn}
            <div class="scroll" tabindex="0" role="region" aria-label="{_devices.Days}"><table><thead><tr><th scope="col">{_devices.Date}</th><th scope="col" class="left">{_devices.Stores}</th><th scope="col">{_devices.Observed}</th><th scope="col">{_devices.Entered}</th><th scope="col">{_devices.Calibrated}</th><th scope="col">{_devices.Exited}</th><th scope="col">{_devices.Staff}</th><th scope="col" class="left">{_devices.Findings}</th></tr></thead>
            <tbody>{model.Days.Select(Row)}</tbody></table></div></figure>
            """);
    }

    // What is missing is no zero.
    private Markup Row(DeviceDayView day) => Markup.Of(
        $"""<tr><th scope="row"><time datetime="{day.BusinessDate:yyyy-MM-dd}">{FigureText.ShortDate(day.BusinessDate)}</time></th><td class="left">{NameOf(day.Store)}</td><td>{(day.ObservedMinutes is { } observed && day.ExpectedMinutes > 0 ? FigureText.Percent((decimal)observed / day.ExpectedMinutes) : _devices.Missing)}</td><td>{Count(day.Entered)}</td><td>{(day.Calibrated is { } calibrated ? FigureText.Number(calibrated, 1) : words.Undefined)}</td><td>{Count(day.Exited)}</td><td>{Count(day.Staff)}</td><td class="left">{string.Join(" / ", day.Findings.Select(finding => _devices.FindingNames[LineDay.FindingCodes.ToList().IndexOf(finding)]))}</td></tr>""");

    private Markup Mapping()
    {
        var from = model.Today.AddDays(-MappingDays);
        var bars = (draft?.Lines ?? model.Lines).Where(line => line.ValidFrom.Year >= 1900).Select(line => new MappingBar(line.Line == "*" ? _devices.EveryLine : line.Line, NameOf(line.Store), line.ValidFrom, line.ValidTo)).ToList();
        var table = model.Lines.Count == 0 && bars.Count == 0 ? Markup.Of($"""<p class="alert">{_devices.MappingNone}</p>""") : Markup.Of(
            $"""
            {MappingChart.Draw(Canvas.Desk, bars, from, model.Today, _devices.Mapping, _devices.MappingLead)}{MappingChart.Draw(Canvas.Phone, bars, from, model.Today, _devices.Mapping, _devices.MappingLead)}
            <div class="scroll" tabindex="0" role="region" aria-label="{_devices.Mapping}"><table><thead><tr><th scope="col">{_devices.Line}</th><th scope="col" class="left">{_devices.Stores}</th><th scope="col">{_devices.From}</th><th scope="col">{_devices.To}</th><th scope="col" class="left">{_devices.Role}</th></tr></thead><tbody>
            {model.Lines.Select(line => Markup.Of($"""<tr><th scope="row"><bdi>{(line.Line == "*" ? _devices.EveryLine : line.Line)}</bdi></th><td class="left">{NameOf(line.Store)}</td><td>{Iso(line.ValidFrom)}</td><td>{(line.ValidTo is { } to ? Iso(to) : _devices.Holds)}</td><td class="left">{RoleOf(line.Role)}{(line.Reversed ? " – " + _devices.Reversed : "")}</td></tr>"""))}</tbody></table></div>
            """);
        return Markup.Of($"""<figure class="card wide drawn"><figcaption><h2>{_devices.Mapping}</h2></figcaption><p class="note">{_devices.MappingLead}</p>{table}{(_mayChange ? Markup.Of($"{_forms.Move()}{_forms.Mapping()}") : Markup.Empty)}</figure>""");
    }

    private Markup Calibrations()
    {
        if (!_mayChange && model.Calibrations.Count == 0)
        {
            return Markup.Empty;
        }

        var table = model.Calibrations.Count == 0 ? Markup.Empty : Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{_devices.Calibrations}"><table><thead><tr><th scope="col">{_devices.Line}</th><th scope="col">{_devices.From}</th><th scope="col">{_devices.To}</th><th scope="col">{_devices.ByHand}</th><th scope="col">{_devices.ByDevice}</th><th scope="col">{_devices.Factor}</th></tr></thead><tbody>
            {model.Calibrations.Select(one => Markup.Of($"""<tr><th scope="row"><bdi>{(one.Line == "*" ? _devices.EveryLine : one.Line)}</bdi></th><td>{Iso(one.ValidFrom)}</td><td>{(one.ValidTo is { } to ? Iso(to) : _devices.Holds)}</td><td>{FigureText.Count(one.ByHand)}</td><td>{FigureText.Count(one.ByDevice)}</td><td>{FigureText.Say(_devices.FactorOf, FigureText.Number(one.Factor, 3), FigureText.Number(one.Uncertainty, 3))}</td></tr>"""))}</tbody></table></div>
            """);
        return Markup.Of($"""<section class="card"><h2>{_devices.Calibrations}</h2><p class="note">{_devices.CalibrationsLead}</p>{table}{(_mayChange ? _forms.Calibrations() : Markup.Empty)}</section>""");
    }

    private Markup Incidents()
    {
        var text = new AlertText(words, "");
        return Markup.Of(
            $"""
            <section class="card"><h2>{_devices.Incidents}</h2>{(model.Incidents.Count == 0 ? Markup.Of($"""<p class="note">{_devices.IncidentsNone}</p>""") : Markup.Of($"""<ul class="incidents">{model.Incidents.Select(one =>
                Markup.Of($"""<li class="{one.State}"><h3><time datetime="{Iso(one.Date)}">{FigureText.ShortDate(one.Date)}</time> <small><bdi>{one.Rule.Name}</bdi></small></h3><p class="finding">{text.Finding(one.Rule.Test, one.Figure, one.Reference, one.Currency)}</p></li>"""))}</ul>"""))}</section>
            """);
    }

    private Markup Acts() => _mayChange ? _forms.Acts() : Markup.Empty;

    private Markup Changes() => model.Changes.Count == 0 ? Markup.Empty : Markup.Of(
        $"""
        <section class="card"><h2>{_devices.Changes}</h2><ul>{model.Changes.Select(change => Markup.Of($"""<li><time datetime="{change.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}">{FigureText.Moment(Local(change.At))}</time> {_devices.Actions[Math.Max(0, ChangeCodes.ToList().IndexOf(change.Action))]} <small><bdi>{change.Actor}</bdi></small></li>"""))}</ul></section>
        """);

    private string RoleOf(string role) => _devices.Roles[role switch { "passage" => 1, "interior" => 2, _ => 0 }];

    private string Count(int? value) => value is { } known ? FigureText.Count(known) : words.Undefined;

    private string NameOf(string code) => model.Stores.FirstOrDefault(store => store.Code == code)?.Name ?? code;

    private DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(model.TimeZone));

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
