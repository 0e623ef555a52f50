using System.Net.Mime;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Gateway.Problems;
using RetailInsight.Gateway.Receipts;

namespace RetailInsight.Gateway.OpenApi;

/// <summary>The published contract: <c>/openapi/v1.json</c>, error answers included; <c>/openapi/v1.ja.json</c> says it in Japanese.</summary>
internal static class GatewayDocument
{
    private const string KeyScheme = "api_key";

    public static IServiceCollection AddGatewayDocument(this IServiceCollection services) =>
        services.AddOpenApi("v1", Configure).AddOpenApi("v1.ja", options =>
        {
            Configure(options);
            options.AddDocumentTransformer((document, _, _) =>
            {
                JapaneseDocument.Translate(document);
                return Task.CompletedTask;
            });
        });

    private static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "RetailInsight gateway",
                Version = "v1",
                Description = "Push vendor files as they are; the receipt says what became of every row. Amounts are decimal strings in currency units. Sending the same bytes again is safe and gets the same receipt.",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key, also taken from the header X-Api-Key. rk_live_… lands payloads; rk_test_… is answered the same way and lands nothing.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiresApiKey>().Any())
            {
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] }];
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>Documents a reading endpoint: its answer and its problems. Those with a key have those of the key too.</summary>
    public static void Describe(this RouteHandlerBuilder endpoint, string summary, Type answer, params int[] problems)
    {
        endpoint.WithSummary(summary).Produces(StatusCodes.Status200OK, answer, MediaTypeNames.Application.Json);
        endpoint.Finally(builder =>
        {
            builder.Metadata.Add(new TagsAttribute(AreaOf(((RouteEndpointBuilder)builder).RoutePattern.RawText ?? "")));
            int[] ofKey = builder.Metadata.OfType<RequiresApiKey>().Any()
                ? [StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable]
                : [];
            foreach (var status in problems.Concat(ofKey).Distinct())
            {
                builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(Problem), [MediaTypeNames.Application.ProblemJson]));
            }
        });
    }

    // Without a tag an operation has that of the program it runs in.
    private static string AreaOf(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["v1", var area, ..] => area.Split('.')[0],
        _ => "health",
    };

    /// <summary>Documents a push.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="summary">What it is for.</param>
    /// <param name="description">What is particular to it.</param>
    /// <param name="problems">Problems besides those every push has.</param>
    public static void DescribePush(this RouteHandlerBuilder endpoint, string summary, string description, params int[] problems)
    {
        endpoint.Describe(
            summary,
            typeof(Receipt),
            [
                StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status410Gone, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType,
                StatusCodes.Status422UnprocessableEntity, .. problems,
            ]);
        endpoint.Produces<Receipt>(StatusCodes.Status202Accepted, MediaTypeNames.Application.Json);
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Description = description + " 200: every row has its verdict. 202: kept, the outcome follows at Location: for a large file, or when asked for with Prefer: respond-async. "
                + "422: kept, but not a payload of the feed's profile. Every other error: nothing was kept.";
            operation.RequestBody = File();
            operation.Parameters ??= [];
            operation.Parameters.Add(Header("X-File-Name", "The file's name, percent-encoded UTF-8, at most 255 characters."));
            operation.Parameters.Add(Header("Prefer", "respond-async: answer 202 as soon as the payload is kept. The quickest way for many small payloads."));
            operation.Parameters.Add(Header("Idempotency-Key", "Optional, remembered a week per feed: with another payload the same key is answered 422. The same bytes get the same receipt with or without it."));
            operation.Parameters.Add(Header("Content-Encoding", "gzip when the body is compressed."));
            var replayed = new Dictionary<string, IOpenApiHeader>
            {
                ["Idempotent-Replay"] = new OpenApiHeader
                {
                    Description = "true when the same bytes had been received before.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                },
            };
            foreach (var status in (string[])["200", "202", "422"])
            {
                if (operation.Responses?[status] is OpenApiResponse response)
                {
                    response.Headers = replayed;
                }
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>Documents the trying out of a file.</summary>
    public static void DescribeTry(this RouteHandlerBuilder endpoint)
    {
        endpoint.Describe(
            "Try a file against a profile",
            typeof(ProfileFindings),
            StatusCodes.Status400BadRequest,
            StatusCodes.Status404NotFound,
            StatusCodes.Status413PayloadTooLarge,
            StatusCodes.Status415UnsupportedMediaType);
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Description = "Read as a push would be, and told what was found, with row, offset, reason and fix. A: goes live as it is. B: what is found is held back. C: cannot be accepted. "
                + "Nothing is kept or counted. At most 16 MiB.";
            operation.RequestBody = File();
            return Task.CompletedTask;
        });
    }

    /// <summary>Documents the writing of a first draft.</summary>
    public static void DescribeDraftWriting(this RouteHandlerBuilder endpoint)
    {
        endpoint.Describe("Write the first draft of a profile from a file", typeof(string), StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType);
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Description = "The body is the file, at most 16 MiB. The answer is YAML: encoding, container, columns and types as far as they can be seen, DECIDE where they cannot. Nothing is kept.";
            operation.RequestBody = File();
            return Task.CompletedTask;
        });
    }

    /// <summary>Documents the trying out of a draft.</summary>
    public static void DescribeDraft(this RouteHandlerBuilder endpoint)
    {
        endpoint.Describe("Try a profile that is not published on a file", typeof(ProfileFindings), StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge);
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Description = "The file is read by the draft as a push would be, with the tenant's stores and registers. What is wrong with the YAML stands in mistakes with line, key and fix; then the file is not read. "
                + "Nothing is kept, counted or published. The YAML has at most 256 KiB, the file 16 MiB (gzip when its name ends in .gz).";
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [MediaTypeNames.Multipart.FormData] = new()
                    {
                        Schema = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Object,
                            Required = new HashSet<string> { "profile", "file" },
                            Properties = new Dictionary<string, IOpenApiSchema>
                            {
                                ["profile"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "application/yaml; its schema is /v1/profile-schema.json" },
                                ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                            },
                        },
                    },
                },
            };
            return Task.CompletedTask;
        });
    }

    private static OpenApiRequestBody File() => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [MediaTypeNames.Application.Octet] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
            [MediaTypeNames.Text.Csv] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
            [MediaTypeNames.Application.Json] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
        },
    };

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
