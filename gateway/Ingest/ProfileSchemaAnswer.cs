using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Ingest;

/// <summary><c>GET /v1/profile-schema.json</c>: the schema by which editors complete and check the YAML of a profile.</summary>
internal static class ProfileSchemaAnswer
{
    private static readonly EntityTagHeaderValue Tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(ProfileSchema.Utf8.Span).AsSpan(0, 8))}\"");

    /// <summary>The schema; 304 to who has it. Editors in a browser may ask from anywhere, for nothing in it is secret.</summary>
    public static IResult Of(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return Results.Bytes(ProfileSchema.Utf8, ProfileSchema.MediaType, entityTag: Tag);
    }
}
