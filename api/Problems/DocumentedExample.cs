using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace RetailInsight.Api.Problems;

/// <summary>What the OpenAPI document cannot know by itself: examples a caller may send as they stand, and further forms of an answer.</summary>
internal static class DocumentedExample
{
    /// <summary>Shows a body.</summary>
    public static RouteHandlerBuilder WithBodyExample(this RouteHandlerBuilder route, string json) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        foreach (var body in operation.RequestBody?.Content?.Values ?? [])
        {
            body.Example = JsonNode.Parse(json);
        }

        return Task.CompletedTask;
    });

    /// <summary>Shows values of parameters.</summary>
    public static RouteHandlerBuilder WithParameterExamples(this RouteHandlerBuilder route, params IReadOnlyList<(string Name, string Value)> examples) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            {
                parameter.Example = examples.Where(example => example.Name == parameter.Name).Select(example => (JsonNode)example.Value).FirstOrDefault();
            }

            return Task.CompletedTask;
        });

    /// <summary>Says that the answer also comes as a file; the generator knows one type a status.</summary>
    public static RouteHandlerBuilder WithFiles(this RouteHandlerBuilder route, bool parquet = true) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        if (operation.Responses?.GetValueOrDefault("200")?.Content is { } forms)
        {
            forms["text/csv"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
            if (parquet)
            {
                forms["application/vnd.apache.parquet"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
            }
        }

        return Task.CompletedTask;
    });
}
