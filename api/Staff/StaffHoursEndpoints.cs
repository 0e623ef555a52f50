using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Access;
using RetailInsight.Api.Files;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Staff;

/// <summary><c>POST /v1/staff-hours</c>: hours planned and worked by store and clock hour, as a CSV file.</summary>
internal static class StaffHoursEndpoints
{
    private const string Example = "store,business_date,hour,planned_hours,actual_hours\nS001,2026-11-14,10,3,2.5\nS001,2026-11-14,11,3,3:15\n";

    public static void MapStaffHours(this IEndpointRouteBuilder routes) => routes.MapPost("/v1/staff-hours", PostAsync).WithName("loadStaffHours").WithTags("Staff hours")
        .WithSummary("Load hours planned and worked. The store-days the file names are replaced whole; sent again, nothing changes. With one bad row nothing is stored.")
        .RequireAuthorization(Permissions.StaffHours)
        .Produces<StaffHoursLoaded>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(500)
        .WithIdempotencyKey()
        .WithCsvBody("UTF-8. Columns store, business_date, hour (0 to 47), planned_hours, actual_hours: 3.5 or 3:30, of all who serve, rounded to the minute; at least one of the last two.", Example);

    private static async Task<IResult> PostAsync(
        HttpContext context, SessionUser user, TenantScope scope, StaffHoursRegister register, CancellationToken cancellationToken)
    {
        var (text, refusal) = await context.ReadCsvAsync(cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        var stores = await scope.ReadAsync(user.Tenant, async (read, token) => (await read.StoresAsync(user, token)).Select(store => store.Code).ToHashSet(StringComparer.Ordinal), cancellationToken);
        var (rows, faults) = StaffHoursFile.Read(text, stores.Contains);
        if (faults.Count > 0)
        {
            return CsvBody.Faulty(faults);
        }

        return TypedResults.Ok(await register.ReplaceAsync(context, user, rows, cancellationToken));
    }
}

/// <summary>What was loaded.</summary>
internal sealed record StaffHoursLoaded(
    int Rows,
    [property: Description("Store-days that now hold exactly what the file says.")] int StoreDays,
    [property: Description("False when everything was so already.")] bool Changed,
    [property: Description("Hours planned, all rows.")] string PlannedHours,
    [property: Description("Hours worked, all rows.")] string ActualHours)
{
    private const decimal MinutesOfHour = 60;

    public static StaffHoursLoaded Of(IReadOnlyList<StaffHour> rows, bool changed) => new(
        rows.Count, rows.Select(row => (row.Store, row.Date)).Distinct().Count(), changed, Hours(rows.Sum(row => (long?)row.Planned ?? 0)), Hours(rows.Sum(row => (long?)row.Worked ?? 0)));

    private static string Hours(long minutes) => (minutes / MinutesOfHour).ToString("0.##", CultureInfo.InvariantCulture);
}
