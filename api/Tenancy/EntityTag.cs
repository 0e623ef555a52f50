using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Tenancy;

/// <summary>
/// Strong ETags without reading a row: tenant, what the person may see, data version, query and build decide every byte of
/// an answer, so their hash stands for it.
/// </summary>
internal static class EntityTag
{
    /// <summary>
    /// Writes the tag and the caching headers. True when the caller already has this answer and 304 is due.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="version">What else decides the answer.</param>
    /// <param name="vary">Request headers beside the cookie that decide it.</param>
    public static bool IsCurrent(HttpContext context, SessionUser user, string version, string? vary = null)
    {
        var tag = Of(context.Request, user, version);
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = tag;
        // Figures are nobody's to keep on a disk; a program that keeps the tag itself still gets its 304.
        headers.CacheControl = new CacheControlHeaderValue { Private = true, NoStore = true };
        context.Response.Headers.Vary = $"{HeaderNames.Cookie}, {HeaderNames.Authorization}{(vary is null ? "" : ", " + vary)}";
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(
            candidate => candidate.Equals(EntityTagHeaderValue.Any) || candidate.Compare(tag, useStrongComparison: false));
    }

    /// <summary>Why a change cannot be made: it does not say in If-Match what it is a change of (428), or that does not stand any more (412). Null when it does.</summary>
    /// <param name="context">The request; its address is the one the tag was read at.</param>
    /// <param name="user">Who changes.</param>
    /// <param name="version">Of what stands.</param>
    public static IResult? Refusal(HttpContext context, SessionUser user, string version) =>
        context.Request.Headers.IfMatch.Count == 0 ? ApiProblem.PreconditionMissing()
        : context.Request.GetTypedHeaders().IfMatch.Any(candidate => candidate.Compare(Of(context.Request, user, version), useStrongComparison: true)) ? null
        : ApiProblem.PreconditionFailed();

    private static EntityTagHeaderValue Of(HttpRequest request, SessionUser user, string version)
    {
        var scope = user.Stores is null ? "*" : string.Join('\u001f', user.Stores.Order(StringComparer.Ordinal));
        var parts = string.Join(
            '\u001e', user.Tenant, scope, version, request.Path.Value, request.QueryString.Value, typeof(EntityTag).Module.ModuleVersionId);
        return new($"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts)).AsSpan(0, 16))}\"");
    }
}
