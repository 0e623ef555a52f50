using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using RetailInsight.Gateway.OpenApi;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>The services and addresses of the ledger.</summary>
internal static class ReconciliationRoutes
{
    private static readonly int[] OfLists = [StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden];

    /// <summary>Registers the readings of the ledger and the comparison.</summary>
    public static void AddReconciliation(this IServiceCollection services)
    {
        services.AddSingleton<ReconciliationEndpoint>().AddSingleton<StoreDayEndpoint>().AddSingleton<DeclaredEndpoint>();
        services.AddSingleton<StoreDayQueries>().AddSingleton<FactQueries>().AddSingleton<RoundingCauses>().AddSingleton<DeclarationComparison>();
    }

    /// <summary>Maps <c>/reconciliation</c>.</summary>
    public static void MapReconciliation(this RouteGroupBuilder v1)
    {
        v1.MapGet(
                "/reconciliation",
                (string? feed, DateOnly? from, DateOnly? to, string? cursor, int? limit, ReconciliationEndpoint endpoint, HttpContext context) =>
                    endpoint.ListAsync(feed, from, to, cursor, limit, context))
            .Describe("Rows and money by feed and payload", typeof(ReconciliationPage), OfLists);
        v1.MapGet(
                "/reconciliation/store-days",
                (string? feed, string? store, DateOnly? from, DateOnly? to, string? cursor, int? limit, StoreDayEndpoint endpoint, HttpContext context) =>
                    endpoint.ListAsync(feed, store, from, to, cursor, limit, context))
            .Describe("Rows and money by store-day, with declared totals and the causes of differences", typeof(StoreDayPage), OfLists);
        v1.MapGet(
                "/reconciliation/store-days/{store}/{business_date}",
                (string store, [FromRoute(Name = "business_date")] DateOnly businessDate, string? feed, StoreDayEndpoint endpoint, HttpContext context) =>
                    endpoint.ShowAsync(store, businessDate, feed, context))
            .Describe("A store-day with the payloads it came in", typeof(StoreDay), [.. OfLists, StatusCodes.Status404NotFound]);
        var declare = v1.MapPost("/reconciliation/declared", (string? feed, DeclaredEndpoint endpoint, HttpContext context) => endpoint.DeclareAsync(feed, context));
        declare.Describe(
            "Declare day totals and compare them",
            typeof(DeclaredTaken),
            [.. OfLists, StatusCodes.Status404NotFound, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType, StatusCodes.Status422UnprocessableEntity]);
        declare.Produces<Receipts.Receipt>(StatusCodes.Status202Accepted, "application/json");
        declare.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Description = "A JSON object with declared: an array of store, business_date, and what the register declares: terminal, report_number, gross, net, tax, receipts, "
                + "taxes (rate, net, tax, gross), tenders (method, amount). Amounts are strings or numbers in currency units, rates fractions. At most 1 MiB. 422: kept, but not such an object.";
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = DeclaredSchema() } },
            };
            return Task.CompletedTask;
        });
    }

    private static OpenApiSchema DeclaredSchema()
    {
        static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
        static OpenApiSchema List(OpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };
        static OpenApiSchema Of(HashSet<string> required, params (string Name, OpenApiSchema Schema)[] members) => new()
        {
            Type = JsonSchemaType.Object,
            Required = required,
            Properties = members.ToDictionary(member => member.Name, member => (IOpenApiSchema)member.Schema, StringComparer.Ordinal),
        };
        return Of(["declared"], ("declared", List(Of(
            ["store", "business_date"],
            ("store", Text("Store code of the master.")),
            ("business_date", new OpenApiSchema { Type = JsonSchemaType.String, Format = "date" }),
            ("terminal", Text("The register; without, the totals are of the whole store.")),
            ("report_number", Text("Tells several reports of one day apart, which add up.")),
            ("revision", new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The vendor's own count of versions; a higher one counts." }),
            ("gross", Text("With tax. Gross or net must be stated.")),
            ("net", Text("Without tax.")),
            ("tax", Text("Tax.")),
            ("receipts", new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "Sales and returns that were not voided." }),
            ("taxes", List(Of(["rate"], ("rate", Text("0.1 is 10 %.")), ("net", Text("Without tax.")), ("tax", Text("Tax.")), ("gross", Text("With tax."))))),
            ("tenders", List(Of(["method", "amount"], ("method", Text("cash, credit, e_money, qr, or the vendor's word.")), ("amount", Text("What was paid.")))))))));
    }
}
