using System.Text;
using Microsoft.OpenApi;
using RetailInsight.Api.Problems;

namespace RetailInsight.Api.Files;

/// <summary>CSV files as bodies of requests.</summary>
internal static class CsvBody
{
    private const string Type = "text/csv";
    private const int FaultsInDetail = 3;

    /// <summary>Documents the body.</summary>
    /// <param name="route">The route.</param>
    /// <param name="description">Its columns.</param>
    /// <param name="example">A file.</param>
    public static RouteHandlerBuilder WithCsvBody(this RouteHandlerBuilder route, string description, string example) => route.ProducesProblem(413).ProducesProblem(415).ProducesProblem(422)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = description,
                Content = new Dictionary<string, OpenApiMediaType> { [Type] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = example } },
            };
            return Task.CompletedTask;
        });

    /// <summary>Reads the body.</summary>
    /// <returns>The file, or why it is none.</returns>
    public static async Task<(string Text, IResult? Refusal)> ReadCsvAsync(this HttpContext context, CancellationToken cancellationToken)
    {
        if (new QueryParameters(context).Problem is { } problem)
        {
            return ("", problem);
        }

        if (context.Request.ContentType?.Split(';')[0].Trim() is not { } type || !type.Equals(Type, StringComparison.OrdinalIgnoreCase))
        {
            return ("", Results.Problem(ApiProblem.Create(415, "media-type-unsupported", "Not a CSV file", $"Send the file as {Type} in UTF-8.")));
        }

        try
        {
            using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
            return (await reader.ReadToEndAsync(cancellationToken), null);
        }
        catch (DecoderFallbackException)
        {
            return ("", Faulty([new RowFault(0, "file", "is not UTF-8: save it as CSV UTF-8.")]));
        }
    }

    /// <summary>The answer to a file with faults.</summary>
    public static IResult Faulty(IReadOnlyList<RowFault> faults) => Results.Problem(ApiProblem.Create(
        StatusCodes.Status422UnprocessableEntity, "rows-invalid", "The file has bad rows",
        $"Nothing was stored. {string.Join(" ", faults.Take(FaultsInDetail).Select(fault => $"Row {fault.Row}, {fault.Field}: {fault.Detail}"))}{(faults.Count > FaultsInDetail ? " More stand in errors." : "")}",
        ("errors", faults)));
}
