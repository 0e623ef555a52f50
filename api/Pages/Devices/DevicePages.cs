using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Access;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Devices;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.Devices;

/// <summary>The counters and cameras for whoever sees their stores, and the forms for whoever looks after them. The rules are those of <c>/v1/devices</c>.</summary>
internal static class DevicePages
{
    /// <summary>Where the list lies.</summary>
    public const string Path = "/devices";

    private const int MostIncidents = 200;

    public static void MapDevicePages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync).RequireAuthorization().ExcludeFromDescription();
        routes.MapGet(Path + "/{device}", (string device, HttpContext context, SessionUser user, CancellationToken cancellationToken) => ShowAsync(device, context, user, Markup.Empty, StatusCodes.Status200OK, null, cancellationToken))
            .RequireAuthorization().ExcludeFromDescription();
        routes.MapPost(Path + "/{device}/{act}", ActAsync).RequireAuthorization(Permissions.Devices).WithMetadata(new CountedCall()).ExcludeFromDescription();
    }

    /// <summary>The address of a device.</summary>
    public static string Address(string device) => $"{Path}/{Uri.EscapeDataString(device)}";

    private static async Task<IResult> ListAsync(
        HttpContext context, SessionUser user, DeviceRegister register, DeviceDays days, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context, "store", "group", "state", "after", "lang");
        var (choice, after) = (new DeviceChoice(query.Text("store"), query.Text("group"), query.Text("state")), query.Text("after"));
        if (query.Problem is not null || (choice.State is { } state && !DeviceStates.All.Contains(state)))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var words = Language.Choose(context);
        var (stores, zone) = await scope.ReadAsync(user.Tenant, async (read, token) => (await read.StoresAsync(user, token), (await read.CompanyAsync(token)).TimeZone), cancellationToken);
        var rows = await register.ListAsync(user, null, cancellationToken);
        var all = rows.ConvertAll(row => DeviceEndpoints.View(row, stores, clock.GetUtcNow()));
        var found = all.Where(device => (choice.Store is null || device.Stores.Contains(choice.Store)) && (choice.Group is null || device.DeviceGroup == choice.Group)
            && (choice.State is null || device.State == choice.State) && (after is null || string.CompareOrdinal(device.Device, after) > 0))
            .OrderBy(device => device.Device, StringComparer.Ordinal).Take(DeviceListView.PageSize + 1).ToList();
        var shown = found.Take(DeviceListView.PageSize).ToList();
        var counted = await days.ReadAsync(user, rows.FindAll(row => shown.Exists(device => device.Device == row.Id)), stores, [], cancellationToken);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime);
        var courses = counted.ToDictionary(device => device.Key, device => DeviceDays.Coverage(device.Value, today));
        var view = new DeviceListView(user, words, choice, all, shown, found.Count > shown.Count ? shown[^1].Device : null, courses, stores, zone);
        return Layout.Page(context, words, DevicesWording.Of(words).Title, view.Render());
    }

    private static async Task<IResult> ShowAsync(string device, HttpContext context, SessionUser user, Markup above, int status, DeviceDraft? draft, CancellationToken cancellationToken)
    {
        if (await ModelAsync(device, context, user, cancellationToken) is not { } model)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        var words = Language.Choose(context);
        return Layout.Page(context, words, model.Device.Device, new DeviceSheet(context, user, words, model, above, draft).Render(), status);
    }

    private static async Task<DeviceModel?> ModelAsync(string device, HttpContext context, SessionUser user, CancellationToken cancellationToken)
    {
        var services = context.RequestServices;
        var (register, now) = (services.GetRequiredService<DeviceRegister>(), services.GetRequiredService<TimeProvider>().GetUtcNow());
        if (device.Length > DeviceRules.LongestId || !AlertRuleReader.IsText(device) || (await register.ListAsync(user, device, cancellationToken)).SingleOrDefault() is not { } row)
        {
            return null;
        }

        var (stores, zone) = await services.GetRequiredService<TenantScope>().ReadAsync(
            user.Tenant, async (read, token) => (await read.StoresAsync(user, token), (await read.CompanyAsync(token)).TimeZone), cancellationToken);
        var calibrations = await register.CalibrationsAsync(user, row.Id, cancellationToken);
        var days = await services.GetRequiredService<DeviceDays>().ReadAsync(user, [row], stores, calibrations, cancellationToken);
        var incidents = await services.GetRequiredService<IncidentRegister>().ListAsync(user, new IncidentFilter(Stores: [.. row.Lines.Select(line => line.Store).Distinct()], Limit: MostIncidents), cancellationToken);
        var mayChange = Permissions.Allows(Permissions.Devices, user.Role);
        return new DeviceModel(
            DeviceEndpoints.View(row, stores, now), [.. row.Lines.Where(line => stores.Exists(store => store.Code == line.Store))], calibrations, days[row.Id],
            mayChange ? await register.ChangesAsync(user, row.Id, cancellationToken) : [], [.. incidents.Where(one => one.Subject == row.Id)], mayChange ? await register.GroupsAsync(user, cancellationToken) : [],
            stores, zone, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime));
    }

    private static async Task<IResult> ActAsync(
        string device, string act, HttpContext context, SessionUser user, IAntiforgery antiforgery, DeviceRegister register, CancellationToken cancellationToken)
    {
        var form = await PostedForm.ReadAsync(context, antiforgery, cancellationToken);
        if (device.Length > DeviceRules.LongestId || !AlertRuleReader.IsText(device) || (await register.ListAsync(user, device, cancellationToken)).SingleOrDefault() is not { } row)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        if (form is null || !int.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var words = DevicesWording.Of(Language.Choose(context));
        Task<IResult> Again(string fault, int status, DeviceDraft? draft = null) =>
            ShowAsync(device, context, user, Markup.Of($"""<p class="alert" role="alert">{fault}</p>"""), status, draft, cancellationToken);
        if (version != row.Version)
        {
            return await Again(words.Conflict, StatusCodes.Status409Conflict);
        }

        var faults = new List<ParameterFault>();
        DeviceDraft? draft = null;
        bool done;
        switch (act)
        {
            case "lines":
                var lines = Lines(form, faults);
                faults.AddRange(faults.Count == 0 ? DeviceRules.Of(lines) : []);
                faults.AddRange((await register.UnknownAsync(user, null, lines.Select(line => line.Store), cancellationToken)).Stores.Select(store => new ParameterFault("store", store)));
                draft = DeviceDraft.Of(lines, faults, words);
                done = faults.Count == 0 && await register.MapAsync(user, row, lines, cancellationToken);
                break;
            case "move":
                var store = Text(form, "store");
                faults.AddRange((await register.UnknownAsync(user, null, store.Length == 0 ? [] : [store], cancellationToken)).Stores.Select(unknown => new ParameterFault("store", unknown)));
                var day = Span(form, 0, 0, "lines", faults).From;
                faults.AddRange(faults.Count == 0 && day.Year is < 1900 or > 9998 ? [new ParameterFault("lines[0].valid_from", "")] : []);
                var moved = faults.Count == 0 ? DeviceMapping.Move(row.Lines, Text(form, "line"), store.Length == 0 ? null : store, day) : null;
                if (moved is null)
                {
                    return await Again(FigureText.Say(words.Wrong, faults.Count == 0 ? words.MoveNowhere : words.MoveFrom), StatusCodes.Status400BadRequest);
                }

                done = await register.MapAsync(user, row, moved, cancellationToken);
                break;
            case "calibrations":
                var calibrations = Calibrations(form, faults);
                faults.AddRange(faults.Count == 0 ? DeviceRules.Of(calibrations) : []);
                draft = DeviceDraft.Of(calibrations, faults, words);
                done = faults.Count == 0 && await register.CalibrateAsync(user, row, calibrations, cancellationToken);
                break;
            case "group":
                var group = Text(form, "group");
                faults.AddRange((await register.UnknownAsync(user, group, [], cancellationToken)).Group ? [new ParameterFault("group", group)] : []);
                done = faults.Count == 0 && await register.ChangeAsync(user, row, Facts(row) with { DeviceGroup = group }, cancellationToken);
                break;
            case "keys":
                var label = Text(form, "label");
                if (label.Length is 0 or > 100 || !AlertRuleReader.IsText(label))
                {
                    return await Again(FigureText.Say(words.Wrong, words.Name), StatusCodes.Status400BadRequest);
                }

                var key = await register.MakeKeyAsync(context, user, row, new DeviceKeyRequest(label), cancellationToken);
                return await ShowAsync(
                    device, context, user, Markup.Of($"""<section class="card good-news" role="status"><label>{words.KeyReady}<input class="address" value="{key.Secret}" readonly></label><p class="note">{words.KeyNote}</p></section>"""),
                    StatusCodes.Status200OK, null, cancellationToken);
            case "retire" or "reopen":
                done = await register.RetireAsync(user, row, act == "retire", cancellationToken);
                break;
            default:
                return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        return faults.Count > 0 ? await Again(FigureText.Say(words.Wrong, string.Join(" / ", faults.Select(fault => Said(fault, words)).Distinct())), StatusCodes.Status400BadRequest, draft)
            : !done ? await Again(words.Conflict, StatusCodes.Status409Conflict)
            : await ShowAsync(device, context, user, Markup.Of($"""<p class="good-news" role="status">{words.Saved}</p>"""), StatusCodes.Status200OK, null, cancellationToken);
    }

    // Row 2 stands for lines[1]: people count from one.
    private static string Said(ParameterFault fault, DevicesWording words)
    {
        var row = DeviceDraft.RowOf(fault) is { } at ? string.Create(CultureInfo.InvariantCulture, $" {at + 1}") : "";
        return fault.Parameter.Contains("valid_from", StringComparison.Ordinal) ? words.Line + row + ": " + words.From
            : fault.Parameter.Contains("valid_to", StringComparison.Ordinal) ? words.Line + row + ": " + words.To
            : fault.Parameter == "store" ? words.Stores : fault.Parameter == "group" ? words.Group : words.Line + row;
    }

    private static List<DeviceLineView> Lines(IFormCollection form, List<ParameterFault> faults)
    {
        var lines = new List<DeviceLineView>();
        for (var at = 0; at < form["line"].Count; at++)
        {
            if (Text(form, "line", at) is { Length: > 0 } line)
            {
                var (from, to) = Span(form, at, lines.Count, "lines", faults);
                lines.Add(new DeviceLineView(line, Text(form, "store", at), from, to, Text(form, "role", at), Text(form, "reversed", at) == "yes", Text(form, "zone", at)));
            }
        }

        return lines;
    }

    private static List<DeviceCalibrationView> Calibrations(IFormCollection form, List<ParameterFault> faults)
    {
        var calibrations = new List<DeviceCalibrationView>();
        for (var at = 0; at < form["line"].Count; at++)
        {
            if (Text(form, "line", at) is { Length: > 0 } line)
            {
                int Whole(string name) => int.TryParse(Text(form, name, at), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
                var (from, to) = Span(form, at, calibrations.Count, "calibrations", faults);
                calibrations.Add(new DeviceCalibrationView(line, from, Whole("by_hand"), Whole("by_device"), to));
            }
        }

        return calibrations;
    }

    private static (DateOnly From, DateOnly? To) Span(IFormCollection form, int at, int row, string name, List<ParameterFault> faults)
    {
        DateOnly? Date(string field) => DateOnly.TryParseExact(Text(form, field, at), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
        var (from, to) = (Date("from"), Date("to"));
        if (from is null)
        {
            faults.Add(new(string.Create(CultureInfo.InvariantCulture, $"{name}[{row}].valid_from"), "is a date."));
        }

        if (to is null && Text(form, "to", at).Length > 0)
        {
            faults.Add(new(string.Create(CultureInfo.InvariantCulture, $"{name}[{row}].valid_to"), "is a date."));
        }

        return (from ?? default, to);
    }

    private static DeviceRequest Facts(DeviceRow row) => new(
        row.Group, row.IntervalSeconds, null, row.Name, row.Maker, row.Model, row.Revision, row.Opens, row.Closes, row.Network, row.Subscriber, row.Equipment);

    private static string Text(IFormCollection form, string name, int at = 0) => at < form[name].Count ? Audit.AuditEntry.Storable((form[name][at] ?? "").Trim()) : "";
}
