using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RetailInsight.Api.Problems;

/// <summary>
/// Adds to every operation of the document the answers that come from before its handler, so that no endpoint has to remember them: the
/// token as a second way in, and the refusals of the session, the role, another site, the media type and the size.
/// </summary>
internal static class CommonAnswers
{
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes["token"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "An access token (typ at+jwt) of the identity provider in Api:Oidc.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            var closed = metadata.OfType<IAuthorizeData>().Any() && !metadata.OfType<IAllowAnonymous>().Any();
            if (closed)
            {
                operation.Security ??= [];
                operation.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", context.Document)] = [] });
                Add(operation, 401, "There is no session and no valid token.");
            }

            // Whoever is signed in may ask who that is, and no other site can make a browser read the answer.
            if (context.Description.HttpMethod is not "GET" || (closed && metadata.OfType<IAuthorizeData>().Any(data => data.Policy != Access.Permissions.SignedIn)))
            {
                Add(operation, 403, "The role does not allow it, or another site made the request in a browser that is signed in.");
            }

            if (closed && Access.ChangeThrottle.Counts([.. metadata], context.Description.HttpMethod ?? "GET"))
            {
                Add(operation, 429, "The person changes things too often; see Retry-After.");
            }

            // Where nothing is read from the request, U+0000 in the address is still refused.
            Add(operation, 400, "The request cannot be read.");
            if (operation.RequestBody is not null)
            {
                Add(operation, 413, "The body is larger than a mebibyte.");
                Add(operation, 415, "The body is not application/json.");
            }
            else if (context.Description.HttpMethod is not "GET")
            {
                // Where no body is read, a packed one is still refused.
                Add(operation, 415, "A body came along that is packed.");
            }

            if (!metadata.OfType<ProbeOfProcess>().Any())
            {
                Add(operation, 500, "The request failed on our side.");
                Add(operation, 503, "The database cannot be asked just now; see Retry-After.");
            }

            return Task.CompletedTask;
        });
    }

    private static void Add(OpenApiOperation operation, int status, string description)
    {
        operation.Responses ??= [];
        operation.Responses.TryAdd($"{status}", new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference("ProblemDetails") },
            },
        });
    }
}
