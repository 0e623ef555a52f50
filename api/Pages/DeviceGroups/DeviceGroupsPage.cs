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

namespace RetailInsight.Api.Pages.DeviceGroups;

/// <summary>How groups of devices are read, beside what they counted, and the forms that change it: a version is tried with a few devices first.</summary>
internal static class DeviceGroupsPage
{
    /// <summary>Where it lies.</summary>
    public const string Path = "/device-groups";

    public static void MapDeviceGroupsPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HttpContext context, SessionUser user, CancellationToken cancellationToken) =>
        {
            var query = new QueryParameters(context, "group", "store", "after", "lang");
            var choice = new GroupChoice(query.Text("group"), query.Text("store"), query.Text("after"));
            return query.Problem is null ? ShowAsync(context, user, choice, null, StatusCodes.Status200OK, cancellationToken) : Task.FromResult(ErrorPage.Show(context, StatusCodes.Status400BadRequest));
        }).RequireAuthorization(Permissions.Devices).ExcludeFromDescription();
        routes.MapPost(Path, ActAsync).RequireAuthorization(Permissions.Devices).WithMetadata(new CountedCall()).ExcludeFromDescription();
    }

    /// <summary>The address of a group.</summary>
    public static string Address(string group) => $"{Path}?group={Uri.EscapeDataString(group)}";

    private static async Task<IResult> ShowAsync(HttpContext context, SessionUser user, GroupChoice choice, GroupAnswer? answer, int status, CancellationToken cancellationToken)
    {
        var (register, groups) = (context.RequestServices.GetRequiredService<DeviceRegister>(), context.RequestServices.GetRequiredService<Api.Devices.DeviceGroups>());
        var known = await register.GroupsAsync(user, cancellationToken);
        if (choice.Group is not null && known.Find(group => group.DeviceGroup == choice.Group) is null)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var (stores, zone) = await context.RequestServices.GetRequiredService<TenantScope>().ReadAsync(
            user.Tenant, async (read, token) => (await read.StoresAsync(user, token), (await read.CompanyAsync(token)).TimeZone), cancellationToken);
        var rows = (await register.ListAsync(user, null, cancellationToken)).FindAll(row => row.RetiredAt is null);
        var days = await context.RequestServices.GetRequiredService<DeviceDays>().ReadAsync(user, rows, stores, [], cancellationToken);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime);
        var model = new GroupsModel(
            known, await groups.FeedsAsync(user, cancellationToken), rows.ConvertAll(row => DeviceEndpoints.View(row, stores, now)),
            rows.GroupBy(row => row.Group).ToDictionary(group => group.Key, group => DeviceDays.Coverage(group.SelectMany(row => days[row.Id]), today)),
            choice.Group is null ? [] : await groups.ChangesAsync(user, choice.Group, cancellationToken), stores, zone);
        var words = Language.Choose(context);
        return Layout.Page(context, words, DeviceGroupsWording.Of(words).Title, new DeviceGroupsView(context, words, choice, model, answer).Render(), status);
    }

    private static async Task<IResult> ActAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, DeviceRegister register, Api.Devices.DeviceGroups groups, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var words = DeviceGroupsWording.Of(Language.Choose(context));
        var known = await register.GroupsAsync(user, cancellationToken);
        var group = Text(form, "group");
        var before = known.Find(one => one.DeviceGroup == group);
        var act = Text(form, "act");
        if (before is null && act is "route" or "move")
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        Task<IResult> Answer(string said, int status) => ShowAsync(
            context, user, new GroupChoice(before is not null && act == "make" ? null : status == StatusCodes.Status200OK || before is not null ? group : null, null, null),
            new GroupAnswer(said, status == StatusCodes.Status200OK, form), status, cancellationToken);
        switch (act)
        {
            case "make" or "route":
                if (FaultOf(form, group, before, await groups.FeedsAsync(user, cancellationToken), words) is { } fault)
                {
                    return await Answer(fault, StatusCodes.Status400BadRequest);
                }

                if (act == "route" && (Text(form, "was_feed") != before!.Feed || Text(form, "was_version") != Written(before.ProfileVersion)))
                {
                    return await Answer(words.Conflict, StatusCodes.Status409Conflict);
                }

                return await register.RouteAsync(user, group, new DeviceGroupRequest(Text(form, "feed"), Version(form)), cancellationToken)
                    ? await Answer(act == "make" ? words.Made : words.Saved, StatusCodes.Status200OK) : await Answer(words.WrongFeed, StatusCodes.Status400BadRequest);
            case "move":
                var (to, devices) = (Text(form, "to"), form["device"].OfType<string>().Where(AlertRuleReader.IsText).Distinct(StringComparer.Ordinal).ToList());
                return to == group || known.TrueForAll(one => one.DeviceGroup != to) ? await Answer(words.WrongTarget, StatusCodes.Status400BadRequest)
                    : devices.Count == 0 ? await Answer(words.NoneChosen, StatusCodes.Status400BadRequest)
                    : await groups.MoveAsync(user, group, to, devices, cancellationToken) ? await Answer(FigureText.Say(words.Moved, FigureText.Count(devices.Count), to), StatusCodes.Status200OK)
                    : await Answer(words.Conflict, StatusCodes.Status409Conflict);
            default:
                return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }
    }

    private static string? FaultOf(IFormCollection form, string group, DeviceGroupView? before, List<string> feeds, DeviceGroupsWording words) =>
        before is null && !DeviceEndpoints.IsGroupName(group) ? words.WrongName
        : before is not null && Text(form, "act") == "make" ? words.Exists
        : !feeds.Contains(Text(form, "feed")) ? words.WrongFeed
        : Text(form, "version").Length > 0 && Version(form) is null ? words.WrongVersion : null;

    private static int? Version(IFormCollection form) => int.TryParse(Text(form, "version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 ? version : null;

    /// <summary>A version as a form has it; empty for the newest.</summary>
    public static string Written(int? version) => version?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Text(IFormCollection form, string name) => Audit.AuditEntry.Storable(form[name].ToString().Trim());
}
