using System.Globalization;
using Microsoft.Net.Http.Headers;
using RetailInsight.Api.Access;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Exports;

/// <summary>Bulk exports for client core systems: asked for, made in the background, fetched file by file.</summary>
internal static class ExportEndpoints
{
    private const int MaxMonths = 36;

    public static void MapExports(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("Exports").RequireAuthorization().ProducesProblem(401).ProducesProblem(500);
        group.MapPost("/exports", CreateAsync).WithName("createExport").WithSummary("Ask for whole tables of a period, for the stores you may see. Location says where to look.")
            .Produces<OperationView>(202).ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(429).WithMetadata(new CountedCall()).WithIdempotencyKey()
            .WithBodyExample("""{"tables":["store_day","item_day"],"from":"2025-11-01","to":"2026-10-31","format":"parquet"}""");
        group.MapGet("/operations/{operationId}", FindAsync).WithName("getOperation").WithSummary("How far it is; once ready, the manifest of the files.")
            .Produces<OperationView>().ProducesProblem(404);
        group.MapGet("/exports/{exportId}/files/{name}", FetchAsync).WithName("getExportFile").WithSummary("A file of a ready export, whole or by Range.")
            .Produces<byte[]>(200, "text/csv", "application/vnd.apache.parquet").Produces<byte[]>(206, "text/csv", "application/vnd.apache.parquet").Produces(304).ProducesProblem(404).ProducesProblem(412).ProducesProblem(416);
    }

    private static async Task<IResult> CreateAsync(
        ExportRequest body, HttpContext context, SessionUser user, ExportRegister register, CancellationToken cancellationToken)
    {
        var faults = new List<ParameterFault>();
        if (body.Tables.Count == 0 || body.Tables.Any(name => name is null || !ExportTables.All.ContainsKey(name)) || body.Tables.Distinct().Count() != body.Tables.Count)
        {
            faults.Add(new("tables", $"names one or more of {string.Join(", ", ExportTables.All.Keys)}, each once."));
        }

        if (body.Format is not ("csv" or "parquet"))
        {
            faults.Add(new("format", "must be one of csv, parquet."));
        }

        var from = Date(body.From, "from", faults);
        var to = Date(body.To, "to", faults);
        if (faults.Count == 0 && (to < from || ((to.Year - from.Year) * 12) + to.Month - from.Month >= MaxMonths))
        {
            faults.Add(new("to", $"must not be before from, and at most {MaxMonths} months may be touched."));
        }

        if (faults.Count > 0)
        {
            return ApiProblem.Parameters(faults);
        }

        if (await register.QueueAsync(context, user, body.Tables, from, to, body.Format, cancellationToken) is not { } queued)
        {
            context.Response.Headers.RetryAfter = "60";
            return Results.Problem(ApiProblem.Create(429, "exports-waiting", "Too many exports", $"{ExportRegister.MaxUnfinished} exports of your company wait or run. Ask again when one is ready."));
        }

        return TypedResults.Accepted(Location(queued), queued);
    }

    /// <summary>Where to look how far an export is.</summary>
    public static string Location(OperationView export) => $"/v1/operations/{export.Id}";

    private static async Task<IResult> FindAsync(string operationId, SessionUser user, ExportRegister register, CancellationToken cancellationToken) =>
        Guid.TryParseExact(operationId, "N", out var id) && await register.FindAsync(user, id, cancellationToken) is { } found ? TypedResults.Ok(found) : Unknown();

    private static async Task<IResult> FetchAsync(string exportId, string name, SessionUser user, ExportRegister register, CancellationToken cancellationToken) =>
        Guid.TryParseExact(exportId, "N", out var id) && await register.OpenAsync(user, id, name, cancellationToken) is var (file, content)
            ? Results.Stream(
                content, name.EndsWith(".csv", StringComparison.Ordinal) ? "text/csv" : "application/vnd.apache.parquet", name,
                entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""), enableRangeProcessing: true)
            : Unknown();

    private static DateOnly Date(string text, string parameter, List<ParameterFault> faults)
    {
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date.Year is < 1950 or >= 2200)
        {
            faults.Add(new(parameter, "must be an existing date as YYYY-MM-DD, from 1950 to 2199."));
        }

        return date;
    }

    private static IResult Unknown() => Results.Problem(ApiProblem.Create(404, "export-unknown", "Export not found", "There is no export or file of that name, or it expired."));
}
