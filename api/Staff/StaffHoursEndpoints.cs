using System.ComponentModel;
using System.Globalization;
using System.Text;
using Microsoft.OpenApi;
using RetailInsight.Api.Access;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Staff;

/// <summary><c>POST /v1/staff-hours</c>: hours planned and worked by store and clock hour, as a CSV file.</summary>
internal static class StaffHoursEndpoints
{
    private const string Csv = "text/csv";
    private const int FaultsInDetail = 3;
    private const string Example = "store,business_date,hour,planned_hours,actual_hours\nS001,2026-11-14,10,3,2.5\nS001,2026-11-14,11,3,3:15\n";

    public static void MapStaffHours(this IEndpointRouteBuilder routes) => routes.MapPost("/v1/staff-hours", PostAsync).WithName("loadStaffHours").WithTags("Staff hours")
        .WithSummary("Load hours planned and worked. The store-days the file names are replaced whole; sent again, nothing changes. With one bad row nothing is stored.")
        .RequireAuthorization(Permissions.StaffHours)
        .Produces<StaffHoursLoaded>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(500)
        .WithIdempotencyKey()
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "UTF-8. Columns store, business_date, hour (0 to 47), planned_hours, actual_hours: 3.5 or 3:30, of all who serve, rounded to the minute; at least one of the last two.",
                Content = new Dictionary<string, OpenApiMediaType> { [Csv] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = Example } },
            };
            return Task.CompletedTask;
        });

    private static async Task<IResult> PostAsync(
        HttpContext context, SessionUser user, TenantScope scope, StaffHoursRegister register, CancellationToken cancellationToken)
    {
        if (new QueryParameters(context).Problem is { } problem)
        {
            return problem;
        }

        if (context.Request.ContentType?.Split(';')[0].Trim() is not { } type || !type.Equals(Csv, StringComparison.OrdinalIgnoreCase))
        {
            return Results.Problem(ApiProblem.Create(415, "media-type-unsupported", "Not a CSV file", $"Send the file as {Csv} in UTF-8."));
        }

        string text;
        try
        {
            using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
            text = await reader.ReadToEndAsync(cancellationToken);
        }
        catch (DecoderFallbackException)
        {
            return Faulty([new RowFault(0, "file", "is not UTF-8: save it as CSV UTF-8.")]);
        }

        var stores = await scope.ReadAsync(user.Tenant, async (read, token) => (await read.StoresAsync(user, token)).Select(store => store.Code).ToHashSet(StringComparer.Ordinal), cancellationToken);
        var (rows, faults) = StaffHoursFile.Read(text, stores.Contains);
        if (faults.Count > 0)
        {
            return Faulty(faults);
        }

        return TypedResults.Ok(await register.ReplaceAsync(context, user, rows, cancellationToken));
    }

    private static IResult Faulty(IReadOnlyList<RowFault> faults) => Results.Problem(ApiProblem.Create(
        StatusCodes.Status422UnprocessableEntity, "rows-invalid", "The file has bad rows",
        $"Nothing was stored. {string.Join(" ", faults.Take(FaultsInDetail).Select(fault => $"Row {fault.Row}, {fault.Field}: {fault.Detail}"))}{(faults.Count > FaultsInDetail ? " More stand in errors." : "")}",
        ("errors", faults)));
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
