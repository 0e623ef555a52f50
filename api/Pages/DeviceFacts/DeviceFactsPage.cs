using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Access;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Devices;
using RetailInsight.Api.Pages.Devices;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.DeviceFacts;

/// <summary>One form that enrols a device and changes the facts of one that is. The rules are those of <c>/v1/devices</c>.</summary>
internal static class DeviceFactsPage
{
    /// <summary>Where it lies; <c>?device=</c> is the one to change.</summary>
    public const string Path = "/device-facts";

    private const int MinutesOfHour = 60;

    public static void MapDeviceFactsPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, async (HttpContext context, SessionUser user, DeviceRegister register, CancellationToken cancellationToken) =>
        {
            var query = new QueryParameters(context, "device", "lang");
            var device = query.Text("device");
            var row = query.Problem is null && device is not null ? await FindAsync(user, register, device, cancellationToken) : null;
            return query.Problem is not null ? ErrorPage.Show(context, StatusCodes.Status400BadRequest)
                : device is not null && row is null ? ErrorPage.Show(context, StatusCodes.Status404NotFound)
                : await ShowAsync(context, user, register, row is null ? FactsDraft.Empty : FactsDraft.Of(row), "", StatusCodes.Status200OK, cancellationToken);
        }).RequireAuthorization(Permissions.Devices).ExcludeFromDescription();
        routes.MapPost(Path, SaveAsync).RequireAuthorization(Permissions.Devices).WithMetadata(new CountedCall()).ExcludeFromDescription();
    }

    /// <summary>The address where a device is changed.</summary>
    public static string Address(string device) => $"{Path}?device={Uri.EscapeDataString(device)}";

    private static async Task<IResult> ShowAsync(HttpContext context, SessionUser user, DeviceRegister register, FactsDraft draft, string fault, int status, CancellationToken cancellationToken)
    {
        var words = Language.Choose(context);
        var (stores, zone) = await context.RequestServices.GetRequiredService<TenantScope>().ReadAsync(
            user.Tenant, async (read, token) => (await read.StoresAsync(user, token), (await read.CompanyAsync(token)).TimeZone), cancellationToken);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime);
        var form = new DeviceFactsForm(context, words, draft, await register.GroupsAsync(user, cancellationToken), stores, today);
        return Layout.Page(context, words, DeviceFactsWording.Of(words).Enrol, form.Render(fault), status);
    }

    private static async Task<IResult> SaveAsync(HttpContext context, SessionUser user, IAntiforgery antiforgery, DeviceRegister register, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var (words, draft) = (DeviceFactsWording.Of(Language.Choose(context)), FactsDraft.Of(form));
        var row = draft.Version is null ? null : await FindAsync(user, register, draft.Device, cancellationToken);
        if (draft.Version is not null && row is null)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        var request = RequestOf(draft, row is null);
        var faults = DeviceRules.Of(request, enrols: row is null).ConvertAll(fault => Said(fault.Parameter, words));
        var unknown = await register.UnknownAsync(user, draft.Group, draft.Store.Length == 0 || row is not null ? [] : [draft.Store], cancellationToken);
        faults.AddRange(unknown.Group ? [words.WrongGroup] : []);
        faults.AddRange(unknown.Stores.Count > 0 ? [words.WrongStore] : []);
        if (faults.Count > 0)
        {
            return await ShowAsync(context, user, register, draft, FigureText.Say(words.Wrong, string.Join(" / ", faults.Distinct())), StatusCodes.Status400BadRequest, cancellationToken);
        }

        var done = row is null ? await EnrolAsync(context, user, register, request, cancellationToken)
            : draft.Version == row.Version.ToString(CultureInfo.InvariantCulture) && await register.ChangeAsync(user, row, request, cancellationToken);
        return done ? TypedResults.LocalRedirect(DevicePages.Address(draft.Device))
            : await ShowAsync(context, user, register, draft, row is null ? words.Taken : words.Conflict, StatusCodes.Status409Conflict, cancellationToken);
    }

    private static async Task<bool> EnrolAsync(HttpContext context, SessionUser user, DeviceRegister register, DeviceRequest request, CancellationToken cancellationToken)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        return await register.EnrolAsync(context, user, request, row => new DeviceDetail(DeviceEndpoints.View(row, [], now), row.Lines, [], [], []), cancellationToken) is not null;
    }

    private static async Task<DeviceRow?> FindAsync(SessionUser user, DeviceRegister register, string device, CancellationToken cancellationToken) =>
        device.Length <= DeviceRules.LongestId && AlertRuleReader.IsText(device) ? (await register.ListAsync(user, device, cancellationToken)).SingleOrDefault() : null;

    // A number that cannot be read becomes one the rules refuse by the name of its field.
    private static DeviceRequest RequestOf(FactsDraft draft, bool enrols) => new(
        draft.Group, int.TryParse(draft.Interval, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0, enrols ? draft.Device : null, draft.Name, draft.Maker, draft.Model, draft.Revision,
        Minute(draft.Opens), Minute(draft.Closes), OrNull(draft.Network), OrNull(draft.Subscriber), OrNull(draft.Equipment),
        enrols && draft.Store.Length > 0
            ? [new DeviceLineView("*", draft.Store, DateOnly.TryParseExact(draft.From, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var from) ? from : default)] : null);

    private static int? Minute(string written)
    {
        var parts = written.Split(':');
        return written.Length == 0 ? null
            : parts.Length == 2 && parts[1].Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours <= 48
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes < MinutesOfHour ? (hours * MinutesOfHour) + minutes : -1;
    }

    private static string? OrNull(string text) => text.Length == 0 ? null : text;

    private static string Said(string parameter, DeviceFactsWording words) => parameter switch
    {
        "device" => words.WrongDevice,
        "interval_seconds" => words.WrongInterval,
        "closes_minute" => words.WrongHours,
        "subscriber" => words.WrongNetwork,
        "name" or "maker" or "model" or "revision" => words.WrongText,
        _ => words.WrongStore,
    };
}
