using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using RetailInsight.Api.Access;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Files;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Devices;

/// <summary><c>/v1/devices</c> and <c>/v1/device-groups</c>: the counters and cameras at the doors, where they hang and how they are read.</summary>
internal static partial class DeviceEndpoints
{
    private const int MostListed = 500;
    private const int LongestLabel = 100;
    private const string Example = """{"device":"80:1F:12:D4:00:01","device_group":"doors","interval_seconds":900,"name":"North door","lines":[{"line":"door","store":"S01","valid_from":"2026-11-01"}]}""";
    private const string FileExample = "device,device_group,interval_seconds,name,line,store,valid_from\n80:1F:12:D4:00:01,doors,900,North door,door,S001,2026-11-01\n80:1F:12:D4:00:02,doors,900,South door,*,S002,2026-11-01\n";
    private const string Change = """{"device_group":"doors","interval_seconds":900,"name":"North door"}""";
    private const string Mapping = """{"lines":[{"line":"door","store":"S01","valid_from":"2026-11-01","role":"entrance"}]}""";
    private const string Calibration = """{"calibrations":[{"line":"door","valid_from":"2026-11-01","by_hand":104,"by_device":100}]}""";

    public static void MapDevices(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/v1/devices").WithTags("Devices").RequireAuthorization(Permissions.Figures).ProducesProblem(401).ProducesProblem(403).ProducesProblem(500);
        read.MapGet("", ListAsync).WithName("listDevices").WithSummary("Devices by id, of the stores you may see.").Produces<DeviceList>().ProducesProblem(400).ProducesProblem(404);
        read.MapGet("/{device}", FindAsync).WithName("getDevice").WithSummary("One device: where it hangs, what it counted of the last days, what was done to it. The ETag is wanted to change it.")
            .Produces<DeviceDetail>().ProducesProblem(404);
        var write = routes.MapGroup("/v1/devices").WithTags("Devices").RequireAuthorization(Permissions.Devices).ProducesProblem(401).ProducesProblem(403).ProducesProblem(500);
        write.MapPost("", EnrolAsync).WithName("enrolDevice").WithSummary("Enrol a device. What it sent before is held, and then released by itself.")
            .Produces<DeviceDetail>(201).ProducesProblem(400).ProducesProblem(409).WithIdempotencyKey().WithBodyExample(Example);
        write.MapPost("/enrolments", EnrolFileAsync).WithName("enrolDevices").WithSummary("Enrol the devices of a CSV file with their lines. With one bad row nothing is; devices that are enrolled already stay as they are.")
            .Produces<DevicesEnrolled>().ProducesProblem(400).ProducesProblem(409).WithIdempotencyKey().WithCsvBody(DeviceFile.Description, FileExample);
        write.MapPut("/{device}", ChangeAsync).WithName("changeDevice").WithSummary("Set the facts of a device. Wants If-Match.").AsChange().WithBodyExample(Change);
        write.MapPut("/{device}/lines", MapAsync).WithName("mapDevice").WithSummary("Set where its lines hang, whole. Wants If-Match. Counts that have landed stay in the store they landed in.").AsChange().WithBodyExample(Mapping);
        write.MapPut("/{device}/calibrations", CalibrateAsync).WithName("calibrateDevice").WithSummary("Set its calibrations, whole. Wants If-Match. Counts stay as they are; pages show both.").AsChange().WithBodyExample(Calibration);
        write.MapPost("/{device}/retire", (string device, HttpContext context, SessionUser user, DeviceRegister register, DeviceDays days, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken) =>
                RetireAsync(device, true, context, user, new(register, days, scope, clock), cancellationToken))
            .WithName("retireDevice").WithSummary("Retire it: the gateway takes nothing more of it. Wants If-Match.").AsChange(hasBody: false);
        write.MapPost("/{device}/reopen", (string device, HttpContext context, SessionUser user, DeviceRegister register, DeviceDays days, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken) =>
                RetireAsync(device, false, context, user, new(register, days, scope, clock), cancellationToken))
            .WithName("reopenDevice").WithSummary("Take a retired device back. Wants If-Match.").AsChange(hasBody: false);
        write.MapPost("/{device}/keys", KeyAsync).WithName("createDeviceKey").WithSummary("Make a key of the device. The answer shows its secret, this once; /v1/keys rotates and revokes it.")
            .Produces<NewDeviceKey>(201).ProducesProblem(400).ProducesProblem(404).WithIdempotencyKey(showsSecret: true).WithBodyExample("""{"label":"North door"}""");
        var groups = routes.MapGroup("/v1/device-groups").WithTags("Devices").RequireAuthorization(Permissions.Devices).ProducesProblem(401).ProducesProblem(403).ProducesProblem(500);
        groups.MapGet("", async (SessionUser user, DeviceRegister register, CancellationToken cancellationToken) => TypedResults.Ok(new DeviceGroupList(await register.GroupsAsync(user, cancellationToken))))
            .WithName("listDeviceGroups").WithSummary("Groups: which feed and version of its profile their devices are read by.").Produces<DeviceGroupList>();
        groups.MapPut("/{deviceGroup}", RouteAsync).WithName("routeDeviceGroup").WithSummary("Make a group, or read its devices otherwise from the next report on. Others stay as they are.")
            .Produces<DeviceGroupView>().ProducesProblem(400).ProducesProblem(404).WithMetadata(new CountedCall()).WithBodyExample("""{"feed":"doors","profile_version":1}""");
    }

    /// <summary>Services of devices.</summary>
    public static void AddDevices(this IServiceCollection services) => services.AddSingleton<DeviceRegister>().AddSingleton<DeviceGroups>().AddSingleton<DeviceDays>();

    /// <summary>A row as it is shown.</summary>
    public static DeviceView View(DeviceRow row, IReadOnlyList<Store> visible, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var stores = row.Lines.Where(line => line.ValidFrom <= today.AddDays(1) && (line.ValidTo is null || line.ValidTo >= today)).Select(line => line.Store).Distinct(StringComparer.Ordinal).ToList();
        var state = DeviceStates.Of(
            row.RetiredAt is not null, row.SeenAt, TimeSpan.FromSeconds(row.IntervalSeconds), row is { Opens: { } opens, Closes: { } closes } ? (opens, closes) : null,
            [.. visible.Where(store => stores.Contains(store.Code))], now);
        return new(
            row.Id, row.Name, row.Maker, row.Model, row.Revision, row.Firmware, row.Group, row.IntervalSeconds, row.Opens, row.Closes, row.Network, row.Subscriber, row.Equipment,
            [.. stores.Where(code => visible.Any(store => store.Code == code)).Order(StringComparer.Ordinal)], state, row.SeenAt, row.EnrolledAt, row.RetiredAt, row.Version);
    }

    /// <summary>The address of a device.</summary>
    public static string Location(string device) => $"/v1/devices/{Uri.EscapeDataString(device)}";

    /// <summary>The ETag of a device.</summary>
    public static string Tag(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    private static RouteHandlerBuilder AsChange(this RouteHandlerBuilder route, bool hasBody = true)
    {
        route.Produces<DeviceDetail>().ProducesProblem(404).ProducesProblem(412).ProducesProblem(428).WithMetadata(new CountedCall());
        return hasBody ? route.ProducesProblem(400) : route;
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, SessionUser user, DeviceRegister register, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken,
        [Description("Only those of this store.")] string? store = null,
        [Description("Only those of this group.")] string? group = null,
        [Description("Only those in this state.")] string? state = null,
        [Description("Begin behind this id.")] string? after = null)
    {
        var query = new QueryParameters(context, nameof(store), nameof(group), nameof(state), nameof(after));
        (store, group, state, after) = (query.Text(nameof(store)), query.Text(nameof(group)), query.Text(nameof(state)), query.Text(nameof(after)));
        if (state is not null && !DeviceStates.All.Contains(state))
        {
            query.Fault(nameof(state), $"is one of {string.Join(", ", DeviceStates.All)}.");
        }

        if (query.Problem is { } problem)
        {
            return problem;
        }

        var visible = await scope.ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken);
        if (store is not null && !visible.Any(one => one.Code == store))
        {
            return ApiProblem.StoreUnknown(store);
        }

        var views = (await register.ListAsync(user, null, cancellationToken)).ConvertAll(row => View(row, visible, clock.GetUtcNow()))
            .FindAll(device => (store is null || device.Stores.Contains(store)) && (group is null || device.DeviceGroup == group));
        var states = DeviceStates.All.ToDictionary(one => one, one => views.Count(device => device.State == one), StringComparer.Ordinal);
        var page = views.Where(device => (state is null || device.State == state) && (after is null || string.CompareOrdinal(device.Device, after) > 0)).OrderBy(device => device.Device, StringComparer.Ordinal).Take(MostListed + 1).ToList();
        return TypedResults.Ok(new DeviceList([.. page.Take(MostListed)], states, page.Count > MostListed ? page[MostListed - 1].Device : null));
    }

    private static async Task<IResult> FindAsync(
        string device, HttpContext context, SessionUser user, DeviceRegister register, DeviceDays days, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken)
    {
        var reads = new Reads(register, days, scope, clock);
        return await reads.RowAsync(user, device, cancellationToken) is { } row ? await reads.AnswerAsync(context, user, row, cancellationToken) : Unknown();
    }

    private static async Task<IResult> EnrolAsync(
        DeviceRequest body, HttpContext context, SessionUser user, DeviceRegister register, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken)
    {
        var faults = DeviceRules.Of(body, enrols: true);
        await AskAsync(user, register, faults, body.DeviceGroup, body.Lines ?? [], cancellationToken);
        if (faults.Count > 0)
        {
            return ApiProblem.Parameters(faults);
        }

        var visible = await scope.ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken);
        var made = await register.EnrolAsync(context, user, body, row => new DeviceDetail(View(row, visible, clock.GetUtcNow()), row.Lines, [], [], []), cancellationToken);
        if (made is null)
        {
            return Conflict("There is a device of that id, or the subscriber is enrolled with another one.");
        }

        context.Response.Headers.ETag = Tag(made.Device.Version);
        return TypedResults.Created(Location(made.Device.Device), made);
    }

    private static async Task<IResult> EnrolFileAsync(HttpContext context, SessionUser user, DeviceRegister register, TenantScope scope, CancellationToken cancellationToken)
    {
        var (text, refusal) = await context.ReadCsvAsync(cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        var stores = await scope.ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken);
        var groups = await register.GroupsAsync(user, cancellationToken);
        var (devices, faults) = DeviceFile.Read(text, groups.Select(group => group.DeviceGroup).ToHashSet(StringComparer.Ordinal), stores.Select(store => store.Code).ToHashSet(StringComparer.Ordinal));
        return faults.Count > 0 ? CsvBody.Faulty(faults)
            : await register.EnrolAsync(context, user, devices, cancellationToken) is { } enrolled ? TypedResults.Ok(enrolled)
            : Conflict("A subscriber of the file is enrolled with another device. Nothing was enrolled.");
    }

    private static Task<IResult> ChangeAsync(
        string device, DeviceRequest body, HttpContext context, SessionUser user, DeviceRegister register, DeviceDays days, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken) => ApplyAsync(
        device, context, user, new(register, days, scope, clock), async faults =>
        {
            faults.AddRange(DeviceRules.Of(body, enrols: false));
            if (body.Lines is not null)
            {
                faults.Add(new("lines", "is set at /lines."));
            }

            await AskAsync(user, register, faults, body.DeviceGroup, [], cancellationToken);
        }, row => register.ChangeAsync(user, row, body, cancellationToken), cancellationToken);

    private static Task<IResult> MapAsync(
        string device, DeviceLinesRequest body, HttpContext context, SessionUser user, DeviceRegister register, DeviceDays days, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken) => ApplyAsync(
        device, context, user, new(register, days, scope, clock), async faults =>
        {
            faults.AddRange(DeviceRules.Of(body.Lines));
            await AskAsync(user, register, faults, null, body.Lines, cancellationToken);
        }, row => register.MapAsync(user, row, body.Lines, cancellationToken), cancellationToken);

    private static Task<IResult> CalibrateAsync(
        string device, DeviceCalibrationsRequest body, HttpContext context, SessionUser user, DeviceRegister register, DeviceDays days, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken) => ApplyAsync(
        device, context, user, new(register, days, scope, clock), faults =>
        {
            faults.AddRange(DeviceRules.Of(body.Calibrations));
            return Task.CompletedTask;
        }, row => register.CalibrateAsync(user, row, body.Calibrations, cancellationToken), cancellationToken);

    private static Task<IResult> RetireAsync(string device, bool retire, HttpContext context, SessionUser user, Reads reads, CancellationToken cancellationToken) =>
        ApplyAsync(device, context, user, reads, _ => Task.CompletedTask, row => reads.Register.RetireAsync(user, row, retire, cancellationToken), cancellationToken);

    private static async Task<IResult> ApplyAsync(
        string device, HttpContext context, SessionUser user, Reads reads, Func<List<ParameterFault>, Task> check, Func<DeviceRow, Task<bool>> change, CancellationToken cancellationToken)
    {
        if (await reads.RowAsync(user, device, cancellationToken) is not { } row)
        {
            return Unknown();
        }

        var expected = context.Request.Headers.IfMatch.ToString();
        if (expected.Length == 0)
        {
            return ApiProblem.PreconditionMissing();
        }

        var faults = new List<ParameterFault>();
        await check(faults);
        return faults.Count > 0 ? ApiProblem.Parameters(faults)
            : expected != Tag(row.Version) || !await change(row) || await reads.RowAsync(user, device, cancellationToken) is not { } now ? ApiProblem.PreconditionFailed()
            : await reads.AnswerAsync(context, user, now, cancellationToken);
    }

    private static async Task<IResult> KeyAsync(string device, DeviceKeyRequest body, HttpContext context, SessionUser user, DeviceRegister register, CancellationToken cancellationToken)
    {
        if ((await register.ListAsync(user, device, cancellationToken)).SingleOrDefault() is not { } row)
        {
            return Unknown();
        }

        return string.IsNullOrWhiteSpace(body.Label) || body.Label.Length > LongestLabel || !AlertRuleReader.IsText(body.Label)
            ? ApiProblem.Parameters([new("label", $"has 1 to {LongestLabel} characters and no control characters.")])
            : TypedResults.Json(await register.MakeKeyAsync(context, user, row, body, cancellationToken), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RouteAsync(string deviceGroup, DeviceGroupRequest body, HttpContext context, SessionUser user, DeviceRegister register, CancellationToken cancellationToken)
    {
        var faults = new List<ParameterFault>();
        if (!GroupName().IsMatch(deviceGroup))
        {
            faults.Add(new("device_group", "is lower-case letters, digits and hyphens, at most 63."));
        }

        if (body.ProfileVersion is < 1)
        {
            faults.Add(new("profile_version", "is above 0; leave it out for the newest."));
        }

        return faults.Count > 0 ? ApiProblem.Parameters(faults)
            : !AlertRuleReader.IsText(body.Feed) || !await register.RouteAsync(user, deviceGroup, body, cancellationToken) ? Results.Problem(ApiProblem.Create(404, "feed-unknown", "Feed not found", "The company has no feed of that name."))
            : TypedResults.Ok((await register.GroupsAsync(user, cancellationToken)).Single(group => group.DeviceGroup == deviceGroup));
    }

    private static async Task AskAsync(SessionUser user, DeviceRegister register, List<ParameterFault> faults, string? group, IReadOnlyList<DeviceLineView> lines, CancellationToken cancellationToken)
    {
        if (faults.Count > 0 || (group is not null && !AlertRuleReader.IsText(group)) || lines.Any(line => !AlertRuleReader.IsText(line.Store)))
        {
            faults.AddRange(faults.Count > 0 ? [] : [new("device_group", "and stores are names of the company's.")]);
            return;
        }

        var (unknown, stores) = await register.UnknownAsync(user, group, lines.Select(line => line.Store), cancellationToken);
        faults.AddRange(unknown ? [new("device_group", "is no group; PUT /v1/device-groups/{device_group} makes one.")] : []);
        faults.AddRange(lines.Index().Where(line => stores.Contains(line.Item.Store)).Select(line => new ParameterFault($"lines[{line.Index}].store", "is no store of the company.")));
    }

    /// <summary>Whether a group may be called so.</summary>
    public static bool IsGroupName(string name) => GroupName().IsMatch(name);

    private static IResult Conflict(string detail) => Results.Problem(ApiProblem.Create(409, "device-conflict", "The device cannot be enrolled", detail));

    private static IResult Unknown() => Results.Problem(ApiProblem.Create(404, "device-unknown", "Device not found", "There is no device of that id in the stores you may see."));

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}\\z")]
    private static partial Regex GroupName();

    /// <summary>Reads a device as it is answered.</summary>
    private sealed record Reads(DeviceRegister Register, DeviceDays Days, TenantScope Scope, TimeProvider Clock)
    {
        public async Task<DeviceRow?> RowAsync(SessionUser user, string device, CancellationToken cancellationToken) =>
            device.Length <= DeviceRules.LongestId && AlertRuleReader.IsText(device) ? (await Register.ListAsync(user, device, cancellationToken)).SingleOrDefault() : null;

        public async Task<IResult> AnswerAsync(HttpContext context, SessionUser user, DeviceRow row, CancellationToken cancellationToken)
        {
            var visible = await Scope.ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken);
            var calibrations = await Register.CalibrationsAsync(user, row.Id, cancellationToken);
            var days = await Days.ReadAsync(user, [row], visible, calibrations, cancellationToken);
            var changes = Permissions.Allows(Permissions.Devices, user.Role) ? await Register.ChangesAsync(user, row.Id, cancellationToken) : [];
            context.Response.Headers.ETag = Tag(row.Version);
            var lines = row.Lines.Where(line => visible.Any(store => store.Code == line.Store)).ToList();
            var detail = new DeviceDetail(View(row, visible, Clock.GetUtcNow()), lines, calibrations, days[row.Id], changes);
            return TypedResults.Ok(detail);
        }
    }
}
