using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RetailInsight.Api.Problems;

namespace RetailInsight.Api;

/// <summary>What the generated OpenAPI document cannot know by itself.</summary>
internal static class ApiDocument
{
    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "RetailInsight API";
            document.Info.Version = "v1";
            document.Info.Description =
                "Store figures and targets. Amounts and ratios are decimal strings; dates are business dates of the store. "
                + "Every error is application/problem+json (RFC 9457) with a stable type and code. GET answers carry a strong ETag: "
                + "send it back in If-None-Match and receive 304 while no new data was published.";
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes["session"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = "retailinsight.session",
                Description = "The cookie of POST /v1/session.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Microsoft.AspNetCore.Authorization.IAuthorizeData>().Any())
            {
                operation.Security =
                    [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("session", context.Document)] = [] }];
            }

            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            {
                Type(parameter, operation.OperationId);
            }

            return Task.CompletedTask;
        });
    }

    // The handlers take text so that every fault is answered with the name of the parameter; callers see the real types.
    private static void Type(OpenApiParameter parameter, string? operation)
    {
        switch (parameter.Name)
        {
            case "from" or "to" or "date":
                parameter.Required = operation != "listAlerts";
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date" };
                break;
            case "as_of":
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date" };
                break;
            case "month" when operation is "listMonthTargets":
                parameter.Required = true;
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$" };
                break;
            case "limit":
                parameter.Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Minimum = "1",
                    Maximum = $"{QueryParameters.MaxLimit}",
                    Default = 100,
                };
                break;
            case "store" when operation is "listStoreHours" or "listProductPairs" or "getPeers" or "listPeerStores" or "listNearestPeers":
                parameter.Required = true;
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String };
                break;
        }
    }
}
